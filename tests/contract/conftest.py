"""The real service, over HTTP, for a whole module of tests or for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Served, serve_town


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of a module: for tests that change nothing or do not mind what others changed."""
    with serve_town(tmp_path_factory.mktemp("service")) as served:
        yield served


@pytest.fixture
def own_service(tmp_path: Path) -> Iterator[Served]:
    """A service for one test alone."""
    with serve_town(tmp_path) as served:
        yield served
