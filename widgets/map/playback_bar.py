"""The bar of a playback: play, step, a slider over the stretch, the moment shown, the speed, whom to follow, leave."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.slider import HIGH_PX, Slider
from widgets.common.style import set_role
from widgets.map.overlay import Card

MOST_WIDTH_PX = 720
FOOT_PX = 64
EDGE_PX, LEAST_WIDTH_PX = 16, 480
ROOMY_FROM_PX = 560
"""On a map lower than this the bar is low: the moment stands in the stamp alone, and the note is told on hover."""
LEAST_SLIDER_PX, LOW_SLIDER_PX = 280, 24
"""How wide the slider is at least where it stands among the buttons, and how high on a low bar."""
MAP_KEYS = frozenset(
    {
        Qt.Key.Key_Space,
        Qt.Key.Key_Comma,
        Qt.Key.Key_Period,
        Qt.Key.Key_BracketLeft,
        Qt.Key.Key_BracketRight,
        Qt.Key.Key_Escape,
    }
)
"""Keys the note on the bar tells of: they do the same wherever on the map the keyboard is."""
AFTER_BUTTONS = 3
"""Where in the row of buttons the slider stands."""


class PlaybackBar(Card):
    """The bar. It shows what it is told and says what is wanted; it holds no time of its own."""

    play_requested = Signal()
    step_requested = Signal(int)
    sought = Signal(int)
    speed_chosen = Signal(int)
    follow_toggled = Signal(bool)
    leave_requested = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget, speeds: Sequence[int]) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_playback")
        self._speeds = list(speeds)
        self._playing = False
        self._moment = ""
        self.title, self.note = QLabel(), QLabel()
        set_role(self.title, "heading")
        set_role(self.note, "small")
        self.note.setWordWrap(True)
        self._back, self.play, self._on, self._leave = Button(), Button(), Button(), Button()
        set_role(self.play, "primary")
        self.slider = Slider()
        self.slider.setObjectName("playback_slider")
        self.speed = Combo()
        for speed in self._speeds:
            self.speed.addItem(f"×{speed}", speed)
        self.follow = QCheckBox()
        self._lay_out()
        self._connect()
        self.retranslate()
        self.hide()

    def _lay_out(self) -> None:
        self._head, self._line, self._row, column = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._column = column
        self._head.addWidget(self.title, 1)
        for widget in (self._back, self.play, self._on):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self.speed)
        self._row.addWidget(self.follow)
        for line in (self._head, self._line, self._row):
            column.addLayout(line)
        column.addWidget(self.note)
        self._arrange(low=False, one_row=False)

    def _arrange(self, *, low: bool, one_row: bool) -> None:
        """Take the form of a low bar, of one row or of two, or of a high one.

        The slider stands in a line of its own unless it is wide: hours on a few pixels cannot be pointed at.
        """
        self.title.setVisible(not low)
        self.note.setVisible(not low)
        (self._row if low else self._head).addWidget(self._leave)
        if one_row:
            self._row.insertWidget(AFTER_BUTTONS, self.slider, 1000)
        else:
            self._line.addWidget(self.slider)
        self.slider.setMinimumWidth(LEAST_SLIDER_PX if one_row else 0)
        self.slider.setMinimumHeight(LOW_SLIDER_PX if low else HIGH_PX)
        self._column.setContentsMargins(14, 6 if low else 8, 14, 6 if low else 8)
        self._column.setSpacing(2 if low else 4)

    def _connect(self) -> None:
        for button in (self._back, self.play, self._on, self._leave, self.follow):
            button.installEventFilter(self)
        self._back.clicked.connect(self._on_back)
        self._on.clicked.connect(self._on_forward)
        self.play.clicked.connect(self.play_requested)
        self._leave.clicked.connect(self.leave_requested)
        self.slider.valueChanged.connect(self.sought)
        self.speed.activated.connect(self._on_speed)
        self.follow.toggled.connect(self.follow_toggled)

    def show_tape(self, length_s: float) -> None:
        """Begin with a stretch of so many seconds."""
        self.slider.blockSignals(True)
        self.slider.setRange(0, int(length_s))
        self.slider.setSingleStep(10)
        self.slider.setPageStep(300)
        self.slider.blockSignals(False)

    def show_state(self, at_s: float, moment: str, *, playing: bool, speed: int) -> None:
        """Show where the playback stands."""
        self.slider.blockSignals(True)
        self.slider.setValue(int(at_s))
        self.slider.blockSignals(False)
        self._moment = moment
        self.title.setText(self.words("playback.title", moment=moment))
        self.speed.setCurrentIndex(self._speeds.index(speed))
        if playing != self._playing:
            self._playing = playing
            self._name_play()

    def place(self, left: int) -> None:
        """Stand at the foot of the map, right of ``left`` where there is room, else in its middle."""
        parent = self.parentWidget()
        if parent is None:
            return
        low, whole = parent.height() < ROOMY_FROM_PX, parent.width() - 2 * EDGE_PX
        free = whole - left
        self._arrange(low=low, one_row=low)
        if low and self._least_width() > whole:
            self._arrange(low=True, one_row=False)
        least = self._least_width()
        if free < max(LEAST_WIDTH_PX, least):
            left, free = 0, whole
        width = min(max(MOST_WIDTH_PX, least), free)
        self.resize(width, max(self._column.totalSizeHint().height(), self._column.totalHeightForWidth(width)))
        self.move(left + EDGE_PX + (free - width) // 2, parent.height() - self.height() - FOOT_PX)

    def _least_width(self) -> int:
        self._column.activate()
        return self._column.totalMinimumSize().width()

    def retranslate(self) -> None:
        """Take up another language."""
        words = self.words
        self._back.setText(words("playback.back"))
        self._on.setText(words("playback.on"))
        self._leave.setText(words("playback.leave"))
        self.follow.setText(words("playback.follow"))
        self.follow.setToolTip(words("playback.follow_hint"))
        self.speed.setAccessibleName(words("playback.speed"))
        self.slider.setAccessibleName(words("playback.slider"))
        self.note.setText(words("playback.note"))
        self.setToolTip(words("playback.note"))
        self.title.setText(words("playback.title", moment=self._moment))
        self._name_play()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows step, whichever button has the keys: going from one to the next ends at the one that leaves."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
            if step is not None:
                self.step_requested.emit(step)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A playback's keys go on to the map, to be the same as when it has the keyboard; no other does."""
        event.setAccepted(event.key() not in MAP_KEYS)

    def _name_play(self) -> None:
        self.play.setText(self.words("playback.pause" if self._playing else "playback.play"))

    def _on_back(self) -> None:
        self.step_requested.emit(-1)

    def _on_forward(self) -> None:
        self.step_requested.emit(1)

    def _on_speed(self) -> None:
        self.speed_chosen.emit(int(self.speed.currentData()))
