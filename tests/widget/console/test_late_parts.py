"""What nobody has opened yet is not made at a start, whatever happens meanwhile; opened, it knows what it needs."""

from desks import signed_in, until
from served import ALL_ROOM, Served, send_report


async def test_form_sheet_and_papers_wait_until_they_are_wanted(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    async with signed_in(served) as desk:
        case = send_report(room).case
        await until(lambda: desk.session.room.picture.case(case.case_no))  # type: ignore[union-attr]
        desk.selection.select_case(case.case_no)
        desk.on_second()
        assert desk.panels.late_report_form.made is None
        assert desk.intake.late_bulk_sheet.made is None
        assert "paper" not in desk.__dict__
        assert "map_export" not in desk.__dict__
        desk.actions.trigger("new_report")
        form = desk.panels.late_report_form.made
        assert form is not None
        assert abs((form._now - desk.service_now()).total_seconds()) < 2
        await until(lambda: form._reader is not None)
