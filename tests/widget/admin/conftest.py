"""A service with its administrators, for the tests of their screens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from admin_desks import furnish
from PySide6.QtWidgets import QApplication
from served import Served, serve_town
from shown_windows import ShownWindows


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serve_town(tmp_path) as running:
        furnish(running)
        yield running


@pytest.fixture(autouse=True)
def no_stray_windows(qapp: QApplication) -> Iterator[None]:
    """Fail a test in which a part of a screen flashed up as a window of its own: the focus would be lost with it."""
    windows = ShownWindows()
    qapp.installEventFilter(windows)
    yield
    qapp.removeEventFilter(windows)
    assert set(windows.names) <= {"DeskWindow"}
