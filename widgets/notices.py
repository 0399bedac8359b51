"""Notices: lines that say what happened, what was kept and what to do. Never a window in the way of the work."""

from enum import StrEnum

import msgspec
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.beside_or_below import BesideOrBelow
from widgets.common.button import Button
from widgets.common.chip import mixed
from widgets.common.lamp import Shape, paint_shape
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel

SHOWN_AT_MOST = 3
"""The gravest ones; the newest has a line besides where it is not among them: it answers what was just done."""


class Severity(StrEnum):
    """How much it matters. Names under ``desk.severity.<value>``."""

    INFO = "info"
    WARNING = "warning"
    FAULT = "fault"


class Notice(msgspec.Struct, frozen=True):
    """One notice. A notice with the same ``key`` takes the place of the one before; ``text`` is in words already.

    ``action`` names what can be done about it (emitted with the key), ``action_text`` is its word.
    """

    key: str
    severity: Severity
    text: str
    action: str = ""
    action_text: str = ""
    lasting: bool = False


class _NoticeRow(QFrame):
    acted = Signal(str)
    dismissed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.notice = Notice("", Severity.INFO, "")
        self._text, self._action, self._close = WrappedLabel(), Button(), Button("✕")
        set_role(self._action, "quiet")
        set_role(self._close, "quiet")
        self._close.setFixedWidth(36)
        BesideOrBelow(self, self._text, self._action, self._close).setContentsMargins(40, 5, 8, 5)
        self._action.clicked.connect(self._on_action_clicked)
        self._close.clicked.connect(self._on_close_clicked)

    def show_notice(self, notice: Notice, severity_text: str, close_text: str) -> None:
        self.notice = notice
        self._text.setText(notice.text)
        self._text.setAccessibleName(f"{severity_text}: {notice.text}")
        self._action.setText(notice.action_text)
        self._action.setVisible(bool(notice.action))
        self._close.setToolTip(close_text)
        self._close.setAccessibleName(close_text)
        self._close.setVisible(not notice.lasting)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        shape, colour = {
            Severity.INFO: (Shape.CIRCLE, theme.accent),
            Severity.WARNING: (Shape.TRIANGLE, theme.near),
            Severity.FAULT: (Shape.SQUARE, theme.overdue),
        }[self.notice.severity]
        painter.fillRect(self.rect(), QColor(mixed(theme.raised, colour, 0.08)))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.line))
        painter.fillRect(0, 0, 3, self.height(), QColor(colour))
        paint_shape(painter, QRectF(16, self.height() / 2 - 6, 12, 12), shape, colour)

    def _on_action_clicked(self) -> None:
        self.acted.emit(self.notice.key)

    def _on_close_clicked(self) -> None:
        self.dismissed.emit(self.notice.key)


class NoticeStrip(QWidget):
    """The notices that stand, the gravest first, three and the newest at most; no room is taken while there is none."""

    action_requested = Signal(str)
    dismissed = Signal(str)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices")
        self._words, self._theme = words, theme
        self._notices: dict[str, Notice] = {}
        self._rows: list[_NoticeRow] = []
        self._more = QLabel()
        set_role(self._more, "second")
        self._more.setObjectName("notices_more")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for _ in range(SHOWN_AT_MOST + 1):
            row = _NoticeRow(theme)
            row.acted.connect(self.action_requested)
            row.dismissed.connect(self._on_dismissed)
            self._rows.append(row)
            self._column.addWidget(row)
        self._column.addWidget(self._more)
        self._show()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice; one with the same key is replaced."""
        self._notices.pop(notice.key, None)
        self._notices[notice.key] = notice
        self._show()

    def withdraw(self, key: str) -> None:
        """Take a notice away: what it said is over."""
        if self._notices.pop(key, None) is not None:
            self._show()

    def notices(self) -> list[Notice]:
        """Return the notices that stand, gravest and newest first."""
        grave = list(Severity)
        newest = list(reversed(self._notices.values()))
        return sorted(newest, key=lambda notice: -grave.index(notice.severity))

    def is_held(self) -> bool:
        """Return whether the pointer or the keys are on the notices: somebody is reading, or about to press."""
        at = self.window().focusWidget()
        return self.isVisible() and (self.underMouse() or (at is not None and self.isAncestorOf(at)))

    def retranslate(self) -> None:
        """Look the words up again; the notices' own texts come anew from whoever showed them."""
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        for row in self._rows:
            row.set_theme(theme)

    def _show(self) -> None:
        standing = self.notices()
        shown, newest = standing[:SHOWN_AT_MOST], next(reversed(self._notices.values()), None)
        if newest is not None and newest not in shown:
            shown.append(newest)
        for i, row in enumerate(self._rows):
            row.setVisible(i < len(shown))
            if i < len(shown):
                severity = self._words(f"desk.severity.{shown[i].severity}")
                row.show_notice(shown[i], severity, self._words("desk.notice.dismiss"))
        left = len(standing) - len(shown)
        self._more.setVisible(left > 0)
        self._more.setText(f"    {self._words('desk.notice.more', n=left)}")
        self.setVisible(bool(standing))

    def _on_dismissed(self, key: str) -> None:
        self.withdraw(key)
        self.dismissed.emit(key)
