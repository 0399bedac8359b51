"""Photos chosen from this machine: in a window that does not block, listed by name, each can be taken out again."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from resources.words import Words
from widgets.common.button import Button, RowButton
from widgets.common.file_dialog import FileDialog

PATTERNS = "*.jpg *.jpeg *.png *.webp *.bmp"


class PhotoFiles(QWidget):
    """A button that adds files, and the files that were added; each once, at most ``most``."""

    changed = Signal()

    def __init__(self, most: int, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("field")
        self._most = most
        self._rows: dict[str, Button] = {}
        self._kind, self._take_out = "", ""
        self._add = Button()
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._list)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._add.clicked.connect(self._on_add_clicked)
        self.setFocusProxy(self._add)

    def set_texts(self, add: str, kind: str, take_out: str) -> None:
        """Name the button, what is chosen, and what a click on a file does."""
        self._add.setText(add)
        self._kind, self._take_out = kind, take_out
        for row in self._rows.values():
            row.setToolTip(take_out)

    def paths(self) -> tuple[str, ...]:
        """Return the chosen files, in the order they were chosen."""
        return tuple(self._rows)

    def add_files(self, paths: Sequence[str]) -> None:
        """Take files; those there already and those beyond the most are left out."""
        for path in paths:
            if path not in self._rows and len(self._rows) < self._most:
                row = RowButton(f"✕  {Path(path).name}")
                row.setToolTip(self._take_out)
                row.clicked.connect(self._on_row_clicked)
                self._rows[path] = row
                self._list.addWidget(row)
        self._add.setEnabled(len(self._rows) < self._most)
        self.changed.emit()

    def clear(self) -> None:
        """Take all files out."""
        for path in self.paths():
            self._remove(path)

    def _on_add_clicked(self) -> None:
        dialog = FileDialog(self, self._words, self._add.text(), self._kind, PATTERNS)
        dialog.setFileMode(FileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def _on_row_clicked(self) -> None:
        clicked = self.sender()
        for path, row in self._rows.items():
            if row is clicked:
                self._remove(path)
                return

    def _remove(self, path: str) -> None:
        row = self._rows.pop(path)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        self._add.setEnabled(True)
        self.changed.emit()
