"""Brings cases to where an operator finds them, over the service's own calls, and looks at what became of them."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

import msgspec
import shapely
from PIL import Image

from client.api import ServiceClient, new_key
from domain.case import Case, Contact, NewReport
from domain.command import Command
from domain.ids import CaseNo, StaffId, UnitId
from domain.people import Role
from domain.places import BaseKind
from domain.register import EntryKind
from domain.states import Channel
from domain.wire import Snapshot

WITHIN_S = 30.0


class NotDone(Exception):
    """A job has not come about at the service."""


class Stage:
    """The room before and after a job. ``room`` may do what the room does, ``field`` speaks for its own people."""

    def __init__(self, room: ServiceClient, field: ServiceClient, snapshot: Snapshot, relief: tuple[str, str]) -> None:
        """``relief`` are name and password of whoever takes the shift over."""
        self.room, self.field, self.snapshot, self.relief = room, field, snapshot, relief
        self.condition = next(c for c in snapshot.town.conditions if c.enabled and c.kind)
        under = [k for k in snapshot.town.kinds if k.enabled and k.parent and k.code.startswith(self.condition.kind)]
        self.kind, self.kind_name = (under[0].code, under[0].name_zh) if under else (self.condition.kind, "")
        handlers = [s for s in snapshot.staff if Role.HANDLER in s.roles and s.shift is not None]
        self.crew: StaffId = handlers[0].staff_id
        self.unit: UnitId = handlers[0].unit_id
        self.worker = next(s.staff_id for s in snapshot.staff if Role.GRID_WORKER in s.roles and s.shift is not None)
        self.choosing = (
            ("↓",)
            if len([c for c in snapshot.town.conditions if c.enabled and self.kind.startswith(c.kind)]) > 1
            else ()
        )
        self.spot, self.place = "", (0.0, 0.0)
        self._photo, self._made = "", 0

    async def look_around(self) -> None:
        """Find a place with a name, for callers to name and cases to lie near."""
        geometry = await self.room.geometry()
        assert geometry is not None
        named = [(f.name, f.wkb) for f in geometry.base if f.name and f.kind is BaseKind.PLACE]
        self.spot, wkb = (named or [(g.name, g.wkb) for g in geometry.grids])[0]
        middle = shapely.from_wkb(wkb).representative_point()
        self.place = middle.x, middle.y

    def elsewhere(self) -> tuple[float, float]:
        """Return a place some way from all that were used before, so that no case is taken for another."""
        self._made += 1
        return self.place[0] + self._made % 9 * 2e-3 - 8e-3, self.place[1] + self._made // 9 * 2e-3

    async def case(self, text: str, *, to: str = "reported", place: tuple[float, float] | None = None) -> Case:
        """Return a case of that text in a state of the chain: one of ``CHAIN``."""
        lon, lat = place or self.elsewhere()
        contact = Contact("来电人", "0575-55550100")
        told = NewReport(Channel.HOTLINE, text, kind=self.kind, lon=lon, lat=lat, address="老街 18 号", contact=contact)
        if to == "callback":
            told = msgspec.structs.replace(told, callback=True)
        case = (await self.field.report(told, key=new_key())).case
        for step in CHAIN[: CHAIN.index(to)] if to in CHAIN else ():
            case = await _STEPS[step](self, case)
        return case

    async def act(self, case: Case, action: str, behalf: StaffId | None = None, **args: Any) -> Case:
        """Do a step, in the field where it is in somebody's name there, else in the room."""
        client = self.room if behalf is None else self.field
        command = Command(action=action, version=case.version, args=args)
        return (await client.command(case.case_no, command, key=new_key(), behalf=behalf)).case

    async def photo(self) -> str:
        """Return a photo that is kept at the service."""
        if not self._photo:
            out = io.BytesIO()
            Image.new("RGB", (320, 240), (70, 90, 80)).save(out, "JPEG")
            self._photo = (await self.field.upload(out.getvalue(), "image/jpeg")).attachment_id
        return self._photo

    async def becomes(self, case_no: CaseNo, what: str, true: Callable[[Case], object]) -> Case:
        """Return the case once something holds of it at the service. Raises ``NotDone`` where it does not in time."""
        try:
            async with asyncio.timeout(WITHIN_S):
                while not true(case := await self.room.case(case_no)):  # noqa: ASYNC110 - asked of a service
                    await asyncio.sleep(0.05)
        except TimeoutError:
            now = await self.room.case(case_no)
            raise NotDone(f"{case_no} is {now.state}, version {now.version}: not {what}") from None
        return case

    async def signed_sheets(self) -> int:
        """Return how many handovers are signed by both."""
        entries = (await self.room.snapshot()).entries
        return sum(1 for e in entries if e.kind is EntryKind.HANDOVER and e.body.get("received"))


async def _accept(stage: Stage, case: Case) -> Case:
    return await stage.act(case, "accept")


async def _file(stage: Stage, case: Case) -> Case:
    return await stage.act(case, "file", condition=stage.condition.code)


async def _dispatch(stage: Stage, case: Case) -> Case:
    return await stage.act(case, "dispatch", unit=stage.unit)


async def _sign(stage: Stage, case: Case) -> Case:
    return await stage.act(case, "sign", behalf=stage.crew)


async def _feedback(stage: Stage, case: Case) -> Case:
    return await stage.act(case, "feedback", behalf=stage.crew, text="已处置", photos=[await stage.photo()])


CHAIN = ("reported", "pending_file", "pending_dispatch", "pending_handle", "handling", "pending_check")
_STEPS = {
    "reported": _accept,
    "pending_file": _file,
    "pending_dispatch": _dispatch,
    "pending_handle": _sign,
    "handling": _feedback,
}
"""The step that leads out of each state."""
