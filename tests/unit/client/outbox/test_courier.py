"""What was given while the line was bad is done once, in order, by whoever gave it; what cannot be goes to a person."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from served import ALL_ROOM, Served, command, send_report, serve_town

from client.api import new_key
from client.outbox import courier as courier_module
from client.outbox.cipher import new_master
from client.outbox.courier import Courier
from client.outbox.order import Order, Owner, Stage, command_order, report_order
from client.outbox.results import Delayed, Refused, Sent
from client.outbox.shelf import OpenQueue, Shelf
from domain.case import Case, NewReport
from domain.change import Change
from domain.command import Command
from domain.faults import Fault
from domain.ids import AccountId
from domain.people import Role
from domain.states import CaseState, Channel
from domain.wire import ChangePage
from tests.unit.client.outbox.flaky import FlakyClient

pytestmark = pytest.mark.logs_expected("service.http.faults")  # consoles that end while they send

LI = AccountId("li")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier_module, "BACKOFF_FIRST_S", 0.002)
    monkeypatch.setattr(courier_module, "BACKOFF_MOST_S", 0.01)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve_town(tmp_path_factory.mktemp("town")) as running:
        yield running


@dataclass
class Post:
    """A person at a console: a queue on disk, a line, and a clock that can be set."""

    served: Served
    folder: Path
    master: bytes = field(default_factory=new_master)
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    ahead: timedelta = timedelta()
    token: str = ""

    def __post_init__(self) -> None:
        self.token = self.token or self.served.token(LI, *ALL_ROOM)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def note(self, case: Case, text: str) -> Order:
        return command_order(new_key(), case, "note", {"text": text}, {}, self.now(), case.version)

    def do(self, case: Case, action: str, **args: object) -> Order:
        return command_order(new_key(), case, action, dict(args), {}, self.now(), case.version)

    @asynccontextmanager
    async def at_work(self, before: float = 0.0, after: float = 0.0) -> AsyncIterator["Console"]:
        opened = Shelf(self.folder, self.master).open(Owner(self.served.url, LI))
        async with FlakyClient(self.served.url, self.token, self.rng, before, after) as client:
            courier = Courier(opened.queue, client, LI, self.now)
            task = asyncio.create_task(courier.run(), name="courier")
            try:
                yield Console(courier, client, opened)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                opened.close()


@dataclass
class Console:
    courier: Courier
    client: FlakyClient
    opened: OpenQueue

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - the condition is free
                await asyncio.sleep(0.005)

    async def drained(self) -> None:
        await self.until(lambda: not len(self.opened.queue))

    def held(self) -> list[str]:
        return [e.why for e in self.opened.queue.entries() if e.stage is Stage.HELD]


def changes(served: Served, case: Case) -> list[Change]:
    client = served.clients[0] if served.clients else served.client(served.token("reader", *ALL_ROOM))
    page = msgspec.json.decode(client.get(f"/v1/cases/{case.case_no}/changes").content, type=ChangePage)
    return list(page.changes)


def notes(served: Served, case: Case) -> list[str]:
    return [c.data["text"] for c in changes(served, case) if c.action == "note"]


def fresh_case(served: Served) -> Case:
    if len(served.clients) < 2:
        served.client(served.token("reader", *ALL_ROOM))
        served.client(served.token("phones", Role.GATEWAY))
    return send_report(served.clients[1]).case


@pytest.fixture
def post(town: Served, tmp_path: Path) -> Post:
    return Post(town, tmp_path)


async def test_with_a_line_it_is_done_at_once_and_nothing_stays(town: Served, post: Post) -> None:
    case = fresh_case(town)
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        result = await (await console.courier.give(post.note(case, "一"), {}))
        assert isinstance(result, Sent)
        assert result.outcome is not None
        assert result.outcome.case.version == case.version + 1
        assert console.opened.queue.entries() == []


async def test_a_refusal_reaches_whoever_waits_and_is_not_kept(town: Served, post: Post) -> None:
    case = fresh_case(town)
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        result = await (await console.courier.give(post.do(case, "close"), {}))
        assert isinstance(result, Refused)
        assert console.opened.queue.entries() == []


async def test_without_a_line_it_waits_over_a_restart_and_is_sent_in_order(town: Served, post: Post) -> None:
    case = fresh_case(town)
    async with post.at_work() as console:
        for n in range(4):
            result = await (await console.courier.give(post.note(case, f"第{n}句"), {}))
            assert isinstance(result, Delayed)
        assert console.client.sendings == 0
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        await console.drained()
    assert notes(town, case) == [f"第{n}句" for n in range(4)]


async def test_a_chain_of_steps_given_without_a_line_is_carried_out(town: Served, post: Post) -> None:
    """Each of them was given on the version that was seen; ours in between are no conflict."""
    case = fresh_case(town)
    async with post.at_work() as console:
        for order in (post.do(case, "accept"), post.note(case, "已受理"), post.do(case, "mark_urgent")):
            await console.courier.give(order, {})
        console.courier.set_reachable(True)
        await console.drained()
    assert [c.action for c in changes(town, case)] == ["report", "accept", "note", "mark_urgent"]


async def test_an_answer_that_never_came_is_asked_for_again_under_the_same_key(town: Served, post: Post) -> None:
    case = fresh_case(town)
    async with post.at_work(after=1.0) as console:
        console.courier.set_reachable(True)
        result = await (await console.courier.give(post.note(case, "一次"), {}))
        assert isinstance(result, Delayed)
        assert [e.stage for e in console.opened.queue.entries()] == [Stage.UNCLEAR]
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        await console.drained()
    assert notes(town, case) == ["一次"]


async def test_somebody_else_s_step_holds_it_and_what_stands_behind(town: Served, post: Post) -> None:
    case, other = fresh_case(town), fresh_case(town)
    command(town.client(town.token("wang", Role.ACCEPTOR)), case, "note", text="抢先")
    async with post.at_work() as console:
        for order in (post.do(case, "accept"), post.note(case, "后面的"), post.note(other, "另一件")):
            await console.courier.give(order, {})
        held: list[str] = []
        console.courier.on_held(lambda entry, fault: held.append(fault.key))
        console.courier.set_reachable(True)
        await console.until(lambda: held)
        await console.until(lambda: len(console.opened.queue) == 2)
        assert [e.stage for e in console.opened.queue.entries()] == [Stage.HELD, Stage.WAITING]
        assert held == ["stale_version"]
        # dropped by a person, what stood behind it meets the same conflict and is held in its turn
        assert await console.courier.drop(console.opened.queue.entries()[0].order.key)
        await console.until(lambda: len(console.held()) == 1 and len(console.opened.queue) == 1)
    assert notes(town, other) == ["另一件"]
    assert notes(town, case) == ["抢先"]


async def test_what_is_offered_again_on_the_new_version_is_done_in_its_place(town: Served, post: Post) -> None:
    case = fresh_case(town)
    now = command(town.client(town.token("wang", Role.ACCEPTOR)), case, "note", text="抢先").case
    async with post.at_work() as console:
        await console.courier.give(post.note(case, "我的"), {})
        console.courier.set_reachable(True)
        await console.until(console.held)
        held = console.opened.queue.entries()[0].order.key
        result = await (await console.courier.give(post.note(now, "我的"), {}, instead=held))
        assert isinstance(result, Sent)
        assert len(console.opened.queue) == 0
    assert notes(town, case) == ["抢先", "我的"]


async def test_an_expired_dispatch_goes_back_to_a_person_and_is_never_sent(town: Served, post: Post) -> None:
    case = fresh_case(town)
    async with post.at_work() as console:
        await console.courier.give(post.do(case, "dispatch", unit="u1"), {})
        await console.courier.give(post.note(case, "多日有效"), {})
        post.ahead = timedelta(minutes=11)
        console.courier.set_reachable(True)
        await console.until(console.held)
        assert console.held() == ["outbox_expired"]
        assert console.client.sendings == 0
        await console.courier.drop(console.opened.queue.entries()[0].order.key)
        await console.drained()
    assert [c.action for c in changes(town, case)] == ["report", "note"]


@pytest.mark.parametrize("done", [True, False])
async def test_an_unclear_step_that_is_out_of_date_is_looked_up_not_done(town: Served, post: Post, done: bool) -> None:
    case = fresh_case(town)
    async with post.at_work(before=0.0 if done else 1.0, after=1.0) as console:
        order = post.do(case, "send_verify", staff="w1") if not done else post.do(case, "accept")
        console.courier.set_reachable(True)
        await (await console.courier.give(order, {}))
        if not done:  # the process ended after the mark and before the request went out
            console.opened.queue.tried(order.key, post.now(), _body(order))
    post.ahead = timedelta(hours=9)
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        if done:
            await console.drained()
        else:
            await console.until(console.held)
            assert console.held() == ["outbox_expired"]
        assert console.client.sendings == 0
    assert [c.action for c in changes(town, case)] == ["report", *(["accept"] if done else [])]


def _body(order: Order) -> bytes:
    return msgspec.msgpack.encode(Command(order.action, order.version, order.args))


async def test_a_report_the_service_may_have_forgotten_is_not_sent_again(town: Served, post: Post) -> None:
    """Keys are kept seven days; half a day before that a person has to look whether it came in."""
    order = report_order(new_key(), NewReport(Channel.HOTLINE, "路灯不亮"), post.now())
    async with post.at_work(after=1.0) as console:
        console.courier.set_reachable(True)
        await (await console.courier.give(order, {}))
    post.ahead = timedelta(days=6, hours=13)
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        await console.until(console.held)
        assert console.held() == ["outbox_unclear_too_old"]
        assert console.client.sendings == 0


async def test_photos_wait_with_their_order_and_are_uploaded_first(town: Served, post: Post) -> None:
    case = fresh_case(town)
    async with post.at_work() as console:
        await console.courier.give(post.note(case, "现场"), {"photos": [_jpeg()]})
    async with post.at_work(before=0.5) as console:
        console.courier.set_reachable(True)
        await console.drained()
    assert len(changes(town, case)[-1].data["photos"]) == 1


def _jpeg() -> bytes:
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    return file.getvalue()


async def test_a_sign_in_that_ended_keeps_everything(town: Served, post: Post) -> None:
    case = fresh_case(town)
    good, post.token = post.token, "not-a-token-of-this-service"
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        result = await (await console.courier.give(post.note(case, "仍在"), {}))
        assert isinstance(result, Delayed)
        assert [e.stage for e in console.opened.queue.entries()] == [Stage.UNCLEAR]
    post.token = good
    async with post.at_work() as console:
        console.courier.set_reachable(True)
        await console.drained()
    assert notes(town, case) == ["仍在"]


async def test_a_queue_is_sent_under_its_person_s_sign_in_alone(town: Served, post: Post) -> None:
    opened = Shelf(post.folder, post.master).open(Owner(town.url, LI))
    async with FlakyClient(town.url, post.token, post.rng) as client:
        with pytest.raises(ValueError, match="whoever filled it"):
            Courier(opened.queue, client, AccountId("wang"), post.now)
    opened.close()


@settings(max_examples=8)
@given(
    seed=st.integers(0, 2**32),
    before=st.sampled_from([0.0, 0.3]),
    after=st.sampled_from([0.0, 0.3, 0.6]),
    lives=st.lists(st.integers(1, 12), min_size=1, max_size=4),
)
def test_order_and_once_hold_whatever_the_line_and_the_console_do(
    town: Served,
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    before: float,
    after: float,
    lives: list[int],
) -> None:
    """A person gives notes on three cases while the line cuts, answers are lost, and the console is restarted."""
    rng = random.Random(seed)
    post = Post(town, tmp_path_factory.mktemp("post"), rng=rng)
    fresh_case(town)
    cases = [fresh_case(town) for _ in range(3)]
    given_texts: dict[str, list[str]] = {case.case_no: [] for case in cases}

    async def live() -> None:
        for life, many in enumerate(lives):
            async with post.at_work(before, after) as console:
                console.courier.set_reachable(rng.random() < 0.5)
                for n in range(many):
                    case = rng.choice(cases)
                    text = f"{life}-{n}"
                    seen = _seen(console, case)
                    await console.courier.give(post.note(seen, text), {})
                    given_texts[case.case_no].append(text)
                    if rng.random() < 0.3:
                        console.courier.set_reachable(rng.random() < 0.5)
                    await asyncio.sleep(rng.random() * 0.01)
        async with post.at_work() as console:
            console.courier.set_reachable(True)
            await console.until(lambda: not len(console.opened.queue) or console.held())
            assert console.held() == [], console.opened.queue.entries()

    def _seen(console: Console, case: Case) -> Case:
        """What a person sees: the case as it is, or, while own orders on it wait, as it was."""
        waiting = [e for e in console.opened.queue.entries() if e.order.case_no == case.case_no]
        version = waiting[0].version if waiting else len(changes(town, case))
        return msgspec.structs.replace(case, version=version)

    asyncio.run(live())
    for case in cases:
        assert notes(town, case) == given_texts[case.case_no]


@pytest.mark.parametrize("many", [300, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
async def test_a_cut_of_72_hours_drains_exactly_once(town: Served, post: Post, many: int) -> None:
    """Commands and reports given over three days, some answers lost on the way out; what sends people has expired."""
    cases = [fresh_case(town) for _ in range(max(10, many // 50))]
    texts: dict[str, list[str]] = {case.case_no: [] for case in cases}
    stories: list[str] = []
    start = post.ahead
    async with post.at_work() as console:
        for n in range(many):
            post.ahead = start + timedelta(hours=72) * n / many
            case, text = cases[n % len(cases)], f"{post.folder.name}-{n}"
            if n % 10 == 9:
                report = NewReport(Channel.HOTLINE, text)
                await console.courier.give(report_order(new_key(), report, post.now()), {})
                stories.append(text)
            else:
                await console.courier.give(post.note(case, text), {})
                texts[case.case_no].append(text)
        last = fresh_case(town)
        post.ahead = start + timedelta(hours=71)
        await console.courier.give(post.do(last, "dispatch", unit="u1"), {})
        assert console.client.sendings == 0
    post.ahead = start + timedelta(hours=72)
    before = town.head()
    async with post.at_work(before=0.02, after=0.02) as console:
        console.courier.set_reachable(True)
        async with asyncio.timeout(600):
            while len(console.opened.queue) > 1:  # noqa: ASYNC110 - the condition is free
                await asyncio.sleep(0.02)
        assert console.held() == ["outbox_expired"]
    assert town.head() == before + many
    for case in cases:
        assert notes(town, case) == texts[case.case_no]
    assert _reported(town, post.folder.name) == stories


def _reported(served: Served, mark: str) -> list[str]:
    from sqlalchemy import select

    from service.store import tables as t

    with served.store.reading.begin() as connection:
        rows = connection.execute(
            select(t.change.c.payload).where(t.change.c.action == "report").order_by(t.change.c.seq)
        )
        told = [msgspec.json.decode(row.payload)["report"]["text"] for row in rows]
    return [text for text in told if text.startswith(f"{mark}-")]


def test_the_steps_that_send_people_are_the_ones_that_expire_first() -> None:
    from domain.machine import STEPS
    from domain.not_after import KEY_KEPT, KEY_MARGIN, patience

    assert patience("dispatch") == timedelta(minutes=10)
    assert max(patience(action) for action in STEPS) < KEY_KEPT - KEY_MARGIN
    sends = {s.action for s in STEPS.values() if s.target in {CaseState.VERIFYING, CaseState.CHECKING}}
    assert all(patience(action) <= timedelta(minutes=10) for action in sends)


def test_the_service_keeps_keys_as_long_as_the_outbox_counts_on() -> None:
    from domain.not_after import KEY_KEPT
    from service.audit.retention import TABLE, Kept

    assert TABLE[Kept.IDEMPOTENCY_KEYS].least >= KEY_KEPT.days


def test_an_order_never_says_its_content_in_a_log(post: Post, town: Served) -> None:
    order = report_order(new_key(), NewReport(Channel.HOTLINE, "秘密的话"), post.now())
    assert "秘密" not in f"{order!r} {order}"
    assert isinstance(Fault, type)
