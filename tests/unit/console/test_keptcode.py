"""Kept code is the code of that very text, or it is compiled; what is kept is never believed blindly."""

import builtins
from pathlib import Path

import pytest

from console.keptcode import KeptCode

TEXT = b"answer = 6 * 7\n"


class Counted:
    """Python's compiler, counting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self._own = builtins.compile
        monkeypatch.setattr(builtins, "compile", self)

    def __call__(self, *how: object, **more: object) -> object:
        self.times += 1
        return self._own(*how, **more)  # type: ignore[call-overload]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def answer(at: Path | None, text: bytes = TEXT, name: str = "some/where.py", skipped: tuple[str, ...] = ()) -> object:
    """Compile and run a text through kept code; return what it answers."""
    found: dict[str, object] = {}
    with KeptCode(at, skipped).in_place():
        exec(builtins.compile(text, name, "exec"), found)
    return found.get("answer")


def test_the_second_start_compiles_nothing(tmp_path: Path, counted: Counted) -> None:
    at = tmp_path / "new" / "kept.pyc"
    assert (answer(at), counted.times) == (42, 1)
    assert (answer(at), counted.times) == (42, 1)
    assert [entry.name for entry in at.parent.iterdir()] == ["kept.pyc"]
    assert builtins.compile is counted  # type: ignore[comparison-overlap]


def test_another_text_of_that_name_is_compiled(tmp_path: Path, counted: Counted) -> None:
    at = tmp_path / "kept.pyc"
    assert answer(at) == 42
    assert answer(at, b"answer = 43\n") == 43
    assert (answer(at, b"answer = 43\n"), counted.times) == (43, 2)


@pytest.mark.parametrize("spoil", [b"", b"rubbish", b"6f0d0d0a\n\n\x00", None])
def test_what_cannot_be_believed_is_compiled_anew_and_mended(
    tmp_path: Path, counted: Counted, spoil: bytes | None
) -> None:
    at = tmp_path / "kept.pyc"
    assert answer(at) == 42
    whole = at.read_bytes()
    at.write_bytes(whole[: len(whole) // 2] if spoil is None else spoil)
    assert (answer(at), counted.times) == (42, 2)
    assert (answer(at), counted.times) == (42, 2)


def test_a_place_that_takes_nothing_is_no_hindrance(tmp_path: Path, counted: Counted) -> None:
    (tmp_path / "file").write_text("in the way")
    assert answer(tmp_path / "file" / "kept.pyc") == 42
    assert answer(None) == 42
    assert counted.times == 2


def test_what_is_to_be_skipped_is_empty(tmp_path: Path) -> None:
    assert answer(tmp_path / "kept.pyc", skipped=("some/where.py",)) is None
    assert not list(tmp_path.iterdir())
