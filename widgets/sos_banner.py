"""The banner of an SOS: as wide as the desk, blinking until somebody acknowledges it, then calm until it is closed.

It takes no focus when it comes, so nothing that is being typed is lost.
"""

from datetime import datetime

import msgspec
from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from domain.ids import EntryId
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.lamp import Shape, paint_shape
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel

BLINK_MS = 600
RESULT_MOST = 300
RESULT_PX = 300
BAR_PX = 8


class SosCall(msgspec.Struct, frozen=True):
    """A call as it is shown. ``who`` is the unit and person, ``acknowledged_by`` a name or empty; times are local."""

    entry_id: EntryId
    who: str
    raised_at: datetime
    where: str = ""
    text: str = ""
    placed: bool = False
    acknowledged_by: str = ""


class SosBanner(QFrame):
    """Shows the first of the calls and how many more there are."""

    acknowledge_requested = Signal()
    go_requested = Signal()
    close_requested = Signal(str)
    """Closed with this result."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sos")
        self._words, self._theme = words, theme
        self._calls: tuple[SosCall, ...] = ()
        self._lit = False
        self._title, self._detail = WrappedLabel(), WrappedLabel()
        for label in (self._title, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        set_role(self._title, "title")
        self.acknowledge, self.go, self.result, self.close_call = Button(), Button(), QLineEdit(), Button()
        for button in (self.acknowledge, self.go, self.close_call):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.result.setMaxLength(RESULT_MOST)
        self.result.setMinimumWidth(RESULT_PX)
        self.result.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(40, 10, 16, 10)
        row.setSpacing(10)
        row.addLayout(texts, 1)
        for part in (self.result, self.close_call, self.go, self.acknowledge):
            row.addWidget(part)
        self._blink = QTimer(self)
        self._blink.setInterval(BLINK_MS)
        self._blink.timeout.connect(self._on_blink)
        self.acknowledge.clicked.connect(self.acknowledge_requested)
        self.go.clicked.connect(self.go_requested)
        self.close_call.clicked.connect(self._on_close)
        self.result.returnPressed.connect(self._on_close)
        self.hide()

    @property
    def blinking(self) -> bool:
        """Whether it blinks."""
        return self._blink.isActive()

    def texts(self) -> str:
        """Return what it says."""
        return f"{self._title.text()}\n{self._detail.text()}"

    def show_calls(self, calls: tuple[SosCall, ...]) -> None:
        """Show these calls, the first of them whole; none takes the banner away."""
        if calls == self._calls:
            return
        before = self._calls[0].entry_id if self._calls else None
        self._calls = calls
        if not calls:
            self._blink.stop()
            self.hide()
            self.result.clear()
            return
        if calls[0].entry_id != before:
            self.result.clear()
        open_call = not calls[0].acknowledged_by
        if open_call and not self._blink.isActive():
            self._lit = True
            self._blink.start()
        elif not open_call:
            self._blink.stop()
            self._lit = False
        self.retranslate()
        self.show()
        self.update()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self.result.setPlaceholderText(words("sos.result"))
        self.result.setAccessibleName(words("sos.result"))
        self.acknowledge.setText(f"{words('sos.acknowledge')}  F12")
        self.go.setText(words("sos.go"))
        self.close_call.setText(words("sos.close"))
        if not self._calls:
            return
        call, more = self._calls[0], len(self._calls) - 1
        self._title.setText(words("sos.title", who=call.who))
        parts = [words("sos.raised", at=call.raised_at.strftime("%H:%M:%S")), call.where or words("sos.nowhere")]
        if call.text:
            parts.append(call.text)
        if call.acknowledged_by:
            parts.append(words("sos.acknowledged_by", who=call.acknowledged_by))
        if more:
            parts.append(words("sos.more", n=more))
        self._detail.setText(" · ".join(parts))
        self.acknowledge.setHidden(bool(call.acknowledged_by))
        self.go.setVisible(call.placed)
        self.result.setVisible(bool(call.acknowledged_by))
        self.close_call.setVisible(bool(call.acknowledged_by))
        self.setAccessibleName(self.texts())

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is typed into the result acts on no case."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame and a bar of the colour of what is overdue, filled while it is lit; a sign before the words."""
        painter, colour = QPainter(self), QColor(self._theme.overdue)
        painter.fillRect(self.rect(), QColor(self._theme.raised))
        if self._lit:
            tint = QColor(colour)
            tint.setAlpha(70)
            painter.fillRect(self.rect(), tint)
        painter.fillRect(0, 0, BAR_PX, self.height(), colour)
        painter.fillRect(0, self.height() - 2, self.width(), 2, colour)
        paint_shape(painter, QRectF(16, self.height() / 2 - 8, 16, 16), Shape.SQUARE, self._theme.overdue)

    def _on_blink(self) -> None:
        self._lit = not self._lit
        self.update()

    def _on_close(self) -> None:
        text = self.result.text().strip()
        if text:
            self.close_requested.emit(text)
        else:
            self.result.setFocus()
