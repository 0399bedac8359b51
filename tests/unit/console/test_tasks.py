"""The supervisor of tasks: owners, names, cancelling, reporting."""

import asyncio
import gc
import warnings
from collections.abc import Coroutine
from typing import Any

import pytest

from console.tasks import Tasks


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def tasks(told: list[tuple[str, str]]):
    supervisor = Tasks(lambda error, name: told.append((type(error).__name__, name)))
    yield supervisor
    await supervisor.stop()


async def test_a_newer_task_of_the_same_name_cancels_the_older(tasks: Tasks) -> None:
    ended: list[str] = []

    async def work(mark: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append(mark)
        except asyncio.CancelledError:
            ended.append(f"{mark} cancelled")
            raise

    tasks.start("card", "changes", work("first", 10))
    other = tasks.start("card", "photo", work("other", 0.01))
    await asyncio.sleep(0)
    second = tasks.start("card", "changes", work("second", 0.01))
    assert second is not None
    assert other is not None
    await asyncio.gather(second, other)
    assert sorted(ended) == ["first cancelled", "other", "second"]
    assert tasks.running() == []


async def test_a_failure_is_reported_with_its_owner_and_name(tasks: Tasks, told: list[tuple[str, str]]) -> None:
    async def fail() -> None:
        raise ValueError("no")

    task = tasks.start("map", "shapes", fail())
    assert task is not None
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert told == [("ValueError", "map/shapes")]


async def test_a_cancelled_task_is_not_a_failure(tasks: Tasks, told: list[tuple[str, str]]) -> None:
    tasks.start("map", "one", asyncio.sleep(10))
    tasks.start("map", "two", asyncio.sleep(10))
    tasks.start("list", "one", asyncio.sleep(10))
    tasks.cancel("map", "one")
    await asyncio.sleep(0.01)
    assert tasks.running() == ["list/one", "map/two"]
    tasks.cancel("map")
    await asyncio.sleep(0.01)
    assert tasks.running() == ["list/one"]
    assert told == []


async def test_stop_waits_for_all_and_nothing_starts_afterwards(told: list[tuple[str, str]]) -> None:
    tasks = Tasks(lambda error, name: told.append((type(error).__name__, name)))
    cleaned: list[str] = []

    async def slow_to_end() -> None:
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.02)
            cleaned.append("yes")

    tasks.start("room", "run", slow_to_end())
    await asyncio.sleep(0)
    await tasks.stop()
    assert cleaned == ["yes"]
    assert tasks.start("room", "late", asyncio.sleep(10)) is None
    assert tasks.running() == []


async def _told(work: Coroutine[Any, Any, None]) -> None:
    await work


@pytest.mark.parametrize("ended", ["cancelled", "replaced", "stopped", "late"])
async def test_what_never_began_leaves_nothing_that_waits_to_be_awaited(
    told: list[tuple[str, str]], ended: str
) -> None:
    tasks, began = Tasks(lambda error, name: told.append((type(error).__name__, name))), list[str]()

    async def inner() -> None:
        began.append("yes")

    if ended == "late":
        await tasks.stop()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        work = inner()
        tasks.start("sheet", "ask", _told(work), work)
        del work
        if ended == "cancelled":
            tasks.cancel("sheet")
        elif ended == "replaced":
            tasks.start("sheet", "ask", asyncio.sleep(0))
        await tasks.stop()
        await asyncio.sleep(0)
        gc.collect()
    assert began == []
    assert told == []
    assert [str(warning.message) for warning in said] == []
