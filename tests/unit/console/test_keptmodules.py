"""A module whose code is kept is the module Python would have loaded, in all it says of itself, or Python loads it."""

import importlib
import importlib.resources
import inspect
import os
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

import pytest

from console.keptmodules import KeptModules

NAMES = ("kept_pack", "kept_pack.part", "kept_alone")
TEXTS = {
    "kept_pack/__init__.py": "from kept_pack.part import answer\n",
    "kept_pack/part.py": "def answer():\n    return 42  # the line of it\n",
    "kept_pack/word.txt": "a word",
    "kept_alone.py": "import kept_pack\nvalue = 1\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with modules, the first that modules are looked for in."""
    found = tmp_path / "modules"
    for name, text in TEXTS.items():
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    monkeypatch.syspath_prepend(found)
    yield found
    forget()


def forget() -> None:
    importlib.invalidate_caches()
    for name in NAMES:
        sys.modules.pop(name, None)


def start(at: Path, *names: str) -> dict[str, ModuleType]:
    """Import modules as a start does; return them. What had to be looked for is kept."""
    forget()
    kept = KeptModules(at)
    kept.begin()
    try:
        found = {name: importlib.import_module(name) for name in names}
    finally:
        kept.end()
    kept.keep()
    return found


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The modules of ours that Python is asked to look for."""
    names: list[str] = []
    find = PathFinder.find_spec

    def noted(name: str, path: object = None, target: object = None) -> object:
        if name in NAMES:
            names.append(name)
        return find(name, path, target)  # type: ignore[arg-type]

    monkeypatch.setattr(PathFinder, "find_spec", noted)
    return names


def described(module: ModuleType) -> dict[str, object]:
    """Return what a module says of itself."""
    spec = module.__spec__
    assert spec is not None
    of_spec = (spec.name, spec.origin, spec.cached, spec.parent, spec.has_location, spec.submodule_search_locations)
    paths = {key: getattr(module, key, None) for key in ("__file__", "__cached__", "__package__", "__path__")}
    return {**paths, "spec": of_spec, "source": inspect.getsource(module)}


def test_the_second_start_looks_for_nothing_and_finds_the_same(
    folder: Path, tmp_path: Path, looked_for: list[str]
) -> None:
    at = tmp_path / "kept.pyc"
    plain = {name: described(module) for name, module in start(at, *NAMES).items()}
    assert looked_for == list(NAMES)
    kept = start(at, *NAMES)
    assert looked_for == list(NAMES)
    assert {name: described(module) for name, module in kept.items()} == plain
    assert kept["kept_pack"].answer() == 42
    assert "the line of it" in inspect.getsource(kept["kept_pack"].answer)
    assert importlib.resources.files("kept_pack").joinpath("word.txt").read_text() == "a word"
    assert plain["kept_pack"]["__path__"] == [str(folder / "kept_pack")]


def test_an_altered_source_is_compiled_and_kept_in_its_place(
    folder: Path, tmp_path: Path, looked_for: list[str]
) -> None:
    at, source = tmp_path / "kept.pyc", folder / "kept_pack" / "part.py"
    start(at, *NAMES)
    looked_for.clear()
    was = source.stat()
    source.write_text(TEXTS["kept_pack/part.py"].replace("42", "43"))
    os.utime(source, (was.st_atime + 2, was.st_mtime + 2))
    assert start(at, *NAMES)["kept_pack"].answer() == 43
    assert looked_for == ["kept_pack.part"]
    assert start(at, *NAMES)["kept_pack"].answer() == 43
    assert looked_for == ["kept_pack.part"]


def test_a_module_that_is_taken_away_is_missing(folder: Path, tmp_path: Path) -> None:
    at = tmp_path / "kept.pyc"
    start(at, *NAMES)
    (folder / "kept_alone.py").unlink()
    with pytest.raises(ModuleNotFoundError):
        start(at, *NAMES)


def test_a_module_put_before_ours_is_the_one_that_counts(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, before = tmp_path / "kept.pyc", tmp_path / "before"
    before.mkdir()
    monkeypatch.syspath_prepend(before)
    assert start(at, *NAMES)["kept_alone"].value == 1
    (before / "kept_alone.py").write_text("value = 2\n")
    assert start(at, *NAMES)["kept_alone"].value == 2


def test_what_another_start_needs_is_kept_beside(folder: Path, tmp_path: Path, looked_for: list[str]) -> None:
    at = tmp_path / "kept.pyc"
    start(at, "kept_pack")
    start(at, "kept_alone")
    looked_for.clear()
    start(at, *NAMES)
    assert looked_for == []


@pytest.mark.parametrize("spoil", [b"", b"rubbish", None])
def test_a_file_that_cannot_be_believed_is_made_anew(
    folder: Path, tmp_path: Path, looked_for: list[str], spoil: bytes | None
) -> None:
    at = tmp_path / "kept.pyc"
    start(at, *NAMES)
    whole = at.read_bytes()
    at.write_bytes(whole[: len(whole) // 2] if spoil is None else spoil)
    looked_for.clear()
    assert start(at, *NAMES)["kept_alone"].value == 1
    assert looked_for == list(NAMES)
    assert start(at, *NAMES)["kept_alone"].value == 1
    assert looked_for == list(NAMES)


def test_a_place_that_takes_nothing_is_no_hindrance(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for _ in range(2):
        assert start(tmp_path / "file" / "kept.pyc", *NAMES)["kept_alone"].value == 1


def test_what_python_kept_no_bytecode_of_is_not_compiled_once_more(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = tmp_path / "kept.pyc"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert start(at, *NAMES)["kept_alone"].value == 1
    assert not at.exists()
