"""Which columns of a file of grids mean what, and how the file is declared to be written."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from resources.words import Words
from widgets.common.combo import Combo
from widgets.grid_keeper.wants import Columns, FileWanted

ENCODINGS = ("", "utf-8", "gb18030")
FIELDS = ("code", "name", "division", "responsible")


class ColumnChoice(QWidget):
    """A choice for each column, the encoding of the text and the coordinate system. ``altered`` when a column is."""

    altered = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.crs, self.encoding = QLineEdit(), Combo()
        self.columns = {name: Combo() for name in FIELDS}
        self._labels = {name: QLabel() for name in (*FIELDS, "encoding", "crs")}
        form = QGridLayout(self)  # two beside each other: a low window has room for the list of faults as well
        form.setContentsMargins(0, 0, 0, 0)
        for i, (name, field) in enumerate(self._fields().items()):
            form.addWidget(self._labels[name], i // 2, i % 2 * 2)
            form.addWidget(field, i // 2, i % 2 * 2 + 1)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # as wide whatever is chosen
        form.setColumnStretch(1, 1)
        form.setColumnStretch(3, 1)
        for combo in self.columns.values():
            combo.currentIndexChanged.connect(self._on_column_chosen)

    def offer(self, names: Sequence[str], guess: Columns) -> None:
        """Offer the columns of a file, the likely ones chosen; that is not ``altered``."""
        for field, combo in self.columns.items():
            combo.blockSignals(True)
            combo.clear()
            combo.addItem(self._words("mesh.column.none"), "")
            for name in names:
                combo.addItem(name, name)
            combo.setCurrentIndex(max(0, combo.findData(getattr(guess, field))))
            combo.blockSignals(False)

    @property
    def offered(self) -> bool:
        """Whether there are columns to choose from."""
        return self.columns["code"].count() > 1

    def chosen(self) -> Columns:
        """Return which columns are chosen."""
        return Columns(**{name: str(combo.currentData() or "") for name, combo in self.columns.items()})

    def declared(self, path: str) -> FileWanted:
        """Return a file as it is declared here."""
        return FileWanted(path, str(self.encoding.currentData() or ""), self.crs.text().strip())

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        for name, label in self._labels.items():
            label.setText(words(f"mesh.field.{name}"))
        chosen = self.encoding.currentData()
        self.encoding.clear()
        for encoding in ENCODINGS:
            self.encoding.addItem(encoding.upper() if encoding else words("mesh.encoding.auto"), encoding)
        self.encoding.setCurrentIndex(max(0, self.encoding.findData(chosen)))
        for combo in self.columns.values():
            if combo.count():
                combo.setItemText(0, words("mesh.column.none"))
        for name, field in self._fields().items():
            field.setAccessibleName(words(f"mesh.field.{name}"))
        self.crs.setPlaceholderText(words("mesh.crs.hint"))
        self.crs.setToolTip(words("mesh.crs.about"))

    def _fields(self) -> dict[str, QWidget]:
        return {**self.columns, "encoding": self.encoding, "crs": self.crs}

    def _on_column_chosen(self, _index: int) -> None:
        self.altered.emit()
