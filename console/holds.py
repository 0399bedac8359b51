"""What sends people somewhere is held back a few seconds, in sight, and can be taken back until it is sent (ADR).

Nothing of it has left the console yet: nobody was told, nothing has to be undone. Once the time is over it goes the way
of everything else, through the outbox, and only then its not-after begins. Whoever signs out or closes the program has
decided: what is held is sent first.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer, Signal

from console.settings import Settings
from domain.ids import CaseNo
from widgets.held_strip import HeldRow
from widgets.intents import ActionIntent

HELD = frozenset(
    {
        *("dispatch", "add_helpers", "send_verify", "send_check", "rework", "return_rework"),
        *("approve_send_up", "skip_send_up", "county_return", "put_whistle"),
    }
)
"""Actions that send somebody somewhere, or hand a case to another house."""
TICK_MS = 200
DRAIN_S = 3.0


class Holds(QObject):
    """Holds intents until their time is over. ``altered`` carries the rows to show, the next to be sent first."""

    altered = Signal(object)
    held = Signal(object)
    """An intent is held: its ``CaseNo``."""
    taken_back = Signal(object)
    """The ``ActionIntent`` that was taken back: it is for the person to alter or drop."""

    dropped = Signal(object)
    """The ``ActionIntent`` that cannot be sent any more: the sign-in ended meanwhile."""

    def __init__(
        self,
        send: Callable[[ActionIntent], None],
        carry_out: Callable[[ActionIntent], Awaitable[None]],
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        """``send`` sends in its own time, ``carry_out`` is awaited; the settings say how long to hold."""
        super().__init__(parent)
        self._send, self._carry_out, self._settings = send, carry_out, settings
        self._waiting: dict[CaseNo, tuple[ActionIntent, float]] = {}
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)

    def ask(self, intent: ActionIntent) -> None:
        """Hold an intent that sends people, and pass on any other; a second one on a case sends the first at once."""
        earlier = self._waiting.pop(intent.case_no, None)
        if earlier is not None:
            self._send(earlier[0])
        seconds = self._settings.number("take_back_s")
        if intent.action not in HELD or not seconds:
            self._show()
            self._send(intent)
            return
        self._waiting[intent.case_no] = (intent, time.monotonic() + seconds)
        self._tick.start()
        self.held.emit(intent.case_no)
        self._show()

    def take_back(self, case_no: CaseNo | None = None) -> None:
        """Take back what is held on a case, or what was held last."""
        which = case_no or next(reversed(self._waiting), None)
        found = None if which is None else self._waiting.pop(which, None)
        if found is not None:
            self._show()
            self.taken_back.emit(found[0])

    def take_back_last(self) -> None:
        """Take back what was held last."""
        self.take_back()

    def send_all(self) -> None:
        """Send everything that is held now."""
        waiting, self._waiting = self._waiting, {}
        for intent, _ in waiting.values():
            self._send(intent)
        self._show()

    async def drain(self) -> None:
        """Send everything that is held and wait for it, a few seconds at most: then the outbox has it."""
        waiting, self._waiting = self._waiting, {}
        self._show()
        if waiting:
            work = [self._carry_out(intent) for intent, _ in waiting.values()]
            try:
                async with asyncio.timeout(DRAIN_S):
                    await asyncio.gather(*work)
            except TimeoutError:
                return  # the outbox keeps what it was given

    def drop_all(self) -> None:
        """Nobody is signed in any more: nothing is sent in anybody's name, and what was held is told."""
        waiting, self._waiting = self._waiting, {}
        for intent, _ in waiting.values():
            self.dropped.emit(intent)
        self._show()

    def rows(self) -> list[HeldRow]:
        """Return what is held, the next to be sent first."""
        now = time.monotonic()
        rows = [HeldRow(intent, max(0.0, due - now)) for intent, due in self._waiting.values()]
        return sorted(rows, key=lambda row: row.left_s)

    def _on_tick(self) -> None:
        now = time.monotonic()
        due = [case_no for case_no, (_, at) in self._waiting.items() if at <= now]
        for case_no in due:
            intent, _ = self._waiting.pop(case_no)
            self._send(intent)
        self._show()

    def _show(self) -> None:
        if not self._waiting:
            self._tick.stop()
        self.altered.emit(self.rows())
