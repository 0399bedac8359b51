"""The tests' PostgreSQL, as a pytest plugin: one private cluster per test process (``benchmarks.postgres``).

It says in one line at the head of a run which server is used, or why there is none; tests that ask for ``cluster``
are skipped there, with the same reason.
"""

import threading
from collections.abc import Iterator, Sequence

import pytest

from benchmarks.postgres import PREFIX, Cluster, NoPostgres, binaries, why_not

__all__ = ["PREFIX", "Cluster", "NoPostgres", "binaries", "why_not"]


def pytest_report_header(config: pytest.Config) -> Sequence[str]:
    """Say which PostgreSQL the tests use, or that those which need one are skipped and why."""
    reason = why_not()
    if reason is not None:
        return [f"PostgreSQL: NOT TESTED AGAINST: {reason}"]
    return [f"PostgreSQL: a private cluster of {binaries()}"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give the one server of this test process. Skips where there is none to be had."""
    reason = why_not()
    if reason is not None:
        pytest.skip(f"no PostgreSQL: {reason}")
    assert threading.current_thread() is threading.main_thread(), "the server would end with this thread"
    made = Cluster()
    yield made
    made.close()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """Give a server to one test alone, to be stopped and killed. Skips where there is none to be had."""
    reason = why_not()
    if reason is not None:
        pytest.skip(f"no PostgreSQL: {reason}")
    made = Cluster()
    yield made
    made.close()
