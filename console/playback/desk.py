"""Playing back on the map: asked for with a reason, shown in a frame that nobody takes for live, left to be live again.

While it plays the map's models show the past; list, board and card stay live. Leaving loads the map from the live
picture at once.
"""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter

from client.room import Room
from console.playback.following import Following
from console.playback.past import case_marks, thing_marks
from console.playback.stamp import paint_stamp
from console.playback.tape import SPEEDS, Player, splice
from domain.faults import Fault
from layers.camera import Camera
from resources.theme import Theme
from resources.words import sentence
from widgets.map.guests import MapGuest
from widgets.map.playback_bar import PlaybackBar
from widgets.map.playback_card import PlaybackCard, PlaybackWish

if TYPE_CHECKING:
    from console.desk import Desk

OWNER = "playback"
TICK_MS = 100
CASES_EVERY_S = 5.0
"""Cases change seldom: they are worked out anew when so much of the past has gone by."""


class MapPlayback(QObject, MapGuest):
    """The tool. Made when it is first wanted; ``open`` asks for the hours and the reason."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._view = view = desk.panels.map
        words, theme = desk.words, desk.appearance.theme
        self.card = PlaybackCard(desk.names, theme, view)
        self.bar = PlaybackBar(words, theme, view, SPEEDS)
        self._following = Following(desk, self.bar)
        self.player: Player | None = None
        self.stamp = QRect()
        """Where on the map it says so."""
        self._last = 0.0
        self._cases_at: float | None = None
        self._tick = QTimer(self, interval=TICK_MS)
        desk.appearance.dress([self.card, self.bar])
        view.add_guest(self)
        view.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        bar = self.bar
        self._tick.timeout.connect(self._on_tick)
        self.card.wanted.connect(self.read)
        self.card.closed.connect(self._on_card_closed)
        bar.play_requested.connect(self.toggle)
        bar.step_requested.connect(self.step)
        bar.sought.connect(self.seek)
        bar.speed_chosen.connect(self._on_speed)
        bar.leave_requested.connect(self.leave)
        self._desk.reception.closed.connect(self.leave)

    @property
    def on(self) -> bool:
        """Whether the map shows the past."""
        return self.player is not None

    def open(self) -> None:
        """Ask which hours, and why; in a playback: play or pause."""
        self._desk.workspace.show_dock("dock-map")
        if self.on:
            self.toggle()
        else:
            self.card.begin(self._desk.service_now())

    def read(self, wish: PlaybackWish) -> None:
        """Read the tracks of the wished hours; the service logs who looked, why and at what first."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return
        now, hours = room.service_now(), timedelta(hours=wish.hours)
        since = now - hours if wish.since is None else wish.since
        if since >= now:
            self.card.show_fault(self._desk.words("playback.not_yet"))
            return
        self.card.set_busy(True)
        self._desk.tasks.start(OWNER, "read", self._read(room, wish.reason, since, min(now, since + hours)))

    async def _read(self, room: Room, reason: str, since: datetime, until: datetime) -> None:
        try:
            sheaves = [sheaf async for sheaf in room.client.track_sheaves(reason, since, until)]
        except Fault as fault:
            self.card.show_fault(sentence(self._desk.words, f"fault.{fault.key}", dict(fault.params)))
            return
        finally:
            self.card.set_busy(False)
        tape = splice(sheaves)
        if not tape.things:
            self.card.show_fault(self._desk.words("playback.nothing"))
            return
        self.card.close_card()
        self._begin(Player(tape))

    def _on_card_closed(self) -> None:
        """Whoever closes the card while it is read has given it up."""
        if not self.card.read.isEnabled():
            self._desk.tasks.cancel(OWNER)

    def _begin(self, player: Player) -> None:
        self._desk.map_feed.hold(True)
        self.player, self._cases_at = player, None
        self.bar.show_tape(player.tape.length_s)
        player.play()
        self._last = time.monotonic()
        self._desk.map_feed.models.cases.set_placeless(0)
        self._tick.start()
        self._show()
        self._desk.picks.refresh()  # a card of what is now says so from here on
        self.bar.show()
        self._place()
        self.bar.raise_()
        self.bar.play.setFocus()
        self._view.refresh()

    def leave(self) -> None:
        """Show what is live again."""
        self._desk.tasks.cancel(OWNER)
        self.card.close_card()
        if self.player is None:
            return
        self._tick.stop()
        self.player = None
        self.bar.hide()
        self._following.end()
        self._desk.map_feed.hold(False)
        self._view.show_past(None)
        self._desk.picks.refresh()
        self._view.setFocus()
        self._view.refresh()

    # -- going along -----------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause."""
        if self.player is not None:
            (self.player.pause if self.player.playing else self.player.play)()
            self._last = time.monotonic()
            self._show()

    def step(self, steps: int) -> None:
        """Ten seconds on or back, and stand still."""
        if self.player is not None:
            self.player.step(steps)
            self._show()

    def seek(self, at_s: float) -> None:
        """Go to a place of the stretch."""
        if self.player is not None:
            self.player.seek(float(at_s))
            self._show()

    def _on_speed(self, speed: int) -> None:
        if self.player is not None:
            self.player.set_speed(speed)
            self._show()

    def _on_tick(self) -> None:
        now = time.monotonic()
        passed, self._last = now - self._last, now
        if self.player is not None and self.player.advance(passed):
            self._show()

    # -- showing ---------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        """Show the moment the player stands at."""
        room, player = self._desk.session.room, self.player
        if player is None or room is None or room.picture is None:
            return
        models, names, picture = self._desk.map_feed.models, self._desk.names, room.picture
        models.positions.set_now(player.now)
        models.positions.replace(thing_marks(player.tape, player.at_s, picture.members, picture.vehicles, names))
        if self._cases_at is None or abs(player.at_s - self._cases_at) >= CASES_EVERY_S:
            self._cases_at = player.at_s
            models.cases.replace(case_marks(picture.cases.values(), player.now, names))
        self._view.show_past(player.now)
        self._view.update(self.stamp)  # it tells the moment, also where nobody moved
        self._desk.picks.on_moment()
        moment = self._moment()
        self.bar.show_state(player.at_s, moment, playing=player.playing, speed=player.speed)
        self._following.go_along()

    def _moment(self) -> str:
        """Return the moment shown, on the town's clock."""
        return "" if self.player is None else f"{self._desk.names.local(self.player.now):%m-%d %H:%M:%S}"

    def key(self, event: QKeyEvent) -> bool:
        """Space plays or pauses, comma and full stop step, [ and ] slow down and speed up."""
        player = self.player
        if player is None:
            return False
        match event.key():
            case Qt.Key.Key_Space:
                self.toggle()
            case Qt.Key.Key_Comma:
                self.step(-1)
            case Qt.Key.Key_Period:
                self.step(1)
            case Qt.Key.Key_BracketLeft | Qt.Key.Key_BracketRight:
                player.faster(1 if event.key() == Qt.Key.Key_BracketRight else -1)
                self._show()
            case _:
                return False
        return True

    def escape(self) -> bool:
        """Close the card that asks, else leave the playback: a reason is to be given anew to see it again."""
        if not (self.on or self.card.isVisible()):
            return False
        self.leave()
        return True

    def paint(self, painter: QPainter, camera: Camera, theme: Theme) -> None:
        """Paint that this is not live."""
        if self.player is not None:
            text = self._desk.words("playback.banner", moment=self._moment())
            room = QSize(camera.width, camera.height)
            stamp = paint_stamp(painter, room, text, self._view.font(), theme, self._view.covered())
            if stamp != self.stamp:
                self.stamp = stamp
                self._view.refresh()  # only where a card was or came may be painted now

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the bar at the foot of the map."""
        if event.type() == QEvent.Type.Resize and self.on:
            self._place()
        return False

    def rename(self) -> None:
        """See ``MapGuest``."""
        if self.on:
            self._place()

    def _place(self) -> None:
        legend = self._view.overlays.legend
        self.bar.place(legend.geometry().right() if legend.isVisible() else 0)
        self._view.overlays.place()  # what the bar covers makes way
