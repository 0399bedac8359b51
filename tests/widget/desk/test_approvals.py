"""Approvals and call-backs in lists of their own, the request on the card, and whom the looks go to by themselves."""

from datetime import timedelta

import pytest
from domain_factories import ALL_ROLES, CLERK, MONDAY, UNITS, WORKER, WORKER_2, Ledger, actor_for, arguments
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from domain.case import Case, Report
from domain.decide import allowed_steps
from domain.ids import AccountId, ReportId
from domain.machine import STEPS
from domain.nearest import Runner
from domain.people import Actor, Role
from domain.states import CaseState, Channel
from resources.theme import Theme
from resources.words import Words
from widgets.case_card.panel import CaseCard
from widgets.case_list.panel import CaseListPanel
from widgets.case_list.rows import ListTab
from widgets.case_list.table import LINE_ROLE
from widgets.intents import ActionIntent
from widgets.names import Names


def _texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def _walk(ledger: Ledger, *actions: str, by: str = "p", **args: object) -> Case:
    case = ledger.report(Channel.HOTLINE)
    for action in actions:
        case = ledger.cases[case.case_no]
        actor = replace(actor_for(case, task=action), account=AccountId(by if action.startswith("request") else "p"))
        whole = arguments(STEPS[action], case, until=ledger.now + timedelta(days=3)) | (
            args if action == actions[-1] else {}
        )
        ledger.do(case.case_no, action, actor, **whole)
    return ledger.cases[case.case_no]


TO_HANDLING = ("accept", "file", "dispatch", "sign")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_what_is_asked_stands_in_one_list_the_longest_waiting_first(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    second = _walk(ledger, *TO_HANDLING, "request_return", reason="not_our_duty", text="属供电所")
    ledger.pass_time(minutes=-5)
    first = _walk(ledger, "accept", "file", "request_void", reason="duplicate")
    ledger.report()
    panel = CaseListPanel(words, theme, names)
    qtbot.addWidget(panel)
    panel.set_cases(ledger.cases.values(), MONDAY)
    panel.set_tab(ListTab.REQUESTS)
    rows = [panel.table.index(n) for n in range(panel.table.rowCount())]
    assert [row.data(LINE_ROLE).split(" · ")[0] for row in rows] == ["作废", "回退"]
    assert "1队" in rows[1].data(LINE_ROLE)
    assert "非本单位职责、属供电所" in rows[1].data(LINE_ROLE)
    assert panel.table.counts()[ListTab.REQUESTS] == 2
    answered = ledger.do(first.case_no, "refuse_void", actor_for(first))
    panel.update_cases([answered])
    assert panel.table.rowCount() == 1
    assert panel.table.row_of(second.case_no) == 0
    panel.set_tab(ListTab.CALLBACK)
    assert "没有待回电" in _texts(panel)


def test_who_waits_for_a_call_stands_by_when_it_was_promised(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    def told(number: int, **more: object) -> Case:
        case = ledger.report()
        report = Report(ReportId(f"x{number}"), Channel.HOTLINE, MONDAY, "坑", has_contact=True, **more)  # type: ignore[arg-type]
        return replace(case, reports=(report,))

    late = told(1, callback=True, callback_by=MONDAY + timedelta(hours=5))
    soon = told(2, callback=True, callback_by=MONDAY - timedelta(hours=1), source="12345", source_no="W7")
    closed = replace(told(3), state=CaseState.CLOSED, closed_at=MONDAY)
    done = told(4, callback=True, called_back_at=MONDAY)
    panel = CaseListPanel(words, theme, names)
    qtbot.addWidget(panel)
    panel.set_cases([late, soon, closed, done], MONDAY)
    panel.set_tab(ListTab.CALLBACK)
    listed = [panel.table.index(n).data(LINE_ROLE) for n in range(panel.table.rowCount())]
    assert len(listed) == 3
    assert "应于" in listed[0] and "12345 W7" in listed[0]  # noqa: PT018
    assert "待回访" in listed[2]


def _card(qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger, case: Case) -> CaseCard:
    card = CaseCard(words, theme, names)
    qtbot.addWidget(card)
    card.resize(440, 1000)
    card.set_now(ledger.now)
    card.show()
    actor = Actor(AccountId("p"), ALL_ROLES - {Role.SYSTEM}, UNITS[0].unit_id)
    card.show_case(case, allowed_steps(case, actor, ledger.context))
    return card


def test_the_card_says_what_a_yes_does_and_whose_it_would_be(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    case = _walk(ledger, *TO_HANDLING, "request_extension", by="q", reason="weather", text="连日下雨")
    card = _card(qtbot, words, theme, names, ledger, case)
    shown = _texts(card.body.request)
    for part in (
        "待批 延期",
        "1队 q",
        "天气、连日下雨",
        "再给一个原时限",
        "处置到期 03-02 15:00 → 03-03 09:00",
        "全案到期",
    ):
        assert part in shown, shown
    assert "本人" not in shown
    own = _walk(ledger, *TO_HANDLING, "request_extension", by="p")
    card.show_case(own, ())
    assert "您本人" in _texts(card.body.request)
    card.show_case(ledger.report(), ())
    assert not card.body.request.isVisibleTo(card)


def test_a_look_goes_to_the_nearest_on_shift_by_itself(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    case = ledger.report(Channel.PUBLIC)
    card = _card(qtbot, words, theme, names, ledger, case)
    card.set_runner_source(lambda _: [Runner(WORKER_2, True, False, 1, 180.0), Runner(WORKER, False, True, 0, None)])
    sent: list[ActionIntent] = []
    card.action_requested.connect(sent.append)
    card.press_key("S")
    assert card._form is not None
    assert not card.is_typing()
    lines = [choice.line for choice in card._form.field("staff").choices("")]  # type: ignore[union-attr]
    assert "直线 180 m" in lines[0] and "手上 1 件" in lines[0]  # noqa: PT018
    assert "不在岗" in lines[1]
    card._form.submit()
    assert sent[0].args["staff"] == WORKER_2
    assert CLERK not in lines[0]


def test_the_task_line_counts_the_usual_time(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger
) -> None:
    case = _walk(ledger, "send_verify")
    ledger.pass_time(minutes=12)
    card = _card(qtbot, words, theme, names, ledger, case)
    assert "核实任务：甲，09:00 发出，剩 0:18（常规 30 分）" in _texts(card.body.task)
    card.set_now(ledger.now + timedelta(minutes=30))
    assert "超 0:12" in _texts(card.body.task)
