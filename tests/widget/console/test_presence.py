"""Two desks at one service: each sees what the other has open now, without a claim, and only while that is so."""

from desks import PASSWORD, listed, signed_in, until
from served import ALL_ROOM, Served, send_report

from client.line import LineReading, LineState
from console.desk import Desk
from domain.change import Subject
from domain.ids import CaseNo
from service.store import reads
from widgets.case_list.table import VIEWERS_ROLE
from widgets.common.chip import Chip


def in_list(desk: Desk) -> dict[CaseNo, str]:
    """Return the rows with an eye, and what stands beside it."""
    table = desk.panels.case_list.table
    rows = {case_no: table.index(row).data(VIEWERS_ROLE) for row, case_no in enumerate(listed(desk))}
    return {case_no: str(shown) for case_no, shown in rows.items() if shown}


def on_card(desk: Desk) -> list[str]:
    """Return the badges of the card that stand there."""
    header = desk.panels.card.body.header
    return [chip.text() for chip in header.findChildren(Chip) if chip.isVisibleTo(header)]


async def test_two_desks_see_what_the_other_has_open_and_only_while_it_is(served: Served) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    client = served.client(served.token("phones", *ALL_ROOM))
    one, two = (send_report(client).case.case_no for _ in range(2))
    head = served.head()
    async with signed_in(served) as li, signed_in(served, "wang") as wang:
        await until(lambda: {one, two} <= set(listed(li)) and {one, two} <= set(listed(wang)))
        li.selection.select_case(one)
        await until(lambda: in_list(wang) == {one: "li"})
        assert in_list(li) == {}, "nobody is told of themselves"
        assert wang.panels.card.case() is None
        wang.selection.select_case(one)
        await until(lambda: "li 正在查看" in on_card(wang) and "wang 正在查看" in on_card(li))
        case = li.panels.card.case()
        assert case is not None
        assert case.claim is None
        li.appearance.use_language("en")
        await until(lambda: "wang is looking at it" in on_card(li))
        wang.selection.select_case(two)
        await until(lambda: in_list(li) == {two: "wang"} and "wang is looking at it" not in on_card(li))
        # what is not heard live is not shown: it may no longer be so
        room = li.session.room
        assert room is not None
        for state, shown in ((LineState.STALE, {}), (LineState.LIVE, {two: "wang"})):
            li.presence.on_line(LineReading(state, 0.0, 0.0, 0.0))
            assert in_list(li) == shown
        wang.crew.idle_lock.lock()
        await until(lambda: in_list(li) == {})
    with served.store.reading.begin() as connection:
        recorded = reads.changes_after(connection, head, 100)
    assert not [change for change in recorded if change.subject is Subject.CASE], "nothing of it is recorded"
