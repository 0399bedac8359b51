"""Putting an entry of the register from the desk: through the outbox, and telling what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from client.api import new_key
from client.outbox.results import Delayed, Refused
from console.notices import Notice
from domain.faults import Fault
from domain.ids import EntryId
from domain.register import EntryPut, kind_of
from domain.register_shapes import Body
from resources.words import Value
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk


class Putter:
    """Puts entries for one part of the desk; ``owner`` names its tasks and its notices."""

    def __init__(self, desk: "Desk", owner: str) -> None:
        self._desk, self._owner = desk, owner

    def put(
        self,
        entry_id: EntryId,
        body: Body,
        version: int,
        until: datetime,
        title: str,
        done: str = "",
        *,
        fact: bool = False,
        **values: Value,
    ) -> None:
        """Put a body at the version that was seen; ``done`` is the notice that tells of it, none where it is empty.

        ``fact`` says that it only says that something is so: then it is no trouble that a colleague was faster.
        """
        work = self.give(entry_id, body, version, until, title, done, fact=fact, values=values)
        self._desk.tasks.start(self._owner, new_key(), work)

    async def give(
        self,
        entry_id: EntryId,
        body: Body,
        version: int,
        until: datetime,
        title: str,
        done: str = "",
        *,
        behind: str = "",
        fact: bool = False,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Do so, and wait until it is answered or kept; ``behind`` is what else it must not overtake."""
        from client.outbox.order import entry_order  # noqa: PLC0415 - not before it is needed

        desk, replace = self._desk, self._owner
        asked = EntryPut(msgspec.to_builtins(body), version, until)
        order = entry_order(new_key(), kind_of(type(body)), entry_id, asked, title, desk.real_now(), behind)
        try:
            result = await (await desk.outbox.give(order, {}))
        except Fault as fault:
            desk.notices.refused(fault, replace=replace)
            return
        if isinstance(result, Refused) and fact and result.fault.key == "stale_entry":
            desk.notices.info("notice.colleague_faster", replace=replace)
        elif isinstance(result, Refused):
            desk.notices.refused(result.fault, replace=replace)
        elif isinstance(result, Delayed):
            kept: dict[str, Value] = {"action": f"action.{order.action}", "why": f"outbox.why.{result.fault.key}"}
            desk.notices.post(Notice(Severity.WARNING, "notice.outbox_again", kept, "outbox", "outbox"))
        elif done:
            desk.notices.info(f"notice.{done}", replace=replace, **(values or {}))
