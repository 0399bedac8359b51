"""Components with the state each shows, and pipes as lines. See ``layers`` for how models are used."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from domain.reading import ReadingState
from domain.register_map import ComponentKind, Condition
from layers.contract import usable
from layers.geometry import rings_to_shapes
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes
from layers.states import Sensed
from layers.table import MarkTable

STATES = tuple(Sensed)
KINDS = tuple(ComponentKind)


class ComponentMark(msgspec.Struct, frozen=True):
    """A component as the map shows it. ``ident`` is what its changes are about; ``path`` are degrees."""

    ident: str
    lon: float
    lat: float
    what: ComponentKind
    state: Sensed = Sensed.PLAIN
    path: tuple[tuple[float, float], ...] = ()
    title: str = ""
    lines: tuple[str, ...] = ()


def shown_state(condition: Condition, *, sensed: bool, said: ReadingState) -> Sensed:
    """Return how a component shows: an alarm before all else, then what was found, then what it says."""
    if sensed and said in (ReadingState.ALARM, ReadingState.WARN):
        return Sensed(said.value)
    if condition in (Condition.DAMAGED, Condition.LOST):
        return Sensed.DAMAGED
    return Sensed(said.value) if sensed else Sensed.PLAIN


class ComponentsModel(Observed):
    """The components that have a place, worst last so that they are drawn on top.

    ``pipes`` holds the lines, ``pipe_states`` and ``pipe_kinds`` the index in ``STATES`` and ``KINDS`` of each; all are
    replaced, never changed.
    ``heard_age_s`` is the age of the newest reading, None without any.
    """

    def __init__(self) -> None:
        super().__init__()
        self.table: MarkTable[ComponentMark] = MarkTable()
        self.pipes: Shapes = no_shapes()
        self.pipe_states: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self.pipe_kinds: npt.NDArray[np.uint8] = np.empty(0, np.uint8)
        self.pipes_revision = 0
        self.heard_age_s: float | None = None
        self._codes: npt.NDArray[np.uint16] | None = None
        self._states: npt.NDArray[np.uint8] | None = None

    def replace(self, marks: Iterable[ComponentMark]) -> None:
        """Show exactly these components; nobody hears of it where they are the same."""
        ranked = sorted((m for m in marks if usable(m.lon, m.lat)), key=_rank)
        if ranked == self.table.marks:
            return
        self.table.clear()
        self.table.put((m.ident, m, m.lon, m.lat, 0.0) for m in ranked)
        self._lay_pipes(ranked)
        self._touch()

    def update(self, marks: Sequence[ComponentMark]) -> None:
        """Show these anew; they keep their place in the order unless their state altered."""
        before = {m.ident: self.mark(m.ident) for m in marks}
        moved = any(
            held is None or held.state is not mark.state or held.path != mark.path
            for mark in marks
            for held in (before[mark.ident],)
        )
        if moved:
            fresh = {m.ident: m for m in marks}
            kept = [fresh.pop(m.ident, m) for m in self.table.marks]
            self.replace([*kept, *fresh.values()])
            return
        self.table.put((m.ident, m, m.lon, m.lat, 0.0) for m in marks)
        self._changed()

    def mark(self, ident: str) -> ComponentMark | None:
        """Return a component that is shown."""
        slot = self.table.slot(ident)
        return None if slot is None else self.table.marks[slot]

    def set_heard_age(self, age_s: float | None) -> None:
        """Tell how old the newest reading is."""
        self.heard_age_s = age_s

    def codes(self) -> npt.NDArray[np.uint16]:
        """Return the sprite of each: ``index of state * number of kinds + index of kind``."""
        if self._codes is None:
            made = [STATES.index(m.state) * len(KINDS) + KINDS.index(m.what) for m in self.table.marks]
            self._codes = np.array(made, np.uint16)
        return self._codes

    def states(self) -> npt.NDArray[np.uint8]:
        """Return the index in ``STATES`` of each."""
        if self._states is None:
            self._states = (self.codes() // len(KINDS)).astype(np.uint8)
        return self._states

    def counts(self) -> dict[Sensed, int]:
        """Return how many show each state."""
        found = np.bincount(self.states(), minlength=len(STATES))
        return {state: int(found[i]) for i, state in enumerate(STATES)}

    def _lay_pipes(self, marks: Sequence[ComponentMark]) -> None:
        pipes = [m for m in marks if m.path]
        self.pipes = rings_to_shapes([m.path for m in pipes])
        self.pipe_states = np.array([STATES.index(m.state) for m in pipes], np.uint8)
        self.pipe_kinds = np.array([KINDS.index(m.what) for m in pipes], np.uint8)
        self.pipes_revision += 1

    def _touch(self) -> None:
        self._codes = self._states = None
        self._changed()


def _rank(mark: ComponentMark) -> int:
    return STATES.index(mark.state)
