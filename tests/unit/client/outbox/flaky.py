"""A real client of a real service whose line fails on purpose: before a request, or after it was done."""

import random
from typing import Any

from client.api import ServiceClient
from client.transport import Reply
from domain.faults import Fault, FaultKind


class FlakyClient(ServiceClient):
    """Fails a share of requests: ``before`` they reach the service, or ``after``, so that the answer is lost."""

    def __init__(self, url: str, token: str, rng: random.Random, before: float = 0.0, after: float = 0.0) -> None:
        super().__init__(url, token)
        self.rng, self.before, self.after = rng, before, after
        self.sendings = 0
        self.cut = False

    async def send_kept(self, path: str, body: bytes, *, key: str, method: str = "POST") -> Reply:
        self._maybe("line_down", self.before)
        self.sendings += 1
        reply = await super().send_kept(path, body, key=key, method=method)
        self._maybe("outcome_unclear", self.after)
        return reply

    async def upload(self, image: bytes, mime: str, **how: Any) -> Any:
        self._maybe("line_down", self.before)
        return await super().upload(image, mime, **how)

    def _maybe(self, key: str, share: float) -> None:
        if self.cut or self.rng.random() < share:
            raise Fault(FaultKind.UNAVAILABLE, key)
