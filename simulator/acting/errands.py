"""Sending what the field says so that it arrives once: the same key until the service has answered.

A cut line or a restarting service only delays an errand. A refusal is logged and ends it: whoever sent it looks at the
case as it is by then and decides anew.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from client.api import ServiceClient, new_key
from domain.case import Case, NewReport
from domain.command import Command
from domain.faults import Fault, FaultKind
from domain.ids import AccountId, AttachmentId, CaseNo, StaffId
from simulator.photos.photo import MIME

T = TypeVar("T")
log = logging.getLogger("onemap.simulator")

WAIT_FIRST_S, WAIT_MOST_S = 0.4, 8.0
_AGAIN = frozenset({FaultKind.UNAVAILABLE, FaultKind.THROTTLED})


class Errands:
    """Requests of one account. What they alter is heard on the feed, like anything else."""

    def __init__(self, client: ServiceClient) -> None:
        self.client = client

    async def report(self, report: NewReport, behalf: StaffId | None) -> Case | None:
        """Send a report; return the case it opened, None where it was refused."""
        key = new_key()
        outcome = await self._until_answered(
            f"report {report.title}", lambda: self.client.report(report, key=key, behalf=behalf)
        )
        return None if outcome is None else outcome.case

    async def act(
        self, case: Case, action: str, args: dict[str, Any] | None = None, behalf: StaffId | None = None
    ) -> Case | None:
        """Act on a case as it was seen; return it after that, None where that was refused."""
        key = new_key()
        command = Command(action=action, version=case.version, args=args or {})
        outcome = await self._until_answered(
            f"{action} {case.case_no}",
            lambda: self.client.command(case.case_no, command, key=key, behalf=behalf),
        )
        return None if outcome is None else outcome.case

    async def actors(self, case_no: CaseNo) -> frozenset[AccountId]:
        """Return the accounts that changed a case so far, none where they could not be had."""
        page = await self._until_answered(f"changes {case_no}", lambda: self.client.changes(case_no))
        return frozenset() if page is None else frozenset(change.actor for change in page.changes)

    async def upload(self, photo: bytes) -> AttachmentId | None:
        """Keep a photo; return its id, None where it was refused."""
        info = await self._until_answered("photo", lambda: self.client.upload(photo, MIME))
        return None if info is None else info.attachment_id

    async def _until_answered(self, what: str, send: Callable[[], Awaitable[T]]) -> T | None:
        wait = WAIT_FIRST_S
        while True:
            try:
                return await send()
            except Fault as fault:
                if fault.kind is FaultKind.UNAUTHENTICATED:
                    raise
                if fault.kind not in _AGAIN:
                    log.info("refused: %s: %s", what, fault.key)
                    return None
            await asyncio.sleep(random.uniform(wait / 2, wait))
            wait = min(wait * 2, WAIT_MOST_S)
