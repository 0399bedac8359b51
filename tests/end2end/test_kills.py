"""Short forms of the fault benchmarks: whoever is killed, nothing is lost or doubled. Whole: ``make test-full``."""

import pytest

from benchmarks.faults import kill, outbox

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]


def test_kills_lose_and_double_nothing() -> None:
    """Ten kills of the service on SQLite, three on PostgreSQL, one of PostgreSQL itself (where there is one)."""
    rows, good = kill.measure(10)
    assert good, [(row.what, row.ours) for row, _ in rows]


def test_a_console_killed_while_it_sends_loses_and_doubles_nothing() -> None:
    """Ten kills of a console, one of them with the service."""
    rows, good = outbox.measure(10)
    assert good, [(row.what, row.ours) for row, _ in rows]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_kills_of_a_console() -> None:
    """The whole number."""
    rows, good = outbox.measure(None)
    assert good, [(row.what, row.ours) for row, _ in rows]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_hundred_kills() -> None:
    """A hundred of the service on SQLite, thirty on PostgreSQL, five of PostgreSQL itself."""
    rows, good = kill.measure(None)
    assert good, [(row.what, row.ours) for row, _ in rows]
