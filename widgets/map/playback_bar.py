"""The bar of a playback: play, step, a slider over the stretch, the moment shown, the speed, whom to follow, leave."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.slider import Slider
from widgets.common.style import set_role
from widgets.map.overlay import Card

MOST_WIDTH_PX = 720
FOOT_PX = 64
EDGE_PX, LEAST_WIDTH_PX = 16, 480
NOTE_FROM_PX = 560
"""On a map lower than this the note is told on hover alone: there is little enough to see of the past."""


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
        head, row, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        self._column = column
        head.addWidget(self.title, 1)
        head.addWidget(self._leave)
        for widget in (self._back, self.play, self._on):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.speed)
        row.addWidget(self.follow)
        column.setContentsMargins(14, 8, 14, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.slider)  # in a line of its own: hours on a few pixels cannot be pointed at
        column.addLayout(row)
        column.addWidget(self.note)

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
        free = parent.width() - left - 2 * EDGE_PX
        if free < LEAST_WIDTH_PX:
            left, free = 0, parent.width() - 2 * EDGE_PX
        width = min(MOST_WIDTH_PX, free)
        self.note.setVisible(parent.height() >= NOTE_FROM_PX)
        self._column.activate()
        self.resize(width, max(self._column.totalSizeHint().height(), self._column.totalHeightForWidth(width)))
        self.move(left + EDGE_PX + (free - width) // 2, parent.height() - self.height() - FOOT_PX)

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
        """Escape leaves; no other key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave_requested.emit()
        event.accept()

    def _name_play(self) -> None:
        self.play.setText(self.words("playback.pause" if self._playing else "playback.play"))

    def _on_back(self) -> None:
        self.step_requested.emit(-1)

    def _on_forward(self) -> None:
        self.step_requested.emit(1)

    def _on_speed(self) -> None:
        self.speed_chosen.emit(int(self.speed.currentData()))
