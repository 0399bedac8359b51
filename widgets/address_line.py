"""A line for an address: while it is typed, addresses of the base are offered below it, and one can be taken whole."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from domain.addresses import Address
from widgets.common.tips import plain_tip

TYPING_PAUSE_MS = 150
ROWS_SHOWN = 6
ROW_PX = 26
_ADDRESS = Qt.ItemDataRole.UserRole


class AddressLine(QLineEdit):
    """``typed`` asks for what may be meant (after a pause); ``offer`` answers; ``taken`` is what was chosen.

    Arrows and Enter choose, Esc lets the offer go and stays in the line. Whatever is typed may be kept as it is.
    """

    typed = Signal(str)
    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = QListWidget(self)
        self.rows.setObjectName("address_offer")
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(self._on_edited)
        self.rows.itemClicked.connect(self._take)

    def offer(self, typed: str, addresses: Sequence[Address]) -> None:
        """Offer what was found for a text; an answer to another text than stands here now is dropped."""
        if typed != self.text().strip() or not self.hasFocus():
            return
        self.rows.clear()
        for address in addresses:
            item = QListWidgetItem(address.text)
            item.setToolTip(plain_tip(address.text))
            item.setData(_ADDRESS, address)
            self.rows.addItem(item)
        self.rows.setVisible(bool(addresses))
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose among what is offered; every other key is for the line."""
        shown = self.rows.isVisible()
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if shown and step is not None:
            row = self.rows.currentRow() + step
            self.rows.setCurrentRow(min(max(row, 0), self.rows.count() - 1))
        elif shown and event.key() == Qt.Key.Key_Escape:
            self.rows.hide()
        elif shown and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.rows.currentItem() is not None:
            self._take(self.rows.currentItem())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes on has what was typed."""
        super().focusOutEvent(event)
        self._let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        """The offer goes with the line."""
        super().hideEvent(event)
        self._let_go()

    def _let_go(self) -> None:
        self._pause.stop()
        self.rows.hide()

    def _on_edited(self) -> None:
        if self.text().strip():
            self._pause.start()
        else:
            self._let_go()

    def _ask(self) -> None:
        self.typed.emit(self.text().strip())

    def _take(self, item: QListWidgetItem) -> None:
        address: Address = item.data(_ADDRESS)
        self._let_go()
        self.setText(address.text)
        self.taken.emit(address)

    def _place(self) -> None:
        """Lay the rows over the window, below the line, or above it where there is no room."""
        window = self.window()
        if self.rows.parentWidget() is not window:
            shown = self.rows.isVisible() or self.rows.isVisibleTo(self)
            self.rows.setParent(window)
            self.rows.setVisible(shown)
        height = ROW_PX * min(ROWS_SHOWN, max(1, self.rows.count())) + 4
        corner = self.mapTo(window, QPoint(0, self.height() + 2))
        if corner.y() + height > window.height():
            corner = self.mapTo(window, QPoint(0, -height - 2))
        self.rows.setGeometry(corner.x(), corner.y(), self.width(), height)
        self.rows.raise_()
