"""What the map shows now, taken from the live picture: what an export holds is what is seen, and nothing beside it.

A layer goes out where it shows on the screen: switched on, and within its range of scales. Of what it has, what its own
filters leave out stays behind.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from client.picture import Picture
from client.room import Room
from console.mapexport.own import OwnLayer
from console.mapexport.registers import COLUMNS, Entries, ShownEntry
from console.mapexport.tables import MAKERS, Shown, ShownThing
from console.register import Held
from domain.exporting import PICTURES, MapFormat
from domain.ids import StaffId
from domain.register import EntryKind, subject_id
from domain.register_fence import Geofence
from domain.register_map import Camera, Component, Drawing, Hazard
from domain.wire_feed import ViewBox
from layers.camera import Bounds
from layers.contract import LayerItem
from layers.grids.figures import Indicator
from layers.mercator import to_degrees, to_plane
from layers.observed import Observed
from widgets.map.printing import without_empty_ground
from widgets.map_export_sheet import Extent, MapExportWanted

if TYPE_CHECKING:
    from console.desk import Desk

CASES, POSITIONS, TRAIL = "cases", "positions", "trail"
ShownLayer = tuple[LayerItem, Observed]


def layers_shown(desk: "Desk", wanted: MapExportWanted) -> list[ShownLayer]:
    """Return the layers that may go out, from the ground up, each with what it draws.

    The trail of who is chosen is kept at this desk alone. Where else our own people are or were goes out only where
    that was asked for, and what was read of the logged history in pictures alone (see ``own``).
    """
    view = desk.panels.map
    models = {item.key: model for item, model in zip(view.items, view.models, strict=True)}
    return [
        (item, models[item.key])
        for item in view.shown_items()
        if item.key != TRAIL and (wanted.staff or not is_about_staff(item, models[item.key]))
    ]


def is_about_staff(item: LayerItem, model: Observed) -> bool:
    """Return whether a layer shows where the room's own people are, or were by the logged history."""
    return item.key == POSITIONS or getattr(model, "guarded", False)


def take_shown(desk: "Desk", room: Room, wanted: MapExportWanted, keys: Sequence[str]) -> Shown:
    """Take what is shown of these layers: values that stay as they are, so a thread may read them."""
    picture, geometry, view = room.picture, room.geometry, desk.panels.map
    assert picture is not None  # looked at before
    grids = desk.map_feed.models.grids
    return Shown(
        town=picture.town,
        now=room.service_now(),
        layers=tuple(keys),
        cases=tuple(picture.cases.values()),
        grids=() if geometry is None else geometry.grids,
        divisions=() if geometry is None else geometry.divisions,
        base=() if geometry is None else geometry.base,
        things=_things(desk, picture) if POSITIONS in keys else (),
        view=_box(desk.panels.map.camera.bounds()) if wanted.extent is Extent.VIEW else None,
        ended=view.shows_ended,
        hidden_lamps=_hidden(desk, CASES, "lamp"),
        hidden_base=_hidden(desk, "basemap", "kind"),
        indicator="" if grids.indicator is Indicator.NONE else grids.indicator.value,
        figures=grids.figures,
    )


def take_entries(desk: "Desk") -> Entries:
    """Return what is shown of the register but for what the layers' own filters leave out.

    Components that are lines are seen whatever state they are in.
    """
    register, models = desk.register, desk.map_feed.models
    kinds, forms = _hidden(desk, "components", "kind"), _hidden(desk, "drawings", "form")
    levels = _hidden(desk, "hazards", "level")
    fences = {mark.ident: mark.rank.value for mark in models.geofences.held.marks}
    cameras = {mark.ident: "online" if mark.online else "offline" for mark in models.cameras.table.marks}
    components = {mark.ident: mark.state.value for mark in models.components.table.marks}
    drawn = [h for h in register.all(Component) if h.body.what.value not in kinds]
    quiet = _hidden(desk, "components", "state")
    return {
        "hazards": _entries(h for h in register.all(Hazard) if h.body.level.value not in levels),
        "geofences": _in_state(EntryKind.GEOFENCE, register.all(Geofence), fences, _hidden(desk, "geofences", "state")),
        "drawings": _entries(h for h in register.all(Drawing) if h.body.form.value not in forms),
        "cameras": _in_state(EntryKind.CAMERA, register.all(Camera), cameras, frozenset()),
        "components": [
            *_in_state(EntryKind.COMPONENT, [h for h in drawn if not h.body.path], components, quiet),
            *_in_state(EntryKind.COMPONENT, [h for h in drawn if h.body.path], components, frozenset()),
        ],
    }


def names_left_out(
    seen: Iterable[LayerItem], own: Iterable[OwnLayer], form: MapFormat, drawn: Iterable[str]
) -> list[str]:
    """Return the names of layers that show something and are not in the file.

    Those are pictures but for those ``drawn``, and what is read of the logged history.
    """
    if form in PICTURES or form is MapFormat.CSV:  # which says itself that it is of the cases alone
        return []
    written = {*MAKERS, *COLUMNS, *(layer.key for layer in own), *drawn}
    return [item.title() for item in seen if item.key not in written and item.bounds() is not None]


def _entries(held: Iterable[Held[Any]]) -> list[ShownEntry]:
    return [ShownEntry(one.entry_id, one.body) for one in held]


def _in_state(
    kind: EntryKind, held: Iterable[Held[Any]], states: Mapping[str, str], hidden: Collection[str]
) -> list[ShownEntry]:
    """Return entries with the state the map shows each in; what the map does not have, or leaves out, is none."""
    told = ((one, states.get(subject_id(kind, one.entry_id), "")) for one in held)
    return [ShownEntry(one.entry_id, one.body, state) for one, state in told if state and state not in hidden]


def _things(desk: "Desk", picture: Picture) -> tuple[ShownThing, ...]:
    """Return people and vehicles but for those the layer's own filters leave out."""
    found = []
    kinds, states = _hidden(desk, POSITIONS, "kind"), _hidden(desk, POSITIONS, "state")
    for position in picture.positions.values():
        vehicle = picture.vehicles.get(position.thing)
        owner = vehicle or picture.members.get(StaffId(position.thing))
        if owner is None or ("staff" if vehicle is None else "vehicle") in kinds:
            continue
        state = desk.map_feed.holdings.status(owner.unit_id).state
        if state.value not in states:
            unit = desk.names.unit(owner.unit_id)
            found.append(ShownThing(position, owner.name, unit, vehicle is not None, state))
    return tuple(found)


def _hidden(desk: "Desk", layer: str, name: str) -> frozenset[str]:
    item = desk.panels.map.item(layer)
    return frozenset() if item is None else item.options.hides(name)


def looked_at(view: ViewBox, items: Iterable[LayerItem]) -> ViewBox:
    """Return what is shown first of a page of a view: the view without the empty ground round what the layers have."""
    bounds = *to_plane(view.west, view.south), *to_plane(view.east, view.north)
    return _box(without_empty_ground(bounds, items))


def _box(bounds: Bounds) -> ViewBox:
    x0, y0, x1, y1 = bounds
    west, south = to_degrees(x0, y0)
    east, north = to_degrees(x1, y1)
    return ViewBox(max(-180.0, west), max(-90.0, south), min(180.0, east), min(90.0, north))
