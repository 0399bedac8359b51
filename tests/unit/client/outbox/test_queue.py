"""A queue is the fold of its journal: what was promised is there after any end, whoever opens it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.outbox.cipher import new_master
from client.outbox.order import Order, Owner, Stage
from client.outbox.queue import Queue
from client.outbox.shelf import Shelf, Waiting
from domain.faults import Fault, conflict
from domain.ids import AccountId, CaseNo

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
LI = Owner("http://a", AccountId("li"), "李四")
WANG = Owner("http://a", AccountId("wang"), "王五")


def order(key: str, case_no: str = "c1", version: int = 3, action: str = "note") -> Order:
    return Order(key, action, NOW, NOW + timedelta(days=6), CaseNo(case_no), "井盖", version, {"text": f"words {key}"})


def standing(queue: Queue) -> list[tuple[str, int, Stage]]:
    return [(entry.order.key, entry.version, entry.stage) for entry in queue.entries()]


def test_orders_survive_in_order_with_what_became_of_them(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, new_master())
    mine = shelf.open(LI)
    for key in ("k1", "k2", "k3"):
        mine.queue.give(order(key), {})
    mine.queue.tried("k1", NOW, b"body")
    mine.queue.settle("k1", 3, 4)
    mine.queue.hold("k2", conflict("stale_version", seen=4))
    mine.close()
    again = shelf.open(LI)
    # what was written behind the one that was done follows the version it came to
    assert standing(again.queue) == [("k2", 4, Stage.HELD), ("k3", 4, Stage.WAITING)]
    assert again.queue.entries()[0].fault.params == {"seen": 4}
    again.close()


def test_only_our_own_step_moves_what_waits_behind_it(tmp_path: Path) -> None:
    mine = Shelf(tmp_path, new_master()).open(LI)
    mine.queue.give(order("k1", version=3), {})
    mine.queue.give(order("k2", version=5), {})  # seen later, when others had been there
    mine.queue.give(order("k3", "c2", version=3), {})
    mine.queue.settle("k1", 3, 4)
    assert [(e.order.key, e.version) for e in mine.queue.entries()] == [("k2", 5), ("k3", 3)]
    mine.close()


def test_what_is_offered_again_keeps_its_place(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, new_master())
    mine = shelf.open(LI)
    for key in ("k1", "k2"):
        mine.queue.give(order(key), {})
    mine.queue.hold("k1", conflict("stale_version"))
    mine.queue.give(order("k9", version=8), {}, instead="k1")
    mine.close()
    again = shelf.open(LI)
    assert standing(again.queue) == [("k9", 8, Stage.WAITING), ("k2", 3, Stage.WAITING)]
    again.close()


def test_nobody_else_opens_it_but_sees_that_something_waits(tmp_path: Path) -> None:
    master = new_master()
    shelf = Shelf(tmp_path, master)
    mine = shelf.open(LI)
    mine.queue.give(order("k1"), {})
    mine.queue.give(order("k2"), {})
    other = shelf.open(WANG)
    assert other.queue.entries() == []
    assert shelf.others(WANG) == [Waiting(LI, 2)]  # also while the other console holds it
    mine.close()
    assert shelf.others(WANG) == [Waiting(LI, 2)]
    assert shelf.others(LI) == []
    other.close()


def test_a_second_console_of_the_same_person_takes_over_what_the_first_left(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, new_master())
    first, second = shelf.open(LI), shelf.open(LI)
    second.queue.give(order("k2"), {"photos": [b"a picture"]})
    first.queue.give(order("k1"), {})
    second.close()
    first.close()
    alone = shelf.open(LI)
    assert [entry.order.key for entry in alone.queue.entries()] == ["k1", "k2"]
    assert alone.queue.photos(alone.queue.entries()[1].order, "photos") == [b"a picture"]
    alone.close()
    assert len(list(tmp_path.glob("*.outbox"))) == 1


def test_photos_are_sealed_counted_and_go_with_their_order(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, new_master())
    mine = shelf.open(LI)
    kept = mine.queue.give(order("k1"), {"photos": [b"first picture", b"second"]}).order
    assert kept.photos == {"photos": 2}
    files = list(tmp_path.rglob("*.k1"))
    assert len(files) == 2
    assert not any(b"picture" in file.read_bytes() for file in files)
    files[0].write_bytes(files[1].read_bytes())  # of another place
    with pytest.raises(Fault, match="outbox_photo_lost"):
        mine.queue.photos(kept, "photos")
    mine.queue.settle("k1")
    assert not list(tmp_path.rglob("*.k1"))
    (tmp_path / f"{next(tmp_path.glob('*.outbox')).stem}.photos" / "x.k7").write_bytes(b"of an order that never came")
    mine.close()
    shelf.open(LI).close()
    assert not list(tmp_path.rglob("*.k7"))


def test_it_is_bounded_in_number_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Shelf(tmp_path, new_master()).open(LI)
    with monkeypatch.context() as small:
        small.setattr("client.outbox.queue.MAX_ORDERS", 1)
        mine.queue.give(order("k1"), {})
        with pytest.raises(Fault, match="outbox_full"):
            mine.queue.give(order("k2"), {})
    monkeypatch.setattr("client.outbox.queue.MAX_BYTES", 4000)
    with pytest.raises(Fault, match="outbox_full"):
        mine.queue.give(order("k3"), {"photos": [bytes(5000)]})
    assert [e.order.key for e in mine.queue.entries()] == ["k1"]
    assert not list(tmp_path.rglob("*.k3"))
    mine.close()


def test_the_file_is_written_anew_when_little_of_it_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.outbox.queue.DEAD_RECORDS", 20)
    monkeypatch.setattr("client.outbox.queue.DEAD_BYTES", 2000)
    shelf = Shelf(tmp_path, new_master())
    mine = shelf.open(LI)
    mine.queue.give(order("stays"), {})
    for n in range(60):
        mine.queue.give(order(f"k{n}"), {})
        mine.queue.settle(f"k{n}")
    assert mine.queue._journal.records < 40
    mine.close()
    again = shelf.open(LI)
    assert standing(again.queue) == [("stays", 3, Stage.WAITING)]
    again.queue.settle("stays")
    again.close()
    assert next(tmp_path.glob("*.outbox")).stat().st_size < 300  # whose it is, and nothing else


def test_another_key_puts_it_aside_unread(tmp_path: Path) -> None:
    mine = Shelf(tmp_path, new_master()).open(LI)
    mine.queue.give(order("k1"), {})
    mine.close()
    fresh = Shelf(tmp_path, new_master()).open(LI)
    assert fresh.damaged
    assert fresh.queue.entries() == []
    fresh.close()
    assert len(list(tmp_path.glob("*.unreadable"))) == 1
