"""Every action through its real form: what the card sends, the real rules accept, and no two keys collide."""

import random
from datetime import timedelta
from functools import partial

import pytest
from case_walks import holder_of, walk
from domain_factories import PHOTO, UNITS, Ledger, actor_for, arguments, refusal
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.command import ArgKind
from domain.decide import NOT_COMMANDS
from domain.machine import STEPS, TABLE, Step
from resources.theme import Theme
from resources.words import Words
from widgets.action_keys import ACTION_KEYS, RESERVED
from widgets.case_card.fields.base import Field, FormContext
from widgets.case_card.fields.correcting import CorrectedField
from widgets.case_card.fields.options import OptionsField
from widgets.case_card.fields.photos import PhotosField
from widgets.case_card.fields.pickers import PickField
from widgets.case_card.fields.text import TextField
from widgets.case_card.fields.ticks import TicksField
from widgets.case_card.panel import AT_ONCE, CaseCard
from widgets.intents import ActionIntent
from widgets.names import Names


def _fill(field: Field, chance: random.Random) -> None:
    """Put something in, as a person would."""
    if isinstance(field, CorrectedField):
        field.prefill(f"已看过现场 {chance.random()}")
    elif isinstance(field, TextField):
        field.prefill("已看过现场")
    elif isinstance(field, OptionsField):
        field.prefill(chance.choice(list(field._buttons)))
    elif isinstance(field, PhotosField):
        field.add_files(["/somewhere/a.jpg"])
    elif isinstance(field, PickField):
        values = [choice.value for choice in field.choices("")]
        field.prefill(chance.choice(values))
    elif isinstance(field, TicksField):
        for box in field._boxes.values():
            box.setChecked(True)


def _level(field: Field, case: Case) -> None:
    """A supervision goes only up."""
    levels = list(STEPS["supervise"].args[0].choices)
    now = levels.index(case.supervise) if case.supervise in levels else -1
    if now + 1 < len(levels):
        field.prefill(levels[now + 1])


def _is_hopeless(step: Step, case: Case, ledger: Ledger) -> bool:
    """Steps that are on offer although no argument could be right: red cannot be topped, nothing to merge into."""
    others = [c for c in ledger.cases.values() if c.case_no != case.case_no]
    all_there = step.action == "add_helpers" and len(case.helper_units) == len(UNITS) - 1
    return (
        (step.action == "supervise" and case.supervise == "red")
        or (step.action in ("merge", "merge_in") and not others)
        or all_there
    )


@pytest.mark.parametrize("seed", range(4))
def test_what_the_forms_send_the_rules_accept(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, seed: int
) -> None:
    card = CaseCard(words, theme, names)
    qtbot.addWidget(card)
    sent: list[ActionIntent] = []
    card.action_requested.connect(sent.append)
    done: set[str] = set()
    for ledger, case, choices, step, chance in walk(seed, 60):
        card.set_lookup(lambda typed, ledger=ledger: [c for c in ledger.cases.values() if c.state in _OPEN])
        card.set_now(ledger.now)
        card.show_case(case, choices)
        if _is_hopeless(step, case, ledger) or step.action == "merge_in":  # which can be merged is tested elsewhere
            continue
        card.start_action(step.action)
        if step.action in AT_ONCE:
            intent = sent.pop()
            ledger.do(case.case_no, intent.action, holder_of(case), **intent.args)
            card.action_done(case.case_no)
            continue
        form = card._form
        assert form is not None
        for field in form.fields:
            if field.arg.required or isinstance(field, CorrectedField):
                _fill(field, chance)
            if field.arg.name == "level":
                _level(field, case)
        form.submit()
        assert sent, step.action
        intent = sent.pop()
        assert (intent.case_no, intent.version, intent.action) == (case.case_no, case.version, step.action)
        args = intent.args | {name: [PHOTO] for name in intent.files}
        ledger.do(case.case_no, intent.action, holder_of(case), **args)
        card.action_done(case.case_no)
        assert card._form is None
        done.add(step.action)
    assert len(done) > 12


_OPEN = {state for step in TABLE if step.action == "note" for state in step.sources}


def test_each_action_has_a_key_and_reserved_letters_are_left_alone() -> None:
    commands = {step.action for step in TABLE if step.action not in NOT_COMMANDS}
    assert ACTION_KEYS.keys() == commands
    assert not RESERVED & set(ACTION_KEYS.values())
    assert all(len(key) == 1 and key.isascii() and (key.isupper() or key in "06789") for key in ACTION_KEYS.values())


def test_no_two_actions_on_offer_share_a_key() -> None:
    seen: set[str] = set()
    for seed in range(30):
        for ledger, case, choices, step, chance in walk(seed, 60):
            keys = [ACTION_KEYS[s.action] for s in choices]
            assert len(keys) == len(set(keys)), (case.state, [s.action for s in choices])
            seen |= {s.action for s in choices}
            into = next((c.case_no for c in ledger.cases.values() if c.case_no != case.case_no), "")
            until = ledger.now + timedelta(days=30)
            args = arguments(step, case, into, until, chance.randint(0, 5))
            actor = actor_for(case, task=step.action)
            refusal(partial(ledger.do, case.case_no, step.action, actor, **args))
    assert len(seen) > 45, sorted(set(ACTION_KEYS) - seen)


def test_a_digit_ticks_the_box_of_that_number_and_takes_the_tick_away(qtbot: QtBot, names: Names) -> None:
    case = replace(Ledger().report(), closing=("现场清理完毕", "当事人已告知"))
    arg = next(arg for arg in STEPS["close"].args if arg.kind is ArgKind.TICKS)
    field = TicksField(arg, FormContext(names, case, lambda typed: ()))
    qtbot.addWidget(field)
    boxes = list(field._boxes.values())
    qtbot.keyClick(boxes[0], Qt.Key.Key_2)
    assert [box.isChecked() for box in boxes] == [False, True]
    qtbot.keyClick(boxes[1], Qt.Key.Key_1)
    qtbot.keyClick(boxes[0], Qt.Key.Key_3)
    assert field.value() == list(case.closing)
    qtbot.keyClick(boxes[0], Qt.Key.Key_2)
    assert field.value() == ["现场清理完毕"]


def test_fields_have_names_for_those_who_cannot_see(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> None:
    card = CaseCard(words, theme, names)
    qtbot.addWidget(card)
    ledger = Ledger()
    case = ledger.report()
    step = STEPS["reject"]
    card.show_case(case, [step])
    card.start_action("reject")
    assert card._form is not None
    focusable = [w for w in card._form.findChildren(QWidget) if w.focusPolicy().value and not w.focusProxy()]
    unnamed = [w for w in focusable if not (w.accessibleName() or getattr(w, "text", str)())]
    assert [type(w).__name__ for w in unnamed if w.isEnabled() and not w.objectName().startswith("qt_")] == []
