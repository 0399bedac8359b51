"""What the made-up town has in its register is sound, marked as made up, the same for a seed; its sensors speak."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import numpy as np

from domain.reading import ReadingState
from domain.register import REGISTERS, EntryKind, check_entry_id, checked_body, kind_of
from domain.register_map import Camera, Component, Hazard
from simulator.acting.sensors import ALARMS, CAMERAS_OFF, FAULTS, SILENT, WARNINGS, Sensors
from simulator.making.maker import make_town
from simulator.making.stock import make_stock

TOWN = make_town(1)


def test_every_entry_is_one_the_service_takes() -> None:
    stock = make_stock(TOWN, 1)
    held = Counter(kind_of(type(body)) for body in stock.entries.values())
    kinds = {EntryKind.CAMERA, EntryKind.COMPONENT, EntryKind.HAZARD, EntryKind.DRAWING, EntryKind.GEOFENCE}
    kinds |= {EntryKind.RUN_CARD, EntryKind.PLAN}
    assert held.keys() == kinds
    assert held[EntryKind.COMPONENT] > 100
    for entry_id, body in stock.entries.items():
        kind = kind_of(type(body))
        assert check_entry_id(entry_id) == entry_id
        assert checked_body(kind, msgspec.to_builtins(body))["synthetic"], "made up, and says so"
        assert held[kind] <= REGISTERS[kind].most
    assert {body.level for body in stock.of(Hazard).values()} == {"yellow", "orange", "red"}  # type: ignore[attr-defined]
    places = [body.place() for body in stock.of(Camera).values()]
    assert len(set(places)) == len(places), "no two cameras in one place"
    names = [body.name for body in stock.of(Camera).values()]
    assert len(set(names)) == len(names), "told apart in a list"


def test_the_same_seed_makes_the_same_stock() -> None:
    assert make_stock(TOWN, 1).entries == make_stock(TOWN, 1).entries
    assert make_stock(TOWN, 1).entries != make_stock(TOWN, 2).entries


def test_some_are_in_alarm_some_silent_and_it_passes() -> None:
    stock = make_stock(TOWN, 1)
    rng = np.random.default_rng(3)
    clock = [datetime(2026, 3, 3, tzinfo=UTC)]
    scene = SimpleNamespace(rng=rng, now=lambda: clock[0], between=lambda a, b: float(rng.uniform(a, b)))
    sensors = Sensors(scene, stock)  # type: ignore[arg-type]
    sensed = {i for i, b in stock.of(Component).items() if b.sensed}  # type: ignore[attr-defined]
    first = sensors.round()
    states = Counter(r.state for r in first if r.kind is EntryKind.COMPONENT)
    assert (states[ReadingState.ALARM], states[ReadingState.WARN], states[ReadingState.FAULT]) == (
        ALARMS,
        WARNINGS,
        FAULTS,
    )
    assert len(sensed) - sum(states.values()) == SILENT, "who is silent says nothing"
    assert sum(r.state is ReadingState.OFFLINE for r in first if r.kind is EntryKind.CAMERA) == CAMERAS_OFF
    alarms = {r.entry_id for r in first if r.state is ReadingState.ALARM}
    clock[0] += timedelta(hours=3)
    assert {r.entry_id for r in sensors.round() if r.state is ReadingState.ALARM} != alarms
