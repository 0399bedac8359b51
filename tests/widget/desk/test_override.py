"""Sending a unit that was not suggested: the form asks why, and the timeline tells it."""

from datetime import timedelta

import pytest
from domain_factories import FILED, MONDAY, UNITS, Ledger, actor_for
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.decide import allowed_steps
from domain.people import Actor, Role
from domain.recommend import recommend
from widgets.case_card.fields.pickers import UnitField
from widgets.case_card.panel import CaseCard
from widgets.case_card.story import story
from widgets.intents import ActionIntent
from widgets.names import Names

FITTING = [replace(UNITS[0], kinds=("0102",))]
ALL = [replace(unit, kinds=("0102",)) for unit in UNITS]


@pytest.fixture
def case(card: CaseCard, ledger: Ledger) -> Case:
    case = ledger.report()
    ledger.do(case.case_no, "accept", actor_for(case))
    case = ledger.do(case.case_no, "file", actor_for(ledger.cases[case.case_no]), condition=FILED.code)
    actor = Actor(actor_for(case).account, frozenset({Role.DISPATCHER}))
    card.set_now(ledger.now)
    card.show_case(case, allowed_steps(case, actor, ledger.context))
    card.set_candidates(recommend(case, FITTING, {}, {}, MONDAY))
    return case


def _unit_field(card: CaseCard) -> UnitField:
    assert card._form is not None
    field = card._form.field("unit")
    assert isinstance(field, UnitField)
    return field


def test_another_unit_than_suggested_asks_for_a_reason_by_keys_alone(card: CaseCard, case: Case, qtbot: QtBot) -> None:
    card.press_key("D")
    unit = _unit_field(card)
    form, sent = card._form, []
    assert form is not None
    card.action_requested.connect(sent.append)
    override = form.field("override")
    assert override is not None
    assert override.isHidden()
    assert unit.choices("")[0].value == UNITS[0].unit_id
    assert "推荐" in unit.choices("")[0].detail
    qtbot.keyClicks(unit.list.search, "u2")
    qtbot.keyClick(unit.list.search, Qt.Key.Key_Return)
    assert not override.isHidden()
    qtbot.keyClick(unit.list.search, Qt.Key.Key_Return)
    assert sent == []
    assert "理由" in override.problem_line.text()
    option = card.focusWidget()
    assert isinstance(option, QRadioButton)
    qtbot.keyClick(option, Qt.Key.Key_2)
    qtbot.keyClick(card.focusWidget(), Qt.Key.Key_Return)
    args = {"unit": UNITS[1].unit_id, "suggested": [UNITS[0].unit_id], "override": "nearer_in_fact"}
    assert sent == [ActionIntent(case.case_no, "dispatch", case.version, args)]


def test_a_suggested_unit_needs_no_reason_and_the_choice_can_come_back(card: CaseCard, case: Case) -> None:
    card.press_key("1")
    form = card._form
    assert form is not None
    override = form.field("override")
    assert override is not None
    assert override.isHidden()
    _unit_field(card).prefill(UNITS[1].unit_id)
    assert not override.isHidden()
    override.prefill("knows_the_case")
    _unit_field(card).prefill(UNITS[0].unit_id)
    sent: list[ActionIntent] = []
    card.action_requested.connect(sent.append)
    form.submit()
    assert sent[0].args == {"unit": UNITS[0].unit_id, "suggested": [UNITS[0].unit_id]}


def test_what_was_suggested_at_the_choice_stays_what_is_told(card: CaseCard, case: Case, ledger: Ledger) -> None:
    card.press_key("1")
    later = recommend(case, ALL[1:], {}, {}, MONDAY + timedelta(minutes=1))
    card.set_candidates(later)
    form = card._form
    assert form is not None
    assert list(form.context.suggested) == [UNITS[0].unit_id]
    override = form.field("override")
    assert override is not None
    assert override.isHidden()
    form.cancelled.emit()
    card.press_key("D")
    assert card._form is not None
    assert set(card._form.context.suggested) == {unit.unit_id for unit in ALL[1:]}


def test_the_timeline_tells_who_was_passed_over_and_why(case: Case, ledger: Ledger, names: Names) -> None:
    args = {"unit": UNITS[1].unit_id, "suggested": [UNITS[0].unit_id], "override": "skill_or_gear"}
    ledger.do(case.case_no, "dispatch", actor_for(case), **args)
    told = story(ledger.changes[-1], names)
    assert f"未派推荐单位（{UNITS[0].name}）：有专长或装备" in told
