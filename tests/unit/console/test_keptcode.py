"""Kept code is the code of that very text, or it is compiled; what is kept is never believed blindly."""

import builtins
from pathlib import Path
from types import ModuleType

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


def answer(at: Path | None, text: bytes = TEXT, name: str = "some/where.py") -> object:
    """Compile and run a text through kept code; return what it answers."""
    found: dict[str, object] = {}
    with KeptCode(at).in_place():
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


def run_on_use(module: ModuleType, text: bytes) -> None:
    """Give a module the code of a text that runs when it is first used."""
    name = f"some/{module.__name__}.py"
    with KeptCode(None, (name,)).in_place():
        exec(builtins.compile(text, name, "exec"), vars(module))


def test_what_runs_on_use_runs_once_and_only_then(capsys: pytest.CaptureFixture[str]) -> None:
    module = ModuleType("waits")
    run_on_use(module, b"print('ran')\nanswer = 42\n")
    assert not hasattr(module, "__path__")
    assert capsys.readouterr().out == ""
    assert (module.answer, module.answer) == (42, 42)
    assert capsys.readouterr().out == "ran\n"
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing


def test_who_asks_for_what_is_not_in_it_is_told_so() -> None:
    module = ModuleType("waits_in_vain")
    run_on_use(module, b"answer = 42\n")
    with pytest.raises(AttributeError, match="nothing"):
        _ = module.nothing
    assert module.answer == 42
