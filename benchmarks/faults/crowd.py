"""A crowd of reporters that does not give up: each sends its report with the same key until it is answered."""

import http.client
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from domain.case import NewReport
from domain.states import Channel
from domain.wire import Outcome

REPORTERS = 16
ANSWER_WITHIN_S = 5.0
WAIT_S = 0.02
SOURCE = "faults"


class Crowd:
    """Reporters in threads. ``answered`` maps the number of a report to the change it was answered with."""

    def __init__(
        self, url: Callable[[], str], bearer: str, kind: str, reporters: int = REPORTERS, pause_s: float = 0.0
    ) -> None:
        self._url = url
        self._bearer = bearer
        self._kind = kind
        self._pause_s = pause_s
        self._next = 0
        self._lock = threading.Lock()
        self._going = threading.Event()
        self._going.set()
        self.answered: dict[str, tuple[str, int]] = {}
        self.sent: set[str] = set()
        self.tries = 0
        self.wrong: list[str] = []
        self._threads = [threading.Thread(target=self._report, daemon=True) for _ in range(reporters)]

    def start(self) -> None:
        """Let them report."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish the report it is at."""
        self._going.clear()
        for thread in self._threads:
            thread.join(60)
            if thread.is_alive():
                self.wrong.append("a report was never answered")

    def _report(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while self._going.is_set():
            with self._lock:
                self._next += 1
                number = f"{self._next:07d}"
                self.sent.add(number)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                connection, done = self._try(connection, number)
                if done:
                    break
                time.sleep(WAIT_S)
            time.sleep(self._pause_s)
        if connection is not None:
            connection.close()

    def _try(
        self, connection: http.client.HTTPConnection | None, number: str
    ) -> tuple[http.client.HTTPConnection | None, bool]:
        """Send a report once; returns the connection to go on with, and whether it was answered for good."""
        self.tries += 1
        try:
            if connection is None:
                parts = urlsplit(self._url())
                connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
            connection.request("POST", "/v1/reports", self._body(number), self._headers(number))
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            if connection is not None:
                connection.close()
            return None, False
        if answer.status in {429, 503}:
            return connection, False
        if answer.status != 201:
            self.wrong.append(f"{answer.status} {body[:200]!r}")
            return connection, True
        outcome = msgspec.json.decode(body, type=Outcome)
        self.answered[number] = (outcome.case.case_no, outcome.change.seq)
        return connection, True

    def _headers(self, number: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._bearer}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"crowd-{number}",
        }

    def _body(self, number: str) -> bytes:
        report = NewReport(Channel.HOTLINE, "路口有垃圾", kind=self._kind, source=SOURCE, source_no=number)
        return msgspec.json.encode(report)
