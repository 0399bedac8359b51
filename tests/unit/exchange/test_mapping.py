"""Mappings and what they make of a record: times through clock changes, states, places, trees, areas."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from console.exchange.cases import case_rows
from console.exchange.divisions import division_rows
from console.exchange.fixes import LAST_FIX_BEFORE_NOW, fix_rows
from console.exchange.guarding import cell
from console.exchange.mapping import load_mapping, mapping_names, parse_moment
from console.exchange.rows import Row
from console.exchange.shapes import area_wkb, sound_area
from console.exchange.table import Record, Table
from console.exchange.upload import BATCH_ROWS, batches
from domain.faults import Fault
from domain.states import CaseState

NYC = load_mapping("nyc311", "cases")
NEW_YORK = ZoneInfo("America/New_York")


def nyc(**fields: str) -> Record:
    whole = {"Unique Key": "1", "Status": "Closed", "Complaint Type": "Dead Animal", "Descriptor": "Cat"}
    return Record(2, {**whole, "Created Date": "1/5/2025 10:00", "Closed Date": "1/5/2025 12:00", **fields})


def one(record: Record) -> Row:  # type: ignore[type-arg] # of cases
    table = Table("line", tuple(NYC.required_columns()), [record])
    return case_rows(table, NYC)[0]


def test_every_shipped_mapping_is_sound() -> None:
    assert {"nyc311", "cases", "grids", "divisions", "positions", "geolife"} <= set(mapping_names())
    for name in mapping_names():
        whats = ("cases", "grids", "divisions", "positions", "addresses")
        sound = [what for what in whats if _loads(name, what)]  # type: ignore[arg-type]
        assert len(sound) == 1, name


def _loads(name: str, what: str) -> bool:
    try:
        load_mapping(name, what)  # type: ignore[arg-type]
    except Fault as fault:
        if fault.key != "mapping_for_another":
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("text", "hour_utc"),
    [
        ("3/9/2025 1:59", (6, 59)),
        ("3/9/2025 2:30", (7, 30)),  # never shown on a clock: read by the offset before the skip
        ("3/9/2025 3:00", (7, 0)),
        ("11/2/2025 1:30", (5, 30)),  # shown twice: the first
        ("11/2/2025 2:00", (7, 0)),
    ],
)
def test_clock_changes_of_new_york(text: str, hour_utc: tuple[int, int]) -> None:
    moment = parse_moment(text, NYC)
    assert (moment.hour, moment.minute) == hour_utc
    assert moment.tzinfo is UTC


def test_an_hour_shown_twice_is_the_second_where_the_first_would_end_before_the_beginning() -> None:
    row = one(nyc(**{"Created Date": "11/2/2025 1:50", "Closed Date": "11/2/2025 1:10"}))
    assert row.wire is not None
    assert row.wire.closed_at is not None
    assert row.wire.closed_at - row.wire.opened_at == timedelta(minutes=20)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2035, 1, 1)).map(lambda t: t.replace(second=0, microsecond=0)))
def test_local_times_come_back_unless_no_clock_shows_them(local: datetime) -> None:
    text = f"{local.month}/{local.day}/{local.year} {local.hour}:{local.minute:02}"
    moment = parse_moment(text, NYC)
    back = moment.astimezone(NEW_YORK).replace(tzinfo=None)
    exists = local.replace(tzinfo=NEW_YORK).astimezone(UTC).astimezone(NEW_YORK).replace(tzinfo=None) == local
    assert (back == local) == exists
    if not exists:
        assert back - local == timedelta(hours=1)


@given(st.datetimes(timezones=st.timezones()))
def test_times_with_an_offset_are_taken_as_they_are(moment: datetime) -> None:
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    offset = moment.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        return  # ISO 8601 has no seconds in offsets
    assert parse_moment(moment.isoformat(), NYC) == expected


@pytest.mark.parametrize("text", ["13/1/2025 1:00", "2/30/2025 1:00", "yesterday", "1/1/2025", "9" * 300, "0001-01-01"])
def test_what_is_no_time_is_a_fault(text: str) -> None:
    with pytest.raises(Fault, match="time_"):
        parse_moment(text, replace(NYC, timezone=None))


def test_states_are_translated_and_unknown_ones_rejected() -> None:
    closed = one(nyc()).wire
    assert closed is not None
    assert (closed.state, closed.title, closed.source) == (CaseState.CLOSED, "Dead Animal · Cat", "nyc311")
    going = one(nyc(**{"Status": "In Progress", "Closed Date": ""})).wire
    assert going is not None
    assert (going.state, going.closed_at) == (CaseState.HANDLING, None)
    fault = one(nyc(Status="Lost")).fault
    assert fault is not None
    assert (fault.key, fault.params) == ("source_state_unknown", {"value": "Lost"})


def test_a_missing_place_is_kept_as_missing() -> None:
    wire = one(nyc()).wire
    assert wire is not None
    assert (wire.lon, wire.lat) == (None, None)


@pytest.mark.parametrize("bad", ["\x07bell", "\x00", "a\x1bb"])
def test_control_characters_are_rejected(bad: str) -> None:
    fault = one(nyc(Descriptor=bad)).fault
    assert fault is not None
    assert fault.key == "value_has_control_characters"


def test_a_village_list_becomes_two_levels_with_the_township_first() -> None:
    mapping = load_mapping("divisions", "divisions")
    columns = ("township_code", "township", "village_code", "village")
    lines = [("330683001", "甲街道", "330683001002", "子社区"), ("330683001", "甲街道", "330683001003", "丑社区")]
    lines.append(("330683001", "乙街道", "330683001004", "寅社区"))
    table = Table("line", columns, [Record(i, dict(zip(columns, v, strict=True))) for i, v in enumerate(lines, 2)])
    rows = division_rows(table, mapping)
    assert [r.wire and (r.wire.code, r.wire.parent) for r in rows[:2]] == [
        ("330683001002", "330683001"),
        ("330683001003", "330683001"),
    ]
    assert [d.code for d in rows[0].before] == ["330683001"]
    assert rows[2].fault is not None
    assert rows[2].fault.key == "division_named_twice"


def test_tracks_are_shifted_each_to_its_own_end() -> None:
    mapping = load_mapping("geolife", "positions")
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    lines = [("1", "2008-12-11 04:42:14+00"), ("1", "2008-12-11 05:15:46+00"), ("2", "2009-06-29 07:02:25+00")]
    records = [Record(i, {"X": "116.3", "Y": "39.8", "trajectory_id": t, "t": at}) for i, (t, at) in enumerate(lines)]
    fixes = [r.wire for r in fix_rows(Table("line", ("X", "Y", "trajectory_id", "t"), records), mapping, now)]
    assert [f and f.name for f in fixes] == ["GeoLife 1", "GeoLife 1", "GeoLife 2"]
    last = now - LAST_FIX_BEFORE_NOW
    assert [f and f.fixed_at for f in fixes] == [last - timedelta(minutes=33, seconds=32), last, last]
    assert fixes[0] is not None
    assert fixes[0].source_at == datetime(2008, 12, 11, 4, 42, 14, tzinfo=UTC)


def test_borders_that_cross_by_a_hair_are_mended_and_others_refused() -> None:
    spike = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 1.2), (0.5, 1), (0, 1)])
    area, repaired = sound_area(spike)
    assert repaired
    assert area.area == pytest.approx(1.0)
    assert sound_area(shapely.box(0, 0, 1, 1)) == (shapely.box(0, 0, 1, 1), False)
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(Fault, match="area_beyond_repair"):
        sound_area(bow_tie)
    for nothing in (None, shapely.Polygon()):
        with pytest.raises(Fault, match="area_missing"):
            sound_area(nothing)
    with pytest.raises(Fault, match="not_an_area"):
        sound_area(shapely.Point(1, 1))
    with pytest.raises(Fault, match="coordinates_out_of_range"):
        area_wkb(shapely.box(500_000, 3_000_000, 500_100, 3_000_100))


@given(st.lists(st.integers(0, 3), max_size=2000))
def test_batches_keep_order_and_bounds(weights: list[int]) -> None:
    rows: list[Row] = [Row(Record(i, {}), before=(None,) * w) for i, w in enumerate(weights)]  # type: ignore[type-arg]
    cut = list(batches(rows))
    assert [r.record.number for b in cut for r in b] == list(range(len(rows)))
    assert all(b and sum(1 + len(r.before) for r in b) <= BATCH_ROWS for b in cut)


@pytest.mark.parametrize(("text", "written"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("-5.5", "-5.5"), ("+86 1", "'+86 1")])
def test_cells_a_spreadsheet_would_run_are_made_text(text: str, written: str) -> None:
    assert cell(text) == written
    assert cell("平常") == "平常"


def test_an_own_mapping_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('what = "grids"\nsource = "mine"\n[columns]\ncode = ["编码"]\nname = ["名称"]\n', encoding="utf-8")
    assert load_mapping(str(path), "grids").columns["code"] == ("编码",)
    for broken in ("what = 'grids'", "[", 'what = "grids"\nsource = "m"\n[columns]\nshape = ["x"]', "\xff"):
        path.write_bytes(broken.encode("latin-1"))
        with pytest.raises(Fault, match="mapping_broken"):
            load_mapping(str(path), "grids")
    with pytest.raises(Fault, match="mapping_unknown"):
        load_mapping("../nyc311", "cases")
    with pytest.raises(Fault, match="mapping_unknown"):
        load_mapping(str(tmp_path / "none.toml"), "grids")
