"""Looking again at who listens, whenever accounts or the town's people altered: open feeds must not outlive a right.

A feed whose token was revoked ends; one whose reader may now see more, or less, ends too and is loaded anew. While that
cannot be found out, because the store does not answer, it is tried again and again.
Event loop only.
"""

import asyncio
import logging
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from domain.change import Subject
from service.access import Asker
from service.tokens import find_holders
from service.write.work import Recorded

if TYPE_CHECKING:
    from service.runtime import Runtime

AGAIN_S = 0.5
_OF_RIGHTS = frozenset({Subject.ACCOUNT, Subject.STAFF, Subject.GRID, Subject.DIVISION, Subject.TOWN})
_TAKE_NOTHING = frozenset({"signed_in", "token_given"})
"""What happens to accounts without any right being altered."""

log = logging.getLogger(__name__)


def alters_rights(recorded: Collection[Recorded]) -> bool:
    """Return whether somebody may see more, or less, after these changes."""
    return any(r.change.subject in _OF_RIGHTS and r.change.action not in _TAKE_NOTHING for r in recorded)


class Review:
    """Ends the feeds of those whose rights are no longer what they were when the feed was opened."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look soon. Asked again meanwhile, it looks once more afterwards."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="review-of-readers")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._again:
            self._again = False
            try:
                await self._look()
            except SQLAlchemyError:
                log.warning("who listens could not be looked at", exc_info=True)
                self._again = True
                await asyncio.sleep(AGAIN_S)

    async def _look(self) -> None:
        runtime = self._runtime
        readers = runtime.hub.everybody()
        held = await runtime.read(partial(find_holders, hashes={reader.token for reader in readers}))
        for reader in readers:
            holder = held.get(reader.token)
            if holder is None:
                reader.end("token_revoked")
            elif reader.sight != runtime.sight(Asker(holder.actor, holder.name, holder.token, holder.actor)):
                reader.end("rights_changed")
