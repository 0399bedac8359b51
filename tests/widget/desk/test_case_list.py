"""The case list through its real widgets: rows, tabs, search, keys, and the choice that survives everything."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from domain_factories import MONDAY, make_case
from msgspec.structs import replace
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHelpEvent, QImage, Qt, QTextDocumentFragment
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from domain.ids import AccountId
from domain.people import Role
from domain.states import CaseState
from domain.wire import Me
from resources.theme import Theme
from resources.words import Words
from widgets.case_list import delegate
from widgets.case_list.panel import CaseListPanel
from widgets.case_list.rows import ListTab
from widgets.case_list.table import CASE_ROLE, CLOCK_ROLE, LAMP_ROLE, LINE_ROLE
from widgets.names import Names

STATES = (CaseState.REPORTED, CaseState.PENDING_DISPATCH, CaseState.PENDING_CLOSE, CaseState.CLOSED)


@pytest.fixture
def panel(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> CaseListPanel:
    panel = CaseListPanel(words, theme, names)
    qtbot.addWidget(panel)
    QAbstractItemModelTester(panel.table, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    panel.resize(390, 600)
    panel.set_cases([make_case(n, STATES[n % 4], n) for n in range(40)], MONDAY)
    panel.show()
    return panel


def _titles(panel: CaseListPanel) -> list[str]:
    return [str(panel.table.index(row).data()) for row in range(panel.table.rowCount())]


def _tab_names(panel: CaseListPanel) -> list[str]:
    return [button.accessibleName() for button in panel.tabs.findChildren(object) if hasattr(button, "tab")]


def test_a_row_says_what_where_and_how_late(panel: CaseListPanel) -> None:
    panel.set_cases([make_case(1, age_min=27)], MONDAY)
    index = panel.table.index(0)
    assert index.data(LAMP_ROLE) == "overdue"
    assert index.data(CLOCK_ROLE) == "超 0:12"
    assert index.data(LINE_ROLE) == "清溪-1 · 公众 · 暴露垃圾"
    spoken = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert "已超时" in spoken
    assert "第 1 件" in spoken


def test_the_tabs_count_and_narrow(panel: CaseListPanel, qtbot: QtBot) -> None:
    counts = panel.table.counts()
    assert (counts[ListTab.DISPATCH], counts[ListTab.ENDED], counts[ListTab.ALL]) == (10, 10, 30)
    assert panel.table.rowCount() == 30
    button = next(b for b in panel.tabs.findChildren(object) if b.objectName() == "tab_dispatch")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.table.rowCount() == 10
    assert all(panel.table.index(r).data(CASE_ROLE).state is CaseState.PENDING_DISPATCH for r in range(10))


def test_the_tabs_of_ones_own_roles_come_first(panel: CaseListPanel) -> None:
    ids = list(panel.tabs._buttons)
    assert ids[:3] == [ListTab.DISPATCH, ListTab.ACCEPT, ListTab.CHECK]
    assert ids[-1] == ListTab.ALL


def test_a_case_that_moves_on_changes_one_row_and_keeps_the_choice(panel: CaseListPanel, qtbot: QtBot) -> None:
    resets: list[int] = []
    panel.table.modelReset.connect(lambda: resets.append(1))
    chosen = panel.table.index(5).data(CASE_ROLE)
    panel.select(chosen.case_no)
    other = panel.table.index(0).data(CASE_ROLE)
    with qtbot.assertNotEmitted(panel.case_selected):
        panel.update_cases([replace(other, state=CaseState.PENDING_CLOSE, stage_since=MONDAY, version=2)])
    assert panel.view.currentIndex().data(CASE_ROLE).case_no == chosen.case_no
    assert panel.view.currentIndex().row() == 4
    assert resets == []


def test_the_chosen_case_leaving_the_tab_stays_chosen_and_says_nothing(panel: CaseListPanel, qtbot: QtBot) -> None:
    panel.set_tab(ListTab.DISPATCH)
    chosen = panel.table.index(3).data(CASE_ROLE)
    panel.select(chosen.case_no)
    with qtbot.assertNotEmitted(panel.case_selected):
        panel.update_cases([replace(chosen, state=CaseState.PENDING_HANDLE, version=2)])
    assert panel.selected() == chosen.case_no
    assert not panel.view.selectionModel().hasSelection()
    panel.set_tab(ListTab.SIGN)
    assert panel.view.currentIndex().data(CASE_ROLE).case_no == chosen.case_no


def test_arrows_choose_enter_opens_letters_are_passed_on(panel: CaseListPanel, qtbot: QtBot) -> None:
    panel.focus_list()
    panel.select(panel.table.index(0).data(CASE_ROLE).case_no)
    with qtbot.waitSignal(panel.case_selected) as chosen:
        qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert chosen.args == [panel.table.index(1).data(CASE_ROLE).case_no]
    with qtbot.waitSignal(panel.case_opened) as opened:
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert opened.args == chosen.args
    with qtbot.waitSignal(panel.letter_pressed) as letter:
        qtbot.keyClick(panel.view, Qt.Key.Key_D)
    assert letter.args == ["D"]
    with qtbot.waitSignal(panel.letter_pressed) as digit:
        qtbot.keyClick(panel.view, Qt.Key.Key_2)
    assert digit.args == ["2"]


def test_the_list_refuses_the_input_method(panel: CaseListPanel) -> None:
    panel.update_cases([make_case(99)])
    panel.select(make_case(99).case_no)
    assert not panel.view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert panel.view.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False


def test_searching_narrows_and_esc_gives_everything_back(panel: CaseListPanel, qtbot: QtBot) -> None:
    search = panel.filter_bar.search
    search.setFocus()
    qtbot.keyClicks(search, "00013")
    qtbot.waitUntil(lambda: panel.table.rowCount() == 1)
    assert _titles(panel) == ["第 13 件"]
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: panel.table.rowCount() == 30)


def test_a_search_without_an_answer_says_how_to_go_on(panel: CaseListPanel, qtbot: QtBot) -> None:
    panel.filter_bar.search.setText("没有这样的")
    qtbot.waitUntil(panel.empty.isVisible)
    assert "没有符合条件的案件" in panel.empty.accessibleName()
    panel.empty.action_requested.emit()
    assert panel.table.rowCount() == 30
    assert panel.view.isVisible()


def test_loading_and_empty_are_said(panel: CaseListPanel) -> None:
    panel.set_loading("正在取案件…")
    assert "正在取案件" in panel.empty.accessibleName()
    panel.set_cases([], MONDAY)
    assert "没有在办案件" in panel.empty.accessibleName()


@pytest.mark.parametrize(
    ("roles", "said", "unsaid"),
    [
        ({Role.ACCEPTOR, Role.DISPATCHER}, "按 N", "不对您"),
        ({Role.DISPATCHER}, "自动出现", "按 N"),
        ({Role.SYSTEM_ADMIN}, "系统管理", "在办案件"),
    ],
)
def test_the_empty_list_says_only_what_the_role_may_do(
    panel: CaseListPanel, names: Names, roles: set[Role], said: str, unsaid: str
) -> None:
    names.set_me(Me(AccountId("p"), "李", frozenset(roles)))
    panel.set_cases([], MONDAY)
    assert said in panel.empty.accessibleName()
    assert unsaid not in panel.empty.accessibleName()


def test_a_case_chosen_before_it_is_listed_is_brought_into_sight(panel: CaseListPanel, qtbot: QtBot) -> None:
    panel.resize(320, 300)
    panel.show()
    panel.update_cases([make_case(n) for n in range(200, 260)])
    last = panel.table.index(panel.table.rowCount() - 1).data(CASE_ROLE)
    panel.update_cases([], [last.case_no])
    panel.select(last.case_no)
    panel.update_cases([last])

    def in_sight() -> bool:
        row = panel.table.row_of(last.case_no)
        assert row is not None
        return panel.view.viewport().rect().contains(panel.view.visualRect(panel.table.index(row)))

    assert not in_sight()
    qtbot.waitUntil(in_sight)


def test_it_opens_at_the_list_that_waits_for_the_one_role_of_a_person(panel: CaseListPanel, names: Names) -> None:
    panel.open_at_own()
    assert panel.filter_bar.tab is ListTab.ALL, "two roles: none of their lists comes before the other"
    names.set_me(Me(AccountId("p"), "李", frozenset({Role.DISPATCHER})))
    panel.open_at_own()
    assert panel.filter_bar.tab is ListTab.DISPATCH


def test_show_overdue_lists_only_what_is_overdue(panel: CaseListPanel) -> None:
    panel.set_tab(ListTab.DISPATCH)
    panel.show_overdue()
    lamps = {panel.table.index(r).data(LAMP_ROLE) for r in range(panel.table.rowCount())}
    assert lamps == {"overdue"}


def test_time_passing_lights_the_lamps_and_keeps_the_order(panel: CaseListPanel) -> None:
    panel.set_cases([make_case(1, age_min=2), make_case(2, age_min=1)], MONDAY)
    before = _titles(panel)
    panel.set_now(MONDAY + timedelta(minutes=14))
    assert [panel.table.index(r).data(LAMP_ROLE) for r in range(2)] == ["overdue", "near"]
    assert _titles(panel) == before


def test_a_lamp_filter_follows_the_time(panel: CaseListPanel) -> None:
    panel.set_cases([make_case(1, age_min=2)], MONDAY)
    panel.show_overdue()
    assert panel.table.rowCount() == 0
    panel.set_now(MONDAY + timedelta(minutes=14))
    assert panel.table.rowCount() == 1


def test_both_languages(panel: CaseListPanel, words: Words) -> None:
    words.use("en")
    panel.retranslate()
    assert panel.table.index(0).data(LINE_ROLE) == "清溪-1 · Public · Rubbish"
    assert any(name.startswith("To dispatch") for name in _tab_names(panel))


def test_ten_thousand_cases_change_without_a_hitch(qtbot: QtBot, words: Words, theme: Theme, names: Names) -> None:
    panel = CaseListPanel(words, theme, names)
    qtbot.addWidget(panel)
    panel.resize(390, 600)
    panel.show()
    cases = [make_case(n, STATES[n % 3], n / 100) for n in range(10_000)]
    panel.set_cases(cases, MONDAY)
    panel.select(cases[4000].case_no)
    spans: list[float] = []
    for n in range(60):
        start = time.perf_counter()
        changed = replace(cases[n * 7], state=STATES[(n + 1) % 3], stage_since=MONDAY, version=2)
        panel.update_cases([changed])
        spans.append(time.perf_counter() - start)
    assert panel.selected() == cases[4000].case_no
    assert sorted(spans)[len(spans) // 2] < 0.020
    start = time.perf_counter()
    panel.set_now(MONDAY + timedelta(seconds=1))
    assert time.perf_counter() - start < 0.2


@pytest.mark.parametrize(("language", "says"), [("zh-CN", "导入·无时限"), ("en", "imported, untimed")])
def test_an_imported_case_without_times_says_so(panel: CaseListPanel, words: Words, language: str, says: str) -> None:
    words.use("en" if language == "en" else "zh-CN")
    history = replace(make_case(99, CaseState.HANDLING), imported=True)
    panel.update_cases([history, replace(make_case(98, CaseState.CLOSED), imported=True)])
    assert panel.table.clock(history) == says
    assert panel.table.clock(make_case(98, CaseState.CLOSED)) == words("state.closed")


def _hover(panel: CaseListPanel, row: int) -> str:
    """Rest the pointer on a row and return what is said."""
    view = panel.view
    place = view.visualRect(panel.table.index(row)).center()
    event, said = QHelpEvent(QEvent.Type.ToolTip, place, view.viewport().mapToGlobal(place)), list[str]()
    with pytest.MonkeyPatch.context() as patch:  # a real one would be a window of its own
        patch.setattr(delegate, "QToolTip", SimpleNamespace(showText=lambda at, text, over: said.append(text)))
        QApplication.sendEvent(view.viewport(), event)
    return QTextDocumentFragment.fromHtml(said[0]).toPlainText() if Qt.mightBeRichText(said[0]) else said[0]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_clock_is_whole_and_what_makes_way_for_it_is_read_on_hover(
    panel: CaseListPanel, words: Words, qtbot: QtBot, language: str
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    case = replace(make_case(1, age_min=60 * 24 * 9), title="河道护栏<b>松动，附近老人小孩很多，急", urgent=True)
    panel.set_cases([case], MONDAY)
    index = panel.table.index(0)
    clock, line = str(index.data(CLOCK_ROLE)), str(index.data(LINE_ROLE))
    panel.resize(900, 400)
    qtbot.wait(10)
    assert _hover(panel, 0) == ""
    panel.resize(230, 400)
    qtbot.wait(10)
    said = _hover(panel, 0)
    assert case.title in said
    assert clock not in said, "it is not shortened"
    shots = [QImage(panel.view.viewport().size() * ratio, QImage.Format.Format_RGB32) for ratio in (1.0, 1.5)]
    for shot, ratio in zip(shots, (1.0, 1.5), strict=True):
        shot.setDevicePixelRatio(ratio)
        panel.view.viewport().render(shot)
        row = panel.view.visualRect(index)
        edge = round((row.right() - 11) * ratio)
        ground = shot.pixel(edge, round(row.bottom() * ratio) - 3)
        assert {shot.pixel(edge, y) for y in range(round(10 * ratio), round(30 * ratio))} == {ground}
    panel.resize(90, 400)  # as narrow as it gets
    qtbot.wait(10)
    assert clock not in _hover(panel, 0)
    assert line in _hover(panel, 0)


def test_the_chip_of_what_was_chosen_on_the_map_stands_below_the_search_line(panel: CaseListPanel) -> None:
    panel.keep_to(frozenset({panel.table.index(0).data(CASE_ROLE).case_no}))
    QApplication.processEvents()
    chip, search = panel.only_chip, panel.filter_bar.search
    assert chip.isVisible()
    picture = panel.grab().toImage()
    band = range(chip.mapTo(panel, chip.rect().center()).y() - 6, chip.mapTo(panel, chip.rect().center()).y() + 6)
    bare = picture.pixel(1, band[0])
    painted = min(x for y in band for x in range(100) if picture.pixel(x, y) != bare)
    assert abs(painted - search.mapTo(panel, search.rect().topLeft()).x()) <= 1
    panel.keep_to(None)
    QApplication.processEvents()
    assert panel.view.parentWidget() is not None
    assert panel.view.parentWidget().y() == panel.filter_bar.geometry().bottom() + 1, "without it nothing is left free"
