"""From the live picture to list, unit board, figures and top bar; the names everything is called by."""

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from client.line import LineReading, LineState
from client.picture import Delta
from client.room import Room
from console.holdings import Holdings
from console.late import Late
from console.notices import Notice, NoticeHub
from console.tasks import Tasks
from console.throttle import Throttle
from domain.clock import Lamp
from domain.ids import CaseNo
from domain.today import Today, today_figures
from widgets.case_list.panel import CaseListPanel
from widgets.names import Names
from widgets.notices import Severity
from widgets.top_bar import LineKind, LineView, TopBar

if TYPE_CHECKING:
    from widgets.today import TodayPanel
    from widgets.unit_board.panel import UnitBoard

OWNER = "room-feed"
LIST_MS = 40
BOARD_MS = 1000
TODAY_MS = 2000
TODAY_AT_LEAST_EVERY_S = 30
SKEW_WARN_S = 5.0

_KIND = {
    LineState.LIVE: LineKind.LIVE,
    LineState.STALE: LineKind.STALE,
    LineState.CONNECTING: LineKind.CONNECTING,
    LineState.OFFLINE: LineKind.OFFLINE,
}


class RoomFeed(QObject):
    """Keeps list, board, figures and bar as the room's picture is."""

    stale_since = Signal(object)
    """When the service was last heard (service time), None while what shows is live."""

    def __init__(
        self,
        tasks: Tasks,
        names: Names,
        notices: NoticeHub,
        holdings: Holdings,
        case_list: CaseListPanel,
        board: "Late[UnitBoard]",
        today: "Late[TodayPanel]",
        bar: TopBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._names, self._notices, self._holdings = tasks, names, notices, holdings
        self._list, self._late_board, self._late_today, self._bar = case_list, board, today, bar
        self._room: Room | None = None
        self._cases: set[CaseNo] = set()
        self._removed: set[CaseNo] = set()
        self._seconds = 0
        self._now: datetime | None = None  # ages are told as of the second, here as in the list of layers
        self._moved = False
        self._told_skew = False
        self._was_offline = False
        self._at_own = False
        self.silent_since: datetime | None = None
        self._list_throttle = Throttle(LIST_MS, self)
        self._list_throttle.due.connect(self._flush_list)
        self._board_throttle = Throttle(BOARD_MS, self)
        self._board_throttle.due.connect(self._flush_board)
        board.then(lambda _: self._flush_board())
        self._today_throttle = Throttle(TODAY_MS, self)
        self._today_throttle.due.connect(self._flush_today)
        for late in (board, today):
            late.then(lambda _: self._flush_today())

    def use(self, room: Room | None) -> None:
        """Follow this room from here on."""
        self._tasks.cancel(OWNER)
        for throttle in (self._list_throttle, self._board_throttle, self._today_throttle):
            throttle.stop()
        self._room = room
        self._now = None
        self._told_skew = self._was_offline = self._at_own = self._moved = False
        self._cases.clear()
        self._removed.clear()
        self._late_today.then(lambda today: today.set_figures(None))
        self._bar.set_overdue(None)
        self._list.set_loading(self._names.words("desk.loading_cases"))

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        room = self._room
        if room is None or room.picture is None:
            return
        if delta.whole or delta.reference or delta.shapes:
            self._take_reference(room)
        if delta.whole:
            self._cases.clear()
            self._removed.clear()
            self._list.set_cases(room.picture.cases.values(), room.service_now())
            if not self._at_own:
                self._at_own = True
                self._list.open_at_own()
        else:
            self._cases |= delta.cases
            self._removed |= delta.removed
            if delta.cases or delta.removed:
                self._list_throttle.request()
        if delta.whole or delta.cases or delta.removed:
            self._today_throttle.request()
        if delta.whole or delta.reference or delta.cases or delta.gone:
            self._board_throttle.request()
        self._moved = self._moved or bool(delta.positions)

    def show_lamps(self, counts: dict[Lamp, int]) -> None:
        """Show how many cases are overdue."""
        self._bar.set_overdue(counts.get(Lamp.OVERDUE, 0))

    def on_second(self, now: datetime) -> None:
        """Let time pass (service time)."""
        room = self._room
        if room is None or room.picture is None:
            return
        self._seconds += 1
        self._now = now
        self._list.set_now(now)
        if self._moved:
            self._flush_board()
        if self._late_board.made is not None:
            self._late_board.made.set_now(now)
        self._bar.set_now(now, room.picture.town.calendar.timezone)
        if self._seconds % TODAY_AT_LEAST_EVERY_S == 0:
            self._today_throttle.request()

    def show_line(self, line: LineReading, now: datetime | None) -> None:
        """Show the line as it is, with its age; ``now`` is service time, None before there is one."""
        since = None if now is None or line.state is LineState.LIVE else self._silent_since(line, now)
        self.silent_since = since
        self._bar.set_line(LineView(_KIND[line.state], line.heard_age_s, since))
        first = line.state is LineState.CONNECTING and line.heard_age_s is None
        self.stale_since.emit(None if first else since)
        if line.state is LineState.OFFLINE and not self._was_offline:
            self._was_offline = True
            self._notices.post(Notice(Severity.WARNING, "notice.line_offline", replace="line", lasting=True))
            if self._room is not None and self._room.picture is None:
                self._list.set_loading(self._names.words("desk.loading_offline"))
        elif line.state is LineState.LIVE and self._was_offline:
            self._was_offline = False
            self._notices.info("notice.line_back", replace="line")
        if line.skew_s is not None and abs(line.skew_s) > SKEW_WARN_S and not self._told_skew:
            self._told_skew = True
            self._notices.warn("notice.clock_skew", replace="skew", skew=f"{line.skew_s:+.1f}")

    def retranslate(self) -> None:
        """Names of people's roles are words too."""
        if self._room is not None and self._room.picture is not None:
            self._show_person(self._room)

    def _silent_since(self, line: LineReading, now: datetime) -> datetime:
        """Return the service's time when it was last heard; its clock may run faster than ours."""
        picture = None if self._room is None else self._room.picture
        speed = 1.0 if picture is None else picture.clock.speed
        real_s = line.state_age_s if line.heard_age_s is None else line.heard_age_s
        return now - timedelta(seconds=real_s * speed)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _take_reference(self, room: Room) -> None:
        picture = room.picture
        if picture is None:
            return
        names = self._names
        names.set_town(picture.town)
        names.set_people(picture.units.values(), picture.members.values(), picture.vehicles.values())
        names.set_accounts(picture.people)
        names.set_colleagues(picture.colleagues)
        names.set_me(picture.me)
        if room.geometry is not None:
            names.set_grids({grid.code: grid.name for grid in room.geometry.grids})
        self._show_person(room)
        self._list.refresh()
        if self._late_board.made is not None:
            self._late_board.made.refresh()

    def _show_person(self, room: Room) -> None:
        picture = room.picture
        if picture is None:
            return
        words = self._names.words
        comma = words("list.comma")
        self._bar.set_room(self._names.town_name(), synthetic=picture.town.synthetic, speed=picture.clock.speed)
        self._bar.set_person(picture.me.name, comma.join(words(f"role.{role}") for role in sorted(picture.me.roles)))

    def _flush_list(self) -> None:
        room = self._room
        if room is None or room.picture is None:
            return
        cases = [case for n in self._cases if (case := room.picture.case(n)) is not None]
        self._list.update_cases(cases, tuple(self._removed))
        self._cases.clear()
        self._removed.clear()

    def _flush_board(self) -> None:
        room = self._room
        if room is None or room.picture is None:
            return
        picture, board = room.picture, self._late_board.made
        if board is None:
            return  # filled as soon as it is made
        self._moved = False
        board.set_picture(
            picture.units.values(),
            picture.members.values(),
            picture.vehicles.values(),
            self._holdings.in_hand(),
            picture.positions,
            self._now or room.service_now(),
        )

    def _flush_today(self) -> None:
        """Reckon the figures once parts are made that follow the first picture: it is not to wait for them."""
        due = self._late_board.made is not None or self._late_today.made is not None
        if due and self._room is not None and self._room.picture is not None:
            self._tasks.start(OWNER, "today", self._reckon_today(self._room))

    async def _reckon_today(self, room: Room) -> None:
        picture = room.picture
        if picture is None:
            return
        cases, now = list(picture.cases.values()), room.service_now()
        figures: Today = await asyncio.to_thread(today_figures, cases, picture.town.rules, picture.town.calendar, now)
        if self._room is room:
            self._late_today.then(lambda today: today.set_figures(figures))
