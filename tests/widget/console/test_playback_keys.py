"""The keys of a playback at a real desk, and going along with somebody: by key and by pointer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from desks import signed_in, until
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from served import Served
from towns import LI, MORNING

from console.desk import Desk
from console.playback.desk import MapPlayback
from domain.people import Role
from layers.mercator import to_plane
from service.store import tracks
from widgets.command_bar import Hit
from widgets.map.playback_card import PlaybackWish

STEPS = 4


@asynccontextmanager
async def _playing(served: Served) -> AsyncIterator[tuple[Desk, MapPlayback]]:
    """A desk that stands at the begin of a playback in which somebody goes east, in a window that has the keys."""
    gate = served.client(served.token("gate", Role.GATEWAY))
    for i in range(STEPS + 1):
        at = (MORNING - timedelta(seconds=10 * (STEPS - i))).isoformat()
        fix = {"thing": LI, "lon": 120.8 + i / 1000, "lat": 29.55, "fixed_at": at}
        assert gate.post("/v1/positions", json={"positions": [fix]}).status_code == 204

    def kept() -> bool:
        with served.store_beside().reading.begin() as connection:
            day = timedelta(days=1)
            return len(tracks.track(connection, LI, MORNING - day, MORNING + day, 100)) == STEPS + 1

    async with signed_in(served) as desk:
        await until(lambda: desk.map_feed.models.positions.place(LI) is not None and kept())
        desk.window.activateWindow()
        await until(desk.window.isActiveWindow)
        desk.actions.trigger("map_playback")
        playback = desk.map_desk.playback
        playback.read(PlaybackWish(2, "核对到场时间"))
        await until(lambda: playback.on)
        player = playback.player
        assert player is not None
        playback.toggle()
        playback.seek(player.tape.length_s - 10 * STEPS)
        assert not player.playing
        try:
            yield desk, playback
        finally:
            playback.leave()


def _press(desk: Desk, key: Qt.Key) -> None:
    """Press a key wherever the keys are."""
    at = desk.window.focusWidget()
    assert at is not None
    QTest.keyClick(at, key)


def _place(desk: Desk) -> tuple[float, float]:
    place = desk.map_feed.models.positions.place(LI)
    assert place is not None
    return place


def _off_middle(desk: Desk) -> float:
    """How many pixels off the middle of the map the person stands."""
    (x, y), camera = _place(desk), desk.panels.map.camera
    return max(abs(camera.x - x), abs(camera.y - y)) / camera.scale


async def test_escape_closes_what_lies_over_a_playback_before_it_leaves_it(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        view = desk.panels.map
        card = view.overlays.pick_card
        for with_keys in (view, playback.bar.play, playback.bar.slider, card):
            view.pick_thing(LI)
            assert card.isVisible()
            with_keys.setFocus()
            _press(desk, Qt.Key.Key_Escape)
            assert not card.isVisible(), with_keys.objectName()
            assert playback.on, with_keys.objectName()
        assert desk.window.focusWidget() is view, "the keys of a card that closed are on the map"
        desk.actions.trigger("map_identify")
        _press(desk, Qt.Key.Key_Escape)
        assert desk.map_desk.identify.card.isHidden()
        assert playback.on, "a tool begun after the playback is closed before it"
        playback.bar.play.setFocus()
        _press(desk, Qt.Key.Key_Escape)
        assert not playback.on


async def test_escape_leaves_a_playback_and_not_the_ring_of_who_is_chosen(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        view = desk.panels.map
        view.pick_thing(LI)
        view.setFocus()
        _press(desk, Qt.Key.Key_Escape)
        _press(desk, Qt.Key.Key_Escape)
        assert not playback.on
        assert view.chosen.thing == LI


async def test_the_keys_the_bar_names_act_while_the_bar_has_the_keyboard(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        player, bar = playback.player, playback.bar
        assert player is not None
        for with_keys in (bar.play, bar.slider, bar.follow):
            with_keys.setFocus()
            at, speed = player.at_s, player.speed
            _press(desk, Qt.Key.Key_Period)
            assert player.at_s == at + 10
            _press(desk, Qt.Key.Key_Comma)
            assert player.at_s == at
            _press(desk, Qt.Key.Key_BracketRight)
            assert player.speed > speed
            _press(desk, Qt.Key.Key_BracketLeft)
            assert player.speed == speed
        bar.slider.setFocus()
        _press(desk, Qt.Key.Key_Space)
        assert player.playing
        camera = desk.panels.map.camera
        _press(desk, Qt.Key.Key_Home)
        assert desk.panels.map.camera == camera, "no other key goes to the map below"


async def test_a_card_that_asks_is_closed_by_escape_on_the_map(served: Served) -> None:
    async with signed_in(served) as desk:
        desk.actions.trigger("map_playback")
        desk.panels.map.setFocus()
        QTest.keyClick(desk.panels.map, Qt.Key.Key_Escape)
        assert desk.map_desk.playback.card.isHidden()


async def test_what_is_given_up_while_it_is_read_does_not_begin(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        playback.leave()
        desk.actions.trigger("map_playback")
        playback.card.reason.setText("再看一次")
        QTest.keyClick(playback.card.reason, Qt.Key.Key_Return)
        assert "playback/read" in desk.tasks.running()
        QTest.keyClick(playback.card.reason, Qt.Key.Key_Escape)
        await until(lambda: "playback/read" not in desk.tasks.running())
        assert not playback.on


async def test_a_card_tells_of_now_as_soon_as_a_playback_is_left(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        desk.panels.map.pick_thing(LI)
        card = desk.panels.map.overlays.pick_card
        assert any(row.text.startswith("回放") for row in card._rows)
        playback.leave()
        assert not any(row.text.startswith("回放") for row in card._rows)


def _said(desk: Desk) -> set[str]:
    return {notice.key for notice in desk.notice_feed.standing()}


async def test_following_nobody_is_said_and_shown_as_off(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        view, follow = desk.panels.map, playback.bar.follow
        view.select_thing(None)
        follow.setFocus()
        _press(desk, Qt.Key.Key_Space)
        assert not follow.isChecked()
        assert "notice.playback_follow_nobody" in _said(desk)
        view.pick_thing(LI)
        follow.setFocus()
        _press(desk, Qt.Key.Key_Space)
        assert follow.isChecked()
        assert "notice.playback_follow_nobody" not in _said(desk), "it was done"
        assert _off_middle(desk) < 1
        view.select_thing(None)
        assert not follow.isChecked(), "nobody is followed any more"


async def test_who_is_followed_but_nowhere_then_is_said(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        playback.seek(0)
        assert desk.map_feed.models.positions.place(LI) is None
        desk.panels.map.pick_thing(LI)
        playback.bar.follow.setChecked(True)
        assert "notice.playback_follow_nowhere" in _said(desk)
        assert playback.player is not None
        playback.seek(playback.player.tape.length_s)
        assert _off_middle(desk) < 1


async def test_choosing_somebody_while_it_stands_goes_to_them(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        view = desk.panels.map
        view.select_thing("nobody-seen")
        playback.bar.follow.setChecked(True)
        view.centre_on(*to_plane(120.83, 29.57))
        assert _off_middle(desk) > 100
        view.pick_thing(LI)
        assert _off_middle(desk) < 1
        assert playback.bar.follow.isChecked()


async def test_moving_the_map_ends_following(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        view, follow = desk.panels.map, playback.bar.follow

        def begin() -> None:
            view.select_thing(LI)
            follow.setChecked(True)
            assert _off_middle(desk) < 1

        begin()
        view.zoom(4, QPointF(view.width() / 2, view.height() / 2))
        playback.step(1)
        assert follow.isChecked(), "coming closer is no going away"
        assert _off_middle(desk) < 1
        middle = QPoint(view.width() // 2, view.height() // 2)
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
        QTest.mouseMove(view, middle + QPoint(60, 40))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 40))
        assert not follow.isChecked()
        camera = view.camera
        playback.step(-1)
        assert view.camera == camera, "it stays where it was dragged to"
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Backspace):
            view.centre_on(*to_plane(120.83, 29.57))
            await until(lambda: not view.moving)
            view.pan(200, 0)
            begin()
            QTest.keyClick(view, key)
            assert not follow.isChecked(), key


async def test_going_to_somebody_in_a_playback_goes_where_they_stood_then(served: Served) -> None:
    async with _playing(served) as (desk, playback):
        view, unit = desk.panels.map, desk.session.room.picture.members[LI].unit_id

        def off_metres() -> float:
            return _off_middle(desk) * view.camera.scale

        def go_away() -> None:
            view.select_thing(None)
            view.centre_on(*to_plane(120.83, 29.57))
            assert off_metres() > 1000

        view.zoom(60)  # so close that where they are now is out of sight
        go_away()
        desk.panels.command_bar.hit_chosen.emit(Hit("staff", LI, "李", ""))
        assert off_metres() < 50
        go_away()
        desk.selection.select_unit(None)
        desk.selection.select_unit(unit)
        assert off_metres() < 50
        playback.bar.follow.setChecked(True)
        go_away()
        assert not playback.bar.follow.isChecked()
        desk.panels.command_bar.hit_chosen.emit(Hit("staff", LI, "李", ""))
        playback.bar.follow.setChecked(True)
        desk.panels.command_bar.hit_chosen.emit(Hit("staff", LI, "李", ""))
        assert playback.bar.follow.isChecked(), "to go to who is followed is no going away"
        desk.panels.command_bar.hit_chosen.emit(Hit("place", "", "桥", "", lon=120.83, lat=29.57))
        assert not playback.bar.follow.isChecked(), "it is looked at, and the map does not snap back"
