"""What is chosen of the map's layers: carried out, taken back, set as at first, and told so that it can be kept."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QElapsedTimer, QObject, Signal

from layers.options import LayerOptions, LayerState
from widgets.map.canvas import MapCanvas

STEPS_KEPT = 50
ONE_STEP_MS = 900
"""Choices of one sort for one layer that follow one another faster than this are taken back together."""


class Gone(NamedTuple):
    """A layer that was taken away, and what brings it back."""

    what: Any
    back: Callable[[Any], None]


class LayerChoices(QObject):
    """The choices of one map. ``changed`` whenever one was made, taken back or set anew by a person."""

    changed = Signal()

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._kept: dict[str, LayerOptions] = {}
        self._order: tuple[str, ...] = ()
        self._first: tuple[str, ...] = ()
        self._known: set[str] = set()
        self._undo: list[LayerState | Gone] = []
        self._redo: list[LayerState] = []
        self._last: tuple[str, str] | None = None
        self._since = QElapsedTimer()
        canvas.layers_set.connect(self._on_layers_set)

    def state(self) -> LayerState:
        """Return what is chosen, of layers that are not there at present too."""
        now = {item.key: item.options for item in self._canvas.items}
        preset = {item.key: item.preset for item in self._canvas.items}
        chosen = {k: o for k, o in {**self._kept, **now}.items() if o != preset.get(k, LayerOptions())}
        return LayerState(options=chosen, order=self._order)

    def show(self, state: LayerState) -> None:
        """Show the layers as was chosen before; nothing is told, and there is nothing to take back."""
        self._kept, self._order = dict(state.options), state.order
        for item in self._canvas.items:
            self._canvas.choose(item.key, self._kept.get(item.key, item.preset))
        self._canvas.order_layers(self._full_order())

    def choose(self, key: str, options: LayerOptions) -> None:
        """Choose for one layer; an unknown key is passed over."""
        item = self._canvas.item(key)
        if item is None or item.options == options:
            return
        sort = next(n for n in LayerOptions.__struct_fields__ if getattr(item.options, n) != getattr(options, n))
        self._remember((key, sort))
        self._canvas.choose(key, options)
        self._kept[key] = options
        self.changed.emit()

    def put_above(self, key: str, below: str | None) -> None:
        """Lay a layer directly over another of its group, or under all of them with None."""
        moved = self._canvas.item(key)
        if moved is None or key == below:
            return
        mates = [item.key for item in self._canvas.items if item.group is moved.group and item.key != key]
        place = 0 if below is None else mates.index(below) + 1 if below in mates else len(mates)
        mates.insert(place, key)
        keys = [item.key for item in self._canvas.items]
        others = iter(mates)
        ordered = [next(others) if k in mates else k for k in keys]
        if ordered == keys:
            return
        self._remember((key, "order"))
        self._order = tuple(ordered)
        self._canvas.order_layers(ordered)
        self.changed.emit()

    def move(self, key: str, steps: int) -> None:
        """Move a layer up (positive) or down within its group; at the end it stays."""
        moved = self._canvas.item(key)
        if moved is None:
            return
        mates = [item.key for item in self._canvas.items if item.group is moved.group]
        place = mates.index(key) + steps
        if 0 <= place < len(mates):
            mates.remove(key)
            self.put_above(key, mates[place - 1] if place else None)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to be taken back."""
        return bool(self._undo)

    def undo(self) -> None:
        """Take back what was done last: a choice, or a layer that was taken away."""
        step = self._undo.pop() if self._undo else None
        if isinstance(step, Gone):
            self._last = None
            step.back(step.what)
            self.changed.emit()
        elif step is not None:
            self._redo.append(self._whole())
            self._show_again(step)

    def redo(self) -> None:
        """Make the choice taken back last once more."""
        if self._redo:
            self._undo.append(self._whole())
            self._show_again(self._redo.pop())

    def taken_away(self, what: object, back: Callable[[Any], None]) -> None:
        """Remember that a layer was taken away: it comes back with ``undo`` in its turn, by ``back(what)``."""
        self._keep_step(Gone(what, back))
        self._redo.clear()
        self._last = None

    def forget_gone(self, what: object) -> None:
        """What was taken away is back already, or cannot come back."""
        self._undo = [step for step in self._undo if not (isinstance(step, Gone) and step.what is what)]

    def reset(self) -> None:
        """Show all layers as they are by themselves, under the names they were given; can be taken back."""
        preset = {item.key: item.preset for item in self._canvas.items}
        chosen = self.state().options
        named = {k: replace(preset.get(k, LayerOptions()), name=o.name) for k, o in chosen.items() if o.name}
        if chosen != named or self._order not in ((), self._first):
            self._remember(None)
            self.show(LayerState(options=named, order=self._first))
            self.changed.emit()

    def take(self, state: LayerState) -> None:
        """Show the layers as a person wants them all at once; can be taken back."""
        self._remember(None)
        self.show(state)
        self.changed.emit()

    def _show_again(self, state: LayerState) -> None:
        self._last = None
        self.show(state)
        self.changed.emit()

    def _keep_step(self, step: LayerState | Gone) -> None:
        self._undo.append(step)
        del self._undo[:-STEPS_KEPT]

    def _whole(self) -> LayerState:
        state = self.state()
        return LayerState(options=state.options, order=state.order or self._first)

    def _remember(self, what: tuple[str, str] | None) -> None:
        """Keep what was, unless this goes on with the choice made just before."""
        goes_on = what is not None and what == self._last and self._since.elapsed() < ONE_STEP_MS
        if not goes_on:
            self._keep_step(self._whole())
        self._redo.clear()
        self._last = what
        self._since.start()

    def _full_order(self) -> Sequence[str]:
        return self._order or self._first

    def _on_layers_set(self) -> None:
        """Show layers that are new as was chosen for them before."""
        keys = {item.key for item in self._canvas.items}
        new = keys - self._known
        self._known = keys
        if not self._first:
            self._first = tuple(item.key for item in self._canvas.items)
        for key in sorted(new & self._kept.keys()):
            self._canvas.choose(key, self._kept[key])
        if new & set(self._order):
            self._canvas.order_layers(self._order)
