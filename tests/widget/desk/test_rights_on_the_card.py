"""What the card shows of rights: self-approval, masked parts; and conditions out of use are not offered."""

from datetime import UTC, datetime

from domain_factories import CONDITIONS
from msgspec.structs import replace
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from domain.case import Case, Report
from domain.change import Change, Subject
from domain.command import ArgKind
from domain.ids import AccountId, CaseNo, ReportId
from domain.machine import STEPS
from domain.states import CaseState, Channel
from domain.wire import MASK
from resources.theme import Theme
from widgets.case_card.fields.base import FormContext
from widgets.case_card.fields.registry import build_field
from widgets.case_card.header import CaseHeader, is_masked
from widgets.case_card.story import story
from widgets.names import Names

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
CASE = Case(
    case_no=CaseNo("330699103-20260303-0001"),
    version=3,
    state=CaseState.HANDLING,
    kind="01-02",
    title="井盖缺失",
    channel=Channel.HOTLINE,
    opened_at=NOW,
    stage_since=NOW,
)


def _badges(qtbot: QtBot, names: Names, theme: Theme, case: Case) -> dict[str, str]:
    header = CaseHeader(names, theme)
    qtbot.addWidget(header)
    header.show_case(case, NOW)
    return {button.text(): button.toolTip() for button in header.findChildren(QAbstractButton) if button.text()}


def test_an_approval_by_whoever_asked_is_marked_on_card_and_timeline(qtbot: QtBot, names: Names, theme: Theme) -> None:
    approved = replace(CASE, self_approved=("approve_extension",))
    name = names.words("action.approve_extension")
    assert f"本人审批：{name}" in _badges(qtbot, names, theme, approved)
    assert not any("本人审批" in text for text in _badges(qtbot, names, theme, CASE))
    done = Change(7, Subject.CASE, CASE.case_no, "approve_extension", AccountId("p"), NOW)
    assert "本人审批" not in story(done, names)
    assert "本人审批" in story(replace(done, data={"self_approved": True}), names)
    names.words.use("en")
    assert "self-approved" in story(replace(done, data={"self_approved": True}), names)


def test_what_is_masked_is_said_with_a_hint(qtbot: QtBot, names: Names, theme: Theme) -> None:
    report = Report(ReportId("r1"), Channel.HOTLINE, NOW, MASK)
    for case in (replace(CASE, title=MASK), replace(CASE, source_no=MASK), replace(CASE, reports=(report,))):
        assert is_masked(case)
        hint = _badges(qtbot, names, theme, case)[names.words("desk.card.masked")]
        assert MASK in hint
    assert not is_masked(CASE)
    assert names.words("desk.card.masked") not in _badges(qtbot, names, theme, CASE)


def test_a_condition_out_of_use_is_not_offered(qtbot: QtBot, names: Names) -> None:
    town = names.town
    assert town is not None
    arg = next(arg for arg in STEPS["file"].args if arg.kind is ArgKind.CONDITION)

    def offered() -> set[str]:
        field = build_field(arg, FormContext(names, CASE, lambda typed: ()), NOW)
        qtbot.addWidget(field)
        return {choice.value for choice in field.choices("")}  # type: ignore[attr-defined]  # it is a PickField

    first = offered()
    gone = CONDITIONS[0].code
    assert gone in first
    names.set_town(replace(town, conditions=tuple(replace(c, enabled=c.code != gone) for c in town.conditions)))
    assert offered() == first - {gone}
