"""The address base on both stores: every fragment finds what a plain look through all finds, however it was put in."""

import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_checks import check_store
from sqlalchemy import text
from stores import make_asker, settled_store

from domain.addresses import AddressPage, folded, fragments, names_persons
from domain.people import Role
from domain.places import distance_m
from domain.wire import ImportedAddress, RowOutcome
from service.addresses import cells as c
from service.addresses import codes, sets
from service.addresses.grams import grams_of, grams_of_all
from service.addresses.search import around, find
from service.clock import real_now
from service.store.engine import Store
from service.write.importing_addresses import import_addresses
from service.write.ledger import Ledger
from service.write.transaction import Job, transact

IMPORTER = make_asker("imp", Role.IMPORTER)


class Base:
    """A store with an address base, and what was put into it."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self.store = store
        self.ledger = ledger
        self.rows: dict[str, ImportedAddress] = {}

    def put(self, rows: Sequence[ImportedAddress], *, dry_run: bool = False) -> list[RowOutcome]:
        job = Job(partial(import_addresses, rows=rows, asker=IMPORTER, dry_run=dry_run), alone=True)
        with self.store.writing.connect() as connection:
            (answer,) = transact(connection, self.ledger, [job], real_now).answers
        assert isinstance(answer, list), answer
        if not dry_run:
            taken = (row for row, result in zip(rows, answer, strict=True) if result.outcome is not RowOutcome.REJECTED)
            self.rows |= {row.code: row for row in taken}
        return [result.outcome for result in answer]

    def find(self, asked: str, near: tuple[float, float] | None = None, limit: int = 100) -> AddressPage:
        with self.store.reading.begin() as connection:
            return find(connection, asked, near, limit)

    def around(self, lon: float, lat: float, within_m: float, limit: int = 100) -> AddressPage:
        with self.store.reading.begin() as connection:
            return around(connection, lon, lat, within_m, limit)

    def count(self) -> int:
        with self.store.reading.begin() as connection:
            (held,) = connection.exec_driver_sql("SELECT sum(held) FROM address_block").fetchall()
            (rows,) = connection.exec_driver_sql("SELECT count(*) FROM address").fetchall()
        assert held[0] == rows[0]
        return int(rows[0])

    def holding(self, asked: str) -> set[str]:
        """Look through everything."""
        return {r.code for r in self.rows.values() if all(part in folded(r.text) for part in fragments(asked))}


def made(count: int, seed: int = 1) -> list[ImportedAddress]:
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        road = rng.choice(("官河南", "长乐", "里崇", "北门", "官河", "金长")) + rng.choice(("路", "街", "大道"))
        text = f"越州市{rng.choice('剡甘崇')}湖街道{rng.choice('新北')}村{road}{rng.randint(1, 300)}号"
        if rng.random() < 0.5:
            text += f"{rng.randint(1, 3)}幢{rng.randint(1, 2)}单元{rng.randint(1, 9)}0{rng.randint(1, 2)}室"
        lon, lat = 120.80 + rng.random() * 0.05, 29.58 + rng.random() * 0.05
        rows.append(ImportedAddress(f"a{number}", text, round(lon, 6), round(lat, 6), "330699103", "test"))
    return rows


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Base]:
    with settled_store(tmp_path_factory.mktemp("stock")) as (store, ledger):
        base = Base(store, ledger)
        rows = made(6000)
        for at in range(0, len(rows), 1000):
            assert set(base.put(rows[at : at + 1000])) == {RowOutcome.ACCEPTED}
        yield base


@pytest.fixture
def base(home: Path) -> Iterator[Base]:
    with settled_store(home) as (store, ledger):
        yield Base(store, ledger)


def test_any_fragment_of_any_address_finds_it(stock: Base) -> None:
    rng = random.Random(2)
    rows = list(stock.rows.values())
    for _ in range(60):
        row = rng.choice(rows)
        begin = rng.randrange(len(row.text))
        asked = row.text[begin : begin + rng.randint(1, 9)]
        wanted = stock.holding(asked)
        near = (row.lon, row.lat) if rng.random() < 0.5 else None
        page = stock.find(asked, near)
        found = {address.code for address in page.addresses}
        assert found <= wanted, asked
        assert len(found) == min(100, len(wanted)), asked
        assert page.more is (len(wanted) > 100), asked
        if near is not None and len(wanted) <= 100:
            assert row.code in found


def test_several_fragments_must_all_be_there(stock: Base) -> None:
    page = stock.find("官河南路 1单元 剡湖")
    assert {a.code for a in page.addresses} <= stock.holding("官河南路 1单元 剡湖")
    assert page.addresses
    assert stock.find("官河南路 没有的").addresses == ()


def test_a_code_finds_its_address_and_its_beginning_those_that_begin_so(base: Base) -> None:
    given = ["DZ33-0001", "DZ33-00012", "DZ33-0002", "DZ33_0003", "dz33-0004", "7", "地址编码甲乙丙1"]
    rows = [ImportedAddress(code, f"越州市编码路{n}号", 120.8, 29.58, "", "test") for n, code in enumerate(given)]
    words = ImportedAddress("other", "越州市DZ33-0001旁", 120.8, 29.58, "", "test")
    base.put([*rows, words])

    def found(asked: str, limit: int = 100) -> list[str]:
        return [address.code for address in base.find(asked, limit=limit).addresses]

    assert found("DZ33-0001") == ["DZ33-0001", "DZ33-00012", "other"], "the code, what begins so, then words"
    assert found(" ｄｚ33-0001 ") == ["DZ33-0001", "DZ33-00012", "other"]
    assert set(found("DZ33-0")) == {"DZ33-0001", "DZ33-00012", "DZ33-0002", "dz33-0004", "other"}
    assert found("DZ33-") == ["other"], "five characters are too little of a code"
    assert found("7") == ["7"]
    assert found("地址编码甲乙") == ["地址编码甲乙丙1"]
    assert found("DZ33%0") == []
    page = base.find("DZ33-0", limit=2)
    assert [len(page.addresses), page.more] == [2, True]
    near = base.find("DZ33-0002", (120.8, 29.58)).addresses[0]
    assert near.distance_m == 0.0


def test_codes_are_asked_of_their_index_alone(base: Base) -> None:
    """Nothing may read through an address base of millions."""
    base.put(made(1000))
    plain = {"first": "a12345", "past": "a12346", "most": 21, "code": "a1"}
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[base.store.reading.dialect.name]
    with base.store.reading.begin() as connection:
        if base.store.reading.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # a thousand rows are read through as quickly
        for statement in (codes._WHOLE, codes._BEGUN):
            plan = connection.execute(text(explain + statement.text), plain).fetchall()
            told = " ".join(str(row) for row in plan)
            assert "INDEX" in told.upper(), told
            assert "SCAN address" not in told, told
            assert "Seq Scan" not in told, told
            assert "TEMP B-TREE" not in told, told
        if base.store.reading.dialect.name == "postgresql":
            of_code = "SELECT collation_name FROM information_schema.columns WHERE table_name = :t AND column_name = :c"
            kept = connection.execute(text(of_code), {"t": "address", "c": "code"}).scalars().all()
            assert kept == ["C"], "in the order of another locale the index would not find what begins alike"


def test_spellings_do_not_matter(stock: Base) -> None:
    text = next(row.text for row in stock.rows.values() if "官河南路" in row.text and "幢" not in row.text)
    road, _, number = text.rpartition("路")
    wanted = [a.code for a in stock.find(text).addresses]
    assert wanted
    wide = number.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    assert [a.code for a in stock.find(f"{road}路{wide}").addresses] == wanted
    assert [a.code for a in stock.find(f"{road}路,{number}").addresses] == wanted


def test_a_number_that_ends_as_typed_comes_first(stock: Base) -> None:
    found = stock.find("长乐街12", limit=30).addresses
    ends = ["长乐街12号" in folded(a.text) for a in found]
    assert ends[0]
    assert ends == sorted(ends, reverse=True)


def test_the_nearest_come_first(stock: Base) -> None:
    here = (120.82, 29.6)
    found = stock.find("官河", here, limit=10).addresses
    assert [a.distance_m for a in found] == sorted(a.distance_m or 0.0 for a in found)
    nearest = min(distance_m(*here, r.lon, r.lat) for r in stock.rows.values() if "官河" in r.text)
    assert found[0].distance_m == pytest.approx(nearest, abs=1)


def test_from_far_away_the_distance_is_over_the_ground(stock: Base) -> None:
    paris = (2.35, 48.85)
    found = stock.find("官河", paris, limit=1).addresses[0]
    assert found.distance_m == pytest.approx(distance_m(*paris, found.lon, found.lat), abs=1)
    assert 9_300_000 < (found.distance_m or 0.0) < 9_500_000


@pytest.mark.parametrize("within_m", [30.0, 200.0, 900.0])
def test_around_a_place_is_what_measuring_all_finds(stock: Base, within_m: float) -> None:
    rng = random.Random(3)
    for _ in range(20):
        here = (120.80 + rng.random() * 0.05, 29.58 + rng.random() * 0.05)
        away = sorted((distance_m(*here, r.lon, r.lat), r.code) for r in stock.rows.values())
        wanted = [code for metres, code in away if metres <= within_m * 0.998][:20]
        page = stock.around(*here, within_m, limit=20)
        found = [a.code for a in page.addresses]
        assert found[: len(wanted)] == wanted or set(wanted) <= set(found)
        assert all((a.distance_m or 0.0) <= within_m for a in page.addresses)


def test_twice_adds_nothing_and_other_content_replaces(base: Base) -> None:
    rows = made(40)
    assert set(base.put(rows)) == {RowOutcome.ACCEPTED}
    assert set(base.put(rows)) == {RowOutcome.DUPLICATE}
    assert base.count() == 40
    moved = ImportedAddress("a0", "越州市新路999号", rows[0].lon, rows[0].lat, "", "test")
    away = ImportedAddress("a1", "越州市新路998号", 121.5, 29.9, "", "test")
    assert base.put([moved, away]) == [RowOutcome.ACCEPTED] * 2
    assert {a.code for a in base.find("新路99").addresses} == {"a0", "a1"}
    assert base.find(rows[0].text).addresses == ()
    assert [a.code for a in base.around(121.5, 29.9, 50).addresses] == ["a1"]
    assert "a1" not in {a.code for a in base.around(rows[1].lon, rows[1].lat, 50).addresses}
    assert base.count() == 40
    check_store(base.store)


def test_a_dry_run_and_a_foreign_code_write_nothing(base: Base) -> None:
    rows = made(3)
    assert base.put(rows, dry_run=True) == [RowOutcome.ACCEPTED] * 3
    assert base.find("号").empty
    base.put(rows)
    foreign = ImportedAddress("a0", "别处1号", 120.0, 29.0, "", "other")
    assert base.put([foreign]) == [RowOutcome.REJECTED]
    assert base.find("别处").addresses == ()


def test_one_code_twice_in_a_batch_is_kept_once(base: Base) -> None:
    first, second = made(1)[0], ImportedAddress("a0", "越州市新路7号", 120.9, 29.5, "", "test")
    assert base.put([first, first, second]) == [RowOutcome.DUPLICATE, RowOutcome.DUPLICATE, RowOutcome.ACCEPTED]
    assert [a.text for a in base.find("号").addresses] == ["越州市新路7号"]
    assert base.put([first, second]) == [RowOutcome.DUPLICATE, RowOutcome.DUPLICATE], "the last is what is kept already"
    foreign = ImportedAddress("a0", "别处1号", 120.0, 29.0, "", "other")
    assert base.put([first, foreign]) == [RowOutcome.ACCEPTED, RowOutcome.REJECTED], "a refused row counts for nothing"
    assert [a.text for a in base.find("号").addresses] == [first.text]


def test_a_cell_overflows_into_further_blocks(base: Base) -> None:
    rows = [ImportedAddress(f"b{i}", f"密集里{i}号", 120.8051, 29.5901, "", "test") for i in range(4500)]
    for at in range(0, len(rows), 900):
        base.put(rows[at : at + 900])
    assert base.count() == 4500
    assert [a.code for a in base.find("密集里4499号").addresses] == ["b4499"]
    assert len(base.find("密集", limit=100).addresses) == 100


@given(
    st.lists(st.integers(0, 4095), max_size=600, unique=True), st.lists(st.integers(0, 4095), max_size=600, unique=True)
)
def test_sets_of_slots_are_kept_and_met(first: list[int], second: list[int]) -> None:
    import numpy as np

    kept = [sets.pack(np.array(sorted(part), np.uint16)) for part in (first, second)]
    assert sets.unpack(kept[0]).tolist() == sorted(first)
    assert sets.common(kept).tolist() == sorted(set(first) & set(second))


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_has_a_cell_that_knows_where_it_is(lon: float, lat: float) -> None:
    import numpy as np

    cell = c.cell_of(lon, lat)
    x, y = c.column_and_row(np.array([cell]))
    assert abs(x[0] * c.CELL_DEG - 180.0 - lon) <= c.CELL_DEG * 1.001
    assert abs(y[0] * c.CELL_DEG - 90.0 - lat) <= c.CELL_DEG * 1.001
    assert 0 <= c.last_block(cell) * c.SLOTS < 2**53


@given(st.text(min_size=1, max_size=12), st.text(max_size=5), st.text(max_size=5))
def test_an_address_has_every_gram_of_a_fragment(middle: str, before: str, after: str) -> None:
    whole, fragment = folded(before + middle + after), folded(middle)
    if fragment and fragment in whole:
        grams, _ = grams_of_all([whole])
        assert set(grams_of(fragment)) <= set(grams.tolist())


@pytest.mark.parametrize(
    "column", ["姓名", "户主姓名", "联系电话", "身份证号", "owner", "contact_phone", "Full Name".replace(" ", "_")]
)
def test_columns_about_persons_are_known(column: str) -> None:
    assert names_persons(column)


@pytest.mark.parametrize(
    "column", ["code", "address", "标准地址", "地名", "道路名称", "小区名称", "lon", "village_name", "name"]
)
def test_columns_about_places_are_not_taken_for_persons(column: str) -> None:
    assert not names_persons(column)
