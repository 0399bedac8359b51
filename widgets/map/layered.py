"""The layers of a map: which there are, in what order, as what was chosen of each, and what of them is picked out.

``widgets.map.canvas.MapCanvas`` adds the picture.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from layers.camera import Bounds
from layers.cases.item import CasesItem
from layers.contract import Focus, LayerItem, Look
from layers.observed import Observed
from layers.options import GROUPS, LayerOptions
from layers.registry import ITEMS, make_item
from widgets.map.looking import LookingMap


class LayeredMap(LookingMap):
    """A map that looks at layers."""

    thing_chosen = Signal()
    """Another person or vehicle is picked out, or none any more."""
    layers_changed = Signal()
    """Layers say something else than before, or others are shown; ``layers_set`` goes before where there are others."""
    layers_set = Signal()

    def __init__(self, look: Look, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._look = look
        self._items: list[LayerItem] = []
        self._models: dict[str, Observed] = {}
        self._unsubscribe: dict[str, Callable[[], None]] = {}
        self._focus = Focus()

    def set_layers(self, models: Iterable[Observed], *, as_given: bool = False) -> None:
        """Show these models from the ground up: by group and the order of ``layers.registry``, or ``as_given``."""
        self._let_go()
        order = {kind: rank for rank, kind in enumerate(ITEMS)}
        ranked = models if as_given else sorted(models, key=lambda given: order.get(type(given), len(order)))
        for model in ranked:
            self._show(model)
        if not as_given:
            self.order_layers([item.key for item in self._items])
        self.layers_set.emit()
        self._on_model_changed()

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """The layers, from the ground up."""
        return tuple(self._items)

    def item(self, key: str) -> LayerItem | None:
        """Return the layer of a key."""
        return next((item for item in self._items if item.key == key), None)

    def shown_items(self) -> tuple[LayerItem, ...]:
        """Return the layers that show at this scale, the lowest first."""
        denominator = self.denominator()
        return tuple(item for item in self._items if item.visible and item.options.shows_at(denominator))

    def add_layer(self, model: Observed) -> LayerItem:
        """Show one more model, above the others of its group; raises KeyError for a model no layer knows."""
        item = self._show(model)
        self.layers_set.emit()
        self.order_layers([kept.key for kept in self._items])
        return item

    def remove_layer(self, key: str) -> None:
        """Take a layer away; an unknown key is passed over."""
        item = self.item(key)
        if item is not None:
            self._unsubscribe.pop(key)()
            self._models.pop(key)
            self._items.remove(item)
            item.close()
            self.layers_set.emit()
            self._on_model_changed()

    def choose(self, key: str, options: LayerOptions) -> None:
        """Show a layer as was chosen; an unknown key is passed over."""
        item = self.item(key)
        if item is not None and item.options != options:
            item.choose(options)
            self._on_model_changed()

    def order_layers(self, keys: Sequence[str]) -> None:
        """Lay the layers over one another in this order, group by group; one not named stays above those named."""
        rank = {key: place for place, key in enumerate(keys)}
        self._items.sort(key=lambda item: (GROUPS.index(item.group), rank.get(item.key, len(rank))))
        self._on_model_changed()

    def set_layer_visible(self, key: str, on: bool) -> None:
        """Show or hide a layer; an unknown key is passed over."""
        item = self.item(key)
        if item is not None:
            self.choose(key, msgspec.structs.replace(item.options, visible=on))

    @property
    def models(self) -> tuple[Observed, ...]:
        """The models that are shown, from the ground up: another map can be made of them."""
        return tuple(self._models[item.key] for item in self._items)

    @property
    def past(self) -> datetime | None:
        """The moment that is played back, None where the map shows what is now."""
        return self._look.past

    def show_past(self, moment: datetime | None) -> None:
        """Say that cases and things are as they were at a moment; layers of what is now are drawn paler meanwhile."""
        began = (moment is None) != (self._look.past is None)
        self._look.past = moment
        if began:
            self._on_model_changed()

    @property
    def shows_ended(self) -> bool:
        """Whether ended cases are shown."""
        item = self.item("cases")
        return isinstance(item, CasesItem) and item.ended_shown()

    # -- what is chosen -----------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Focus:
        """What is chosen and pointed at."""
        return self._focus

    def select_case(self, case_no: str | None) -> None:
        """Ring a case, or none."""
        self._set_focus(msgspec.structs.replace(self._focus, case_no=case_no, case_at=self._case_place(case_no)))

    def select_thing(self, thing: str | None) -> None:
        """Name a person or vehicle whatever the scale, or none."""
        self._set_focus(msgspec.structs.replace(self._focus, thing=thing))

    def select_grid(self, code: str | None) -> None:
        """Pick out a grid, or none."""
        self._set_focus(msgspec.structs.replace(self._focus, grid=code))

    def select_entry(self, key: str | None) -> None:
        """Pick out something of the register (``domain.register.subject_id``), or none."""
        self._set_focus(msgspec.structs.replace(self._focus, entry=key))

    def drop_chosen(self) -> bool:
        """Pick out nothing any more but the chosen case; return whether anything was."""
        before = self._focus
        self._set_focus(msgspec.structs.replace(before, thing=None, grid=None, entry=None))
        return self._focus != before

    # -- what there is to look at ---------------------------------------------------------------------------------

    def fit_layer(self, key: str) -> None:
        """Show all of a layer; one that is unknown or has nothing to show is passed over."""
        item = self.item(key)
        self.fit_to(None if item is None else item.bounds())

    def all_bounds(self) -> Bounds | None:
        """See ``LookingMap``: the grids, or what else there is."""
        order = ("grids", "divisions", "basemap", "cases", "positions")
        found = (item.bounds() for key in order if (item := self.item(key)) is not None)
        return next((bounds for bounds in found if bounds is not None), None)

    # -- inner --------------------------------------------------------------------------------------------------

    def _on_model_changed(self, changed: LayerItem | None = None) -> None:
        """Follow the model of a layer, or anything else that may have changed."""
        self._fit_first()
        if self._focus.case_no is not None:
            self._set_focus(msgspec.structs.replace(self._focus, case_at=self._case_place(self._focus.case_no)))
        self._show_changes(changed)
        self.layers_changed.emit()

    def _show_changes(self, changed: LayerItem | None) -> None:
        """Have what may have changed painted: of one layer, or of any."""
        self.refresh()

    def _set_focus(self, focus: Focus) -> None:
        if focus != self._focus:
            before, self._focus = self._focus, focus
            self.refresh()
            if focus.thing != before.thing:
                self.thing_chosen.emit()

    def _case_place(self, case_no: str | None) -> tuple[float, float] | None:
        item = self.item("cases")
        return item.place(case_no) if case_no is not None and isinstance(item, CasesItem) else None

    def _show(self, model: Observed) -> LayerItem:
        item = make_item(model, self._look)
        self._items.append(item)
        self._models[item.key] = model
        self._unsubscribe[item.key] = item.subscribe(partial(self._on_model_changed, item))
        return item

    def _let_go(self) -> None:
        for unsubscribe in self._unsubscribe.values():
            unsubscribe()
        self._unsubscribe.clear()
        for item in self._items:
            item.close()
        self._items.clear()
        self._models.clear()
