"""A whole desk against the real service, in one process: the service runs in a thread, the desk on Qt's loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import PASSWORD
from served import ALL_ROOM, Served, serve_town


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve_town(tmp_path) as running:
        running.account("li", PASSWORD, *ALL_ROOM)
        yield running
