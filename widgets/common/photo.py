"""A photo as a thumbnail with its caption, and the same photo enlarged over the window."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from resources.theme import Theme
from widgets.common.button import press_by_enter
from widgets.common.fonts import sized
from widgets.common.tips import plain_tip

THUMB, SMALL_THUMB = QSize(124, 84), QSize(84, 62)


class PhotoThumb(QAbstractButton):
    """A thumbnail: loading, missing (said in words) or there. A click asks for it enlarged."""

    def __init__(self, photo_id: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo_id = photo_id
        self._theme = theme
        self._image: QImage | None = None
        self._caption, self._instead = "", ""
        self.setFixedSize(THUMB)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def set_small(self, small: bool) -> None:
        """Take less room, or the usual one."""
        self.setFixedSize(SMALL_THUMB if small else THUMB)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def show_text(self, caption: str, instead: str) -> None:
        """Set the caption, and what is said where the picture would be while it is not there."""
        self._caption, self._instead = caption, instead
        self.setAccessibleName(f"{caption} {instead}".strip())
        self.setToolTip(plain_tip(caption))
        self.update()

    def show_image(self, image: QImage | None) -> None:
        """Show the picture, or what is said instead of it."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """The size it was given."""
        return self.minimumSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture cut to the frame, or the words instead."""
        painter = QPainter(self)
        box = self.rect()
        painter.fillRect(box, QColor(self._theme.raised))
        if self._image is not None and not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image, _cut(self._image.size(), box.size()))
        else:
            painter.setPen(QColor(self._theme.text_second))
            painter.setFont(sized(self.font(), 12))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(box.adjusted(6, 4, -6, -22), flags, self._instead)
        self._paint_caption(painter, box)
        painter.setPen(
            QPen(QColor(self._theme.accent if self.hasFocus() else self._theme.line), 2 if self.hasFocus() else 1)
        )
        painter.drawRect(box.adjusted(0, 0, -1, -1))

    def _paint_caption(self, painter: QPainter, box: QRect) -> None:
        strip = QRect(box.left(), box.bottom() - 21, box.width(), 22)
        ground = QColor(self._theme.ground)
        ground.setAlphaF(0.82)
        painter.fillRect(strip, ground)
        painter.setPen(QColor(self._theme.text))
        painter.setFont(sized(self.font(), 12))
        text = painter.fontMetrics().elidedText(self._caption, Qt.TextElideMode.ElideRight, strip.width() - 10)
        painter.drawText(strip.adjusted(6, 0, -4, 0), int(Qt.AlignmentFlag.AlignVCenter), text)


def _cut(image: QSize, frame: QSize) -> QRect:
    """Return the middle part of an image that has the frame's shape."""
    scale = min(image.width() / frame.width(), image.height() / frame.height())
    w, h = int(frame.width() * scale), int(frame.height() * scale)
    return QRect((image.width() - w) // 2, (image.height() - h) // 2, w, h)


class PhotoViewer(QWidget):
    """Photos enlarged over the window, not a dialog. Left and right turn the pages, Esc or a click closes."""

    page_turned = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ids: list[str] = []
        self._captions: dict[str, str] = {}
        self._images: dict[str, QImage] = {}
        self._at = 0
        self._waiting = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.update()

    def open_at(self, photo_id: str, captions: dict[str, str], waiting: str) -> None:
        """Open at one of the photos (captions by id, in order); ``waiting`` is said until a picture is there."""
        self._ids, self._captions, self._waiting = list(captions), captions, waiting
        self._at = self._ids.index(photo_id)
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.setFocus()
        self._turn(0)

    def show_image(self, photo_id: str, image: QImage) -> None:
        """Take a picture that was asked for."""
        self._images[photo_id] = image
        self.update()

    def close_viewer(self) -> None:
        """Close and let go of the pictures."""
        self._images.clear()
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, left and right turn."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Space: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self._turn(step)
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_viewer()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click closes."""
        self.close_viewer()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture whole, its caption, and where it stands among the others."""
        painter = QPainter(self)
        ground = QColor(self._theme.ground)
        ground.setAlphaF(0.94)
        painter.fillRect(self.rect(), ground)
        photo_id = self._ids[self._at] if self._ids else ""
        room = QRectF(self.rect()).adjusted(24, 24, -24, -56)
        image = self._images.get(photo_id)
        painter.setFont(sized(self.font(), 14))
        painter.setPen(QColor(self._theme.text))
        if image is None:
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), self._waiting)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = image.size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            corner = room.center() - QRectF(0, 0, size.width(), size.height()).center()
            painter.drawImage(QRectF(corner.x(), corner.y(), size.width(), size.height()), image)
        line = f"{self._captions.get(photo_id, '')}   {self._at + 1} / {len(self._ids)}"
        painter.drawText(QRectF(0, self.height() - 48.0, self.width(), 40), int(Qt.AlignmentFlag.AlignCenter), line)

    def _turn(self, step: int) -> None:
        if not self._ids:
            return
        self._at = (self._at + step) % len(self._ids)
        photo_id = self._ids[self._at]
        if photo_id not in self._images:
            self.page_turned.emit(photo_id)
        self.update()
