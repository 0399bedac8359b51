"""``onemap import grids --check``: a file with a fault in its mesh is refused whole, its faults left beside it."""

import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import shapely

from console.commands.importing import EXIT_REFUSED, run

DATA = Path(__file__).parents[4] / "shared" / "data"


def arguments(file: Path, **more: Any) -> Namespace:
    given: dict[str, Any] = dict.fromkeys(
        (
            "mapping",
            "code_field",
            "name_field",
            "source",
            "encoding",
            "delimiter",
            "crs",
            "layer",
            "far",
            "ca_file",
            "token_file",
        )
    )
    return Namespace(
        what="grids", file=file, server="http://127.0.0.1:9", dry_run=True, lang="en", check=True, **{**given, **more}
    )


def grids(folder: Path, *boxes: tuple[float, float, float, float]) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"code": str(i), "name": f"grid {i}"},
            "geometry": json.loads(shapely.to_geojson(shapely.box(*b))),
        }
        for i, b in enumerate(boxes)
    ]
    path = folder / "grids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def test_an_overlap_refuses_the_file_and_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = grids(tmp_path, (120.0, 29.0, 120.02, 29.02), (120.01, 29.0, 120.03, 29.02))
    assert run(arguments(path)) == EXIT_REFUSED
    said = capsys.readouterr().err
    assert "overlap" in said
    assert "0, 1" in said
    faults = json.loads((tmp_path / "grids.geojson.faults.geojson").read_text("utf-8"))["features"]
    assert [f["properties"]["fault"] for f in faults] == ["overlap"]
    assert shapely.from_geojson(json.dumps(faults[0]["geometry"])).bounds == (120.01, 29.0, 120.02, 29.02)


def test_a_sound_mesh_goes_on_to_the_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = grids(tmp_path, (120.0, 29.0, 120.02, 29.02), (120.02, 29.0, 120.03, 29.02))
    assert run(arguments(path)) != EXIT_REFUSED, "nobody listens there"
    assert not (tmp_path / "grids.geojson.faults.geojson").exists()
    assert "no fault" in capsys.readouterr().err


def test_real_boroughs_are_a_sound_mesh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = DATA / "nyc_boroughs.zip"
    if not source.is_file():
        pytest.skip("the real input nyc_boroughs.zip is not on this machine")
    path = tmp_path / "nyc.zip"
    path.write_bytes(source.read_bytes())
    assert run(arguments(path, code_field="boro_code", name_field="boro_name")) != EXIT_REFUSED
    assert "5 grids has no fault" in capsys.readouterr().err


def test_real_counties_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = DATA / "shaoxing_counties.geojson"
    if not source.is_file():
        pytest.skip("the real input shaoxing_counties.geojson is not on this machine")
    path = tmp_path / "shaoxing.geojson"
    path.write_bytes(source.read_bytes())
    run(arguments(path, code_field="id", name_field="name"))
    said = capsys.readouterr().err
    assert "too large" in said or "sliver" in said, said
