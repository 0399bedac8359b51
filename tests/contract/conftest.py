"""The real service, over HTTP, on each store: for a whole module of tests or for one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import STORES, home_on
from served import Served, serve_town


@pytest.fixture(scope="module", params=STORES)
def service(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of a module: for tests that change nothing or do not mind what others changed."""
    folder = tmp_path_factory.mktemp("service")
    with home_on(request.param, folder, request) as home, serve_town(home) as served:
        yield served


@pytest.fixture
def own_service(home: Path) -> Iterator[Served]:
    """A service for one test alone."""
    with serve_town(home) as served:
        yield served
