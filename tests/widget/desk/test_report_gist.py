"""Taking a report down by keyboard alone: what is said fills the form, a key asks for another, what is typed stays."""

import pytest
from domain_factories import KIND, OTHER_KIND
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from domain.gist import Hints, KindHint, Reader, Spot, Why
from domain.states import Channel
from resources.theme import Theme
from resources.words import Words
from widgets.intents import ReportIntent
from widgets.names import Names
from widgets.report_form import ReportForm
from widgets.report_gist import Facet

HINTS = Hints((KindHint(KIND, ("垃圾",)), KindHint(OTHER_KIND, ("灰尘", "工地"))), ("很危险",))
SPOTS = [
    Spot(("菜场",), Why.PLACE, 120.75, 29.72),
    Spot(("中心小学",), Why.PLACE, 120.76, 29.73),
    Spot(("清溪大道",), Why.ROAD),
]


@pytest.fixture
def form(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> ReportForm:
    form = ReportForm(words, theme, names)
    qtbot.addWidget(form)
    form.set_reader(Reader(HINTS, names.kinds, SPOTS))
    form.resize(460, 860)
    form.show()
    form.open_form()
    return form


def _say(qtbot: QtBot, form: ReportForm, text: str) -> None:
    form.text.setPlainText(text)
    qtbot.waitUntil(lambda: not form._pause.isActive(), timeout=2000)
    QApplication.sendPostedEvents()


def _line(form: ReportForm, facet: Facet) -> str:
    return form.gist._lines[facet][1].text()


def _key(qtbot: QtBot, form: ReportForm, key: Qt.Key) -> None:
    qtbot.keyClick(form.text, key)


def test_what_is_said_fills_the_form_and_is_sent_as_it_stands(qtbot: QtBot, form: ReportForm) -> None:
    sent: list[ReportIntent] = []
    form.report_requested.connect(sent.append)
    _say(qtbot, form, "菜场门口垃圾成堆，很危险")
    assert "暴露垃圾" in _line(form, Facet.KIND)
    assert "「垃圾」" in _line(form, Facet.KIND)
    assert "「菜场」" in _line(form, Facet.PLACE)
    qtbot.keyClick(form.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    report = sent[0].report
    assert (report.kind, report.address, report.urgent, report.channel) == (KIND, "菜场", True, Channel.HOTLINE)
    assert (report.lon, report.lat) == (120.75, 29.72)
    assert report.text == "菜场门口垃圾成堆，很危险"


def test_a_key_goes_to_the_next_suggestion_and_at_last_to_none(qtbot: QtBot, form: ReportForm) -> None:
    _say(qtbot, form, "工地灰尘和垃圾")
    assert form.kind.chosen() == [OTHER_KIND]
    _key(qtbot, form, Qt.Key.Key_F2)
    assert form.kind.chosen() == [KIND]
    _say(qtbot, form, "工地灰尘和垃圾，中心小学旁")
    assert form.kind.chosen() == [KIND], "the one that was gone to stays"
    _key(qtbot, form, Qt.Key.Key_F2)
    assert form.kind.chosen() == []
    _key(qtbot, form, Qt.Key.Key_F2)
    assert form.kind.chosen() == [OTHER_KIND]
    _key(qtbot, form, Qt.Key.Key_F3)
    assert (form.address.text(), form._place) == ("", None)


def test_what_was_put_in_by_hand_is_left_alone(qtbot: QtBot, form: ReportForm) -> None:
    _say(qtbot, form, "菜场有垃圾")
    form.address.clear()
    qtbot.keyClicks(form.address, "3")
    form.kind.choose(OTHER_KIND)
    form.urgent.click()
    urgent = form.urgent.isChecked()
    _say(qtbot, form, "中心小学有垃圾，很危险")
    assert form.address.text() == "3"
    assert form.kind.chosen() == [OTHER_KIND]
    assert form.urgent.isChecked() == urgent
    assert "手工" in _line(form, Facet.KIND)
    _key(qtbot, form, Qt.Key.Key_F2)
    assert form.kind.chosen() in ([KIND], []), "a key takes the suggestions up again"


def test_what_is_no_longer_said_is_taken_out_again(qtbot: QtBot, form: ReportForm) -> None:
    _say(qtbot, form, "菜场有垃圾，很危险")
    _say(qtbot, form, "你好")
    assert (form.address.text(), form._place, form.kind.chosen(), form.urgent.isChecked()) == ("", None, [], False)


def test_a_road_gives_an_address_but_no_spot(qtbot: QtBot, form: ReportForm) -> None:
    _say(qtbot, form, "清溪大道12号垃圾")
    assert (form.address.text(), form._place) == ("清溪大道12号", None)
    assert "定点" in _line(form, Facet.PLACE)


def test_the_next_report_begins_with_nothing_suggested(qtbot: QtBot, form: ReportForm) -> None:
    _say(qtbot, form, "菜场有垃圾，很危险")
    form.kind.choose(OTHER_KIND)
    form.clear()
    assert not form.has_input()
    _say(qtbot, form, "菜场有垃圾")
    assert form.kind.chosen() == [KIND]


def test_it_speaks_english(qtbot: QtBot, form: ReportForm, words: Words) -> None:
    words.use("en")
    form.retranslate()
    _say(qtbot, form, "菜场有垃圾")
    assert "Rubbish" in _line(form, Facet.KIND)
    assert "on the map" in _line(form, Facet.PLACE)
