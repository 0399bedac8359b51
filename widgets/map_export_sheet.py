"""The sheet that writes what the map shows to a file: as what, how much of it, with what, and where to."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from domain.exporting import PICTURES, MapFormat
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.file_dialog import FileDialog
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.map.papers import Paper

WIDTH_PX = 560
MOST_TITLE = 60


class Extent(StrEnum):
    """How much of the map goes into the file."""

    VIEW = "view"
    ALL = "all"


@dataclass(frozen=True)
class MapExportWanted:
    """What a person wants written, and into which file."""

    format: MapFormat
    extent: Extent
    staff: bool
    title: str
    path: str
    paper: Paper = Paper.A3


class MapExportSheet(Sheet):
    """A sheet over the window. ``export_requested`` carries a ``MapExportWanted``; ``cancelled`` gives up one.

    ``file_name`` is asked what a file with a title is offered to be called, without its ending.
    """

    export_requested = Signal(object)
    cancelled = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget, file_name: Callable[[str], str]) -> None:
        super().__init__(parent, WIDTH_PX, parent.height())
        self._words, self._over, self._file_name = words, parent, file_name
        self._busy = False
        self._dialog: FileDialog | None = None
        self._title, self._about, self._progress, self._fault = QLabel(), QLabel(), QLabel(), FaultLabel()
        self._labels = {name: QLabel() for name in ("format", "paper", "extent", "heading")}
        self.format, self.paper, self.extent = Combo(), Combo(), Combo()
        self.title, self.staff = QLineEdit(), QCheckBox()
        self.choose, self.close_button = Button(), Button()
        self._lay_out()
        self.choose.clicked.connect(self._on_choose)
        self.close_button.clicked.connect(self._on_close)
        self.format.currentIndexChanged.connect(self._on_format_changed)
        self.retranslate()
        self.hide()

    def open_sheet(self) -> None:
        """Open over the window. Staff are in the file only where that is ticked anew; no title stays from before."""
        if self.isVisible():
            self.come_up()
            return
        self.staff.setChecked(False)
        self.title.clear()
        self.tell("")
        self.show_over()
        self.format.setFocus()

    def escape(self) -> None:
        """Give up what is being written, or close."""
        self._on_close()

    def has_input(self) -> bool:
        """Whether a heading was typed, or a file is being written."""
        return self._busy or super().has_input()

    def set_busy(self, progress: str) -> None:
        """Say how far the writing is; empty when it is over. Meanwhile only giving up is possible."""
        self._busy = bool(progress)
        self._progress.setText(progress)
        for control in (self.format, self.paper, self.extent, self.title, self.staff, self.choose):
            control.setEnabled(not self._busy)
        if not self._busy:
            self._on_format_changed()
        self.close_button.setText(self._close_text())

    def tell(self, telling: Telling) -> None:
        """Say what went wrong; empty takes it away."""
        self._fault.tell(telling)

    def wanted(self, path: str) -> MapExportWanted:
        """Return what is chosen, into this file; the file gets the ending of its format where it has another."""
        form = MapFormat(self.format.currentData())
        ending = f".{form.value}"
        return MapExportWanted(
            format=form,
            extent=Extent(self.extent.currentData()),
            staff=self.staff.isChecked(),
            title=self.title.text().strip(),
            path=path if path.lower().endswith(ending) else path + ending,
            paper=Paper(self.paper.currentData()),
        )

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("map_export.title"))
        self._about.setText(words("map_export.about"))
        for name, label in self._labels.items():
            label.setText(words(f"map_export.{name}"))
        combos = ((self.format, "format", MapFormat), (self.paper, "paper", Paper), (self.extent, "extent", Extent))
        for combo, name, values in combos:
            chosen = combo.currentData()
            combo.blockSignals(True)
            combo.clear()
            for value in values:
                combo.addItem(words(f"map_export.{name}.{value}"), value.value)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
            combo.blockSignals(False)
            combo.setAccessibleName(words(f"map_export.{name}"))
        self.title.setPlaceholderText(words("map_export.heading.none"))
        self.title.setAccessibleName(words("map_export.heading"))
        self.staff.setText(words("map_export.staff"))
        self.choose.setText(words("map_export.choose"))
        self.close_button.setText(self._close_text())
        self._fault.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Nothing here paints by itself."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape gives up or closes; Ctrl+Enter goes on to choose the file."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.choose.isEnabled():
            self._on_choose()
        super().keyPressEvent(event)

    # -- inner -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        set_role(self._title, "title")
        set_role(self._about, "second")
        set_role(self._progress, "second")
        set_role(self.choose, "primary")
        self._about.setWordWrap(True)
        self.title.setMaxLength(MOST_TITLE)
        form = QFormLayout()
        controls = (self.format, self.paper, self.extent, self.title)
        for label, control in zip(self._labels.values(), controls, strict=True):
            form.addRow(label, control)
        foot = QHBoxLayout()
        foot.addWidget(self._progress, 1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self._title)
        column.addWidget(self._about)
        column.addLayout(form)
        column.addWidget(self.staff)
        column.addWidget(self._fault)
        column.addLayout(foot)

    def _place(self) -> None:
        window = self._over
        width = min(WIDTH_PX, window.width() - 32)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, max(16, (window.height() - self.height()) // 3))

    def _close_text(self) -> str:
        return f"{self._words('map_export.give_up' if self._busy else 'map_export.close')}  Esc"

    def _on_format_changed(self) -> None:
        """In a file of cases alone there are no staff; pictures alone are on paper, and no table has a title."""
        form = self.format.currentData()
        self.staff.setEnabled(form != MapFormat.CSV)
        self.paper.setEnabled(form in PICTURES)
        self.title.setEnabled(form in {*PICTURES, MapFormat.HTML})

    def _on_close(self) -> None:
        if self._busy:
            self.cancelled.emit()
        else:
            self.close_sheet()

    def _on_choose(self) -> None:
        """Ask where to; the answer comes by ``_on_file_chosen``."""
        form = MapFormat(self.format.currentData())
        self.tell("")
        words = self._words
        title, kind = words("map_export.choose"), words(f"map_export.format.{form}")
        dialog = FileDialog(self.window(), words, title, kind, f"*.{form.value}")
        dialog.setAcceptMode(FileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(form.value)
        dialog.selectFile(self._file_name(self.title.text().strip() if self.title.isEnabled() else ""))
        dialog.fileSelected.connect(self._on_file_chosen)
        self._dialog = dialog  # named: only Qt would hold it
        dialog.open()

    def _on_file_chosen(self, path: str) -> None:
        self._dialog = None
        self.export_requested.emit(self.wanted(path))
