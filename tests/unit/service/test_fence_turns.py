"""Several services on one database watch the same fences: one tells, and another goes on where that one ends."""

import threading
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from fenced import FENCE, THING, alerts, heard, moved, put, running, step, world
from homes import database_of
from postgres import Cluster
from towns import MORNING

from domain.fencing import Told
from domain.ids import AccountId, EntryId, ThingId
from domain.register import Entry, EntryKind
from domain.register_fence import FenceAlert, FenceSaid
from service.fencing.turns import SAME_WITHIN, untold
from service.fencing.watch import RETOLD_ROUNDS, WINDOW, Crossing, FenceWatch
from service.runtime import Runtime
from service.store import lock
from service.store.engine import Store
from service.store.lock import FENCES_LOCK, Turn
from service.timers import Timers

ENTER, LEAVE = FenceSaid.ENTER, FenceSaid.LEAVE


async def said(runtime: Runtime) -> list[FenceSaid]:
    return [alert.said for alert in await alerts(runtime)]


async def fenced_pair(home: Path, first: AsyncExitStack, second: AsyncExitStack) -> tuple[Runtime, Runtime]:
    """Two services that know the fence and have seen somebody outside; it is the first one's turn."""
    one = await first.enter_async_context(running(home))
    other = await second.enter_async_context(running(home))
    await put(one, FENCE)
    await heard(other)
    for runtime in (one, other):
        await moved(runtime, -200.0)
    assert (one.fences.tells, other.fences.tells) == (True, False)
    return one, other


async def test_what_two_see_in_other_fixes_is_told_once(postgres_home: Path) -> None:
    async with AsyncExitStack() as stack:
        one, other = await fenced_pair(postgres_home, stack, stack)
        for east in (200.0, -200.0, 200.0):
            for runtime in (one, other):
                await moved(runtime, east)
        assert await said(one) == [ENTER, LEAVE, ENTER]
        assert [len(runtime.fences.waiting) for runtime in (one, other)] == [0, 3]


@pytest.mark.parametrize("told", [True, False])
async def test_another_goes_on_where_one_ends(postgres_home: Path, told: bool) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(AsyncExitStack())
        one, other = await fenced_pair(postgres_home, first, stack)
        step(one, 200.0)
        if told:
            await Timers(one).watch_fences()
        await moved(other, 200.0)
        await first.aclose()
        await Timers(other).watch_fences()
        assert await said(other) == [ENTER]
        await moved(other, -200.0)
        assert await said(other) == [ENTER, LEAVE]
        assert other.fences.waiting == []


async def test_standings_are_kept_by_who_tells(postgres_home: Path) -> None:
    async with AsyncExitStack() as stack:
        one, other = await fenced_pair(postgres_home, stack, stack)
        await moved(other, 200.0)
        await Timers(other).save()
        await moved(one, 200.0)
        assert await said(one) == [ENTER], "what the other has seen takes nothing from who tells"


def test_a_turn_passes_on_when_its_session_ends_or_falls_silent(
    postgres_home: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "SILENT_S", 1)
    store = Store(database_of(postgres_home))
    one, other = Turn(store, FENCES_LOCK), Turn(store, FENCES_LOCK)
    try:
        assert [one.take(), other.take(), one.take(), other.take()] == [True, False, True, False]
        with cluster.admin(store.url.database or "") as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'onemap turns' AND datname = current_database()"
            )
        assert [other.take(), one.take()] == [True, False]
        for _ in range(100):
            threading.Event().wait(0.1)
            if one.take():
                break
        assert [one.take(), other.take()] == [True, False]
        one.close()
        assert [one.ours, other.take()] == [False, True]
    finally:
        one.close()
        other.close()
        store.close()


AT = MORNING + timedelta(hours=1)
FENCED = Entry(EntryKind.GEOFENCE, EntryId("f1"), 1, AccountId("a"), AccountId("a"), MORNING)


def crossing(said: FenceSaid, thing: ThingId = THING) -> Crossing:
    return Crossing(FENCED, FENCE, Told(said, AT, AT), thing)


def alert(said: FenceSaid, ago: timedelta, fence: str = "f1", thing: ThingId = THING) -> FenceAlert:
    return FenceAlert(EntryId(fence), FENCE.name, said, AT - ago, AT - ago, thing)


NOBODY = ThingId("")


@pytest.mark.parametrize(
    ("one", "told", "news"),
    [
        (crossing(ENTER), [], True),
        (crossing(ENTER), [alert(ENTER, timedelta(seconds=3))], False),
        (crossing(ENTER), [alert(ENTER, timedelta(seconds=-3))], False),
        (crossing(ENTER), [alert(LEAVE, timedelta(seconds=3))], True),
        (crossing(ENTER), [alert(ENTER, timedelta(seconds=3), thing=ThingId("s-wang"))], True),
        (crossing(ENTER), [alert(ENTER, timedelta(seconds=3), fence="f2")], True),
        (crossing(ENTER), [alert(ENTER, SAME_WITHIN)], True),
        (crossing(ENTER), [alert(ENTER, timedelta(seconds=3)), alert(ENTER, timedelta(hours=1))], False),
        (crossing(FenceSaid.MANY, NOBODY), [alert(FenceSaid.MANY, WINDOW / 2, thing=NOBODY)], False),
        (crossing(FenceSaid.MANY, NOBODY), [alert(FenceSaid.MANY, WINDOW, thing=NOBODY)], True),
    ],
)
def test_what_was_told_of_the_same_moment_is_not_told_again(one: Crossing, told: list[FenceAlert], news: bool) -> None:
    assert untold([one], told) == ([one] if news else [])


def test_what_another_tells_is_remembered_for_a_while() -> None:
    watch, town = FenceWatch(), world()
    watch.waiting = [crossing(ENTER)]
    for n in range(RETOLD_ROUNDS):
        assert len(watch.waiting) == 1, n
        watch.begin_round(town, AT)
        watch.leave_telling()
    assert watch.waiting == []
