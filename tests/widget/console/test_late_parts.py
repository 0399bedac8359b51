"""What nobody has opened yet is not made at a start, whatever happens meanwhile; opened, it knows what it needs."""

from typing import Any

import pytest
from desks import listed, open_desk, signed_in, until
from served import ALL_ROOM, Served, send_report

from console import roomfeed
from domain.people import Role
from domain.today import Today
from widgets.common.empty import EmptyState


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


async def test_the_card_is_made_by_itself_soon_and_at_once_for_a_key(served: Served) -> None:
    gateway = served.client(served.token("phones", Role.GATEWAY))
    case = send_report(gateway).case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no])
        standing = desk.panels.card_stack.currentWidget()
        if desk.panels.late_card.made is None:
            assert isinstance(standing, EmptyState)
            assert standing.accessibleName().startswith(desk.words("desk.card.empty"))
        desk.selection.select_case(case.case_no)
        desk.panels.press_card_key("A")
        card = desk.panels.late_card.made
        assert card is not None
        assert card.case() == case
        assert desk.panels.card_stack.currentWidget() is card
        assert card._form is not None
        await until(lambda: card.body.complete)


async def test_a_card_nobody_asked_for_is_there_once_the_map_is_whole(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.appearance.use_language("en")
        await until(lambda: desk.panels.late_card.made is not None)
        card = desk.panels.card
        assert desk.panels.card_stack.currentWidget() is card
        assert card._empty.accessibleName().startswith(desk.words("desk.card.empty"))
        desk.appearance.use_language("zh-CN")
        assert card._empty.accessibleName().startswith(desk.words("desk.card.empty"))


async def test_the_days_figures_are_not_reckoned_before_the_first_picture(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_report(served.client(served.token("phones", Role.GATEWAY)))
    after: list[bool] = []
    reckon = roomfeed.today_figures
    async with open_desk() as desk:

        def noted(*what: Any) -> Today:
            after.append(desk.panels.late_board.made is not None)
            return reckon(*what)

        monkeypatch.setattr(roomfeed, "today_figures", noted)
        desk.session.use_token(served.url, served.token("room", *ALL_ROOM), None)
        await until(lambda: desk.panels.late_today.made is not None and desk.panels.today._today is not None)
        assert desk.panels.today._today is not None
        assert desk.panels.today._today.reported == 1
    assert after
    assert all(after)
