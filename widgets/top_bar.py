"""The bar across the top: which room, who is on duty, the command box, what is overdue, the line, and the time."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from layers.ages import age_text
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.chip import Chip
from widgets.common.elided import ElidedLabel, NamedLabel
from widgets.common.fonts import sized
from widgets.common.lamp import Shape
from widgets.common.style import set_role

HEIGHT_PX = 50
NARROW_PX = 1200
COMMAND_PAD_PX = 14
ROLES_PX, NAME_LEAST_PX = 260, 120
"""So wide are roles at most; they make way for the name, which is cut, to its least, where nothing else can go."""
ROOM_PX = 340
"""So much of the room's name is kept; a longer one makes way for the person's."""


class LineKind(StrEnum):
    """What the line to the service is like. Names under ``desk.line.<value>``."""

    LIVE = "live"
    STALE = "stale"  # connected, but nothing was heard for a while
    CONNECTING = "connecting"
    OFFLINE = "offline"


class LineView(msgspec.Struct, frozen=True):
    """The line as shown: its kind, the age of what is on screen, and since when it is not live."""

    kind: LineKind
    age_s: float | None = None
    since: datetime | None = None


class _CommandBox(Button):
    """Looks like a line to type in; its hint is cut with an ellipsis where the window is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self._hint = ""

    def show_hint(self, text: str) -> None:
        self._hint = text
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        room = max(0, self.width() - 2 * COMMAND_PAD_PX)
        self.setText(self.fontMetrics().elidedText(self._hint, Qt.TextElideMode.ElideRight, room))


class TopBar(QFrame):
    """One line of facts. It asks for the command bar, the overdue list and the state of the line."""

    command_requested = Signal()
    overdue_requested = Signal()
    line_requested = Signal()
    outbox_requested = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top_bar")
        self.setFixedHeight(HEIGHT_PX)
        self._words, self._theme = words, theme
        self._room, self._person = ElidedLabel(), NamedLabel(ROLES_PX, NAME_LEAST_PX)
        self._command = _CommandBox()
        self._overdue, self._line, self._demo, self._outbox = Chip(), Chip(), Chip(), Chip()
        self._waiting, self._held = 0, 0
        self._date, self._clock = QLabel(), QLabel()
        self._town, self._who, self._duty = "", "", ""
        self._overdue_n: int | None = None
        self._synthetic, self._speed = False, 1.0
        self._line_view = LineView(LineKind.CONNECTING)
        self._now: datetime | None = None
        self._narrow, self._tight = False, False
        self._zone = ZoneInfo("Asia/Shanghai")
        self._build()
        self._command.clicked.connect(self.command_requested)
        self._overdue.clicked.connect(self.overdue_requested)
        self._line.clicked.connect(self.line_requested)
        self._outbox.clicked.connect(self.outbox_requested)
        self.retranslate()

    def _build(self) -> None:
        self._room.setObjectName("top_room")
        set_role(self._room, "heading")
        set_role(self._person, "second")
        set_role(self._date, "second")
        set_role(self._clock, "title")
        self._command.setObjectName("command_box")
        self._command.setMinimumWidth(120)
        self._command.setMaximumWidth(520)
        self._command.setMinimumHeight(32)
        self._command.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._room.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._person.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._demo.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(14)
        row.addWidget(self._room)
        row.addWidget(self._person)
        row.addWidget(self._command, 3)
        row.addStretch(1)
        for widget in (self._demo, self._overdue, self._outbox, self._line, self._date, self._clock):
            row.addWidget(widget)

    @property
    def command_box(self) -> QWidget:
        """The box the command bar opens over."""
        return self._command

    def set_room(self, town: str, *, synthetic: bool = False, speed: float = 1.0) -> None:
        """Name the town; say that its data is made up, and how fast its clock runs if not as ours."""
        self._town, self._synthetic, self._speed = town, synthetic, speed
        self.retranslate()

    def set_person(self, who: str, duty: str) -> None:
        """Say who is signed in, and as what (roles or shift, already in words)."""
        self._who, self._duty = who, duty
        self.retranslate()

    def set_overdue(self, count: int | None) -> None:
        """Show how many open cases are overdue; None while that is not known."""
        if count != self._overdue_n:
            self._overdue_n = count
            self._show_overdue()
            self._fit()

    def set_outbox(self, waiting: int, held: int) -> None:
        """Show how many orders wait to be sent, and how many of them wait for a person."""
        if (waiting, held) != (self._waiting, self._held):
            self._waiting, self._held = waiting, held
            self._show_outbox()
            self._fit()

    def set_line(self, line: LineView) -> None:
        """Show the state of the line."""
        self._line_view = line
        self._show_line()
        self._fit()

    def set_now(self, now: datetime, timezone: str) -> None:
        """Show the service's time in the town's zone."""
        self._now = now
        if self._zone.key != timezone:
            self._zone = ZoneInfo(timezone)
        self._show_time()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._room.setText(words("desk.top.room", town=self._town) if self._town else words("desk.top.no_room"))
        self._room.setMinimumWidth(0)  # else its hint is never less than it was in the other language
        self._room.setMinimumWidth(min(ROOM_PX, self._room.sizeHint().width()))
        self._command.show_hint(f"/   {words('desk.top.command')}")
        self._command.setAccessibleName(words("desk.top.command"))
        self._command.setToolTip(words("desk.top.command_hint"))
        self._clock.setAccessibleName(words("desk.top.clock"))
        self._show_overdue()
        self._show_outbox()
        self._show_line()
        self._show_time()
        self._show_person()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.retranslate()

    def _show_overdue(self) -> None:
        count, theme = self._overdue_n, self._theme
        self._overdue.setVisible(count is not None)
        if count is None:
            return
        colour = theme.overdue if count else theme.text_second
        shape = Shape.SQUARE if count else Shape.NONE
        self._overdue.show_chip(self._words("desk.top.overdue", n=count), shape, colour, theme.panel)
        self._overdue.setToolTip(self._words("desk.top.overdue_hint"))

    def _show_outbox(self) -> None:
        theme, held = self._theme, self._held
        self._outbox.setVisible(self._waiting > 0)
        colour = theme.near if held else theme.accent
        key = "outbox.chip_held" if held else "outbox.chip"
        shape = Shape.TRIANGLE if held else Shape.RING_DASHED
        self._outbox.show_chip(self._words(key, n=self._waiting, held=held), shape, colour, theme.panel)
        self._outbox.setToolTip(self._words("outbox.chip_hint"))

    def _show_line(self) -> None:
        view, words, theme = self._line_view, self._words, self._theme
        age = "" if view.age_s is None else self._age(view.age_s)
        since = "" if view.since is None else view.since.astimezone(self._zone).strftime("%H:%M:%S")
        shape, colour = {
            LineKind.LIVE: (Shape.CIRCLE, theme.within),
            LineKind.STALE: (Shape.TRIANGLE, theme.near),
            LineKind.CONNECTING: (Shape.RING_DASHED, theme.text_second),
            LineKind.OFFLINE: (Shape.SQUARE, theme.overdue),
        }[view.kind]
        key = f"desk.line.{view.kind}"
        if view.kind in (LineKind.STALE, LineKind.OFFLINE) and since:
            key += "_since"
        elif view.kind is LineKind.LIVE and not age:
            key += "_bare"
        self._line.show_chip(words(key, age=age, since=since), shape, colour, theme.panel)
        self._line.setToolTip(words(f"desk.line.{view.kind}_hint"))

    def _age(self, age_s: float) -> str:
        return self._words("desk.age.tenths", n=f"{age_s:.1f}") if age_s < 10 else age_text(age_s, self._words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what can be spared where the window is narrow."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW_PX
        if narrow != self._narrow:
            self._narrow = narrow
            self._date.setHidden(narrow)
            self._show_person()
        else:
            self._fit()

    def _show_person(self) -> None:
        self._person.show_named(self._who, "" if self._narrow else self._duty)
        self._fit()

    def _fit(self) -> None:
        """Say less of the data being made up where the name would be cut."""
        self._tight = False
        self._show_demo()
        layout = self.layout()
        if layout is not None and self._synthetic:
            least = layout.minimumSize().width() - self._person.minimumSizeHint().width() + self._person.name_width()
            self._tight = least > self.width()
            self._show_demo()

    def _show_demo(self) -> None:
        self._demo.setVisible(self._synthetic)
        short = self._narrow or self._tight
        text = self._words("desk.top.synthetic_short" if short else "desk.top.synthetic")
        self._demo.setToolTip(self._words("desk.top.synthetic"))
        if self._speed != 1.0 and not short:
            text = self._words("desk.top.synthetic_fast", speed=f"{self._speed:g}")
        self._demo.show_chip(text, Shape.NONE, self._theme.text_second, self._theme.panel, outlined=True)

    def _show_time(self) -> None:
        if self._now is None:
            self._date.clear()
            self._clock.clear()
            return
        local = self._now.astimezone(self._zone)
        day = self._words(f"desk.weekday.{local.weekday()}")
        self._date.setText(self._words("desk.top.date", month=local.month, day=local.day, weekday=day))
        self._clock.setFont(sized(self._clock.font(), 17, bold=True))
        self._clock.setText(local.strftime("%H:%M:%S"))
