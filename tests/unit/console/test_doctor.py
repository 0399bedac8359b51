"""The doctor: each examination judges what it is given."""

from pathlib import Path

import pytest

from console.doctor.checks import Verdict, check_codecs, check_disk, check_server, examine, font_command, judge_skew
from resources.words import Words


def test_every_finding_has_words_in_both_languages() -> None:
    findings = list(examine(None))
    assert [f.what for f in findings] == ["program", "fonts", "display", "codecs", "server", "clock", "disk"]
    for language in ("zh-CN", "en"):
        words = Words(language)
        assert all(words.has(f.key) and words.has(f"doctor.{f.what}") for f in findings)


def test_clock_skew_is_judged_by_its_size() -> None:
    assert judge_skew(None).verdict is Verdict.WARN
    assert judge_skew(-1.9).verdict is Verdict.OK
    assert judge_skew(-2.1).verdict is Verdict.WARN
    assert judge_skew(61.0).verdict is Verdict.FAIL


def test_a_server_that_is_not_there_is_a_failure() -> None:
    findings = check_server("http://127.0.0.1:9")
    assert findings[0].verdict is Verdict.FAIL
    assert findings[0].why == "fault.line_down"
    assert check_server("nonsense")[0].why == "fault.bad_server_url"


def test_the_decoders_the_cameras_need_are_there() -> None:
    assert check_codecs().verdict is Verdict.OK


def test_disk_room_and_right_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_disk(tmp_path / "not" / "yet").verdict in (Verdict.OK, Verdict.WARN)
    monkeypatch.setattr("console.doctor.checks.os.access", lambda path, mode: False)
    assert check_disk(tmp_path).verdict is Verdict.FAIL


def test_the_font_command_is_one_for_each_system() -> None:
    assert font_command("linux").endswith("fonts-noto-cjk")
    assert len({font_command(p) for p in ("linux", "win32", "darwin")}) == 3
