"""Whatever the OpenAPI document allows or forbids is sent to the real service: no 5xx, no hang.

A short form for every operation; ``make test-full`` sends 20,000 requests.
"""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from served import ALL_ROOM, Served, send_report, serve_town

from domain.people import Role

WITHIN_S = 20
SHORT, WHOLE = 600, 20_000
STREAMS = ("/v1/feed/events",)
"""These go on for ever; only their beginning is read."""

GROUPS: tuple[frozenset[Role], ...] = (
    ALL_ROOM,
    frozenset({Role.GATEWAY, Role.IMPORTER, Role.READER}),
    frozenset({Role.SYSTEM_ADMIN}),
    frozenset({Role.SECURITY_ADMIN}),
    frozenset({Role.AUDIT_ADMIN}),
)


class Target:
    """A service with something in it, and who may ask."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.session = requests.Session()
        self.session.trust_env = False
        self._made = itertools.count()
        self.tokens = [self._token(group) for group in range(len(GROUPS))]
        gate = served.client(self.tokens[1])
        self.cases = [send_report(gate, text=f"第 {i} 件").case.case_no for i in range(5)]
        self.schema = schemathesis.openapi.from_url(f"{served.url}/schema/openapi.json", timeout=WITHIN_S)

    def operations(self) -> list[Any]:
        """Return every operation of the document."""
        return [found.ok() for found in self.schema.get_all_operations()]

    def _token(self, group: int) -> str:
        return self.served.token(f"fuzz{next(self._made)}", *GROUPS[group])

    def send(self, case: Any, group: int, rng: random.Random) -> requests.Response:
        """Send a case in the name of a group, signed in anew where a question before this one signed it out."""
        answer = self._ask(case, self.tokens[group], rng)
        if answer.status_code == 401:
            self.tokens[group] = self._token(group)
            answer = self._ask(case, self.tokens[group], rng)
        return answer

    def _ask(self, case: Any, token: str, rng: random.Random) -> requests.Response:
        """Send a case, now and then with a path that leads somewhere; raises where no answer comes in time."""
        if "case_no" in (case.path_parameters or {}) and rng.random() < 0.5:
            case.path_parameters["case_no"] = rng.choice(self.cases)
        asked = case.as_transport_kwargs(base_url=self.served.url)
        headers = {**(asked.pop("headers", None) or {}), "Authorization": f"Bearer {token}"}
        if rng.random() < 0.8:
            headers["Idempotency-Key"] = f"fuzz-{next(self._made):08d}"
        streamed = case.operation.path in STREAMS
        with self.session.request(**asked, headers=headers, timeout=WITHIN_S, stream=True) as answer:
            if not streamed:
                answer.content  # noqa: B018 - read to its end
            return answer


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with serve_town(tmp_path_factory.mktemp("fuzz")) as served:
        made = Target(served)
        yield made
        made.session.close()


def _fuzz(target: Target, most: int) -> int:
    """Send about ``most`` requests over all operations; returns how many were sent."""
    operations = target.operations()
    each = max(1, most // (2 * len(operations)))
    turn, sent = itertools.cycle(range(len(GROUPS))), itertools.count()
    rng = random.Random(1)
    for operation, mode in itertools.product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):

        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            answer = target.send(case, next(turn), rng)
            next(sent)
            told = f"{case.operation.method.upper()} {case.operation.path}: {answer.status_code}"
            assert answer.status_code < 500, f"{told} {answer.text[:300]} to {case.body!r:.300}"
            assert answer.status_code in {200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429}, told

        try:
            ask()
        except schemathesis.errors.SchemathesisError:  # an operation that takes nothing forbids nothing
            assert mode is GenerationMode.NEGATIVE
    health = requests.get(f"{target.served.url}/v1/health", timeout=WITHIN_S)
    assert health.status_code == 200
    return next(sent)


@pytest.mark.timeout(300)
def test_the_service_answers_whatever_it_is_asked(target: Target) -> None:
    assert _fuzz(target, SHORT) > SHORT // 3


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_service_answers_twenty_thousand_questions(target: Target) -> None:
    assert _fuzz(target, WHOLE) > WHOLE // 2


def test_every_operation_is_in_the_document(target: Target, tmp_path: Path) -> None:
    listed = {(o.method.upper(), o.path) for o in target.operations()}
    assert ("POST", "/v1/reports") in listed
    assert ("POST", "/v1/cases/{case_no}/commands") in listed
