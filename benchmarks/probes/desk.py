"""A second console under watch: says when a case's new version has been painted in its list, and measures its gaps.

``python -m benchmarks.probes.desk URL``, the token in ONEMAP_TOKEN. Prints ``ready``, then ``shown CASE VERSION
MONOTONIC`` after each paint that showed something newer; ``gaps SECONDS`` on standard input is answered with ``gaps
MILLISECONDS``; ``select CASE`` brings a case into view (one out of view needs no paint). Ends with its input.
"""

import asyncio
import os
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer

from benchmarks.probes.gaps import Gaps
from benchmarks.probes.listener import Listener, say
from benchmarks.probes.usefulness import until_useful
from console.desk import Desk
from console.program import OpenOptions, open_console
from domain.case import Case
from domain.ids import CaseNo


class PaintWatch(QObject):
    """Tells which versions of which cases a paint of the list has shown for the first time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._list = desk.panels.case_list
        self._told: dict[str, int] = {}
        self._list.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Note what the list holds as it is painted, and tell it once the paint is over."""
        if event.type() is QEvent.Type.Paint:
            fresh = [c for c in self._held() if self._told.get(c.case_no, 0) < c.version]
            if fresh:
                QTimer.singleShot(0, self, lambda: self._tell(fresh))
        return False

    def _held(self) -> list[Case]:
        rows = self._list.table.rows
        return [] if rows is None else [rows.at(row) for row in range(len(rows))]

    def _tell(self, fresh: list[Case]) -> None:
        at = time.monotonic()
        for case in fresh:
            self._told[case.case_no] = case.version
            say("shown", case.case_no, case.version, at)


async def watched(desk: Desk) -> int:
    """Follow until the input ends."""
    ended = asyncio.Event()
    await until_useful(desk)
    watch = PaintWatch(desk)
    gaps = Gaps(watch)
    gaps.measured.connect(lambda figure: say("gaps", figure))
    listener = Listener(watch)

    def obey(order: str) -> None:
        match order.split():
            case []:
                ended.set()
            case ["gaps", seconds]:
                gaps.measure(float(seconds))
            case ["select", case_no]:
                desk.selection.select_case(None)  # chosen again it is brought into view again
                desk.selection.select_case(CaseNo(case_no))

    listener.ordered.connect(obey)
    listener.start()
    say("ready")
    await ended.wait()
    return 0


if __name__ == "__main__":
    options = OpenOptions(server=sys.argv[1], token=os.environ["ONEMAP_TOKEN"], keep=False)
    raise SystemExit(open_console(options, watched))
