"""The card in the room it really has: clocks side by side, actions in sight, and its texts in the language in use."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from domain_factories import FILED, PHOTO, Ledger, actor_for
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.decide import allowed_steps
from domain.ids import AccountId, AttachmentId
from domain.people import Actor, Role
from domain.states import CaseState
from domain.wire import SimilarCase
from resources.theme import Theme
from resources.words import Words
from widgets.action_keys import FLAGS
from widgets.case_card.panel import CaseCard
from widgets.common.fault_label import FaultLabel
from widgets.names import Names
from widgets.report_form import ReportForm
from widgets.sign_in import SignInPanel

WIDTH_PX, HEIGHT_PX = 360, 548
"""The card's dock in a window of 1366x768; in larger ones it has more."""


@pytest.fixture
def card_px() -> tuple[int, int]:
    return WIDTH_PX, HEIGHT_PX


def _filed(ledger: Ledger) -> Case:
    text = "路口有垃圾，占了半条人行道，" * 8
    case = ledger.report(report={"report_id": "r1", "text": text, "has_contact": True, "photos": [PHOTO]})
    case = ledger.do(case.case_no, "accept", actor_for(case), text="属实")
    return ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code)


def _show_all(card: CaseCard, ledger: Ledger, case: Case) -> None:
    actor = Actor(actor_for(case).account, frozenset(Role), case.lead_unit, case.checker)
    card.show_case(case, allowed_steps(case, actor, ledger.context))
    QApplication.processEvents()
    QApplication.processEvents()


def _top(card: CaseCard, part: QWidget) -> int:
    return part.mapTo(card, QPoint(0, 0)).y()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("late", [timedelta(minutes=3), timedelta(days=40), timedelta(days=900)])
def test_the_two_clocks_stand_side_by_side(
    card: CaseCard, ledger: Ledger, words: Words, language: str, late: timedelta
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    card.retranslate()
    card.set_now(ledger.now + late)
    _show_all(card, ledger, _filed(ledger))
    clocks = card.body.clocks
    assert _top(card, clocks.stage) == _top(card, clocks.whole)
    for box in (clocks.stage, clocks.whole):
        figure = box._figure
        assert figure._room(figure.size_px()).width() <= figure.contentsRect().width(), "the figure is cut"


def test_a_clock_names_its_unit_on_hover_and_beside_its_title(card: CaseCard, ledger: Ledger) -> None:
    _show_all(card, ledger, _filed(ledger))
    whole = card.body.clocks.whole
    assert whole._figure.text() == "剩 3 日 0:00"
    assert "3 工作日" in whole._title.text()
    assert "剩 3 工作日 0:00" in whole.toolTip()
    assert "剩 3 工作日 0:00" in whole.accessibleName()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_action_is_in_sight_without_scrolling(
    card: CaseCard, ledger: Ledger, words: Words, language: str
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    card.retranslate()
    _show_all(card, ledger, _filed(ledger))
    buttons = [b for b in card.foot.action_bar.findChildren(QWidget) if b.objectName().startswith("action_")]
    assert len(buttons) >= len(card.foot.action_bar.offered()) > 5
    waiting = card.foot.action_bar._small.waiting()
    for button in buttons:
        if button not in waiting:
            assert button.isVisible()
            assert 0 <= _top(card, button) <= card.height() - button.height(), button.objectName()
    assert {b.objectName().removeprefix("action_") for b in waiting} <= FLAGS, "only what does not move the case waits"
    assert card._scroll.viewport().height() >= 240, "and what the case is about keeps its room"


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen there is no keyboard to be grabbed by a menu
def test_what_waits_in_the_menu_is_done_by_key_and_by_menu(card: CaseCard, ledger: Ledger, words: Words) -> None:
    words.use("en")
    card.retranslate()
    _show_all(card, ledger, _filed(ledger))
    row = card.foot.action_bar._small
    first, last = row.waiting()[0], row.waiting()[-1]
    chosen: list[str] = []
    card.foot.action_bar.chosen.connect(chosen.append)
    row.open_menu()
    menu = row.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == [f"{b.text()}\t{b.key}" for b in row.waiting()]
    menu.actions()[0].trigger()
    assert chosen == [first.objectName().removeprefix("action_")]
    assert card.foot.action_bar.action_for(last.key) == last.objectName().removeprefix("action_")
    assert str(len(row.waiting())) in row._more.text()
    row.resize(2000, row.height())
    assert not row.waiting()
    assert row._more.isHidden()


def test_in_a_low_card_the_text_stands_beside_small_photos(card: CaseCard, ledger: Ledger) -> None:
    _show_all(card, ledger, _filed(ledger))
    evidence = card.body.evidence
    thumb = next(iter(evidence._thumbs.values()))
    beside = thumb.width()
    assert evidence._text.x() >= beside
    assert evidence._text.y() < thumb.height()
    card.resize(card.width(), 900)
    for _ in range(4):
        QApplication.processEvents()
    assert thumb.width() > beside
    assert evidence._text.y() >= thumb.height()


def test_the_form_is_in_sight_above_the_actions(card: CaseCard, ledger: Ledger) -> None:
    _show_all(card, ledger, _filed(ledger))
    card.press_key("D")
    for _ in range(4):
        QApplication.processEvents()
    form = card._form
    assert form is not None
    for part in (form.fields[0], form._send, form._cancel):
        assert 0 <= _top(card, part) <= card._scroll.height() - part.height()
    assert _top(card, card.foot) >= card._scroll.height()


@pytest.mark.parametrize(("language", "says"), [("zh-CN", "历史导入，无时限"), ("en", "Imported, no clock")])
@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.HANDLING])
def test_an_imported_case_says_why_it_has_no_clock(
    card: CaseCard, ledger: Ledger, words: Words, language: str, says: str, state: CaseState
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    card.retranslate()
    case = replace(ledger.report(), imported=True, state=state)
    card.show_case(case, [])
    assert card.body.clocks.whole._figure.text() == says
    assert says in card.body.clocks.whole.accessibleName()
    if state is CaseState.HANDLING:
        assert card.body.clocks.stage._figure.text() == says


def _card_foot(card: CaseCard, ledger: Ledger) -> FaultLabel:
    return card.foot.fault


def _card_form(card: CaseCard, ledger: Ledger) -> FaultLabel:
    card.press_key("D")
    assert card._form is not None
    return card._form._fault


@pytest.mark.parametrize("where", [_card_foot, _card_form])
def test_what_went_wrong_is_said_again_in_another_language(
    card: CaseCard, ledger: Ledger, words: Words, where: Callable[[CaseCard, Ledger], FaultLabel]
) -> None:
    _show_all(card, ledger, _filed(ledger))
    label = where(card, ledger)
    card.set_fault(lambda: words("fault.line_down"))
    assert label.isVisible()
    chinese = label.text()
    words.use("en")
    card.retranslate()
    assert label.text() == words("fault.line_down") != chinese
    card.set_fault("")
    assert not label.isVisible()
    card.retranslate()
    assert not label.isVisible()


def test_report_form_and_sign_in_say_it_again_too(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> None:
    for panel in (ReportForm(words, theme, names), SignInPanel(words, theme)):
        words.use("zh-CN")
        panel.retranslate()
        qtbot.addWidget(panel)
        panel.show()
        panel.set_fault(lambda: words("fault.line_down"))
        chinese = panel._fault.text()
        words.use("en")
        panel.retranslate()
        assert panel._fault.text() == words("fault.line_down") != chinese


def test_the_timeline_calls_accounts_by_their_names(card: CaseCard, ledger: Ledger, names: Names) -> None:
    case = _filed(ledger)
    others = [replace(change, actor=AccountId("zhangwei")) for change in ledger.changes]
    others[-1] = replace(others[-1], actor=AccountId("nobody-knows"))
    names.set_accounts({AccountId("zhangwei"): "张伟"})
    card.show_case(case, [])
    card.set_changes(others)
    newest, *older = [row.accessibleName() for row in card.body.timeline._rows if row.isVisible()]
    assert "nobody-knows" in newest
    assert all("张伟" in line and "zhangwei" not in line for line in older)


def test_nothing_on_the_card_is_wider_than_its_room(card: CaseCard, ledger: Ledger, words: Words) -> None:
    """In the longer language: every form, duplicates with photos, no reason for a contact, no record to be had."""
    words.use("en")
    card.retranslate()
    case = _filed(ledger)
    _show_all(card, ledger, case)
    alike = [replace(ledger.report(), title="Wirtschaftsweg" * 9, photos=(AttachmentId(f"a{n}"),)) for n in range(3)]
    card.set_similar([SimilarCase(other, 3600.0 * 999, 88_888.0) for other in alike])
    image = QImage(160, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for n in range(3):
        card.set_photo(AttachmentId(f"a{n}"), image)
    card.body.contact._on_ask_clicked()
    card.body.contact._on_sent()
    card.miss_changes()
    wide = {}
    for step in card.steps():
        card.start_action(step.action)
        QApplication.processEvents()
        least, room = card.body.minimumSizeHint().width(), card._scroll.viewport().width()
        if least > room:
            wide[step.action] = least - room
        card._forms.leave()
    assert not wide


def test_the_clocks_of_a_case_that_has_ended_say_so(card: CaseCard, ledger: Ledger, words: Words) -> None:
    case = replace(_filed(ledger), state=CaseState.CLOSED, closed_at=ledger.now + timedelta(hours=1))
    for language, shown in (
        ("zh-CN", ["环节时限", "案件已结束", "结案时 · 限 3 工作日", "剩 2 日 7:00"]),
        ("en", ["Step", "The case has ended", "Closed: 3 working days", "2 d 7:00 left"]),
    ):
        words.use(language)
        card.retranslate()
        card.show_case(case, [])
        clocks = card.body.clocks
        texts = [label for box in (clocks.stage, clocks.whole) for label in box.findChildren(QLabel) if label.text()]
        assert [label.text() for label in texts] == shown
        assert all(label.width() >= label.fontMetrics().horizontalAdvance(label.text()) for label in texts), language
