"""Top bar, today, notices, sign-in: what they say in each state, in both languages."""

from datetime import UTC, datetime

import pytest
from domain_factories import CALENDAR, MONDAY, RULES, Ledger
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from domain.today import today_figures
from resources.theme import Theme, load_theme
from resources.words import Words
from widgets.intents import SignInIntent
from widgets.notices import SHOWN_AT_MOST, Notice, NoticeStrip, Severity
from widgets.sign_in import SignInPanel
from widgets.today import TodayPanel
from widgets.top_bar import LineKind, LineView, TopBar


def _texts(widget: QWidget) -> list[str]:
    QApplication.processEvents()
    labels = [w.text() for w in widget.findChildren(QLabel) if w.isVisible()]
    return labels + [w.text() for w in widget.findChildren(QPushButton) if w.isVisible()]


@pytest.fixture
def bar(qtbot: QtBot, words: Words, theme: Theme) -> TopBar:
    bar = TopBar(words, theme)
    qtbot.addWidget(bar)
    bar.resize(1600, 50)
    bar.show()
    return bar


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LineView(LineKind.LIVE, 0.34), "实时 0.3 秒"),
        (LineView(LineKind.LIVE), "实时"),
        (LineView(LineKind.STALE, 40, MONDAY), "09:00:00 起无新消息"),
        (LineView(LineKind.CONNECTING), "正在连接"),
        (LineView(LineKind.OFFLINE, None, MONDAY), "离线，数据停在 09:00:00"),
        (LineView(LineKind.OFFLINE), "离线"),
    ],
)
def test_the_line_says_what_it_is_and_since_when(bar: TopBar, line: LineView, said: str) -> None:
    bar.set_line(line)
    assert bar._line.text() == said


def test_the_bar_names_room_person_time_and_that_data_is_made_up(bar: TopBar, words: Words) -> None:
    bar.set_room("清溪镇", synthetic=True, speed=10)
    bar.set_person("李", "早班")
    bar.set_now(datetime(2026, 11, 23, 6, 2, 37, tzinfo=UTC), "Asia/Shanghai")
    texts = _texts(bar)
    for part in ("清溪镇综合指挥室", "早班 · 李", "11 月 23 日 周一", "14:02:37"):
        assert part in texts
    assert bar._demo.text() == "演示数据（虚构）· 时钟 10 倍"
    words.use("en")
    bar.set_room("Qingxi", synthetic=False)
    assert "Qingxi command room" in _texts(bar)
    assert not bar._demo.isVisible()


def test_the_overdue_chip_counts_and_asks_for_them(bar: TopBar, qtbot: QtBot) -> None:
    assert not bar._overdue.isVisible()
    bar.set_overdue(3)
    assert bar._overdue.text() == "超时 3"
    with qtbot.waitSignal(bar.overdue_requested):
        qtbot.mouseClick(bar._overdue, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("line", [LineView(LineKind.LIVE, 0.3), LineView(LineKind.OFFLINE, None, MONDAY)])
def test_roles_are_shortened_and_the_name_is_whole(bar: TopBar, words: Words, line: LineView) -> None:
    words.use("en")
    roles = "Acceptor, Dispatcher, Duty chief, Duty leader, Inspector"
    name = "Wolfeschlegelsteinhausenbergerdorffalexa"
    bar.set_room("Qingxi", synthetic=True, speed=4)
    bar.set_overdue(3)
    bar.set_now(MONDAY, "Asia/Shanghai")
    bar.set_person(name, roles)
    bar.resize(1366, 50)
    bar.set_line(line)
    bar.set_outbox(*((0, 0) if line.kind is LineKind.LIVE else (2, 2)))
    QApplication.processEvents()
    assert bar.width() == 1366 >= bar.minimumSizeHint().width(), "no window is made wider"
    shown = bar._person.fitted(bar._person.contentsRect().width())
    assert shown.endswith(name)
    assert len(shown) < len(f"{roles} · {name}")
    assert bar._person.toolTip() == f"{roles} · {name}"
    assert bar._demo.text() == words(
        "desk.top.synthetic_short" if line.kind is LineKind.OFFLINE else "desk.top.synthetic_fast", speed="4"
    )
    bar.set_outbox(0, 0)
    bar.set_line(LineView(LineKind.LIVE, 0.3))
    assert bar._demo.text() == words("desk.top.synthetic_fast", speed="4")


def test_a_narrow_bar_keeps_what_matters(bar: TopBar) -> None:
    bar.set_room("清溪镇", synthetic=True)
    bar.set_person("李", "早班")
    bar.set_overdue(3)
    bar.set_line(LineView(LineKind.LIVE, 0.3))
    bar.set_now(MONDAY, "Asia/Shanghai")
    bar.resize(960, 50)
    QApplication.processEvents()
    kept = (bar._room, bar._person, bar._command, bar._demo, bar._overdue, bar._line, bar._clock)
    shown = [w for w in kept if w.isVisible()]
    assert len(shown) == 7
    assert bar._person.fitted(bar._person.contentsRect().width()) == "李"
    assert all(w.width() >= w.minimumSizeHint().width() for w in shown if w is not bar._command)
    assert bar._clock.geometry().right() <= bar.width()


def test_the_hint_of_the_command_box_is_cut_with_an_ellipsis(bar: TopBar, words: Words) -> None:
    bar.resize(1600, 50)
    QApplication.processEvents()
    assert words("desk.top.command") in bar._command.text()
    bar._command.setFixedWidth(130)
    QApplication.processEvents()
    text = bar._command.text()
    assert text.endswith("…")
    assert bar._command.fontMetrics().horizontalAdvance(text) <= 130 - 2 * 10


def test_the_command_box_asks_for_the_command_bar(bar: TopBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.command_requested):
        qtbot.mouseClick(bar._command, Qt.MouseButton.LeftButton)


def test_today_shows_counted_figures_and_says_what_was_counted(qtbot: QtBot, words: Words, theme: Theme) -> None:
    panel = TodayPanel(words, theme)
    qtbot.addWidget(panel)
    panel.show()
    assert "今日数据还没有" in _texts(panel)
    ledger = Ledger()
    ledger.report()
    ledger.pass_time(minutes=20)
    panel.set_figures(today_figures(ledger.cases.values(), RULES, CALENDAR, ledger.now))
    spoken = [cell.accessibleName() for cell in panel._cells.values()]
    assert any(text.startswith("上报 1.") for text in spoken)
    assert any(text.startswith("超时 1.") for text in spoken)
    assert any(text.startswith("按期处置率 —.") for text in spoken)


def test_notices_replace_by_key_and_the_gravest_come_first(qtbot: QtBot, words: Words, theme: Theme) -> None:
    strip = NoticeStrip(words, theme)
    qtbot.addWidget(strip)
    assert not strip.isVisibleTo(None)
    strip.show_notice(Notice("a", Severity.INFO, "first"))
    strip.show_notice(Notice("b", Severity.FAULT, "broken", "retry", "再试"))
    strip.show_notice(Notice("a", Severity.INFO, "second"))
    assert [notice.text for notice in strip.notices()] == ["broken", "second"]
    strip.show()
    assert "broken" in _texts(strip)
    assert "first" not in _texts(strip)
    action = next(b for b in strip.findChildren(QPushButton) if b.text() == "再试")
    with qtbot.waitSignal(strip.action_requested) as asked:
        qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    assert asked.args == ["b"]
    strip.withdraw("b")
    close = next(b for b in strip.findChildren(QPushButton) if b.text() == "✕" and b.isVisible())
    with qtbot.waitSignal(strip.dismissed) as gone:
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert gone.args == ["a"]
    assert strip.isHidden()


def test_many_notices_take_little_room(qtbot: QtBot, words: Words, theme: Theme) -> None:
    strip = NoticeStrip(words, theme)
    qtbot.addWidget(strip)
    strip.show()
    for n in range(9):
        strip.show_notice(Notice(str(n), Severity.WARNING, f"w{n}"))
    texts = _texts(strip)
    assert sum(text.startswith("w") for text in texts) == SHOWN_AT_MOST
    assert any("还有 6 条" in text for text in texts)


def test_the_newest_notice_shows_beside_graver_ones(qtbot: QtBot, words: Words, theme: Theme) -> None:
    strip = NoticeStrip(words, theme)
    qtbot.addWidget(strip)
    strip.show()
    for n in range(4):
        strip.show_notice(Notice(f"f{n}", Severity.FAULT, f"f{n}"))
    strip.show_notice(Notice("done", Severity.INFO, "it is done"))
    texts = _texts(strip)
    assert [text for text in texts if text[:1] == "f"] == ["f3", "f2", "f1"], "nothing graver makes way for it"
    assert "it is done" in texts
    assert any("还有 1 条" in text for text in texts)
    strip.withdraw("done")
    assert "it is done" not in _texts(strip)
    strip.show_notice(Notice("f0", Severity.FAULT, "f0 again"))
    assert "f0 again" in _texts(strip), "told again it is the newest"


@pytest.fixture
def sign_in(qtbot: QtBot, words: Words, theme: Theme) -> SignInPanel:
    panel = SignInPanel(words, theme)
    qtbot.addWidget(panel)
    panel.resize(900, 600)
    panel.show()
    return panel


def test_enter_signs_in_once_and_nothing_of_the_password_can_be_logged(sign_in: SignInPanel, qtbot: QtBot) -> None:
    sign_in.set_server("http://localhost:1", "li")
    qtbot.keyClicks(sign_in.password, "secret-word")
    with qtbot.waitSignal(sign_in.sign_in_requested) as asked:
        qtbot.keyClick(sign_in.password, Qt.Key.Key_Return)
    assert asked.args == [SignInIntent("http://localhost:1", "li", "secret-word")]
    assert "secret" not in repr(asked.args[0])
    sign_in.set_busy(True)
    with qtbot.assertNotEmitted(sign_in.sign_in_requested):
        sign_in._on_sent()
    assert "正在登录…" in _texts(sign_in)


def test_what_is_missing_is_said(sign_in: SignInPanel, qtbot: QtBot) -> None:
    sign_in.set_server("http://localhost:1")
    with qtbot.assertNotEmitted(sign_in.sign_in_requested):
        qtbot.keyClick(sign_in.user, Qt.Key.Key_Return)
    assert "请填写：账号" in _texts(sign_in)


def test_a_refusal_keeps_everything_but_the_password(sign_in: SignInPanel, qtbot: QtBot) -> None:
    sign_in.set_server("http://localhost:1", "li")
    qtbot.keyClicks(sign_in.password, "wrong")
    sign_in.set_busy(True)
    sign_in.set_busy(False)
    sign_in.set_fault("账号或密码不对")
    assert (sign_in.server.text(), sign_in.user.text(), sign_in.password.text()) == ("http://localhost:1", "li", "")
    assert "账号或密码不对" in _texts(sign_in)


def test_language_and_theme_can_be_switched_before_signing_in(sign_in: SignInPanel, qtbot: QtBot, words: Words) -> None:
    with qtbot.waitSignal(sign_in.language_picked) as language:
        qtbot.mouseClick(sign_in._language, Qt.MouseButton.LeftButton)
    assert language.args == ["en"]
    words.use("en")
    sign_in.retranslate()
    assert "Sign in" in _texts(sign_in)
    with qtbot.waitSignal(sign_in.theme_picked) as picked:
        qtbot.mouseClick(sign_in._theme_button, Qt.MouseButton.LeftButton)
    assert picked.args == ["light"]
    sign_in.set_theme(load_theme("light"))
    with qtbot.waitSignal(sign_in.theme_picked) as back:
        qtbot.mouseClick(sign_in._theme_button, Qt.MouseButton.LeftButton)
    assert back.args == ["dark"]
