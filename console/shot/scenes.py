"""Scenes a picture can be taken of: what is chosen, shown and looked at before it is drawn. A line a scene."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from domain.case import Case
from domain.states import ENDED
from layers.options import LayerOptions
from layers.states import Sensed

if TYPE_CHECKING:
    from console.desk import Desk

Scene = Callable[["Desk"], None]

NEAR = 1.3
"""Plane metres a logical pixel of what is seen near at hand."""

CLOSE = 0.45


def _near(desk: "Desk", lon: float, lat: float, scale: float = NEAR) -> None:
    desk.panels.map.look_closely(lon, lat, scale)


def _show_only(desk: "Desk", keys: Iterable[str]) -> None:
    wanted = {"basemap", "divisions", "grids", *keys}
    for item in desk.panels.map.items:
        desk.panels.map.set_layer_visible(item.key, item.key in wanted)


def _style(desk: "Desk", key: str, name: str, value: str) -> None:
    item = desk.panels.map.item(key)
    if item is not None:
        options = msgspec.structs.replace(item.options.with_style(name, value), visible=True)
        desk.panels.map.choose(key, options)


def _components(desk: "Desk") -> None:
    """Components and sensors near at hand, those that are as they should be among them, one in alarm picked."""
    desk.panels.map.choose("components", LayerOptions())
    _show_only(desk, ["components"])
    marks = desk.map_feed.models.components.table.marks
    alarms = [mark for mark in marks if mark.state is Sensed.ALARM] or list(marks)
    if alarms:
        _near(desk, alarms[-1].lon, alarms[-1].lat)
        desk.panels.map.pick_entry(alarms[-1].ident)


def _cameras(desk: "Desk") -> None:
    """Cameras with their fields of view, one picked."""
    _show_only(desk, ["cameras"])
    marks = desk.map_feed.models.cameras.table.marks
    if marks:
        _near(desk, marks[0].lon, marks[0].lat)
        desk.panels.map.pick_entry(marks[0].ident)


def _hazards(desk: "Desk") -> None:
    """Hazard zones and shared drawings over the whole town, one zone picked."""
    _show_only(desk, ["hazards", "drawings"])
    desk.panels.map.fit()
    desk.panels.map.zoom(3)
    marks = desk.map_feed.models.hazards.held.marks
    if marks:
        desk.panels.map.pick_entry(marks[-1].ident)


def _heat(desk: "Desk") -> None:
    """The heat of cases over the whole town."""
    _show_only(desk, ["heat"])
    desk.panels.map.fit()


def _grids(desk: "Desk") -> None:
    """Grids filled by their open cases, one picked."""
    _show_only(desk, [])
    _style(desk, "grids", "fill", "open")
    desk.panels.map.fit()
    held = Counter(mark.grid_code for mark in _open_cases(desk) if mark.grid_code is not None)
    if held:
        desk.panels.map.pick_grid(held.most_common(1)[0][0])


def _open_cases(desk: "Desk") -> list[Case]:
    room = desk.session.room
    cases = () if room is None or room.picture is None else room.picture.cases.values()
    return [case for case in cases if case.state not in ENDED]


def _staff(desk: "Desk") -> None:
    """People and vehicles near at hand, one picked with its trail and how sure its place is."""
    _show_only(desk, ["positions", "trail"])
    positions = desk.map_feed.models.positions
    moving = [mark for mark in positions.table.marks if mark.heading_deg is not None] or list(positions.table.marks)
    if moving:
        _near(desk, moving[0].lon, moving[0].lat, CLOSE)
        desk.panels.map.pick_thing(moving[0].thing)


def _cases(desk: "Desk") -> None:
    """Cases near at hand with their kind written inside."""
    _show_only(desk, ["cases"])
    _style(desk, "cases", "inside", "kind")
    marks = desk.map_feed.models.cases.open.marks
    if marks:
        _near(desk, marks[-1].lon, marks[-1].lat, 2.2)


SCENES: dict[str, Scene] = {
    "components": _components,
    "cameras": _cameras,
    "hazards": _hazards,
    "heat": _heat,
    "grids": _grids,
    "staff": _staff,
    "cases": _cases,
}
"""Scenes by the name they are asked for with ``onemap shot VIEW OUT --scene NAME``."""
