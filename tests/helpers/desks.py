"""A whole desk for tests, and waiting for what it shows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from served import Served

from console.desk import Desk
from console.folders import find_folders
from console.settings import Settings
from domain.faults import Fault, FaultKind
from domain.ids import CaseNo

PASSWORD = "a long enough one"
PATIENCE_S = 45.0


async def until(true: Callable[[], object]) -> None:
    """Wait until something holds; fail when it does not in time."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110 - looks at what a person would see
            await asyncio.sleep(0.01)


@asynccontextmanager
async def open_desk(*, keep: bool = False) -> AsyncIterator[Desk]:
    """A running desk nobody is signed in at."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    folders = find_folders()
    settings = Settings(folders.config)
    settings.load()
    settings.set("take_back_s", 0, store=False)  # a test of taking back sets its own
    desk = Desk(app, settings, folders, ca_file=None, keep=keep)
    try:
        desk.start()
        yield desk
    finally:
        await desk.stop()
        app.setStyleSheet("")


@asynccontextmanager
async def signed_in(served: Served, user: str = "li") -> AsyncIterator[Desk]:
    """A desk with somebody signed in and everything loaded.

    To be left within the test: between the phases of a test pytest-qt turns Qt's loop while asyncio's does not run.
    """
    async with open_desk() as desk:
        desk.session.sign_in(served.url, user, PASSWORD)
        await until(lambda: desk.session.room is not None and desk.session.room.picture is not None)
        await until(lambda: desk.map_feed.models.grids.shapes.grids)
        yield desk


def listed(desk: Desk) -> list[CaseNo]:
    """Return the case numbers in the list, from the top."""
    rows = desk.panels.case_list.table.rows
    return [] if rows is None else [rows.at(row).case_no for row in range(len(rows))]


@contextmanager
def puts_unanswered(desk: Desk) -> Iterator[None]:
    """Have the service keep whatever this desk puts into a register, and lose its answer."""
    room = desk.session.room
    assert room is not None
    calls = type(room.client.register)
    put = calls.put

    async def lose_the_answer(*args: Any, **named: Any) -> Any:
        await put(*args, **named)
        raise Fault(FaultKind.UNAVAILABLE, "store_unavailable")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "put", lose_the_answer)
        yield
