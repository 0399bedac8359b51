"""Cameras, components and areas of the register as the command bar finds them: by name, by number, by what they are."""

from collections.abc import Callable, Iterator
from heapq import nsmallest
from itertools import chain, islice
from typing import Any

from console.register import Held, Register
from domain.register import EntryKind
from domain.register_fence import Geofence
from domain.register_map import Camera, Component, ComponentKind, Drawing, Hazard
from resources.words import Words
from widgets.command_bar import Hit

NAMED_MOST = 4
KIND_MOST = 20
"""So many of a kind are listed at most: a longer list is read on the map."""


def named_things(register: Register, words: Words, sought: str) -> list[Hit]:
    """Return cameras and components by a part of their name, or by the number they carry."""
    cameras = (h for h in register.all(Camera) if _named(sought, h.body.name, h.body.device_no))
    things = (h for h in register.all(Component) if _named(sought, h.body.name, h.body.code))
    hits = [_camera(h) for h in islice(cameras, NAMED_MOST)]
    hits += [_component(h, words) for h in islice(things, NAMED_MOST)]
    return hits + _areas_named(register, words, sought)


def things_of_kind(register: Register, words: Words, is_meant: Callable[[str], bool]) -> list[Hit]:
    """Return cameras and components of the kinds that are meant by what was typed, each kind by its word's key."""
    cameras = register.all(Camera) if is_meant("find.kind.camera") else ()
    meant = {what for what in ComponentKind if is_meant(f"component.{what}")}
    components = (h for h in register.all(Component) if h.body.what in meant) if meant else ()
    hits = [_camera(h) for h in nsmallest(KIND_MOST, cameras, key=lambda h: h.body.name)]
    return hits + [_component(h, words) for h in nsmallest(KIND_MOST, components, key=lambda h: h.body.name)]


def _areas_named(register: Register, words: Words, sought: str) -> list[Hit]:
    """Return hazard zones, geofences and drawings by a part of what stands on them."""
    named: Iterator[tuple[EntryKind, Held[Any], str]] = chain(
        ((EntryKind.HAZARD, h, h.body.name) for h in register.all(Hazard)),
        ((EntryKind.GEOFENCE, h, h.body.name) for h in register.all(Geofence)),
        ((EntryKind.DRAWING, h, h.body.label) for h in register.all(Drawing)),
    )
    found = (each for each in named if sought in each[2].casefold())
    return [
        Hit("place", held.entry_id, name, words(f"register.{kind}"), lon=lon, lat=lat)
        for kind, held, name in islice(found, NAMED_MOST)
        for lon, lat in (held.body.place(),)
    ]


def _camera(held: Held[Camera]) -> Hit:
    body = held.body
    return Hit("camera", held.entry_id, body.name, body.device_no, lon=body.lon, lat=body.lat)


def _component(held: Held[Component], words: Words) -> Hit:
    body = held.body
    return Hit("component", held.entry_id, body.name, words(f"component.{body.what}"), lon=body.lon, lat=body.lat)


def _named(sought: str, name: str, number: str) -> bool:
    return sought in name.casefold() or sought == number.casefold()
