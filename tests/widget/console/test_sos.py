"""An SOS at real desks: it is seen and heard, steals nothing that is typed, and who acknowledged it is known."""

from pathlib import Path

from desks import PASSWORD, open_desk, until
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from served import ALL_ROOM, Served, key

from console.desk import Desk
from domain.people import Role
from tests.widget.console.test_outbox_desk import sign_in, standing
from widgets.sos_banner import SosBanner

LOOP, ONCE = -2, 1


class Heard:
    """Stands for a sound device: what was played, and whether it plays still."""

    def __init__(self) -> None:
        self.played: list[tuple[str, int]] = []
        self.playing = ""
        self._count = 0

    def make(self, path: Path, parent: QObject) -> "Heard":
        assert path.read_bytes()[:4] == b"RIFF"
        made = Heard()
        made.played, made.name = self.played, path.stem
        self.last = made
        return made

    def setLoopCount(self, count: int) -> None:
        self._count = count

    def play(self) -> None:
        self.played.append((self.name, self._count))
        self.playing = self.name

    def stop(self) -> None:
        self.playing = ""


def banner_of(desk: Desk) -> SosBanner | None:
    return desk.crew.alarms._banner


def call(served: Served, user: str, entry_id: str, **more: object) -> None:
    client = served.client(served.token(user, Role.HANDLER))
    body = {"unit": "u1", "raised_at": "2026-03-03T08:30:00Z", **more}
    sent = client.put(
        f"/v1/register/sos/{entry_id}", json={"body": body, "version": 0}, headers={"Idempotency-Key": key()}
    )
    assert sent.status_code == 200, sent.text


async def test_a_call_is_seen_and_heard_until_somebody_acknowledges_it(served: Served) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    async with open_desk() as one, open_desk() as other:
        heard = Heard()
        one.crew.alarms.sounds.make_player = heard.make
        told: list[int] = []
        one.crew.alarms.sos_waiting.connect(told.append)
        await sign_in(one, served)
        await sign_in(other, served, "wang")
        await until(lambda: one.session.room is not None and one.session.room.picture is not None)
        search = one.panels.case_list.filter_bar.search
        search.setFocus()
        QTest.keyClicks(search, "lao")
        call(served, "field", "s1", lon=120.81, lat=29.56, text="被围堵")
        await until(lambda: banner_of(one) is not None and banner_of(other) is not None)
        banner = banner_of(one)
        assert banner is not None
        assert banner.isVisibleTo(one.window)
        assert banner.blinking
        assert "被围堵" in banner.texts()
        assert "120.81000" in banner.texts()
        await until(lambda: heard.played == [("sos", LOOP)])
        assert told == [1]
        # nothing that is typed is lost, and typing goes on where it was
        assert one.window.focusWidget() is search
        QTest.keyClicks(search, "jie")
        assert search.text() == "laojie"
        # under the idle lock it sounds on
        one.settings.set("sound_alert", False, store=False)
        one.crew.idle_lock.lock()
        assert heard.last.playing == "sos"
        one.crew.idle_lock._uncover(restore=True)
        # another acknowledges it: both know who, and it is quiet
        other.actions.trigger("acknowledge_sos")
        await until(lambda: not banner.blinking)
        assert heard.last.playing == ""
        assert told == [1, 0]
        assert banner.isVisibleTo(one.window), "it stays until it is closed"
        assert "wang" in banner.texts()
        one.actions.trigger("acknowledge_sos")
        assert "notice.no_sos" in standing(one)
        # closing takes a result
        banner.close_call.click()
        assert isinstance(banner.result, QLineEdit)
        banner.result.setText("已增援，平安")
        QTest.keyClick(banner.result, Qt.Key.Key_Return)
        await until(banner.isHidden)
        there = banner_of(other)
        await until(lambda: there is not None and there.isHidden())
        room = one.session.room
        assert room is not None
        assert room.picture is not None
        body = next(e.body for e in room.picture.entries.values() if e.kind == "sos")
        assert body["result"] == "已增援，平安"


async def test_two_who_acknowledge_at_once_are_no_trouble_to_each_other(served: Served) -> None:
    served.account("zhao", PASSWORD, *ALL_ROOM)
    async with open_desk() as one, open_desk() as other:
        await sign_in(one, served)
        await sign_in(other, served, "zhao")
        call(served, "field", "s-both", lon=120.81, lat=29.56)
        await until(lambda: banner_of(one) is not None and banner_of(other) is not None)
        for desk in (one, other):  # before either has heard of the other
            desk.actions.trigger("acknowledge_sos")
        banners = [found for desk in (one, other) if (found := banner_of(desk)) is not None]
        await until(lambda: not any(banner.blinking for banner in banners))
        await until(
            lambda: {"notice.sos_acknowledged", "notice.colleague_faster"} <= {*standing(one), *standing(other)}
        )
        assert one.crew.alarms._waiting == other.crew.alarms._waiting == 0
        assert banners[0].texts() == banners[1].texts(), "both say the same person did"
        assert not [key for key in (*standing(one), *standing(other)) if key.startswith("fault.")]


async def test_a_call_heard_over_the_radio_is_asked_for_twice(served: Served) -> None:
    async with open_desk() as desk:
        await sign_in(desk, served)
        await until(lambda: desk.session.room is not None and desk.session.room.picture is not None)
        desk.actions.trigger("raise_sos")
        assert "notice.sos_which" in standing(desk)
        assert desk.session.room is not None
        assert desk.session.room.picture is not None
        unit = next(iter(desk.session.room.picture.units))
        desk.selection.select_unit(unit)
        desk.actions.trigger("raise_sos")
        assert "notice.sos_sure" in standing(desk)
        assert banner_of(desk) is None
        desk.actions.trigger("raise_sos")
        await until(lambda: banner_of(desk) is not None)
        banner = banner_of(desk)
        assert banner is not None
        assert desk.names.unit(unit) in banner.texts()
        # without a device that can be heard it is said once, calmly
        await until(lambda: "notice.no_sound" in standing(desk))
        desk.actions.trigger("acknowledge_sos")
        await until(lambda: not banner.blinking)


async def test_sounds_can_be_tried_and_switched_off_but_not_the_sos(served: Served) -> None:
    async with open_desk() as desk:
        heard = Heard()
        desk.crew.alarms.sounds.make_player = heard.make
        await sign_in(desk, served)
        desk.actions.trigger("try_sounds")
        await until(lambda: [name for name, _ in heard.played] == ["sos", "alert"])
        heard.played.clear()
        desk.settings.set("sound_alert", False, store=False)
        client = served.client(served.token("phones", Role.GATEWAY))
        from served import send_report

        send_report(client, title="燃气泄漏", urgent=True)
        call(served, "field", "s2")
        await until(lambda: heard.played == [("sos", LOOP)])
