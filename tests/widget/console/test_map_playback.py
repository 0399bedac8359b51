"""A playback at a real desk: a reason, the past on the map, nothing live in it, and back to live at once."""

from datetime import timedelta

from desks import signed_in, until
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QTest
from served import Served, send_report
from towns import LI, MORNING

from console.desk import Desk
from domain.people import Role
from layers.options import LayerOptions
from service.store import tracks

STEPS = 4


def _move(served: Served) -> None:
    """Somebody goes east, 100 m or so every ten seconds, up to now."""
    gate = served.client(served.token("gate", Role.GATEWAY))
    for i in range(STEPS + 1):
        at = (MORNING - timedelta(seconds=10 * (STEPS - i))).isoformat()
        fix = {"thing": LI, "lon": 120.8 + i / 1000, "lat": 29.55, "fixed_at": at}
        assert gate.post("/v1/positions", json={"positions": [fix]}).status_code == 204


def _kept(served: Served) -> bool:
    with served.store_beside().reading.begin() as connection:
        day = timedelta(days=1)
        return len(tracks.track(connection, LI, MORNING - day, MORNING + day, 100)) == STEPS + 1


def _lon(desk: Desk) -> float | None:
    place = desk.map_feed.models.positions.place(LI)
    return None if place is None else place[0]


def _card(desk: Desk) -> dict[str, str]:
    """What the card on the map says, by what it is about."""
    return {row.label: row.text for row in desk.panels.map.overlays.pick_card._rows}


def _cards_say_their_time(desk: Desk) -> None:
    view, playback = desk.panels.map, desk.map_desk.playback
    view.pick_thing(LI)
    shown = _card(desk)
    assert shown["时间"] == f"回放 {playback._moment()}"
    assert "状态" not in shown, "what somebody does now has no place on a card of the past"
    playback.step(1)
    assert _card(desk)["时间"] == f"回放 {playback._moment()}" != shown["时间"]
    playback.step(-1)
    grid = desk.map_feed.models.grids.shapes.grids[0]
    view.pick_grid(grid.code)
    assert _card(desk)["时间"].startswith("现在")
    view.pick_thing(LI)
    view.draw_now()
    view.grab()
    assert not view.covered().intersects(playback.stamp)


class Painted(QObject):
    """What of the map was painted."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.panels.map)
        self.region = QRegion()
        desk.panels.map.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


async def _stamp_goes_on_where_nobody_moved(desk: Desk) -> None:
    view, playback, painted = desk.panels.map, desk.map_desk.playback, Painted(desk)
    assert playback.player is not None
    view.rasters.compile()  # without it, and with names, all of the map is painted whatever moved
    view.choose("positions", LayerOptions().with_style("names", "chosen"))
    view.select_thing(None)
    desk.window.show()
    playback.seek(playback.player.at_s)
    await until(lambda: view.settled and view.idle and not view._is_moving())
    for _ in range(2):
        painted.region = QRegion()
        playback.seek(playback.player.at_s + 0.5)
        await until(lambda: not painted.region.isEmpty())
    assert (QRegion(playback.stamp) - view.covered() - painted.region).isEmpty()
    assert not (QRegion(view.rect()) - view.covered() - painted.region).isEmpty(), "the rest of the map is left"


async def test_the_past_is_played_for_a_reason_and_left_for_what_is_live(served: Served) -> None:
    _move(served)
    gateway = served.client(served.token("phones", Role.GATEWAY))
    case = send_report(gateway, lon=120.8, lat=29.55).case
    async with signed_in(served) as desk:
        await until(lambda: desk.map_feed.models.cases.mark(case.case_no) is not None and _lon(desk) is not None)
        live = _lon(desk)
        await until(lambda: _kept(served))
        desk.actions.trigger("map_playback")
        playback = desk.map_desk.playback
        head = served.head()
        QTest.mouseClick(playback.card.read, Qt.MouseButton.LeftButton)
        assert not playback.on, "no reason was given"
        playback.card.reason.setText("核对到场时间")
        await until(playback.card.read.isEnabled)
        QTest.keyClick(playback.card.reason, Qt.Key.Key_Return)
        await until(lambda: playback.on or playback.card._fault.text())
        assert playback.on, playback.card._fault.text()
        assert served.head() == head + 1
        player = playback.player
        assert player is not None
        player.pause()
        ends = player.tape.length_s
        playback.bar.slider.setValue(int(ends) - 10 * STEPS)
        await until(lambda: _lon(desk) is not None)
        began = _lon(desk)
        assert began is not None
        assert live is not None
        assert began < live
        assert desk.map_feed.models.cases.mark(case.case_no) is None, "it was not there yet"
        assert not player.playing
        # something that happens now does not come into the past
        late = send_report(gateway, lon=120.801, lat=29.55).case
        await until(lambda: desk.panels.case_list.table.row_of(late.case_no) is not None)
        assert desk.map_feed.models.cases.mark(late.case_no) is None
        await until(lambda: sum(desk.map_feed.lamp_counts().values()) == 2)  # the figures stay live
        _cards_say_their_time(desk)
        await _stamp_goes_on_where_nobody_moved(desk)
        desk.actions.trigger("export_map")
        assert any(notice.key == "notice.playback_on" for notice in desk.notice_feed.standing())
        view = desk.panels.map
        QTest.keyClick(view, Qt.Key.Key_Period)
        assert _lon(desk) != began
        QTest.keyClick(view, Qt.Key.Key_BracketRight)
        assert player.speed == 30
        desk.panels.map.select_thing(LI)
        playback.bar.follow.setChecked(True)
        assert abs(view.camera.x - (_lon(desk) or 0)) < 1
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert playback.on, "the card lay over it"
        view.pick_thing(LI)
        playback.leave()
        assert not playback.on
        assert not playback.bar.isVisibleTo(view)
        await until(lambda: _lon(desk) == live and desk.map_feed.models.cases.mark(late.case_no) is not None)
        assert "时间" not in _card(desk), "the card is of now again"
        desk.actions.trigger("map_playback")
        assert playback.card.reason.text() == "", "another look wants a reason of its own"


async def test_a_playback_begins_at_the_moment_that_is_given_by_keyboard(served: Served) -> None:
    _move(served)
    async with signed_in(served) as desk:
        await until(lambda: _kept(served))
        desk.window.activateWindow()
        await until(desk.window.isActiveWindow)
        desk.actions.trigger("map_playback")
        playback, card, head = desk.map_desk.playback, desk.map_desk.playback.card, served.head()
        card.reason.setText("核对到场时间")
        QTest.keyClick(card.reason, Qt.Key.Key_Backtab)
        assert desk.window.focusWidget() is card.since.box
        assert card._hours_name.text() == "最近几小时"
        QTest.keyClick(card.since.box, Qt.Key.Key_Space)
        edit = card.since.edit
        assert desk.window.focusWidget() is edit, "the moment is typed at once"
        assert card._hours_name.text() == "播放几小时"

        def give(days: int, hours: int) -> None:
            at = desk.names.local(MORNING) + timedelta(days=days, hours=hours)
            edit.setSelectedSection(edit.Section.YearSection)
            QTest.keyClicks(edit, f"{at:%Y%m%d%H%M}")
            assert edit.text() == f"{at:%Y-%m-%d %H:%M}"
            QTest.keyClick(card.reason, Qt.Key.Key_Return)

        give(0, 5)
        assert card._fault.text() == desk.words("playback.not_yet")
        give(-8, 0)
        await until(lambda: "7 天" in card._fault.text())
        assert card._fault.isVisible()
        give(-1, 0)
        await until(lambda: card._fault.text() == desk.words("playback.nothing"))
        assert served.head() == head + 1, "looked at and logged, though nothing is there; what was refused was not"
        give(0, -1)
        await until(lambda: playback.on)
        assert served.head() == head + 2
        assert playback.player is not None
        tape = playback.player.tape
        assert tape.since == MORNING - timedelta(hours=1)
        assert tape.until < MORNING + timedelta(minutes=5), "not beyond now"
        playback.leave()
        desk.actions.trigger("map_playback")
        assert not card.since.box.isChecked(), "the last hours are offered again"
        card.hours.setValue(1)
        card.reason.setText("再看一次")
        QTest.keyClick(card.reason, Qt.Key.Key_Return)
        await until(lambda: playback.on)
        playback.leave()
