"""What sends people can be taken back for some seconds: over the real console and the real service."""

import asyncio

import httpx
from desks import signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from served import ALL_ROOM, Served, command, send_report

from console.desk import Desk
from domain.case import Case
from domain.ids import CaseNo
from domain.states import CaseState

UNIT = "u-sanitation"


def _to_dispatch(room: httpx.Client) -> Case:
    case = send_report(room).case
    case = command(room, case, "accept").case
    return command(room, case, "file", condition="c1").case


def _state(desk: Desk, case_no: CaseNo) -> CaseState | None:
    room = desk.session.room
    case = None if room is None or room.picture is None else room.picture.case(case_no)
    return None if case is None else case.state


async def _dispatch(desk: Desk, case: Case) -> None:
    await until(lambda: _state(desk, case.case_no) is CaseState.PENDING_DISPATCH)
    desk.selection.select_case(case.case_no)
    card = desk.panels.card
    await until(lambda: card.case() is not None and card.press_key("D"))
    assert card._form is not None
    field = card._form.field("unit")
    assert field is not None
    field.prefill(UNIT)
    assert "告知" in card._form._effect.text() or "派" in card._form._effect.text()
    card._form.submit()


async def test_a_dispatch_is_taken_back_by_a_key_and_its_form_is_there_again(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = _to_dispatch(room)
    async with signed_in(served) as desk:
        desk.settings.set("take_back_s", 30, store=False)
        await _dispatch(desk, case)
        strip = desk.intake.held_strip
        assert strip.isVisibleTo(desk.window)
        assert "30 秒后送出" in strip.accessibleName()
        assert "环卫" in strip.accessibleName() or UNIT in strip.accessibleName()
        assert desk.panels.card._form is None
        QTest.keyClick(desk.window, Qt.Key.Key_F6)
        await until(lambda: desk.panels.card._form is not None)
        assert not strip.isVisibleTo(desk.window)
        field = desk.panels.card._form.field("unit")  # type: ignore[union-attr]
        assert field is not None
        assert field.value() == UNIT
        assert "notice.taken_back" in {notice.key for notice in desk.notice_feed.standing()}
        await asyncio.sleep(0.3)
        assert room.get(f"/v1/cases/{case.case_no}").json()["state"] == "pending_dispatch"


async def test_what_is_not_taken_back_is_sent_when_its_time_is_over(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = _to_dispatch(room)
    async with signed_in(served) as desk:
        desk.settings.set("take_back_s", 1, store=False)
        await _dispatch(desk, case)
        assert _state(desk, case.case_no) is CaseState.PENDING_DISPATCH
        await until(lambda: _state(desk, case.case_no) is CaseState.PENDING_HANDLE)
        assert not desk.intake.held_strip.isVisibleTo(desk.window)
        changes = room.get(f"/v1/cases/{case.case_no}/changes").json()["changes"]
        assert [c["action"] for c in changes].count("dispatch") == 1


async def test_who_signs_out_has_decided(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = _to_dispatch(room)
    async with signed_in(served) as desk:
        desk.settings.set("take_back_s", 30, store=False)
        await _dispatch(desk, case)
        desk.actions.trigger("sign_out")
        await until(lambda: not desk.window.on_desk)
        assert room.get(f"/v1/cases/{case.case_no}").json()["state"] == "pending_handle"


async def test_what_is_held_is_not_sent_in_the_name_of_whoever_comes_next(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = _to_dispatch(room)
    async with signed_in(served) as desk:
        desk.settings.set("take_back_s", 30, store=False)
        await _dispatch(desk, case)
        desk.on_closed()
        assert desk.intake.holds.rows() == []
        assert "notice.held_lost" in {notice.key for notice in desk.notice_feed.standing()}
        assert room.get(f"/v1/cases/{case.case_no}").json()["state"] == "pending_dispatch"


async def test_a_second_one_on_the_case_and_the_key_to_send_wait_for_nothing(served: Served) -> None:
    room = served.client(served.token("room", *ALL_ROOM))
    case = _to_dispatch(room)
    async with signed_in(served) as desk:
        desk.settings.set("take_back_s", 30, store=False)
        await _dispatch(desk, case)
        QTest.keyClick(desk.window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        await until(lambda: _state(desk, case.case_no) is CaseState.PENDING_HANDLE)
