"""Photos from this machine: chosen in a window that does not block, listed by name, each can be taken out again."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from domain.case import MAX_PHOTOS
from domain.command import Arg
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.style import set_role

PATTERNS = "*.jpg *.jpeg *.png *.webp *.bmp"


class PhotosField(Field):
    """Files to be uploaded; at most ``MAX_PHOTOS``."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self._paths: list[str] = []
        self._add = QPushButton()
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.column.addLayout(self._list)
        self.column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        self._add.clicked.connect(self._on_add_clicked)
        self.setFocusProxy(self._add)
        self.finish()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        self._add.setText(self.context.names.words("desk.form.add_photos"))
        for i in range(self._list.count()):
            item = self._list.itemAt(i)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.setToolTip(self.context.names.words("desk.form.take_out"))

    def value(self) -> object:
        """Nothing: the ids are known only after the upload."""
        return None

    def files(self) -> tuple[str, ...]:
        """Return the chosen files."""
        return tuple(self._paths)

    def add_files(self, paths: list[str]) -> None:
        """Take files, each once, at most ``MAX_PHOTOS``."""
        for path in paths:
            if path not in self._paths and len(self._paths) < MAX_PHOTOS:
                self._paths.append(path)
                button = QPushButton(f"✕  {Path(path).name}")
                set_role(button, "row")
                button.setToolTip(self.context.names.words("desk.form.take_out"))
                button.setProperty("path", path)
                button.clicked.connect(self._on_taken_out)
                self._list.addWidget(button)
        self._add.setEnabled(len(self._paths) < MAX_PHOTOS)
        self.changed.emit()

    def _on_add_clicked(self) -> None:
        words = self.context.names.words
        dialog = QFileDialog(self, words("desk.form.add_photos"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"{words('arg.photos')} ({PATTERNS})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def _on_taken_out(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self._paths.remove(str(button.property("path")))
            self._list.removeWidget(button)
            button.hide()
            button.deleteLater()
            self._add.setEnabled(True)
            self.changed.emit()
