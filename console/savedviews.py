"""Saved views at the desk: where the map looks and how its layers are chosen, under a name, one's own or shared.

They are entries of the register (``domain.register_map``), so they are at every desk a person sits down at, and what is
deleted can be brought back. The first nine have keys.
"""

import time
from functools import partial
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import msgspec
from PySide6.QtCore import QObject

from client.picture import EntryKey
from console.register import Held
from console.workspace import MAP
from domain.faults import Fault
from domain.ids import EntryId
from domain.register import Entry, EntryKind
from domain.register_map import SavedLayer, SavedView, SharedView
from layers.mercator import to_degrees
from layers.options import LayerOptions, LayerState

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.saved_views_sheet import SavedViewsSheet

KINDS = frozenset({EntryKind.SAVED_VIEW, EntryKind.SHARED_VIEW})
KEYS = 9
MOST_NAME = 100

HeldView = Held[SavedView]


class _Beyond(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a saved layer keeps in its ``filters``: kinds left out, and the scales it shows at."""

    hidden: tuple[tuple[str, str], ...] = ()
    finest: int | None = None
    coarsest: int | None = None


class SavedViews(QObject):
    """Saves, shows, renames and deletes views, and opens their sheet."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._sheet: SavedViewsSheet | None = None
        desk.register.changed.connect(self.on_changed)
        self._named: dict[EntryId, str] = {}
        """Names that are on their way to the service."""
        desk.register.done.connect(self._on_done)
        desk.register.refused.connect(self._on_refused)

    def listed(self) -> list[HeldView]:
        """Return the views: one's own, then those that are shared, each in the order they were made."""
        register = self._desk.register
        shared = cast("list[HeldView]", register.all(SharedView))
        return [*register.all(SavedView), *shared]

    def save(self, name: str, *, shared: bool) -> None:
        """Keep what the map shows now under a name."""
        name = name.strip()[:MOST_NAME]
        if name:
            body = self._now(name, SharedView if shared else SavedView)
            self._put(body, EntryId(f"v{time.time_ns() // 1_000_000:014d}-{uuid4().hex[:8]}"))

    def go(self, number: int) -> None:
        """Show the view with this number, counted from 1; where there is none the sheet says how to make one."""
        views = self.listed()
        if number <= len(views):
            self.show(views[number - 1])
        else:
            self._desk.notices.info("notice.no_such_view", replace="view", number=number)

    def show(self, held: HeldView) -> None:
        """Look where a view looks, with the layers as they were chosen; both can be taken back."""
        body, view = held.body, self._desk.panels.map
        self._desk.workspace.show_dock(MAP)
        view.choices.take(_state(body.layers, view.choices.state()))
        view.look_closely(body.lon, body.lat, body.scale)
        self._desk.notices.info("notice.view_shown", replace="view", name=body.name)

    def rename(self, held: HeldView, name: str) -> None:
        """Give a view another name."""
        name = name.strip()[:MOST_NAME]
        if name and name != held.body.name:
            self._put(msgspec.structs.replace(held.body, name=name), held.entry_id)

    def renew(self, held: HeldView) -> None:
        """Keep what the map shows now under the name of a view there is."""
        self._desk.register.put(self._now(held.body.name, type(held.body)), held.entry_id)

    def remove(self, held: HeldView) -> None:
        """Delete a view; it can be brought back."""
        self._desk.register.remove(held)

    # -- the sheet -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the sheet."""
        sheet = self._sheet or self._make()
        if not sheet.isVisible():
            self._fill()
            sheet.open_sheet()
        else:
            sheet.come_up()

    def on_changed(self, kinds: frozenset[EntryKind]) -> None:
        """Views altered: an open sheet follows."""
        if kinds & KINDS and self._sheet is not None and self._sheet.isVisible():
            self._fill()

    def _on_done(self, entry: Entry) -> None:
        """What was asked for is done: whether something can be taken back follows."""
        self._named.pop(entry.entry_id, None)
        self.on_changed(KINDS)

    def _on_refused(self, key: EntryKey, fault: Fault) -> None:
        """It is not: the name that was typed is there still."""
        name = self._named.pop(key[1], "")
        if self._sheet is not None:
            self._sheet.give_back(name)
        self.on_changed(KINDS)

    def on_go_wanted(self, entry_id: str) -> None:
        """A view was chosen on the sheet."""
        held = self._held(entry_id)
        if held is not None and self._sheet is not None:
            self._sheet.close_sheet()
            self.show(held)

    def on_save_wanted(self, name: str, shared: bool) -> None:
        """What the map shows is to be kept."""
        self.save(name, shared=shared)

    def on_rename_wanted(self, entry_id: str, name: str) -> None:
        """A view is to have another name."""
        held = self._held(entry_id)
        if held is not None:
            self.rename(held, name)

    def on_renew_wanted(self, entry_id: str) -> None:
        """A view is to be as the map is now."""
        held = self._held(entry_id)
        if held is not None:
            self.renew(held)

    def on_remove_wanted(self, entry_id: str) -> None:
        """A view is to be deleted."""
        held = self._held(entry_id)
        if held is not None:
            self.remove(held)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _put(self, body: SavedView, entry_id: EntryId) -> None:
        self._named[entry_id] = body.name
        self._desk.register.put(body, entry_id)

    def _now(self, name: str, kind: type[SavedView]) -> SavedView:
        """Return the view the map shows now."""
        view = self._desk.panels.map
        lon, lat = to_degrees(view.camera.x, view.camera.y)
        # Files and tracks of one's own stay on this computer: their names and kinds are told to no service
        layers = tuple(_layer(item.key, item.options) for item in view.items if not item.removable)
        return kind(name=name, lon=lon, lat=lat, scale=view.camera.scale, layers=layers)

    def _held(self, entry_id: str) -> HeldView | None:
        return next((held for held in self.listed() if held.entry_id == entry_id), None)

    def _fill(self) -> None:
        from widgets.saved_views_sheet import ViewRow  # noqa: PLC0415

        if self._sheet is None:
            return
        register, rows = self._desk.register, []
        for number, held in enumerate(self.listed(), start=1):
            key = f"Ctrl+Alt+{number}" if number <= KEYS else ""
            shared = held.entry.kind is EntryKind.SHARED_VIEW
            rows.append(ViewRow(held.entry_id, held.body.name, key, shared, register.may_alter(held)))
        may_save, may_share = register.may_write(SavedView), register.may_write(SharedView)
        self._sheet.show_views(rows, may_save=may_save, may_share=may_share)
        self._sheet.show_can_undo(can=any(map(register.can_undo, KINDS)))

    def _make(self) -> "SavedViewsSheet":
        from widgets.saved_views_sheet import SavedViewsSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = SavedViewsSheet(desk.words, desk.frame)
        sheet.go_wanted.connect(self.on_go_wanted)
        sheet.save_wanted.connect(self.on_save_wanted)
        sheet.rename_wanted.connect(self.on_rename_wanted)
        sheet.renew_wanted.connect(self.on_renew_wanted)
        sheet.remove_wanted.connect(self.on_remove_wanted)
        sheet.undo_wanted.connect(partial(desk.register.undo, *KINDS))
        desk.appearance.dress([sheet])
        return sheet


def _layer(key: str, options: LayerOptions) -> SavedLayer:
    """Return how a layer is shown as it is kept; what does not fit is left out."""
    style = msgspec.json.encode(options.styles).decode() if options.styles else ""
    beyond = _Beyond(options.hidden, options.finest, options.coarsest)
    filters = msgspec.json.encode(beyond).decode() if beyond != _Beyond() else ""
    return SavedLayer(
        key,
        options.visible,
        options.opacity / 100,
        style if len(style) <= 200 else "",
        filters if len(filters) <= 1_000 else "",
    )


def _state(layers: tuple[SavedLayer, ...], now: LayerState) -> LayerState:
    """Return what is to be chosen: of the layers a view knows as it knows them, of the others as it is now.

    Names that layers were given are no part of a view, and stay.
    """
    chosen = dict(now.options)
    for layer in layers:
        name = now.options[layer.key].name if layer.key in now.options else ""
        chosen[layer.key] = msgspec.structs.replace(_options(layer), name=name)
    return LayerState(options=chosen, order=tuple(layer.key for layer in layers) or now.order)


def _options(layer: SavedLayer) -> LayerOptions:
    """Return the options of a saved layer; what another program wrote there and cannot be read is passed over."""
    try:
        styles = msgspec.json.decode(layer.style or "[]", type=tuple[tuple[str, str], ...])
        beyond = msgspec.json.decode(layer.filters or "{}", type=_Beyond)
        plain = LayerOptions(layer.visible, round(layer.opacity * 100))
        whole = msgspec.structs.replace(
            plain, styles=styles, hidden=beyond.hidden, finest=beyond.finest, coarsest=beyond.coarsest
        )
        return msgspec.convert(msgspec.to_builtins(whole), LayerOptions)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return LayerOptions(layer.visible, round(layer.opacity * 100))
