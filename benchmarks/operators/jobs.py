"""The ten jobs. Each begins in the list, on the case it is about, and ends when the service has it."""

from benchmarks.operators.script import Job, Operator
from benchmarks.operators.stage import NotDone, Stage
from domain.case import Case
from domain.ids import CaseNo
from domain.states import CaseState
from widgets.shift.handover import HandoverPage
from widgets.shift.sheet import ShiftSheet
from widgets.shift.values import HandoverRow

S = CaseState
PHONE = "0575-55550101"
WHAT = "，行人只能绕行"
"""What the caller tells, behind the place and what it is: about as much as a caller's first sentence holds."""


def _given(case: Case | None) -> Case:
    if case is None:
        raise NotDone("there is no case to work on")
    return case


async def _at(stage: Stage, operator: Operator, text: str, to: str) -> Case:
    case = await stage.case(text, to=to)
    await operator.stands_on(case)
    return case


# -- new report by telephone


async def _ready(stage: Stage, operator: Operator) -> None:
    operator.desk.panels.show_card()
    operator.desk.panels.case_list.focus_list()


async def _take_down(stage: Stage, operator: Operator, _: Case | None) -> None:
    before = {c.case_no for c in operator.cases()}
    await operator.press("N")
    form = operator.desk.panels.report_form
    await operator.sees("the form", form.isVisible)
    await operator.type(f"{stage.spot}{stage.kind_name}{WHAT}")
    await operator.press("Tab")
    await operator.type(PHONE)
    await operator.sees("a kind suggested", form.kind.chosen)
    await operator.press("Ctrl+↵")
    await operator.sees("the new case", lambda: (c := operator.shown()) is not None and c.case_no not in before)
    case = _given(operator.shown())
    async with operator.waits():
        kept = await stage.becomes(case.case_no, "reported with a kind", lambda c: c.state is S.REPORTED and c.kind)
        if not kept.reports[0].has_contact or kept.lon is None or WHAT not in kept.reports[0].text:
            raise NotDone(f"{kept.case_no} lacks its caller, its place or its words: {kept}")


# -- accept and file


async def _reported(stage: Stage, operator: Operator) -> Case:
    return await _at(stage, operator, "待受理的井盖", "reported")


async def _accept_and_file(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    await operator.press("A", "↵")
    await operator.is_on(case.case_no, S.PENDING_FILE)
    await operator.is_offered("file")
    await operator.press("F", *stage.choosing, "Ctrl+↵")
    await operator.is_on(case.case_no, S.PENDING_DISPATCH)
    async with operator.waits():
        await stage.becomes(case.case_no, "filed", lambda c: c.state is S.PENDING_DISPATCH and c.condition)


# -- merge a duplicate


async def _told_twice(stage: Stage, operator: Operator) -> Case:
    lon, lat = stage.place
    first = await stage.case("井盖破了", to="pending_dispatch", place=(lon + 2e-5, lat))
    case = await stage.case("同一处井盖又报", place=stage.place)
    await operator.stands_on(case)
    found = operator.desk.panels.card.body.duplicates.found
    await operator.sees("the likely duplicate", lambda: any(s.case.case_no == first.case_no for s in found()))
    return case


async def _merge(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    await operator.press("M", "↓", "Ctrl+↵")
    async with operator.waits():
        merged = await stage.becomes(case.case_no, "merged", lambda c: c.state is S.MERGED)
        into = await stage.room.case(CaseNo(merged.merged_into or ""))
        if len(into.reports) < 2:
            raise NotDone(f"{into.case_no} has not got the report")


# -- dispatch the recommended unit, or another with a reason


async def _filed(stage: Stage, operator: Operator) -> Case:
    case = await _at(stage, operator, "待派遣的井盖", "pending_dispatch")
    await operator.sees("units suggested", operator.desk.panels.card.body.suggestions.units)
    return case


async def _send_suggested(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    first = operator.desk.panels.card.body.suggestions.units()[0]
    await operator.press("1", "↵")
    await operator.hands_free(case.case_no)
    async with operator.waits():
        sent = await stage.becomes(case.case_no, "dispatched", lambda c: c.state is S.PENDING_HANDLE)
        if sent.lead_unit != first:
            raise NotDone(f"{sent.case_no} went to {sent.lead_unit}, not to {first}")


async def _send_another(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    suggested = operator.desk.panels.card.body.suggestions.units()
    other = next(u for u in stage.snapshot.units if u.unit_id not in suggested)
    await operator.press("D")
    await operator.type(other.name)
    await operator.press("↵", "1", "↵")
    await operator.hands_free(case.case_no)
    async with operator.waits():
        sent = await stage.becomes(case.case_no, "dispatched", lambda c: c.state is S.PENDING_HANDLE)
        told = (await stage.room.changes(case.case_no)).changes[-1].data
        if sent.lead_unit != other.unit_id or told.get("override") is None:
            raise NotDone(f"{sent.case_no} went to {sent.lead_unit} with {told}")


# -- requests


async def _asked(stage: Stage, operator: Operator, action: str, reason: str, to: str) -> Case:
    case = await stage.case("单位有申请的井盖", to=to)
    case = await stage.act(case, action, behalf=stage.crew, reason=reason)
    await operator.stands_on(case)
    operator.desk.selection.select_case(None)
    return case


async def _return_asked(stage: Stage, operator: Operator) -> Case:
    return await _asked(stage, operator, "request_return", "not_our_duty", "pending_handle")


async def _extension_asked(stage: Stage, operator: Operator) -> Case:
    return await _asked(stage, operator, "request_extension", "materials", "handling")


async def _answer(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    await operator.press("Ctrl+6")
    await operator.is_on(case.case_no)
    await operator.press("Y", "↵")
    await operator.sees("answered", lambda: (c := operator.shown()) is None or c.request is None)
    async with operator.waits():
        answered = await stage.becomes(case.case_no, "answered", lambda c: c.request is None)
        returned, longer = answered.state is S.PENDING_DISPATCH, answered.extension_count == case.extension_count + 1
        if not (returned or longer):
            raise NotDone(f"{case.case_no} was refused")


# -- check and close


async def _handled(stage: Stage, operator: Operator) -> Case:
    return await _at(stage, operator, "已处置的井盖", "pending_check")


async def _check_and_close(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    await operator.press("S", "↵")
    await operator.hands_free(case.case_no)
    async with operator.waits():
        sent = await stage.becomes(case.case_no, "sent to check", lambda c: c.state is S.CHECKING)
        photos = [await stage.photo()]
        assert sent.checker is not None
        sent = await stage.act(sent, "check_pass", behalf=sent.checker, photos=photos)
    await operator.is_on(case.case_no, S.PENDING_CLOSE)
    await operator.is_offered("close")
    await operator.press("F", *(str(n + 1) for n in range(len(sent.closing))), "↵")
    await operator.is_on(case.case_no, S.CLOSED)
    async with operator.waits():
        await stage.becomes(case.case_no, "closed", lambda c: c.state is S.CLOSED)


# -- call back


async def _owed(stage: Stage, operator: Operator) -> Case:
    case = await stage.case("要求回电的井盖", to="callback")
    await operator.stands_on(case)
    operator.desk.selection.select_case(None)
    return case


async def _call_back(stage: Stage, operator: Operator, given: Case | None) -> None:
    case = _given(given)
    await operator.press("Ctrl+7")
    await operator.is_on(case.case_no)
    await operator.press("8", "1", "↵")
    await operator.sees("called back", lambda: (c := operator.shown()) is None or not c.callbacks)
    async with operator.waits():
        await stage.becomes(case.case_no, "called back", lambda c: c.reports[0].called_back_at is not None)


# -- hand over the shift


def _page(operator: Operator) -> HandoverPage | None:
    """Return the page of the handover where it is on the screen."""
    sheets = [sheet for sheet in operator.desk.frame.findChildren(ShiftSheet) if sheet.isVisible()]
    return sheets[0].handover if sheets else None


def _row(operator: Operator) -> HandoverRow | None:
    page = _page(operator)
    return None if page is None else page.row()


def _given_row(operator: Operator) -> HandoverRow:
    row = _row(operator)
    if row is None:
        raise NotDone("no sheet is shown")
    return row


def _waits(operator: Operator, *, mine: bool) -> bool:
    """Return whether a sheet is shown that waits to be signed by who comes."""
    row = _row(operator)
    return row is not None and row.entry_id is not None and not row.received and row.mine is mine


async def _something_open(stage: Stage, operator: Operator) -> None:
    case = await stage.case("交班时还挂着的井盖", to="pending_dispatch")
    await stage.act(case, "supervise", level="red", reason="overdue")
    await operator.stands_on(case)


async def _hand_over(stage: Stage, operator: Operator, _: Case | None) -> None:
    desk, before = operator.desk, await stage.signed_sheets()
    await operator.press("Ctrl+Shift+J")
    await operator.sees("the sheet", lambda: _page(operator) is not None)
    await operator.press("↵")
    await operator.sees("a draft", lambda: (row := _row(operator)) is not None and row.entry_id is None)
    await operator.press("Ctrl+↵")
    await operator.sees("handed over", lambda: _waits(operator, mine=True))
    await operator.press("Ctrl+Shift+Q")
    await operator.sees("the page to sign in", lambda: not desk.window.on_desk)
    await operator.press("Shift+Tab")
    await operator.type(stage.relief[0])
    await operator.press("Tab")
    await operator.type(stage.relief[1])
    await operator.press("↵")
    await operator.sees("the desk of the relief", lambda: desk.window.on_desk and operator.has_picture())
    await operator.press("Ctrl+Shift+J")
    await operator.sees("the sheet that waits", lambda: _waits(operator, mine=False))
    operator.lines = len(_given_row(operator).items)
    await operator.press(*["↓"] * operator.lines)
    await operator.press("Ctrl+↵")
    await operator.sees("signed", lambda: _given_row(operator).received)
    await operator.press("Esc")
    async with operator.waits():
        if await stage.signed_sheets() <= before:
            raise NotDone("no handover is signed by both")


JOBS: tuple[Job, ...] = (
    Job("new report by telephone", "N Tab Ctrl+↵", _ready, _take_down),
    Job("accept and file", "A ↵ F ↓ Ctrl+↵", _reported, _accept_and_file),
    Job("merge a duplicate", "M ↓ Ctrl+↵", _told_twice, _merge),
    Job("dispatch the recommended unit", "1 ↵", _filed, _send_suggested),
    Job("override with a reason", "D ↵ 1 ↵", _filed, _send_another),
    Job("answer a return request", "Ctrl+6 Y ↵", _return_asked, _answer),
    Job("approve an extension", "Ctrl+6 Y ↵", _extension_asked, _answer),
    Job("check and close", "S ↵ F 1 2 ↵", _handled, _check_and_close),
    Job("call back", "Ctrl+7 8 1 ↵", _owed, _call_back),
    Job(
        "hand over the shift",
        "Ctrl+Shift+J ↵ Ctrl+↵ Ctrl+Shift+Q Shift+Tab Tab ↵ Ctrl+Shift+J * Ctrl+↵ Esc",
        _something_open,
        _hand_over,
    ),
)
