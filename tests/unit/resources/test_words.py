"""The words: both languages whole and alike, and every word the panels and the rules ask for is there."""

import ast
import re
from pathlib import Path
from string import Formatter

import msgspec
import pytest

from domain.clock import Lamp, LimitUnit
from domain.command import ArgKind
from domain.machine import TABLE
from domain.people import Role, UnitKind
from domain.places import Placement
from domain.reasons import REASONS
from domain.states import CaseState, Channel, Link, RequestKind, Satisfaction, Supervise
from domain.units import UnitState
from resources.files import list_names, read_bytes
from resources.words import LANGUAGES, Value, Words, load_words

ROOT = Path(__file__).parents[3]
TOPICS = list_names("locale/zh-CN")
CALLED = frozenset({"words", "_words", "what"})


def _topic(language: str, name: str) -> dict[str, str]:
    return msgspec.json.decode(read_bytes(f"locale/{language}/{name}"), type=dict[str, str])


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_topics() -> None:
    assert list_names("locale/en") == TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_the_same_keys_and_the_same_names_in_braces(topic: str) -> None:
    chinese, english = _topic("zh-CN", topic), _topic("en", topic)
    assert chinese.keys() == english.keys()
    different = {key for key in chinese if _names(chinese[key]) != _names(english[key])}
    assert not different


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_and_no_key_stands_twice(language: str) -> None:
    words = load_words("zh-CN" if language == "zh-CN" else "en")
    assert not [key for key, text in words.items() if not text.strip()]
    raw = [key for topic in TOPICS for key in re.findall(r'^\s*"([^"]+)":', _text(language, topic), re.MULTILINE)]
    assert len(raw) == len(set(raw))


def _text(language: str, topic: str) -> str:
    return read_bytes(f"locale/{language}/{topic}").decode()


def test_everything_of_the_domain_has_a_name() -> None:
    wanted = {f"state.{s}" for s in CaseState} | {f"link.{x}" for x in Link} | {f"channel.{c}" for c in Channel}
    wanted |= {f"role.{r}" for r in Role} | {f"lamp.{x}" for x in Lamp} | {f"limit_unit.{u}" for u in LimitUnit}
    wanted |= {f"unit_state.{u}" for u in UnitState} | {f"unit_kind.{u}" for u in UnitKind}
    wanted |= {f"supervise.{s}" for s in Supervise} | {f"satisfaction.{s}" for s in Satisfaction}
    wanted |= {f"request.{r}" for r in RequestKind} | {f"placement.{p}" for p in Placement}
    wanted |= {f"reason.{name}.{code}" for name, codes in REASONS.items() for code in codes}
    for step in TABLE:
        wanted.add(f"action.{step.action}")
        for arg in step.args:
            wanted.add(f"arg.{arg.name}")
            if arg.kind is ArgKind.CHOICE and arg.name not in ("satisfaction", "level"):
                wanted |= {f"choice.{choice}" for choice in arg.choices}
    assert wanted - load_words("zh-CN").keys() == set()


def _literal_keys(path: Path) -> set[str]:
    """Return the keys a source file asks for by a literal text."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CALLED and isinstance(node.args[0].value, str):
            found.add(node.args[0].value)
    return found


def test_every_word_the_panels_ask_for_is_there() -> None:
    there = load_words("zh-CN").keys()
    sources = [*(ROOT / "widgets").rglob("*.py"), *(ROOT / "console").rglob("*.py"), *(ROOT / "layers").rglob("*.py")]
    asked = {key: path.name for path in sources for key in _literal_keys(path)}
    assert len(asked) > 100
    assert {f"{name}: {key}" for key, name in asked.items() if key not in there} == set()


def test_a_missing_word_shows_its_key_and_a_missing_value_its_name() -> None:
    words = Words("en")
    assert words("no.such.key") == "no.such.key"
    assert words("desk.top.overdue", other=1) == "Overdue {n}"


def test_the_language_can_be_switched() -> None:
    words = Words("zh-CN")
    assert words("state.pending_dispatch") == "待派遣"
    words.use("en")
    assert words("state.pending_dispatch") == "To dispatch"


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("desk.reporters.title", {"n": 1}, "1 report"),
        ("desk.reporters.title", {"n": 2}, "2 reports"),
        ("desk.reporters.title", {"n": 0}, "0 reports"),
        ("desk.reporters.title", {"n": 11}, "11 reports"),
        ("notice.roll_call_made", {"n": 1}, "1 unit on shift is called"),
        ("notice.roll_call_made", {"n": 3}, "3 units on shift are called"),
        ("notice.outbox_sent_left", {"n": 1, "left": 2}, "1 that waited has been sent, 2 are left"),
        ("notice.outbox_sent_left", {"n": 2, "left": 1}, "2 that waited have been sent, 1 is left"),
        ("bulk.title", {"n": "1", "action": "Accept"}, "Accept · 1 case"),
    ],
)
def test_english_takes_the_form_of_the_number(key: str, values: dict[str, Value], said: str) -> None:
    assert Words("en")(key, **values) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_is_left_over_whatever_the_number(language: str) -> None:
    words = Words("zh-CN" if language == "zh-CN" else "en")
    texts = load_words(words.language)
    counting = {key: _names(text) for key, text in texts.items() if re.search(r"\{\w+:", text)}
    assert bool(counting) == (language == "en")
    for key, names in counting.items():
        for number in (1, 2):
            said = words(key, **dict.fromkeys(names, number))
            assert not re.search(r"[{}|]", said), said


def test_a_number_nobody_gave_stays_visible_and_is_many() -> None:
    assert Words("en")("desk.reporters.title", other=1) == "{n} reports"
