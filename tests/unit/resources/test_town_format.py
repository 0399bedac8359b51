"""The town directory: what is written is read back, and what is broken is refused with its key."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from towns import make_town

from domain.faults import Fault, FaultKind
from resources import townfile as town_format
from resources.town import read_town, write_town

FILES = ("town.json", "divisions.geojson", "grids.geojson", "base.geojson")


def small(folder: Path) -> Path:
    """Write the small test town."""
    write_town(make_town(), folder)
    return folder


def edit(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    """Alter one of the files as somebody with an editor would."""
    path = folder / name
    whole = json.loads(path.read_text(encoding="utf-8"))
    change(whole)
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def test_a_town_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    town = make_town()
    write_town(town, tmp_path / "deep" / "down")
    assert read_town(tmp_path / "deep" / "down") == town


def test_the_same_town_is_the_same_bytes_and_leaves_nothing_else(tmp_path: Path) -> None:
    one, two = small(tmp_path / "one"), small(tmp_path / "two")
    assert sorted(p.name for p in one.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (one / name).read_bytes() == (two / name).read_bytes()


@pytest.mark.parametrize("name", FILES)
def test_each_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (small(tmp_path) / name).unlink()
    with pytest.raises(Fault) as caught:
        read_town(tmp_path)
    assert (caught.value.key, caught.value.params["file"]) == ("town_file_missing", name)


@pytest.mark.parametrize("name", FILES)
def test_each_file_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    path = small(tmp_path) / name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Fault) as caught:
        read_town(tmp_path)
    assert (caught.value.key, caught.value.params["file"]) == ("town_file_unreadable", name)


@pytest.mark.parametrize("name", FILES)
def test_each_file_that_is_too_large_is_refused_unread(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(tmp_path)
    with (tmp_path / name).open("ab") as file:
        file.truncate(town_format.MAX_FILE_BYTES + 1)
    with pytest.raises(Fault) as caught:
        read_town(tmp_path)
    assert (caught.value.kind, caught.value.key) == (FaultKind.TOO_LARGE, "town_file_too_large")


def _first(whole: Any) -> Any:
    return whole["features"][0]


BROKEN: list[tuple[str, str, Callable[[Any], None], str]] = [
    ("a grid that is a point", "grids.geojson", lambda w: _first(w).update(geometry=_point()), "town_geometry_bad"),
    ("a grid without geometry", "grids.geojson", lambda w: _first(w).update(geometry=None), "town_geometry_bad"),
    ("no such geometry", "grids.geojson", lambda w: _first(w)["geometry"].update(type="Blob"), "town_geometry_bad"),
    (
        "an open ring",
        "grids.geojson",
        lambda w: _first(w)["geometry"].update(coordinates=[[[1, 1]]]),
        "town_geometry_bad",
    ),
    ("off the earth", "base.geojson", lambda w: _first(w).update(geometry=_point(lat=91.0)), "town_geometry_bad"),
    ("grid twice", "grids.geojson", lambda w: w["features"].append(_first(w)), "town_doubled"),
    ("division twice", "divisions.geojson", lambda w: w["features"].append(_first(w)), "town_doubled"),
    ("unit twice", "town.json", lambda w: w["units"].append(w["units"][0]), "town_doubled"),
    ("staff twice", "town.json", lambda w: w["staff"].append(w["staff"][0]), "town_doubled"),
    ("kind twice", "town.json", lambda w: w["info"]["kinds"].append(w["info"]["kinds"][0]), "town_doubled"),
    ("unit unknown", "town.json", lambda w: w["staff"][0].update(unit_id="nobody"), "town_unknown_reference"),
    ("grid unknown", "town.json", lambda w: w["staff"][0].update(grid_code="nowhere"), "town_unknown_reference"),
    (
        "division unknown",
        "grids.geojson",
        lambda w: _first(w)["properties"].update(division="9"),
        "town_unknown_reference",
    ),
    (
        "worker unknown",
        "grids.geojson",
        lambda w: _first(w)["properties"].update(responsible="x"),
        "town_unknown_reference",
    ),
    ("a field too many", "town.json", lambda w: w.update(extra=1), "town_file_unreadable"),
    ("a property too many", "grids.geojson", lambda w: _first(w)["properties"].update(x=1), "town_file_unreadable"),
    ("no code", "grids.geojson", lambda w: _first(w)["properties"].pop("code"), "town_file_unreadable"),
    (
        "a code too long",
        "grids.geojson",
        lambda w: _first(w)["properties"].update(code="9" * 65),
        "town_file_unreadable",
    ),
    ("not a collection", "base.geojson", lambda w: w.update(type="Feature"), "town_file_unreadable"),
    (
        "no such base kind",
        "base.geojson",
        lambda w: _first(w)["properties"].update(kind="moat"),
        "town_file_unreadable",
    ),
    (
        "a clock without offset",
        "town.json",
        lambda w: w.update(clock_start="2026-11-23T08:30:00"),
        "town_file_unreadable",
    ),
]


def _point(lat: float = 29.5) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [120.5, lat]}


@pytest.mark.parametrize(("name", "change", "key"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_broken_towns_are_refused(tmp_path: Path, name: str, change: Callable[[Any], None], key: str) -> None:
    edit(small(tmp_path), name, change)
    with pytest.raises(Fault) as caught:
        read_town(tmp_path)
    assert caught.value.key == key


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = small(tmp_path) / "town.json"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(Fault) as caught:
        read_town(tmp_path)
    assert caught.value.key == "town_file_unreadable"
