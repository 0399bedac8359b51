"""Each layout rule is broken once in a small tree of its own and must be named; the same tree unbroken is clean."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]

PYPROJECT = """
[project]
dependencies = ["numpy==2.4.6"]
[project.optional-dependencies]
dev = ["pytest==9.2.0"]
[[tool.importlinter.contracts]]
type = "independence"
modules = ["layers.grids"]
"""


def _words(title: str) -> str:
    return json.dumps({"case.title": title, "fault.too_late": "-", "setting.theme": "-"})


GOOD = {
    "pyproject.toml": PYPROJECT,
    "packaging/dependencies.md": "| `numpy` | arrays |\n| `pytest` | tests |\n",
    "resources/locale/zh-CN/a.json": _words("案件 {no}"),
    "resources/locale/en/a.json": _words("Case {no}"),
    "layers/grids/model.py": '"""The grids."""\n',
    "console/card.py": 'def show(words):\n    yield conflict("too_late")\n    yield words("case.title", no=1)\n',
    "console/settings.py": 'Setting("theme", "dark")\n',
    "console/look.py": 'self._settings.text("theme")\nopen("case.json")\n',
    "widgets/common/chip.py": "COLUMNS = 3\n",
}


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_layout", ROOT / "packaging" / "check_layout.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def breaches(tmp_path: Path) -> Callable[[dict[str, str]], list[str]]:
    check = _load()

    def run(more: dict[str, str]) -> list[str]:
        for path, text in (GOOD | more).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        found: list[str] = check.breaches(tmp_path)
        return found

    return run


def test_a_tree_that_keeps_the_rules_is_clean(breaches: Callable[[dict[str, str]], list[str]]) -> None:
    assert breaches({}) == []


SPLIT_TODO = "TO" + "DO"
BROKEN = {
    "an init that hides": ({"tests/unit/layers/__init__.py": ""}, "tests/unit/layers/__init__.py"),
    "a long file": ({"domain/long.py": "x = 1\n" * 501}, "domain/long.py: 501 lines"),
    "a long function": ({"tests/unit/test_x.py": "def f():\n" + "    x = 1\n" * 60}, "f has 61 lines"),
    "a vague name": ({"client/utils.py": "x = 1\n"}, "client/utils.py: a name that says nothing"),
    "a vague folder": ({"widgets/misc/chip.py": "x = 1\n"}, "widgets/misc/chip.py: a name that says nothing"),
    "an unlisted layer": ({"layers/heat/model.py": ""}, "layers/heat: not in the independence contract"),
    "a key in one language": ({"resources/locale/en/b.json": '{"b.c": "x"}'}, "word b.c: only in en"),
    "other names in braces": (
        {"resources/locale/en/a.json": _words("Case {n}")},
        "word case.title: the names in braces differ",
    ),
    "a word that is not there": ({"console/x.py": 'def f(words): return words("no.such")\n'}, "no word 'no.such'"),
    "a composed word that is not there": ({"console/x.py": 'def f(w): w.words(f"lamp.{w}")\n'}, "no word 'lamp.'..."),
    "one of two words": ({"console/x.py": 'words("case.title" if a else "no.such")\n'}, "no word 'no.such'"),
    "a text shaped like a key": ({"console/x.py": 'TITLE = "case.titel"\n'}, "console/x.py:1: no word 'case.titel'"),
    "a setting nobody declared": ({"console/x.py": 'settings.flag("quiet")\n'}, "setting quiet is not declared"),
    "a setting nobody uses": (
        {"console/settings.py": 'Setting("theme", "dark")\nSetting("loud", 1)\n'},
        "setting loud is never used",
    ),
    "a setting without a word": (
        {"console/settings.py": 'Setting("loud", 1)\n', "console/x.py": 'settings.number("loud")\n'},
        "no word setting.loud",
    ),
    "a fault without a word": ({"domain/x.py": 'raise invalid("odd")\n'}, "no word 'fault.odd'"),
    "a Fault without a word": ({"domain/x.py": 'raise Fault(Kind.INVALID, "odd")\n'}, "no word 'fault.odd'"),
    "a machine's path": ({"docs/a.md": "see " + "/ro" + "ot/data\n"}, "docs/a.md:1: a machine's path"),
    "a registry": ({"packaging/x.txt": "https://pypi." + "org/simple\n"}, "packaging/x.txt:1: a registry"),
    "unfinished business": ({"domain/x.py": f"# {SPLIT_TODO}: later\n"}, "domain/x.py:1: left open"),
    "a colour in code": ({"widgets/x.py": 'RED = "#f0' + '524f"\n'}, "widgets/x.py:1: a colour"),
    "a colour in a style sheet": (
        {"resources/app.qss": "a { color: #f0" + "524f; }\n"},
        "resources/app.qss:1: a colour",
    ),
    "a lambda as slot": ({"widgets/x.py": "button.clicked.connect(lambda: 1)\n"}, "widgets/x.py:1: a lambda"),
    "a loose pin": ({"pyproject.toml": PYPROJECT.replace("numpy==", "numpy>=")}, "numpy>=2.4.6: not an exact pin"),
    "an unexplained dependency": ({"packaging/dependencies.md": "`pytest`"}, "numpy: packaging/dependencies.md"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named(name: str, breaches: Callable[[dict[str, str]], list[str]]) -> None:
    files, expected = BROKEN[name]
    found = breaches(files)
    assert any(expected in breach for breach in found), found


def test_the_lock_holds_the_exact_pins() -> None:
    """The lock was made from the pins in pyproject.toml, names no machine and hashes everything."""
    check = _load()
    project = check.Tree(ROOT).project["project"]
    lock = (ROOT / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.split("==")[0].lower(): line.split()[0].lower() for line in lock.split("\n") if "==" in line[:60]}
    for wish in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name, version = wish.split(";")[0].split("==")
        name = name.split("[")[0].lower()
        assert locked.get(name) == f"{name}=={version}".lower()
    blocks = lock.split("\n")
    pinned = [i for i, line in enumerate(blocks) if line and not line.startswith((" ", "#"))]
    assert all("--hash=sha256:" in blocks[i + 1] for i in pinned)
    assert "--index-url" not in lock
    assert "--find-links" not in lock
