"""The sensors and cameras of the town: they are put into the register where it is empty, and then say how they are.

Most are well; now and then one warns, gives an alarm for a while, or falls silent. Values are made up by kind.
"""

import asyncio
from datetime import timedelta

import msgspec

from client.api import ServiceClient, new_key
from domain.faults import Fault, FaultKind
from domain.ids import EntryId
from domain.reading import Reading, ReadingState
from domain.register import EntryKind, EntryPut, kind_of
from domain.register_map import Camera, Component, ComponentKind, Hazard
from domain.wire_register import EntryRow
from simulator.acting.errands import log
from simulator.acting.scene import Scene
from simulator.making.stock import Stock

SEND_EVERY_S = 2.0
"""Real seconds between two rounds."""
EPISODE_S = (1_200.0, 4_800.0)
"""Town seconds that something out of the ordinary lasts."""
ALARMS, WARNINGS, FAULTS, SILENT = 3, 4, 2, 3
"""How many of the sensed components are at any time in alarm, warning, at fault, or silent."""
CAMERAS_OFF = 3
HAZARD_LASTS = timedelta(hours=8)

S, K = ReadingState, ComponentKind
USUAL: dict[ComponentKind, tuple[str, float, float, float, float]] = {
    K.MANHOLE: ("°", 1.0, 1.0, 9.0, 28.0),
    K.PIPE: ("MPa", 0.21, 0.01, 0.28, 0.34),
    K.CHARGER: ("℃", 31.0, 3.0, 55.0, 78.0),
    K.CYLINDER: ("%LEL", 0.4, 0.3, 6.0, 21.0),
    K.HYDRANT: ("MPa", 0.32, 0.02, 0.16, 0.05),
    K.WATER_LEVEL: ("m", 3.1, 0.1, 4.6, 5.4),
    K.GAS: ("%LEL", 0.5, 0.3, 7.0, 24.0),
    K.SMOKE: ("dB/m", 0.03, 0.02, 0.09, 0.21),
}
"""Unit, usual value and its spread, and the values of a warning and of an alarm."""


async def put_stock(client: ServiceClient, stock: Stock, scene: Scene) -> None:
    """Put the stock into the register, unless there is something in it already."""
    picture = scene.room.picture
    if not stock.entries or picture is None or picture.entries:
        return
    for kind in EntryKind:
        rows = [
            EntryRow(entry_id, msgspec.to_builtins(body))
            for entry_id, body in stock.entries.items()
            if kind_of(type(body)) is kind and not isinstance(body, Hazard)
        ]
        if rows:
            await client.register.put_all(kind, rows)
    for entry_id, body in stock.of(Hazard).items():
        asked = EntryPut(msgspec.to_builtins(body), 0, scene.now() + HAZARD_LASTS)
        await client.register.put(EntryKind.HAZARD, entry_id, asked, key=new_key())


class Sensors:
    """Everything that says how it is, by itself."""

    def __init__(self, scene: Scene, stock: Stock) -> None:
        self._scene = scene
        self._components = {
            entry_id: body
            for entry_id, body in stock.of(Component).items()
            if isinstance(body, Component) and body.sensed
        }
        self._cameras = list(stock.of(Camera))
        self._out: dict[EntryId, tuple[ReadingState, float]] = {}
        self._cameras_off = frozenset(self._cameras[:: max(1, len(self._cameras) // CAMERAS_OFF)][:CAMERAS_OFF])

    async def run(self) -> None:
        """Say how everything is, again and again, until cancelled."""
        while True:
            readings = self.round()
            try:
                await self._scene.room.client.register.send_readings(readings)
            except Fault as fault:
                if fault.kind is FaultKind.UNAUTHENTICATED:
                    raise
                log.info("readings not taken: %s", fault.key)
            await asyncio.sleep(SEND_EVERY_S)

    def round(self) -> list[Reading]:
        """Return what everything says now; who is silent says nothing."""
        now = self._scene.now()
        self._turn_over(now.timestamp())
        said: list[Reading] = []
        for entry_id, body in self._components.items():
            state = self._out.get(entry_id, (S.OK, 0.0))[0]
            if state is not S.OFFLINE:
                unit, value = self._value(body.what, state)
                said.append(Reading(entry_id, now, state, None if state is S.FAULT else value, unit))
        for entry_id in self._cameras:
            state = S.OFFLINE if entry_id in self._cameras_off else S.OK
            said.append(Reading(entry_id, now, state, kind=EntryKind.CAMERA))
        return said

    def _turn_over(self, now_s: float) -> None:
        """End what has lasted long enough, and let others begin."""
        self._out = {entry_id: (state, until) for entry_id, (state, until) in self._out.items() if until > now_s}
        rng = self._scene.rng
        for state, wanted in ((S.ALARM, ALARMS), (S.WARN, WARNINGS), (S.FAULT, FAULTS), (S.OFFLINE, SILENT)):
            having = sum(1 for held, _ in self._out.values() if held is state)
            well = [entry_id for entry_id in self._components if entry_id not in self._out]
            for _ in range(min(wanted - having, len(well))):
                chosen = well.pop(int(rng.integers(len(well))))
                self._out[chosen] = (state, now_s + self._scene.between(*EPISODE_S))

    def _value(self, what: ComponentKind, state: ReadingState) -> tuple[str, float]:
        unit, usual, spread, warning, alarm = USUAL.get(what, ("", 0.0, 0.0, 1.0, 2.0))
        middle = {S.WARN: warning, S.ALARM: alarm}.get(state, usual)
        return unit, round(max(0.0, float(self._scene.rng.normal(middle, spread))), 2)
