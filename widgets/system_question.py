"""Asking in which coordinates a file is that does not say so, with where it would fall in each of the systems."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from resources.words import Words
from widgets.common.button import Button
from widgets.common.style import set_role

WIDTH_PX = 560
SYSTEM_ROLE = Qt.ItemDataRole.UserRole


class SystemChoice(msgspec.Struct, frozen=True):
    """A system by name, what it is called, and where the file would fall; it cannot be chosen where it cannot be."""

    system: str
    text: str
    falls: str = ""
    can_be: bool = True


class SystemQuestion(QDialog):
    """A window that is opened, never waited for, and gone when it closes. ``chosen`` carries the system's name."""

    chosen = Signal(str)

    def __init__(self, words: Words, file: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("own_layer_system")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(file)
        self.rows, self.hint, self._asks = QListWidget(), QLabel(), QLabel()
        self.show_it, self.leave = Button(), Button()
        self._lay_out()
        self._asks.setText(words("own_layer.which_system", file=file))
        self.rows.setAccessibleName(words("mesh.field.crs"))
        self.show_it.setText(words("own_layer.show"))
        self.leave.setText(words("own_layer.leave"))
        self.rows.currentItemChanged.connect(self._on_row_changed)
        self.rows.itemActivated.connect(self._on_shown)
        self.show_it.clicked.connect(self._on_shown)
        self.leave.clicked.connect(self.reject)

    def offer(self, choices: Sequence[SystemChoice], preferred: str, hint: str) -> None:
        """Offer these systems, one of them lit, and say below them why that one."""
        self.rows.clear()
        for choice in choices:
            item = QListWidgetItem(f"{choice.text}  ·  {choice.falls}" if choice.falls else choice.text)
            item.setData(SYSTEM_ROLE, choice.system)
            if not choice.can_be:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.rows.addItem(item)
        self.choose(preferred)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.rows.setFixedHeight(self.rows.sizeHintForRow(0) * self.rows.count() + 4)
        self._on_row_changed()
        self.rows.setFocus()

    def choose(self, system: str) -> None:
        """Light a system, as arrows and the mouse do."""
        for row in range(self.rows.count()):
            if self.rows.item(row).data(SYSTEM_ROLE) == system:
                self.rows.setCurrentRow(row)

    def _on_row_changed(self) -> None:
        item = self.rows.currentItem()
        self.show_it.setEnabled(item is not None and bool(item.flags() & Qt.ItemFlag.ItemIsEnabled))

    def _on_shown(self) -> None:
        if self.show_it.isEnabled():
            self.chosen.emit(str(self.rows.currentItem().data(SYSTEM_ROLE)))
            self.accept()

    def _lay_out(self) -> None:
        for label in (self._asks, self.hint):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        set_role(self.hint, "second")
        set_role(self.show_it, "primary")
        self.show_it.setDefault(True)
        foot, column = QHBoxLayout(), QVBoxLayout(self)
        foot.addStretch()
        foot.addWidget(self.leave)
        foot.addWidget(self.show_it)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._asks)
        column.addWidget(self.rows)
        column.addWidget(self.hint)
        column.addLayout(foot)
        self.setMinimumWidth(WIDTH_PX)
