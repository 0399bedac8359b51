"""Import and export as a person types them, against the real service."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from processes import Service, issue_token, make_town

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(170)]

REAL = Path(__file__).parents[4] / "shared" / "data"
HEAD = "source_no,state,kind,title,opened_at,closed_at,lon,lat,address,note\n"


def real(name: str) -> Path:
    if not (REAL / name).is_file():
        pytest.skip(f"the real input {name} is not on this machine")
    return REAL / name


class Desk:
    """A service with a town, and the commands run against it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        database = f"sqlite:///{(folder / 'town.db').as_posix()}"
        self.service = Service(database, make_town(folder / "town")).start()
        (folder / "token").write_text(issue_token(database, "importer", "importer", "reader"))
        (folder / "reader").write_text(issue_token(database, "reader", "reader"))

    def words(self, *words: str, token: str = "token") -> list[str]:
        options = ["--server", self.service.url, "--token-file", str(self.folder / token)]
        return [sys.executable, "-m", "console", *words, *options]

    def run(self, *words: str, token: str = "token", code: int | None = 0) -> tuple[dict[str, int], str]:
        """Run a command; return the JSON of its last line and what it said on the way."""
        done = subprocess.run(
            self.words(*words, token=token),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONUTF8": "1"},
        )
        assert code is None or done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "{}"
        return json.loads(last), done.stderr

    def exported(self, out: Path, *words: str) -> list[dict[str, str]]:
        self.run("export", "cases", str(out), *words)
        with out.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    yield made
    assert made.service.stop() == 0


def counts(read: int, accepted: int, duplicates: int, rejected: int) -> dict[str, int]:
    return {"read": read, "accepted": accepted, "duplicates": duplicates, "rejected": rejected}


def many(path: Path, count: int) -> Path:
    rows = "".join(
        f"n-{i},closed,0101,t,2026-01-05T08:00:00+08:00,2026-01-06T08:00:00+08:00,,,,\n" for i in range(count)
    )
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def test_a_city_comes_in_once_and_goes_out_again(desk: Desk, tmp_path: Path) -> None:
    order = ("import", "cases", str(real("nyc311_animals_2025q1.csv")), "--mapping", "nyc311")
    assert desk.run(*order, "--dry-run")[0] == counts(4969, 4969, 0, 0)
    assert desk.run(*order)[0] == counts(4969, 4969, 0, 0)
    assert desk.run(*order)[0] == counts(4969, 0, 4969, 0)
    grids = ("--code-field", "boro_code", "--name-field", "boro_name")
    assert desk.run("import", "grids", str(real("nyc_boroughs.zip")), *grids)[0] == counts(5, 5, 0, 0)
    assert desk.run("import", "grids", str(real("nyc_boroughs.zip")), *grids)[0] == counts(5, 0, 5, 0)
    rows = [r for r in desk.exported(tmp_path / "all.csv") if r["source"] == "nyc311"]
    assert len(rows) == len({r["source_no"] for r in rows}) == 4969
    assert sum(r["state"] == "closed" for r in rows) == 4692
    assert sum(r["state"] == "handling" for r in rows) == 277
    assert sum(not r["lon"] for r in rows) == 62
    assert sum(bool(r["lon"]) and not r["grid_code"] for r in rows) == 5
    one = next(r for r in rows if r["source_no"] == "64345465")
    assert one["opened_at"] == "2025-03-14T13:20:00+08:00", "01:20 in New York, an hour after its clocks went forward"
    winter = next(r for r in rows if r["source_no"] == "63595051")
    assert winter["opened_at"] == "2025-01-01T23:55:00+08:00", "10:55 in New York in winter"
    assert (winter["closed_at"], winter["grid_code"]) == ("2025-01-02T02:11:00+08:00", "1")


def test_divisions_become_a_tree_and_areas_join_it(desk: Desk) -> None:
    tree = ("import", "divisions", str(real("shengzhou_divisions.csv")))
    assert desk.run(*tree, "--dry-run")[0] == counts(304, 304, 0, 0)
    assert desk.run(*tree)[0] == counts(304, 304, 0, 0)
    assert desk.run(*tree)[0] == counts(304, 0, 304, 0)
    areas = (str(real("shaoxing_counties.geojson")), "--code-field", "id", "--name-field", "name")
    done, said = desk.run("import", "divisions", *areas)
    assert done == counts(6, 6, 0, 0)
    assert "6 个面" in said
    assert desk.run("import", "divisions", *areas)[0] == counts(6, 0, 6, 0)


def test_tracks_become_made_up_units_shortly_before_now(desk: Desk) -> None:
    order = ("import", "positions", str(real("geolife_tracks.csv")), "--mapping", "geolife")
    assert desk.run(*order)[0] == counts(5908, 5908, 0, 0)
    assert desk.run(*order)[0] == counts(5908, 0, 5908, 0)


def test_killed_half_way_and_run_again_takes_each_row_once(desk: Desk, tmp_path: Path) -> None:
    path = many(tmp_path / "many.csv", 6000)
    order = ("import", "cases", str(path), "--source", "killed")
    process = subprocess.Popen(
        desk.words(*order), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "1500/6000" in line:
            process.kill()
            break
    process.communicate()
    done = desk.run(*order)[0]
    assert done["accepted"] + done["duplicates"] == 6000
    assert 1500 <= done["duplicates"] < 6000
    rows = [r["source_no"] for r in desk.exported(tmp_path / "out.csv") if r["source"] == "killed"]
    assert len(rows) == len(set(rows)) == 6000


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process there")
def test_cancelled_it_says_what_was_sent(desk: Desk, tmp_path: Path) -> None:
    order = ("import", "cases", str(many(tmp_path / "many.csv", 8000)), "--source", "cancelled")
    process = subprocess.Popen(
        desk.words(*order), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "1000/8000" in line:
            process.send_signal(signal.SIGINT)
            break
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130
    last = json.loads(out.splitlines()[-1])
    assert last["read"] == 8000
    assert 1000 <= last["accepted"] < 8000
    assert "已取消" in said
    assert "Traceback" not in said
    again = desk.run(*order)[0]
    assert last["accepted"] <= again["duplicates"] <= last["accepted"] + 500, "one batch may have been under way"
    assert again["accepted"] + again["duplicates"] == 8000


def test_rejected_rows_come_back_with_their_reasons(desk: Desk, tmp_path: Path) -> None:
    ok = "2026-01-05T08:00:00+08:00"
    rows = [
        f"r-1,reported,0101,sound,{ok},,120.5,29.5,,",
        f"r-2,nonsense,0101,unknown state,{ok},,,,,",
        "r-3,reported,0101,no offset,2026-01-05T08:00:00,,,,,",
        "r-4,reported,0101,no time,,,,,,",
        f"r-5,reported,0101,half a place,{ok},,120.5,,,",
        f"r-6,reported,0101,off the earth,{ok},,190,29,,",
        f"r-7,reported,0101,not a number,{ok},,x,29,,",
        f"r-8,closed,0101,closed without a time,{ok},,,,,",
        f"r-9,closed,0101,closed before it opened,{ok},2025-01-01T00:00:00Z,,,,",
        f",reported,0101,no number,{ok},,,,,",
        f"r-11,reported,0101,{'长' * 300},{ok},,,,,",
        f"r-12,reported,0101,one field too few,{ok},,,,",
        "r-13,reported,0101,=cmd|' /C calc'!A0,1e99999,,,,,",
        f"r-1,reported,0101,the same number again,{ok},,,,,",
    ]
    path = tmp_path / "rows.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    done, said = desk.run("import", "cases", str(path), "--source", "rejects", code=1)
    assert done == counts(14, 1, 1, 12)
    assert "rows.csv.rejected.csv" in said
    with (tmp_path / "rows.csv.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file))
    assert {int(r["line"]): r["reason_key"] for r in rejected} == {
        3: "source_state_unknown",
        4: "time_without_offset",
        5: "value_missing",
        6: "place_incomplete",
        7: "coordinates_out_of_range",
        8: "coordinate_unreadable",
        9: "closed_without_time",
        10: "before_opening",
        11: "value_missing",
        12: "value_too_long",
        13: "field_count",
        14: "time_unreadable",
    }
    assert all(r["reason"] and r["reason"] != r["reason_key"] for r in rejected), "each has a sentence"
    assert next(r for r in rejected if r["source_no"] == "r-13")["title"].startswith("'=")
    path.write_text(HEAD + rows[0] + "\n", encoding="utf-8")
    assert desk.run("import", "cases", str(path), "--source", "rejects")[0] == counts(1, 0, 1, 0)
    assert not (tmp_path / "rows.csv.rejected.csv").exists(), "nothing is rejected any more"


def test_a_broken_file_sends_nothing(desk: Desk, tmp_path: Path) -> None:
    path = many(tmp_path / "cut.csv", 1200)
    path.write_text(path.read_text(encoding="utf-8")[:-25], encoding="utf-8")
    done, said = desk.run("import", "cases", str(path), "--source", "cut", "--lang", "en", code=2)
    assert done == counts(0, 0, 0, 0)
    assert "line 1201" in said
    assert not [r for r in desk.exported(tmp_path / "out.csv") if r["source"] == "cut"]


@pytest.mark.parametrize(
    ("words", "code", "key"),
    [
        (("--mapping", "none"), 2, "mapping_unknown"),
        (("--mapping", "geolife"), 2, "mapping_for_another"),
        (("--mapping", "nyc311"), 2, "columns_missing"),
        (("--delimiter", "ab"), 2, "delimiter_not_one_character"),
    ],
)
def test_a_wrong_call_is_refused(desk: Desk, tmp_path: Path, words: tuple[str, ...], code: int, key: str) -> None:
    path = many(tmp_path / "few.csv", 3)
    done, said = desk.run("import", "cases", str(path), *words, code=code)
    assert key in said
    assert done == counts(0, 0, 0, 0)


def test_without_the_role_nothing_is_taken(desk: Desk, tmp_path: Path) -> None:
    done, said = desk.run("import", "cases", str(many(tmp_path / "few.csv", 3)), token="reader", code=3)
    assert done == counts(3, 0, 0, 0)
    assert "role_may_not" in said or "forbidden" in said


def test_what_goes_out_can_come_in(desk: Desk, tmp_path: Path) -> None:
    text = HEAD + (
        'x-1,handling,0101,"逗号, ""引号""\n换行",2026-02-01T08:00:00+08:00,,120.25,29.5,路 1 号,\n'
        "x-2,closed,0101,-1+2,2026-02-01T08:00:00+08:00,2026-02-02T09:30:00+08:00,,,,\n"
    )
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    assert desk.run("import", "cases", str(tmp_path / "in.csv"), "--source", "round")[0] == counts(2, 2, 0, 0)
    rows = {r["source_no"]: r for r in desk.exported(tmp_path / "out.csv") if r["source"] == "round"}
    assert (rows["x-1"]["lon"], rows["x-1"]["lat"], rows["x-1"]["title"]) == ("120.25", "29.5", '逗号, "引号"\n换行')
    assert rows["x-2"]["title"] == "'-1+2", "a spreadsheet must not calculate it"
    assert rows["x-2"]["closed_at"] == "2026-02-02T09:30:00+08:00"
    again = desk.run("import", "cases", str(tmp_path / "out.csv"), code=None)[0]
    assert again["accepted"] == 0, "every case is known under its own source"
    desk.run("export", "cases", str(tmp_path / "out.geojson"))
    features = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))["features"]
    shapes = {f["properties"]["source_no"]: f["geometry"] for f in features if f["properties"]["source"] == "round"}
    assert shapes == {"x-1": {"type": "Point", "coordinates": [120.25, 29.5]}, "x-2": None}
    desk.run("export", "cases", str(tmp_path / "out.gpkg"), "--state", "handling")
    info, _, shapes_wkb, columns = pyogrio.raw.read(tmp_path / "out.gpkg", layer="cases")
    fields: dict[str, Any] = dict(zip(info["fields"], columns, strict=True))
    at = list(fields["source_no"]).index("x-1")
    assert shapely.from_wkb(shapes_wkb[at]).coords[0] == (120.25, 29.5)
    assert set(fields["state"]) == {"handling"}
    assert info["crs"] == "EPSG:4326"


def test_an_export_that_fails_leaves_the_old_file(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine", encoding="utf-8")
    (desk.folder / "bad").write_text("no-such-token")
    _, said = desk.run("export", "cases", str(out), token="bad", code=3)
    assert "Traceback" not in said
    assert out.read_text(encoding="utf-8") == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    desk.run("export", "cases", str(tmp_path / "out.xlsx"), code=2)
    desk.run("export", "cases", str(tmp_path / "out.gpkg"), "--bom", code=2)
    desk.run("export", "cases", str(tmp_path / "no" / "out.csv"), code=2)
    desk.run("export", "cases", str(out), "--since", "yesterday", code=2)


def test_a_csv_begins_with_case_no_and_with_a_byte_order_mark_only_where_excel_is_to_read_it(
    desk: Desk, tmp_path: Path
) -> None:
    plain, excel = tmp_path / "plain.csv", tmp_path / "excel.csv"
    desk.run("export", "cases", str(plain))
    desk.run("export", "cases", str(excel), "--bom")
    assert plain.read_bytes().startswith(b"case_no,source,source_no,channel,")
    assert excel.read_bytes() == b"\xef\xbb\xbf" + plain.read_bytes()


def test_an_address_base_comes_in_once_and_goes_on_where_it_was_killed(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "addresses.csv"
    lines = [f"{n},清溪镇老街{n}号,{120.8 + n % 50 / 1000},29.55,330699103001\n" for n in range(6000)]
    path.write_text("code,address,lon,lat,division\n" + "".join(lines) + "x,没有位置,,,\n", encoding="utf-8")
    order = ("import", "addresses", str(path))
    assert desk.run(*order, "--dry-run", code=1)[0] == counts(6001, 6000, 0, 1)
    process = subprocess.Popen(
        desk.words(*order), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "1500/6001" in line:
            process.kill()
            break
    process.communicate()
    done = desk.run(*order, code=1)[0]
    assert done["accepted"] + done["duplicates"] == 6000
    assert 1500 <= done["duplicates"] < 6000
    assert desk.run(*order, code=1)[0] == counts(6001, 0, 6000, 1)
    rejects = (tmp_path / "addresses.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert "没有位置" in rejects
    assert "6002" in rejects


def test_of_rows_under_one_address_code_one_is_taken_and_the_others_are_named(desk: Desk, tmp_path: Path) -> None:
    """They were counted as taken each, though one alone is kept; here they are further apart than a batch is long."""
    path = tmp_path / "doubles.csv"
    lines = [f"d{n},清溪镇双路{n}号,120.8,29.55,\n" for n in range(1200)]
    doubles = [
        "d0,清溪镇双路0号甲,120.8,29.55,\n",
        "d1,清溪镇双路1号,120.8,29.55,\n",
        "d0,清溪镇双路0号乙,120.8,29.55,\n",
    ]
    path.write_text("code,address,lon,lat,division\n" + "".join(lines + doubles), encoding="utf-8")
    order = ("import", "addresses", str(path), "--lang", "en")
    done, said = desk.run(*order)
    assert done == counts(1203, 1200, 3, 0)
    assert "line 2 has the same address code as line 1204: line 1204 alone counts" in said
    assert "line 1202 has the same address code as line 1204" in said
    assert "line 3 has the same address code as line 1203" in said
    assert "the code of 3 rows (the text" in said
    assert desk.run(*order)[0] == counts(1203, 0, 1203, 0)


def test_the_list_of_doubles_is_bounded(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "same.csv"
    path.write_text("code,address,lon,lat,division\n" + "s1,清溪镇同路1号,120.8,29.55,\n" * 40, encoding="utf-8")
    done, said = desk.run("import", "addresses", str(path), "--lang", "en")
    assert done == counts(40, 1, 39, 0)
    assert said.count("alone counts") == 10
    assert "the code of 39 rows" in said


def test_addresses_far_from_the_town_are_asked_about_before_anything_is_sent(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "far.csv"
    rows = "f1,清溪镇远路1号,120.8,29.55,\nf2,清溪镇远路2号,120.8,-60,\nf3,清溪镇远路3号,0,0,\n"
    path.write_text("code,address,lon,lat,division\n" + rows, encoding="utf-8")
    order = ("import", "addresses", str(path), "--lang", "en")
    done, said = desk.run(*order, code=2)
    assert done == counts(0, 0, 0, 0)
    assert "line 3 lies" in said
    assert "2 rows lie more than 30 km from the town" in said
    assert "--far take" in said
    assert "line 2 lies" not in said
    looked, said = desk.run(*order, "--dry-run")
    assert looked == counts(3, 3, 0, 0)
    assert "2 rows lie more than 30 km from the town" in said
    done, said = desk.run(*order, "--far", "refuse", code=1)
    assert done == counts(3, 1, 0, 2), "the run that asked had sent nothing"
    rejects = (tmp_path / "far.csv.rejected.csv").read_text(encoding="utf-8-sig")
    assert rejects.count("address_far_off") == 2
    desk.run(*order, code=2)
    assert (tmp_path / "far.csv.rejected.csv").exists(), "a run that only asks leaves what is there"
    assert desk.run(*order, "--far", "take")[0] == counts(3, 2, 1, 0)


def test_a_few_addresses_far_from_the_town_are_taken_and_named(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    rows = "n1,清溪镇近路1号,120.8,29.55,\nn2,清溪镇近路2号,120.8,29.551,\nn3,清溪镇近路3号,120.8,-60,\n"
    path.write_text("code,address,lon,lat,division\n" + rows, encoding="utf-8")
    done, said = desk.run("import", "addresses", str(path), "--lang", "en")
    assert done == counts(3, 3, 0, 0)
    assert "line 4 lies" in said
    assert "--far refuse leaves them out" in said


def test_far_is_a_word_for_addresses_alone(desk: Desk, tmp_path: Path) -> None:
    said = desk.run("import", "cases", str(many(tmp_path / "c.csv", 1)), "--far", "take", "--lang", "en", code=2)[1]
    assert "--far is for addresses alone" in said
