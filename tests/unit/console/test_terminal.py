"""The command line: help, bad arguments, tokens, displays."""

import subprocess
import sys
from pathlib import Path

import pytest

from console.__main__ import COMMANDS, build_parser, main
from console.access import read_token
from console.display import has_display, is_offscreen
from domain.faults import Fault


def test_help_names_every_command_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(command in text for command in COMMANDS)
    assert "指挥台" in text
    assert "desktop console" in text


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["demo", "--speed", "0"],
        ["demo", "--speed", "1e9"],
        ["demo", "--seconds", "nan"],
        ["demo", "--seed", "-1"],
        ["shot", "nowhere", "x.png"],
        ["shot", "desk", "x.png", "--size", "10x10"],
        ["shot", "desk", "x.png", "--size", "1920"],
        ["shot", "desk", "x.png", "--lang", "fr"],
        ["console", "--seconds", "0"],
    ],
)
def test_bad_arguments_end_with_two_and_words(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert "参数有误" in capsys.readouterr().err


def test_an_unknown_view_is_answered_with_the_views_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["shot", "nowhere", "x.png"])
    said = capsys.readouterr().err
    assert all(view in said for view in ("desk", "map", "case"))


def test_import_and_export_do_not_bring_qt() -> None:
    code = (
        "import sys\n"
        "from console.__main__ import build_parser\n"
        "build_parser()\n"
        "sys.exit(any(n.split('.')[0] in ('PySide6', 'qasync', 'numba', 'pandas') for n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_token_comes_from_the_file_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_token(None) is None
    monkeypatch.setenv("ONEMAP_TOKEN", " from-environment ")
    assert read_token(None) == "from-environment"
    file = tmp_path / "token"
    file.write_text("from-file\n", encoding="ascii")
    assert read_token(file) == "from-file"


@pytest.mark.parametrize("content", [b"", b"   \n", b"\xe4\xb8\xad", b"a\x00b", b"x" * 9000])
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(Fault) as refused:
        read_token(file)
    assert refused.value.key == "token_file_empty"
    with pytest.raises(Fault) as missing:
        read_token(tmp_path / "none")
    assert missing.value.key == "token_file_unreadable"


def test_where_there_is_a_screen() -> None:
    assert not has_display({}, "linux")
    assert has_display({"DISPLAY": ":1"}, "linux")
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert not has_display({"DISPLAY": ":1", "QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert has_display({}, "win32")
    assert not has_display({"QT_QPA_PLATFORM": "offscreen:x=1"}, "win32")
    assert is_offscreen({"QT_QPA_PLATFORM": "minimal"})


def test_the_demo_without_a_display_says_so_and_ends_with_three(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a display here")
    assert main(["demo"]) == 3
    assert "onemap shot desk out.png" in capsys.readouterr().err
