"""Sessions, the trail, the proof, one's own account and the second factor, against the real service."""

import pyotp
from admin_desks import PASSWORD, fill, office, sheet_of, text_of, turn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from desks import open_desk, signed_in, until
from PySide6.QtWidgets import QLineEdit
from served import ALL_ROOM, Served, key, send_report

from domain.change import Subject
from domain.ids import StaffId
from domain.people import Role
from widgets.forms.entries import ChoiceEntry


async def test_a_session_is_revoked_and_its_desk_says_so(served: Served) -> None:
    async with signed_in(served) as theirs, office(served, "sec") as (_, sheet):
        sessions = await turn(sheet, "sessions")
        await until(lambda: "li" in {row.cells[0] for row in sessions.table.shown()})
        mine = next(row.key for row in sessions.table.shown() if row.cells[0] == "li")
        sessions.table.choose(mine)
        sessions.press("end")
        assert sessions.form is not None
        assert "li" in sessions.form._title.text()
        fill(sessions, reason="设备遗失")
        sessions.form.submit()
        await until(lambda: mine not in {row.key for row in sessions.table.shown()})
        await until(lambda: not theirs.window.on_desk)
        assert theirs.sign_in._fault.text() == theirs.words("fault.token_revoked")


async def test_rights_that_change_are_told_and_followed(served: Served) -> None:
    async with signed_in(served) as theirs, office(served, "sec") as (_, sheet):
        accounts = await turn(sheet, "accounts")
        accounts.table.choose("li")
        accounts.press("rights")
        assert accounts.form is not None
        accounts.form.entry("roles").focusProxy()
        for role in (Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER, Role.DUTY_LEADER):
            accounts.form.entry("roles").list.choose(role.value)  # type: ignore[attr-defined]  # it is a ManyEntry
        fill(accounts, reason="调岗")
        accounts.form.submit()
        await until(lambda: "fault.rights_changed" in {n.key for n in theirs.notice_feed.standing()})
        room = theirs.session.room
        assert room is not None
        await until(lambda: room.picture is not None and room.picture.me.roles == {Role.INSPECTOR})


async def test_the_trail_is_narrowed_and_its_reading_is_in_it(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    room = served.client(served.token("room", *ALL_ROOM))
    answer = room.post(f"/v1/cases/{case.case_no}/contact", json={"reason": "回访"}, headers={"Idempotency-Key": key()})
    async with office(served, "aud") as (desk, sheet):
        trail = await turn(sheet, "trail")
        await until(lambda: "查阅审计日志" in {row.cells[2] for row in trail.table.shown()})
        assert case.case_no not in {row.cells[4] for row in trail.table.shown() if row.cells[3] == "案件"}
        trail.press("filter")
        assert trail.form is not None
        subject = trail.form.entry("subject")
        assert isinstance(subject, ChoiceEntry)
        subject.combo.setCurrentIndex(subject.combo.findData(Subject.CASE.value))
        fill(trail, subject_id=case.case_no)
        trail.form.submit()
        await until(lambda: {row.cells[3] for row in trail.table.shown()} == {"案件"})
        assert answer.status_code in (200, 404)
        assert case.title not in text_of(trail), "what changes on cases say is not shown"
        trail.press("filter")
        fill(trail, who="nobody")
        assert trail.form is not None
        trail.form.submit()
        await until(lambda: desk.words("admin.trail.empty") in text_of(trail))


async def test_keys_and_head_are_shown(served: Served) -> None:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    async with office(served, "aud") as (desk, sheet):
        proof = await turn(sheet, "proof")
        await until(lambda: desk.words("admin.proof.empty") in text_of(proof))
        from base64 import b64encode

        client = served.client(served.token("aud-script", Role.AUDIT_ADMIN))
        given = client.post("/v1/audit/keys", json={"public": b64encode(public).decode()})
        assert given.status_code == 201, given.text
        proof.load()
        await until(lambda: len(proof.table.shown()) == 1)
        await until(lambda: desk.words("admin.proof.never") in text_of(proof))
        proof.table.choose(proof.table.shown()[0].key)
        await until(lambda: public.hex()[:8] in text_of(proof))


async def test_a_second_factor_is_set_up_and_then_asked_for(served: Served) -> None:
    async with office(served, "sec") as (desk, sheet):
        own = await turn(sheet, "own")
        own.press("totp")
        fill(own, password=PASSWORD)
        assert own.form is not None
        own.form.submit()
        await until(lambda: own.form is not None and own.form.entries[-1].name == "code")
        assert own.form is not None
        shown = own.form.entry("secret").value()
        assert len(shown.split()[0]) == 4, "in groups, to be typed"
        code = own.form.entry("code").focusProxy()
        assert isinstance(code, QLineEdit)
        assert code.hasFocus()
        secret = shown.replace(" ", "")
        fill(own, code="000000")
        form = own.form
        form.submit()
        await until(form._fault.isVisible)
        fill(own, code=pyotp.TOTP(secret).now())
        form.submit()
        await until(lambda: own.form is None)
        assert secret not in text_of(sheet)
    async with open_desk() as desk:
        desk.ask_to_sign_in(served.url)
        panel = desk.sign_in
        panel.user.setText("sec")
        panel.password.setText(PASSWORD)
        panel.password.returnPressed.emit()
        await until(panel.code.isVisible)
        assert panel.password.text() == PASSWORD, "it need not be typed again"
        assert desk.words("fault.code_needed") == panel._fault.text()
        assert desk.window.focusWidget() is panel.code
        panel.code.setText("000000")
        panel.code.returnPressed.emit()
        await until(lambda: panel._fault.text() == desk.words("fault.bad_code"))
        panel.code.setText(pyotp.TOTP(secret).at(served_now() + 30))
        panel.code.returnPressed.emit()
        await until(lambda: desk.window.on_desk)
        assert panel.password.text() == panel.code.text() == ""
        assert panel.code.isHidden()


def served_now() -> int:
    """Return the real time in seconds; the code of the half minute after it was not taken before."""
    import time

    return int(time.time())


async def test_staff_see_who_looked_at_where_they_were(served: Served) -> None:
    served.account("wang", PASSWORD, Role.GRID_WORKER, staff=StaffId("s-wang"))
    leader = served.client(served.token("leader", Role.DUTY_LEADER))
    since = served.runtime.timekeeper.now().isoformat()
    read = leader.get("/v1/positions/s-wang/track", params={"reason": "走失老人", "since": since})
    assert read.status_code == 200, read.text
    async with signed_in(served, "wang") as desk:
        desk.actions.trigger("own_account")
        sheet = sheet_of(desk)
        assert sheet is not None
        own = await turn(sheet, "own")
        await until(lambda: [row.cells[1:3] for row in own.table.shown()] == [("leader", "走失老人")])


async def test_signing_out_everywhere_ends_this_desk_too(served: Served) -> None:
    async with office(served, "aud") as (desk, sheet):
        own = await turn(sheet, "own")
        own.press("everywhere")
        assert own.form is not None
        own.form.submit()
        await until(lambda: not desk.window.on_desk)
        assert not sheet.isVisible()
        assert sheet.screens == {}, "nothing of what was loaded stays"


async def test_ones_own_password_is_changed_from_the_menu(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("own_account")
        sheet = sheet_of(desk)
        assert sheet is not None
        own = await turn(sheet, "own")
        own.press("password")
        fill(own, old=PASSWORD, new="another sentence 8", again="another sentence 9")
        form = own.form
        assert form is not None
        form.submit()
        assert form._fault.text() == desk.words("admin.own.differ")
        fill(own, again="another sentence 8")
        form.submit()
        await until(lambda: own.form is None)
        assert desk.window.on_desk, "the session in use stays"
    again = served.client().post("/v1/session", json={"user": "li", "password": "another sentence 8"})
    assert again.status_code == 201
