"""Failed sign-ins: waits grow by name and by address, in one store for all services, bounded, and forgotten in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from stores import settled_store

from domain.faults import Fault
from service import pace as pace_module
from service.clock import real_now
from service.pace import FORGET_AFTER_S, FREE_FAILURES, LONGEST_WAIT_S, Pace, wait_after_s
from service.passwords import network_of
from service.store import tables as t
from service.store.engine import Store
from service.write.ledger import Ledger
from service.write.transaction import Job, transact


class _Time:
    def __init__(self) -> None:
        self.at = real_now()

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def _pace(store: Store, ledger: Ledger, clock: Callable[[], datetime]) -> Pace:
    """Return the pace as a service on this store has it."""

    async def ask(question: Callable[[Connection], Any]) -> Any:
        with store.reading.begin() as connection:
            return question(connection)

    async def do(job: Job) -> Any:
        with store.writing.connect() as connection:
            (answer,) = transact(connection, ledger, [job], real_now).answers
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Pace(ask, do, clock)


def test_waits_double_up_to_the_longest() -> None:
    waits = [wait_after_s(n, FREE_FAILURES) for n in range(1, 16)]
    assert waits[:4] == [0.0] * 4
    assert waits[4:11] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_WAIT_S]
    assert max(waits) == LONGEST_WAIT_S


async def test_every_service_on_the_record_slows_the_same_ones(home: Path) -> None:
    time = _Time()
    with settled_store(home) as (store, ledger):
        one, other = _pace(store, ledger, time), _pace(store, ledger, time)
        for n in range(FREE_FAILURES):
            await other.check("li", "10.0.0.1")
            await (one, other)[n % 2].note_failure("li", "10.0.0.1")
        for service in (one, other):
            with pytest.raises(Fault, match="sign_in_throttled"):
                await service.check("li", "10.0.0.2")
        await one.check("wang", "10.0.0.1")
        time.go_on(1.1)
        await other.check("li", "10.0.0.1")
        await other.note_failure("li", "10.0.0.1")
        await one.passed("li")
        await other.check("li", "10.0.0.1")
        time.go_on(FORGET_AFTER_S + 1)
        for _ in range(FREE_FAILURES - 1):
            await one.note_failure("li", "10.0.0.1")
        await one.check("li", "10.0.0.1")
        with store.reading.begin() as connection:
            kept = connection.execute(select(t.sign_in_failure)).all()
        assert len(kept) == 2
        assert "li" not in {row.mark for row in kept}


async def test_an_address_that_tries_many_accounts_waits_too_and_what_is_kept_is_bounded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace_module, "MOST_NAMES", 12)
    with settled_store(home) as (store, ledger):
        pace = _pace(store, ledger, real_now)
        for n in range(30):
            await pace.note_failure(f"user{n}", "10.0.0.9")
        with pytest.raises(Fault, match="sign_in_throttled"):
            await pace.check("somebody else", "10.0.0.9")
        await pace.check("somebody else", "10.0.0.8")
        await pace.passed("user1")
        with pytest.raises(Fault, match="sign_in_throttled"):
            await pace.check("user1", "10.0.0.9")
        with store.reading.begin() as connection:
            kept = connection.execute(select(func.count()).select_from(t.sign_in_failure)).scalar_one()
        assert kept <= 12 + 2


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_address_is_counted_by_what_one_person_holds(host: str, counted: str) -> None:
    assert network_of(host) == counted
