"""Finds what the command bar jumps to: cases, units, people, vehicles, grids, named places, and the desk's actions."""

from collections.abc import Iterable, Sequence
from heapq import nlargest
from itertools import islice
from typing import TypeVar

import msgspec

from client.picture import Picture
from console.actions import ActionTable
from domain.case import Case
from domain.faults import Fault
from domain.places import BaseFeature, BaseKind, Grid, check_lon_lat
from domain.states import ENDED
from resources.words import Words
from widgets.command_bar import Hit
from widgets.names import Names

T = TypeVar("T")

CASES_MOST = 6
OTHERS_MOST = 4
MAX_TYPED = 80
OPENER = "command_bar"
"""The action that opens the bar; it is open already where the hits are shown."""


class Place(msgspec.Struct, frozen=True):
    """A named point of the base map."""

    name: str
    lon: float
    lat: float


class Finder:
    """Answers within a frame: cases are searched as they are, names from lists kept since the last snapshot."""

    def __init__(self, words: Words, names: Names) -> None:
        self._words = words
        self._names = names
        self._picture: Picture | None = None
        self._grids: tuple[Grid, ...] = ()
        self._places: tuple[Place, ...] = ()
        self._actions: ActionTable | None = None

    def use(self, picture: Picture | None) -> None:
        """Search this picture from here on."""
        self._picture = picture

    def use_actions(self, actions: ActionTable) -> None:
        """Offer these actions."""
        self._actions = actions

    def use_shapes(self, grids: tuple[Grid, ...], places: Iterable[Place]) -> None:
        """Search these grids and places from here on."""
        self._grids, self._places = grids, tuple(places)

    def find(self, typed: str) -> Sequence[Hit]:
        """Return the best hits for what was typed, best first; a pair of coordinates is a hit as well.

        Before anything is typed: all that can be done by name.
        """
        sought = typed.strip().casefold()[:MAX_TYPED]
        if not sought:
            return self._all_actions()
        found: list[Hit] = []
        for source in (self._coordinates, self._cases, self._units, self._people, self._grids_named, self._others):
            found.extend(source(sought))
        return found

    def _coordinates(self, sought: str) -> list[Hit]:
        place = read_coordinates(sought)
        if place is None:
            return []
        lon, lat = place
        return [Hit("place", f"{lon},{lat}", f"{lon:.6f}, {lat:.6f}", lon=lon, lat=lat)]

    def _cases(self, sought: str) -> list[Hit]:
        if self._picture is None:
            return []
        best = nlargest(CASES_MOST, self._ranked(sought), key=lambda ranked: ranked[:2])
        names = self._names
        return [
            Hit("case", c.case_no, c.title, f"{c.case_no} · {names.place(c)} · {self._words(f'state.{c.state}')}")
            for _, _, c in best
        ]

    def _ranked(self, sought: str) -> Iterable[tuple[int, float, Case]]:
        """Yield cases with how well they match: a number's end first, then a title, then the address; open first."""
        if self._picture is None:
            return
        for case in self._picture.cases.values():
            if case.case_no.endswith(sought) or case.source_no.casefold() == sought:
                rank = 4
            elif sought in case.title.casefold():
                rank = 2
            elif sought in case.address.casefold() or sought in case.case_no:
                rank = 0
            else:
                continue
            yield rank + (case.state not in ENDED), case.opened_at.timestamp(), case

    def _units(self, sought: str) -> list[Hit]:
        if self._picture is None:
            return []
        units = (u for u in self._picture.units.values() if sought in u.name.casefold() or sought == u.unit_id)
        return [Hit("unit", u.unit_id, u.name, self._words(f"unit_kind.{u.kind}")) for u in _first(units)]

    def _people(self, sought: str) -> list[Hit]:
        picture = self._picture
        if picture is None:
            return []
        people = (s for s in picture.members.values() if sought in s.name.casefold())
        hits = [Hit("staff", s.staff_id, s.name, self._names.unit(s.unit_id)) for s in _first(people)]
        vehicles = (v for v in picture.vehicles.values() if sought in v.name.casefold())
        return hits + [Hit("vehicle", v.vehicle_id, v.name, self._names.unit(v.unit_id)) for v in _first(vehicles)]

    def _grids_named(self, sought: str) -> list[Hit]:
        found = (g for g in self._grids if sought in g.name.casefold() or g.code.casefold() == sought)
        return [Hit("grid", g.code, g.name, g.code) for g in _first(found)]

    def _all_actions(self) -> list[Hit]:
        listed = [] if self._actions is None else self._actions.listed()
        return [Hit("action", name, text, key) for name, text, key in listed if name != OPENER]

    def _others(self, sought: str) -> list[Hit]:
        places = (p for p in self._places if sought in p.name.casefold())
        hits = [Hit("place", f"{p.lon},{p.lat}", p.name, lon=p.lon, lat=p.lat) for p in _first(places)]
        if self._actions is not None:
            texts = ((name, text, key) for name, text, key in self._actions.listed() if sought in text.casefold())
            hits += [Hit("action", name, text, key) for name, text, key in _first(texts)]
        return hits


def _first(found: Iterable[T]) -> list[T]:
    return list(islice(found, OTHERS_MOST))


def read_places(features: Iterable[BaseFeature]) -> list[Place]:
    """Return the named places among base-map features. Pure: may run in any thread."""
    import shapely  # noqa: PLC0415 - kept off the start path

    places = []
    for feature in features:
        if feature.kind is BaseKind.PLACE and feature.name:
            point = shapely.from_wkb(feature.wkb, on_invalid="ignore")
            if point is not None and not point.is_empty:
                middle = point.representative_point()
                places.append(Place(feature.name, middle.x, middle.y))
    return places


def read_coordinates(typed: str) -> tuple[float, float] | None:
    """Return lon, lat of a text such as ``120.75, 29.72`` (comma or space between), None where it is no pair."""
    parts = typed.replace("，", ",").replace(",", " ").split()
    if len(parts) != 2:
        return None
    try:
        lon, lat = float(parts[0]), float(parts[1])
        check_lon_lat(lon, lat)
    except (ValueError, Fault):
        return None
    return lon, lat
