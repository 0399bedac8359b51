"""Layout rules that no ready-made tool holds: ``python packaging/check_layout.py`` prints each breach and ends with 1.

Every rule is a function from a ``Tree`` to sentences; ``RULES`` lists them. What ruff, mypy and import-linter hold
(docstrings, types, prints, imports) is not held here again.
"""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

PRODUCT = ("domain", "resources", "client", "service", "simulator", "layers", "widgets", "console", "benchmarks")
ROOMS = (*PRODUCT, "tests", "packaging")
MAX_FILE, MAX_FUNCTION = 500, 60
VAGUE = {"utils", "util", "misc", "common", "helpers", "helper"}
LANGUAGES = ("zh-CN", "en")
TEXTS = re.compile(r"\.(py|md|toml|json|txt|lock|sh|ps1|ya?ml|qss|csv|mako)$|(^|/)(Makefile|\.ci/run)$")
SKIPPED = re.compile(r"(^|/)(\.(?!ci/)[^/]+|build|dist|__pycache__|[^/]+\.egg-info)/")

FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w.])[/](work|root|home/\w+|Users/\w+)[/]|[A-Z]:[\\]+Users[\\]"),
    "a registry": re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|snapshot\.debian"),
    "left open": re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b"),
}
COLOUR = re.compile(r"""["'#\s:]#[0-9a-fA-F]{6}\b|["']#[0-9a-fA-F]{6}""")
NAMES_IN_BRACES = re.compile(r"{(\w*)")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[\w,]+\])?==[^\s;]+(;.*)?$")
KEY = re.compile(r"[a-z_]+\.[a-z0-9_.-]*")
FILE_NAME = re.compile(r"\.(db|json|log|toml|geojson|csv|gpkg|png|txt)$")
SETTING_USES = {"text", "number", "flag", "set"}
FAULT_MAKERS = {"invalid", "conflict", "forbidden", "not_found"}


Key = tuple[int, str, bool]
"""Where a key stands (line), the key or its beginning, and whether it is the whole key."""


class Source(NamedTuple):
    """One Python file: its path from the root, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def is_product(self) -> bool:
        """Whether the file ships, rather than tests or packages what ships."""
        return self.path.startswith(tuple(f"{room}/" for room in PRODUCT))


class Tree:
    """The project as files under ``root``; read once, asked by every rule."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def paths(self) -> list[str]:
        """Every file of the project, from the root, forward slashes, sorted."""
        found = (p.relative_to(self.root).as_posix() for p in self.root.rglob("*") if p.is_file())
        return sorted(p for p in found if not SKIPPED.search(p))

    @cached_property
    def sources(self) -> list[Source]:
        """Every Python file of the rooms."""
        mine = [p for p in self.paths if p.endswith(".py") and p.split("/", 1)[0] in ROOMS]
        texts = [(p, self.read(p)) for p in mine]
        return [Source(p, text, ast.parse(text, p)) for p, text in texts]

    @cached_property
    def project(self) -> dict[str, Any]:
        """``pyproject.toml``."""
        return tomllib.loads(self.read("pyproject.toml"))

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def words(self, language: str) -> dict[str, str]:
        """Return every word of a language, all topics together."""
        files = [p for p in self.paths if p.startswith(f"resources/locale/{language}/") and p.endswith(".json")]
        return {key: text for p in files for key, text in json.loads(self.read(p)).items()}


def no_packages_where_they_hide_others(tree: Tree) -> Iterator[str]:
    """``tests/`` and ``packaging/`` hold no ``__init__.py``: one would hide the package of the same name."""
    for path in tree.paths:
        if path.startswith(("tests/", "packaging/")) and path.endswith("/__init__.py"):
            yield f"{path}: no __init__.py under tests/ or packaging/"


def files_and_functions_are_short(tree: Tree) -> Iterator[str]:
    """No source file over 500 lines, no function over 60."""
    for source in tree.sources:
        lines = source.text.count("\n")
        if lines > MAX_FILE:
            yield f"{source.path}: {lines} lines (at most {MAX_FILE})"
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    yield f"{source.path}:{node.lineno}: {node.name} has {length} lines (at most {MAX_FUNCTION})"


def names_say_what_is_inside(tree: Tree) -> Iterator[str]:
    """No product module called utils, misc, common or helpers, but for ``widgets/common``."""
    for source in tree.sources:
        parts = set(Path(source.path.removeprefix("widgets/common/")).with_suffix("").parts)
        if source.is_product and parts & VAGUE:
            yield f"{source.path}: a name that says nothing: {', '.join(sorted(parts & VAGUE))}"


def every_layer_is_independent(tree: Tree) -> Iterator[str]:
    """Each layer, which is a folder under ``layers/`` with a model of its own, stands in the independence contract."""
    contracts = tree.project["tool"]["importlinter"]["contracts"]
    listed = {m for c in contracts if c["type"] == "independence" for m in c["modules"]}
    for path in tree.paths:
        parts = path.split("/")
        if parts[0] == "layers" and parts[2:] == ["model.py"] and f"layers.{parts[1]}" not in listed:
            yield f"layers/{parts[1]}: not in the independence contract in pyproject.toml"


def languages_agree(tree: Tree) -> Iterator[str]:
    """Both languages have the same keys, and the same names in braces under each."""
    first, second = (tree.words(language) for language in LANGUAGES)
    for key in sorted(first.keys() ^ second.keys()):
        yield f"word {key}: only in {LANGUAGES[0] if key in first else LANGUAGES[1]}"
    for key in sorted(first.keys() & second.keys()):
        if set(NAMES_IN_BRACES.findall(first[key])) != set(NAMES_IN_BRACES.findall(second[key])):
            yield f"word {key}: the names in braces differ"


def every_word_used_exists(tree: Tree) -> Iterator[str]:
    """Each text shaped like a key, and each key given to words or to a fault, is a word; a composed one begins some."""
    words = tree.words(LANGUAGES[0])
    heads = {key.split(".")[0] for key in words}
    for source in filter(lambda s: s.is_product, tree.sources):
        given = _keys_given(source.tree)
        shaped = (k for k in _keys_shaped(source.tree) if k[1].split(".")[0] in heads)
        for line, key, whole in sorted({*given, *shaped}):
            known = key in words if whole else any(word.startswith(key) for word in words)
            if not known:
                yield f"{source.path}:{line}: no word {key!r}{'' if whole else '...'}"


def _keys_given(tree: ast.Module) -> Iterator[Key]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = _name_of(call.func)
        position = 1 if name == "Fault" else 0
        start = "fault." if name == "Fault" or name in FAULT_MAKERS else ""
        if len(call.args) > position and (start or name.lstrip("_") == "words"):
            for key, whole in _texts(call.args[position]):
                yield call.lineno, start + key, whole


def _keys_shaped(tree: ast.Module) -> Iterator[Key]:
    composed = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in composed for part in node.values}
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in parts]
    for node in (*composed, *whole):
        for key, is_whole in _texts(node):
            if KEY.fullmatch(key) and not FILE_NAME.search(key):
                yield node.lineno, key, is_whole


def _texts(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """The string an expression is, or begins with; nothing where it comes from elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, not node.value.endswith(".")
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
        yield str(node.values[0].value), False


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def every_setting_is_declared_and_used(tree: Tree) -> Iterator[str]:
    """A setting that is read or set stands in ``console/settings.py``; one that stands there is used and has words."""
    declared: set[str] = set()
    used: dict[str, str] = {}
    for source in filter(lambda s: s.path.startswith("console/"), tree.sources):
        for call in (node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and node.args):
            owner = _name_of(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            for name, whole in _texts(call.args[0]):
                if _name_of(call.func) == "Setting" and source.path == "console/settings.py":
                    declared.add(name)
                elif owner.lstrip("_") == "settings" and _name_of(call.func) in SETTING_USES and whole:
                    used.setdefault(name, f"{source.path}:{call.lineno}")
    words = tree.words(LANGUAGES[0])
    yield from (f"{used[name]}: setting {name} is not declared" for name in sorted(used.keys() - declared))
    yield from (f"console/settings.py: setting {name} is never used" for name in sorted(declared - used.keys()))
    yield from (f"no word setting.{name}" for name in sorted(declared) if f"setting.{name}" not in words)


def nothing_of_this_machine(tree: Tree) -> Iterator[str]:
    """No path of anybody's machine, no registry address and no unfinished business in any file."""
    for path in filter(TEXTS.search, tree.paths):
        for number, line in enumerate(tree.read(path).split("\n"), 1):
            for what, pattern in FORBIDDEN.items():
                if pattern.search(line):
                    yield f"{path}:{number}: {what}: {line.strip()[:80]}"


def colours_come_from_the_theme(tree: Tree) -> Iterator[str]:
    """No ``#rrggbb`` in product code or style sheets: colours are named by role in ``resources/theme.json``."""
    sheets = [(p, tree.read(p)) for p in tree.paths if p.endswith(".qss")]
    product = [(s.path, s.text) for s in tree.sources if s.is_product]
    for path, text in sheets + product:
        for number, line in enumerate(text.split("\n"), 1):
            if COLOUR.search(line):
                yield f"{path}:{number}: a colour outside resources/theme.json"


def slots_are_methods(tree: Tree) -> Iterator[str]:
    """No lambda in ``.connect``: it keeps whatever it captures alive as long as the sender."""
    for source in filter(lambda s: s.path.startswith(("console/", "widgets/", "layers/")), tree.sources):
        calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
        for call in calls:
            if getattr(call.func, "attr", "") == "connect" and any(isinstance(a, ast.Lambda) for a in call.args):
                yield f"{source.path}:{call.lineno}: a lambda in .connect"


def pins_are_exact_and_explained(tree: Tree) -> Iterator[str]:
    """Each direct dependency is pinned to one version and has its line in ``packaging/dependencies.md``."""
    project = tree.project["project"]
    told = tree.read("packaging/dependencies.md").lower()
    for wish in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        pin = PIN.match(wish)
        if pin is None:
            yield f"pyproject.toml: {wish}: not an exact pin"
        elif f"`{pin[1].lower()}`" not in told:
            yield f"pyproject.toml: {pin[1]}: packaging/dependencies.md does not say why it is here"


RULES: tuple[Callable[[Tree], Iterator[str]], ...] = (
    no_packages_where_they_hide_others,
    files_and_functions_are_short,
    names_say_what_is_inside,
    every_layer_is_independent,
    languages_agree,
    every_word_used_exists,
    every_setting_is_declared_and_used,
    nothing_of_this_machine,
    colours_come_from_the_theme,
    slots_are_methods,
    pins_are_exact_and_explained,
)


def breaches(root: Path) -> list[str]:
    """Return a sentence for every place that breaks a rule."""
    tree = Tree(root)
    return [breach for rule in RULES for breach in rule(tree)]


def main() -> int:
    """Check the project this file stands in."""
    found = breaches(Path(__file__).resolve().parent.parent)
    for breach in found:
        print(breach)
    print(f"layout: {len(RULES)} rules, {len(found)} breaches")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
