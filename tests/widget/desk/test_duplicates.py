"""Likely duplicates where one works: on the card, in the merge forms, and while a report is taken down."""

import pytest
from domain_factories import Ledger
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from domain.case import Case
from domain.decide import allowed_steps
from domain.ids import AccountId, AttachmentId, CaseNo
from domain.people import Actor, Role
from domain.similar import Told
from domain.states import CaseState
from domain.wire import SimilarCase
from resources.theme import Theme
from resources.words import Words
from widgets.case_card.panel import CaseCard
from widgets.intents import ActionIntent, ReportIntent
from widgets.names import Names
from widgets.report_form import ReportForm

ROOM = Actor(AccountId("p"), frozenset({Role.ACCEPTOR, Role.DISPATCHER}))


def _texts(widget: QLabel | CaseCard | ReportForm) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def _alike(*cases: Case) -> tuple[SimilarCase, ...]:
    return tuple(SimilarCase(case, 3600.0 * n, 8.0 * n) for n, case in enumerate(cases, 1))


def _card(qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger, case: Case) -> CaseCard:
    card = CaseCard(words, theme, names)
    qtbot.addWidget(card)
    card.resize(440, 900)
    card.set_now(ledger.now)
    card.show()
    card.show_case(case, allowed_steps(case, ROOM, ledger.context))
    return card


def test_the_card_shows_enough_to_judge_and_merges_them_all_at_once(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    case, one, two, over = (ledger.report() for _ in range(4))
    one = replace(one, title="菜场垃圾", photos=(AttachmentId("a1"),))
    over = replace(over, state=CaseState.RECORDED)
    card = _card(qtbot, words, theme, names, ledger, case)
    wanted: list[str] = []
    card.body.duplicates.thumb_wanted.connect(wanted.append)
    card.set_similar(_alike(one, two, over))
    shown = _texts(card)
    for part in ("疑似重复 3 件（已结 1 件）", "菜场垃圾", "8 米", "相隔 1:00", "待受理", "备案", "照片 1 张", "按 7"):
        assert part in shown
    assert wanted == ["a1"]
    image = QImage(160, 120, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    card.set_photo(AttachmentId("a1"), image)
    sent: list[ActionIntent] = []
    card.action_requested.connect(sent.append)
    assert card.press_key("7")
    assert card._form is not None
    assert not card.is_typing(), "what was chosen for the person would not be lost"
    card._form.submit()
    assert sent[0].args["cases"] == [one.case_no, two.case_no], "an ended one cannot be merged in"
    for chosen in (sent[0],):
        ledger.do(chosen.case_no, chosen.action, ROOM, **chosen.args)


def test_one_key_leads_into_the_first_of_them(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    case, one = ledger.report(), ledger.report()
    card = _card(qtbot, words, theme, names, ledger, case)
    card.set_similar(_alike(one))
    sent: list[ActionIntent] = []
    card.action_requested.connect(sent.append)
    card.press_key("M")
    assert card._form is not None
    search = card._form.field("into").list.search  # type: ignore[union-attr]
    qtbot.keyClick(search, Qt.Key.Key_Down)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert sent[0].args["into"] == one.case_no


def test_another_case_has_none_of_the_last_ones_duplicates(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    case, other = ledger.report(), ledger.report()
    card = _card(qtbot, words, theme, names, ledger, case)
    card.set_similar(_alike(other))
    card.show_case(other, allowed_steps(other, ROOM, ledger.context))
    assert not card.body.duplicates.isVisibleTo(card)


@pytest.fixture
def form(qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger) -> ReportForm:
    form = ReportForm(words, theme, names)
    qtbot.addWidget(form)
    form.set_now(ledger.now)
    form.show()
    form.open_form()
    return form


def test_the_form_says_what_to_look_for_once_it_can_be_found(qtbot: QtBot, form: ReportForm) -> None:
    with qtbot.waitSignal(form.telling_changed, timeout=2000) as told:
        form.set_place(120.75, 29.72)
    assert isinstance(told.args[0], Told)
    assert (told.args[0].lon, told.args[0].lat) == (120.75, 29.72)
    with qtbot.waitSignal(form.telling_changed, timeout=2000) as told:
        form._on_unpicked()
    assert told.args == [None]


def test_a_key_merges_it_into_an_open_one_as_it_is_taken_down(qtbot: QtBot, form: ReportForm, ledger: Ledger) -> None:
    one, over = ledger.report(), replace(ledger.report(), state=CaseState.CLOSED)
    form.show_similar(_alike(over, one))
    assert "疑似重复 2 件（已结 1 件）" in _texts(form)
    sent: list[ReportIntent] = []
    form.report_requested.connect(sent.append)
    form.text.setPlainText("菜场门口又有垃圾")
    qtbot.keyClick(form.text, Qt.Key.Key_F5)
    assert one.case_no.split("-", 1)[1] in form._send.text()
    qtbot.keyClick(form.text, Qt.Key.Key_F5)
    assert form.duplicates.into is None
    qtbot.keyClick(form.text, Qt.Key.Key_F5)
    form.submit()
    assert sent[0].into == one.case_no
    form.clear()
    assert form.duplicates.into is None
    assert not form.duplicates.isVisibleTo(form)


def test_what_it_was_to_be_merged_into_may_end_meanwhile(form: ReportForm, ledger: Ledger) -> None:
    one = ledger.report()
    form.show_similar(_alike(one))
    form.duplicates.next()
    form.show_similar(_alike(replace(one, state=CaseState.CLOSED)))
    assert form.duplicates.into is None


def test_offline_it_says_that_it_did_not_look(form: ReportForm) -> None:
    form.show_similar(None)
    assert "未能查重" in _texts(form)
    assert form.duplicates.into is None
    assert CaseNo("x") not in form.duplicates.found()
