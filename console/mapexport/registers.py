"""What of the register goes into a file: components, cameras, hazard zones, drawings, geofences. No Qt.

Notes stay in the room: whoever wrote one did not write it for a file, and it may hold a telephone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from console.mapexport.tables import Shown, Table, touching
from domain.register_fence import Geofence
from domain.register_map import Camera, Component, Drawing, Form, Hazard, Ink
from domain.register_shapes import Spot


class ShownEntry(NamedTuple):
    """One entry that the map shows; ``state`` is what its sign or its line says of it besides, where it says any."""

    entry_id: str
    body: Camera | Component | Drawing | Geofence | Hazard
    state: str = ""


Entries = Mapping[str, Sequence[ShownEntry]]
"""What is shown of the register, by layer."""


def register_tables(shown: Shown, entries: Entries) -> list[Table]:
    """Return a table for each layer of the register that is shown, from the ground up, with what of it is in view."""
    made = []
    for layer, columns in COLUMNS.items():
        if layer in shown.layers and entries.get(layer):
            kept = touching(shown.view, [_placed(entry) for entry in entries[layer]])
            values: dict[str, list[Any]] = {"id": [placed.entry.entry_id for placed in kept]}
            values |= {name: [take(placed.entry.body) for placed in kept] for name, take in columns.items()}
            if layer in STATED:
                values["state"] = [placed.entry.state for placed in kept]
            made.append(Table(layer, values, [placed.wkb for placed in kept]))
    return made


STATED = frozenset({"geofences", "cameras", "components"})
"""Layers whose entries are in a state: rung or watching, online or not, in alarm or as they should be."""
COLUMNS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "hazards": {
        "name": lambda body: body.name,
        "level": lambda body: body.level.value,
        "kind": lambda body: body.what.value,
    },
    "geofences": {"name": lambda body: body.name, "paused": lambda body: body.paused},
    "drawings": {
        "name": lambda body: body.label,
        "form": lambda body: body.form.value,
        "ink": lambda body: body.ink.value,
        "width_px": lambda body: body.width_px,
        "dashed": lambda body: body.dashed or body.ink is Ink.GREY,
    },
    "cameras": {
        "name": lambda body: body.name,
        "heading_deg": lambda body: body.heading_deg,
        "angle_deg": lambda body: body.angle_deg,
        "range_m": lambda body: body.range_m,
    },
    "components": {
        "name": lambda body: body.name,
        "kind": lambda body: body.what.value,
        "code": lambda body: body.code,
        "condition": lambda body: body.condition.value,
    },
}
"""The layers of the register that are written, from the ground up, with their columns."""


class _Placed(NamedTuple):
    entry: ShownEntry
    wkb: bytes


def _placed(entry: ShownEntry) -> _Placed:
    import shapely  # noqa: PLC0415 - only an export needs it

    body, points = entry.body, _points(entry.body)
    made: type[Any] = shapely.Point
    if isinstance(body, Hazard | Geofence) or (isinstance(body, Drawing) and body.form is Form.AREA):
        made = shapely.Polygon
    elif len(points) > 1:
        made = shapely.LineString
    return _Placed(entry, bytes(shapely.to_wkb(made(points if len(points) > 1 else points[0]))))


def _points(body: Camera | Component | Drawing | Geofence | Hazard) -> Sequence[Spot]:
    match body:
        case Hazard() | Geofence():
            return body.ring
        case Drawing():
            return body.points
        case Component() if body.path:
            return body.path
    return (body.place(),)
