"""The map as a person sees it: clusters, crowds, generalised grids, cases over staff. One core.

*Update* takes new places of all staff and paints. *Frame gaps* are those between the paints of a 60 Hz animation that
pans, and turns the wheel every fifth of a second, while the tiles that come into view are drawn beside it; in turn with
the same timer painting an empty window. *Ten a second* moves all staff ten times a second during the animation, by
arrays of places as in *update* and by messages of the live feed: an update is dropped when the next one comes before it
was painted.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.county import County
from benchmarks.harness import Rows, Sense, lower_quartile, p99, single
from benchmarks.maps.kernels import WALK_M
from benchmarks.maps.live import LiveStaff, live_rows
from benchmarks.maps.ours import SIZE, OurMap, to_degrees
from console.collector import Collector
from console.headstart import SWITCH_S
from widgets.map.looking import MOVING_S

EXTENTS = {"1": 0, "1/8": 24, "1/64": 48}
"""Extent, as a share of the whole across, and how many eighths of an octave closer that is."""
FRAME_MS = 16
SECONDS = 4.0
A_SECOND = 10
TURNS = 3
WHEEL_EVERY = 12
UPDATE_AIM_MS = 12.0
GAP_AIM_MS = 4.0


@contextmanager
def as_in_a_console() -> Iterator[None]:
    """Have Python hand itself over between threads, and collect its rubbish, as it does in a console."""
    before, collector = sys.getswitchinterval(), Collector()
    sys.setswitchinterval(SWITCH_S)
    collector.start()
    gc.freeze()
    yield
    collector.stop()
    gc.unfreeze()
    sys.setswitchinterval(before)


class Animation:
    """Calls back at 60 Hz for a while and notes the gaps between the ends of the calls, in milliseconds."""

    def __init__(self, step: Callable[[int], None]) -> None:
        self._step = step
        self._count = 0
        self._ticks: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_tick)
        self._loop = QEventLoop()

    def run(self, seconds: float = SECONDS) -> list[float]:
        """Run to the end and return the gaps."""
        self._ticks = []
        self._timer.start()
        QTimer.singleShot(round(seconds * 1000), self._loop.quit)
        self._loop.exec()
        self._timer.stop()
        return [1000 * (b - a) for a, b in zip(self._ticks, self._ticks[1:], strict=False)]

    def _on_tick(self) -> None:
        self._step(self._count)
        self._count += 1
        self._ticks.append(time.perf_counter())


def settle(ours: OurMap) -> None:
    """Wait until the picture is whole."""
    ours.view.repaint()
    while not (ours.view.settled and ours.view.idle):
        QApplication.processEvents()
        time.sleep(0.001)


def closer(ours: OurMap, steps: int) -> None:
    """Show the whole, then come closer to its middle."""
    ours.view.fit()
    ours.view.zoom(steps)
    time.sleep(MOVING_S)  # what alters sooner is painted with the next move, of which there is none
    settle(ours)


def wander(ours: OurMap) -> Callable[[int], None]:
    """Return the step of an animation that pans to and fro and turns the wheel, and paints."""

    def step(count: int) -> None:
        right = 1 if count // 60 % 2 == 0 else -1
        ours.view.pan(-9 * right, 3 * right)
        if count % WHEEL_EVERY == WHEEL_EVERY - 1:
            ours.view.zoom(2 if count // WHEEL_EVERY % 2 == 0 else -2)
        ours.view.repaint()

    return step


def gap_rows(ours: OurMap, land: str) -> Rows:
    """Measure the gaps at each extent beside an empty window's."""
    empty = QWidget()
    empty.resize(*SIZE)
    empty.show()
    rows: Rows = []
    for extent, steps in EXTENTS.items():
        gaps: list[float] = []
        floor: list[float] = []
        for _ in range(TURNS):
            floor += Animation(lambda _count: empty.repaint()).run()
            closer(ours, steps)
            gaps += Animation(wander(ours)).run()
        what = f"{land} frame gap at {extent}, pan and wheel while tiles are drawn"
        aim = f"<= {p99(floor) + GAP_AIM_MS:.1f} ms"
        rows.append(single(f"{what}, p99", "ms", p99(gaps), p99(floor), "an empty window", Sense.TIMES_AS_LONG,
                           len(gaps), aim))  # fmt: skip
        rows.append(single(f"{what}, longest", "ms", max(gaps), max(floor), "an empty window", Sense.TIMES_AS_LONG,
                           len(gaps)))  # fmt: skip
    empty.close()
    return rows


def update_rows(ours: OurMap, county: County, land: str, runs: int) -> Rows:
    """Measure how long taking up and painting new places of all staff takes at each extent."""
    rng = np.random.default_rng(3)
    moves = [to_degrees(county.staff + rng.normal(0, WALK_M[land], county.staff.shape)) for _ in range(4)]
    rows: Rows = []
    for extent, steps in EXTENTS.items():
        closer(ours, steps)
        for moved in moves:  # what stands still is kept, as after a second of use
            ours.staff(moved)
        took = [ours.staff(moves[turn % len(moves)]) for turn in range(2 * runs)]
        what = f"{land} as seen, all staff moved, at {extent}, lower quartile"
        aim = f"<= {UPDATE_AIM_MS:.0f} ms"
        rows.append(single(what, "ms", lower_quartile(took), None, "(no peer clusters)", Sense.FIGURE, len(took), aim))
    return rows


def ten_a_second_rows(ours: OurMap, county: County, land: str) -> Rows:
    """Move all staff ten times a second while the map is panned: by arrays of places, and by messages of the feed."""
    rng = np.random.default_rng(4)
    moves = [to_degrees(county.staff + rng.normal(0, WALK_M[land], county.staff.shape)) for _ in range(8)]
    what = f"{land} {len(county.staff):,} staff ten times a second while panning"
    rows = moved_rows(ours, what, [partial(ours.place_staff, moved) for moved in moves])
    live = LiveStaff(ours)
    messages = [live.message(moves[turn % len(moves)]) for turn in range(int(2 * SECONDS * A_SECOND) + A_SECOND)]
    rows += moved_rows(ours, f"{what}, from the feed", [partial(live.hear, message) for message in messages])
    return rows + live_rows(ours, [*moves, *moves], land)


def moved_rows(ours: OurMap, what: str, updates: Sequence[Callable[[], None]]) -> Rows:
    """Do updates in turn while the map is panned, and count what is dropped and late."""
    closer(ours, 0)
    pan, done, late = wander(ours), [0], [0]
    begun, due = time.perf_counter(), [0]

    def step(count: int) -> None:
        wanted = int((time.perf_counter() - begun) * A_SECOND)
        if wanted > due[0]:
            late[0] += wanted - due[0] - 1
            due[0] = wanted
            updates[wanted % len(updates)]()
            done[0] += 1
        pan(count)

    gaps = Animation(step).run(2 * SECONDS)
    sent = done[0] + late[0]
    return [
        single(f"{what}, updates dropped", "", late[0], None, f"(of {sent})", Sense.FIGURE, 1, "0"),
        single(f"{what}, frame gap, p99", "ms", p99(gaps), None, "", Sense.FIGURE, len(gaps)),
    ]


def view_rows(county: County, land: str, runs: int) -> Rows:
    """Take the figures."""
    app = QApplication.instance() or QApplication([])
    ours = OurMap(county, as_given=False, plain=False)
    app.processEvents()
    with as_in_a_console():
        rows = update_rows(ours, county, land, runs)
        rows += gap_rows(ours, land)
        if land == "county":
            rows += ten_a_second_rows(ours, county, land)
    ours.close()
    return rows
