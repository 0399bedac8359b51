"""In a low card a form shows what has to be read and pressed now, and the card goes back when the form is gone."""

import pytest
from domain_factories import FILED, PHOTO, Ledger, actor_for
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.decide import allowed_steps
from domain.people import Actor, Role
from resources.words import Words
from widgets.case_card.form import ActionForm
from widgets.case_card.panel import CaseCard

WIDTH_PX, HEIGHT_PX = 360, 548
"""The card's dock in a window of 1366x768."""
LOWER_PX = 460
"""The same with a notice line, a taller strip or larger letters above it: no form fits whole."""


@pytest.fixture
def card_px() -> tuple[int, int]:
    return WIDTH_PX, HEIGHT_PX


@pytest.fixture
def case(ledger: Ledger) -> Case:
    """A case that waits to be filed."""
    text = "路口有垃圾，占了半条人行道，" * 8
    case = ledger.report(report={"report_id": "r1", "text": text, "has_contact": True, "photos": [PHOTO]})
    return ledger.do(case.case_no, "accept", actor_for(case), text="属实")


def _settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def _show(card: CaseCard, ledger: Ledger, case: Case) -> None:
    actor = Actor(actor_for(case).account, frozenset(Role), case.lead_unit, case.checker)
    card.show_case(case, allowed_steps(case, actor, ledger.context))
    _settle()


def _open(card: CaseCard, key: str) -> ActionForm:
    card.press_key(key)
    _settle()
    assert card._form is not None
    return card._form


def _is_whole(card: CaseCard, part: QWidget) -> bool:
    view = card._scroll.viewport()
    return part.isVisible() and view.rect().contains(QRect(part.mapTo(view, QPoint(0, 0)), part.size()))


def _at(card: CaseCard) -> int:
    return card._scroll.verticalScrollBar().value()


@pytest.mark.parametrize("height_px", [HEIGHT_PX, LOWER_PX])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_is_missing_and_the_button_are_whole_in_view(
    card: CaseCard, ledger: Ledger, case: Case, words: Words, language: str, height_px: int
) -> None:
    card.resize(WIDTH_PX, height_px)
    words.use("en" if language == "en" else "zh-CN")
    card.retranslate()
    _show(card, ledger, case)
    form = _open(card, "F")
    assert _is_whole(card, form._send), "when it opens"
    form.submit()
    _settle()
    condition = form.field("condition")
    assert condition is not None
    assert _is_whole(card, condition.problem_line)
    assert _is_whole(card, form._send)


@pytest.mark.parametrize("height_px", [HEIGHT_PX, LOWER_PX])
def test_that_it_no_longer_applies_and_what_came_back_are_whole_in_view(
    card: CaseCard, ledger: Ledger, case: Case, height_px: int
) -> None:
    card.resize(WIDTH_PX, height_px)
    _show(card, ledger, case)
    form = _open(card, "F")
    card.set_fault("案件已被更新，请看过最新情况后再办")
    _settle()
    assert _is_whole(card, form._fault)
    assert _is_whole(card, form._send)
    card.set_fault("")
    card._scroll.verticalScrollBar().setValue(0)
    _show(card, ledger, ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code))
    assert _is_whole(card, form._note)
    assert _is_whole(card, form._cancel)


def test_a_form_too_high_for_the_card_begins_with_the_field_to_fill_in(
    card: CaseCard, ledger: Ledger, case: Case
) -> None:
    card.resize(WIDTH_PX, 440)
    _show(card, ledger, ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code))
    form = _open(card, "D")
    assert form._send.geometry().bottom() - form.fields[0].y() > card._scroll.viewport().height()
    assert _is_whole(card, form.fields[0]), "the field comes before the button"


def test_a_photo_that_comes_in_above_does_not_push_the_button_out(card: CaseCard, ledger: Ledger, case: Case) -> None:
    _show(card, ledger, case)
    form = _open(card, "F")
    card.body.evidence.setFixedHeight(card.body.evidence.height() + 120)
    _settle()
    assert _is_whole(card, form._send)
    card._scroll.verticalScrollBar().setValue(3)
    card.body.evidence.setFixedHeight(card.body.evidence.height() + 40)
    _settle()
    assert _at(card) == 3, "who has scrolled to read something is left alone"


def test_esc_goes_back_to_where_the_card_was_and_done_to_its_top(
    card: CaseCard, ledger: Ledger, case: Case, qtbot: QtBot
) -> None:
    _show(card, ledger, case)
    card._scroll.verticalScrollBar().setValue(17)
    form = _open(card, "F")
    assert _at(card) > 17
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    _settle()
    assert _at(card) == 17
    _open(card, "F")
    _open(card, "R")
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    _settle()
    assert _at(card) == 17, "also where one form came after another"
    _open(card, "F")
    card.action_done(case.case_no, "file")
    _settle()
    assert _at(card) == 0


def test_giving_up_on_a_case_that_moved_on_shows_its_top(
    card: CaseCard, ledger: Ledger, case: Case, qtbot: QtBot
) -> None:
    _show(card, ledger, case)
    card._scroll.verticalScrollBar().setValue(17)
    form = _open(card, "F")
    _show(card, ledger, ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code))
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    _settle()
    assert _at(card) == 0


def test_another_case_is_shown_from_its_top_and_its_form_leaves_it_there(
    card: CaseCard, ledger: Ledger, case: Case, qtbot: QtBot
) -> None:
    _show(card, ledger, case)
    card._scroll.verticalScrollBar().setValue(17)
    form = _open(card, "T")
    text = form.field("text")
    assert text is not None
    text.prefill("已电话告知")
    _show(card, ledger, ledger.report())
    assert _at(card) == 0
    _show(card, ledger, case)
    qtbot.keyClick(form, Qt.Key.Key_Escape)
    _settle()
    assert _at(card) == 0
