"""A button that shows its key: the word at the left, the key as a cap at the right."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from resources.theme import Theme
from widgets.common.button import press_by_enter
from widgets.common.fonts import BODY_PX, SECOND_PX, sized

HEIGHT_PX, CAP_PX = 32, 22


class KeyButton(QAbstractButton):
    """``派遣 [D]``. ``primary`` is the way forward and stands in the accent colour; ``quiet`` has no edge."""

    def __init__(
        self,
        text: str,
        key: str,
        theme: Theme,
        *,
        primary: bool = False,
        quiet: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._key, self._primary, self._quiet = theme, key, primary, quiet
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setText(text)
        self.setAccessibleName(f"{text} {key}" if key else text)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    @property
    def key(self) -> str:
        """The key shown on the cap; empty for none."""
        return self._key

    def sizeHint(self) -> QSize:
        """Room for the word, the cap and the space between."""
        px = SECOND_PX if self._quiet else BODY_PX
        width = QFontMetrics(sized(self.font(), px)).horizontalAdvance(self.text())
        return QSize(width + 2 * self._pad() + (CAP_PX + 8 if self._key else 0), 32 if self._quiet else HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its word."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the pointer is over it."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Show that the pointer has left."""
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, edge, focus, word and cap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, edge, text = self._colours()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        focused = self.hasFocus()
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(self._focus_colour() if focused else edge), 2 if focused else 1))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5) if focused else box, 4, 4)
        painter.setPen(QColor(text))
        painter.setFont(sized(self.font(), SECOND_PX if self._quiet else BODY_PX))
        pad = self._pad()
        painter.drawText(box.adjusted(pad, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self._key:
            self._paint_cap(painter, QRectF(box.right() - CAP_PX - pad + 1, box.center().y() - 9.5, CAP_PX, 19), text)

    def _pad(self) -> int:
        return 6 if self._quiet else 10

    def _focus_colour(self) -> str:
        return self._theme.text if self._primary else self._theme.accent

    def _colours(self) -> tuple[str, str, str]:
        """Ground, edge and text."""
        theme = self._theme
        if not self.isEnabled():
            return theme.panel, theme.line, theme.text_second
        if self._primary:
            return theme.accent, theme.accent, theme.on_accent
        ground = theme.raised if self.underMouse() or self.isDown() else theme.panel
        return ground, ground if self._quiet else theme.line, theme.text_second if self._quiet else theme.text

    def _paint_cap(self, painter: QPainter, cap: QRectF, text: str) -> None:
        edge = QColor(self._theme.on_accent if self._primary and self.isEnabled() else self._theme.line)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cap, 3, 3)
        painter.setFont(sized(self.font(), 12, bold=True))
        painter.setPen(QColor(text if self._primary or not self.isEnabled() else self._theme.text_second))
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self._key)
