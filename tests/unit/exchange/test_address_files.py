"""An address base from a file: judged to its end before anything is sent, and refused where it is about persons."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.exchange.intake import ImportOrder, Intake, mapping_of, read_order
from console.exchange.mapping import load_mapping
from domain.coordinates import from_wgs84, system_named
from domain.faults import Fault
from domain.places import distance_m

HEAD = "code,address,lon,lat,division\n"
ROW = "1,清溪镇老街18号,120.801,29.551,330699103001\n"


def read(file: Path, **words: Any) -> Intake:
    order = ImportOrder(what="addresses", file=file, **words)
    return read_order(order, mapping_of(order), datetime(2026, 3, 6, tzinfo=UTC))


def rows(intake: Intake) -> list[Any]:
    return [row for part in intake.parts() for row in part]


def test_a_base_is_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "base.csv"
    path.write_text(HEAD + "".join(f"{n},清溪镇老街{n}号,120.8,29.5,\n" for n in range(2500)), encoding="utf-8")
    intake = read(path)
    assert intake.read == 2500
    assert [len(part) for part in intake.parts()] == [1000, 1000, 500]
    assert rows(intake)[2499].wire.text == "清溪镇老街2499号"
    assert rows(intake)[2499].record.number == 2501


def test_chinese_headers_and_gbk(tmp_path: Path) -> None:
    path = tmp_path / "base.csv"
    path.write_bytes("标准地址,经度,纬度,地址编码\n清溪镇老街18号,120.801,29.551,A1\n".encode("gbk"))
    (row,) = rows(read(path, mapping="addresses-zh", encoding="gb18030"))
    assert (row.wire.code, row.wire.text) == ("A1", "清溪镇老街18号")


def test_without_codes_the_address_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "base.csv"
    path.write_text(
        "address,lon,lat\n老街１８号,120.8,29.5\n老街18号,120.8,29.5\n老街19号,120.8,29.5\n", encoding="utf-8"
    )
    first, second, third = (row.wire.code for row in rows(read(path)))
    assert first == second != third


def test_coordinates_of_gaode_come_to_ours(tmp_path: Path) -> None:
    system = system_named("gcj02")
    assert system is not None
    lon, lat = from_wgs84(120.801, 29.551, system)
    path = tmp_path / "base.csv"
    path.write_text(f"{HEAD}1,老街18号,{lon},{lat},\n", encoding="utf-8")
    (row,) = rows(read(path, crs="gcj02"))
    assert distance_m(row.wire.lon, row.wire.lat, 120.801, 29.551) < 0.01


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        ("1,老街18号,120.8,,x", "value_missing"),
        ("1,老街18号,abc,29.5,x", "coordinate_unreadable"),
        ("1,老街18号,29.5,120.8,x", "coordinates_out_of_range"),
        ("1,,120.8,29.5,x", "value_missing"),
        ("1,。,120.8,29.5,x", "value_missing"),
        ("1," + "x" * 201 + ",120.8,29.5,x", "value_too_long"),
        ("1,老街18号,120.8", "field_count"),
    ],
)
def test_a_bad_row_is_rejected_alone(tmp_path: Path, bad: str, key: str) -> None:
    path = tmp_path / "base.csv"
    path.write_text(f"{HEAD}{bad}\n{ROW}", encoding="utf-8")
    first, second = rows(read(path))
    assert first.fault.key == key
    assert second.wire is not None


BROKEN: list[tuple[str, bytes, str]] = [
    ("cut in the last record", (HEAD + ROW + "2,老街").encode(), "csv_cut_short"),
    ("cut in a character", (HEAD + ROW + "2,老街").encode()[:-1], "encoding_unknown"),
    ("an open quote", (HEAD + ROW + '2,"老街\n').encode(), "csv_open_quote"),
    ("another encoding", (HEAD + ROW).encode("gbk"), "wrong_encoding"),
    ("a NUL", (HEAD + ROW + "2,a\x00b,1,1,\n").encode(), "file_has_nul"),
    ("no header it knows", (b"a,b\n1,2\n"), "columns_missing"),
    ("nothing", b"", "file_empty"),
    ("a column twice", b"code,address,lon,lat,lon\n", "column_twice"),
    ("owners", "code,address,lon,lat,户主姓名,联系电话\n".encode(), "addresses_name_persons"),
]


@pytest.mark.parametrize(("content", "key"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_file_is_refused_whole(tmp_path: Path, content: bytes, key: str) -> None:
    path = tmp_path / "base.csv"
    path.write_bytes(content)
    with pytest.raises(Fault) as refused:
        read(path)
    assert refused.value.key == key


def test_columns_that_another_shipped_mapping_takes_are_refused_with_its_name(tmp_path: Path) -> None:
    """The usual columns of a Chinese base were refused without a word of the mapping made for them."""
    path = tmp_path / "base.csv"
    path.write_text("地址编码,标准地址,经度,纬度\n1,老街18号,120.8,29.5\n", encoding="utf-8")
    with pytest.raises(Fault) as refused:
        read(path)
    assert refused.value.key == "columns_missing_but_mapped"
    assert refused.value.params["mapping"] == "addresses-zh"
    assert load_mapping("addresses-zh", "addresses").required_columns() <= {"地址编码", "标准地址", "经度", "纬度"}


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path / "base.xlsx"):
        with pytest.raises(Fault) as refused:
            read(path)
        assert refused.value.key in ("file_missing", "file_kind_unknown")
