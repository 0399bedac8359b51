"""The grid keeper's sheet: it stands at the right of the window and leaves the map in sight."""

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from domain.mesh import MeshFault
from domain.wire_grids import GridDifference, GridVersions
from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.file_dialog import FileDialog
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.grid_keeper.columns import ColumnChoice
from widgets.grid_keeper.fault_list import FaultList
from widgets.grid_keeper.hint import difference_text, found_text, next_text
from widgets.grid_keeper.wants import SUFFIXES, Columns, FileWanted, Republish
from widgets.names import Names

WIDTH_PX, TOP_PX = 460, 48
FAULTS_PX = 150
"""The list of faults with its head and foot is never lower: two of them are in sight."""
HINT_LINES, FILE_LINES = 4, 2
"""What is said has the room of so many lines, whatever it is: nothing below moves under the pointer."""


class GridKeeperSheet(Sheet):
    """From the top down: file, columns, check, faults, difference, publishing, versions. Signals say what is wanted."""

    file_wanted = Signal(object)
    check_wanted = Signal(object)
    mend_wanted = Signal(object)
    fault_looked_at = Signal(int)
    compare_wanted = Signal()
    publish_wanted = Signal(str)
    republish_wanted = Signal(object)
    cancelled = Signal()

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, parent.height())
        self._names, self._words, self._over = names, names.words, parent
        self._dialog: FileDialog | None = None
        self._difference: GridDifference | None = None
        self._known = GridVersions(())
        self._checked = self._busy = False
        self._title, self._file = QLabel(), QLabel()
        self._said, self._fault, self._bar = QLabel(), FaultLabel(), QProgressBar()
        self.note, self.versions, self.layers = QLineEdit(), Combo(), Combo()
        self.note.setMaxLength(200)
        self._several: FileWanted | None = None
        self.choice = ColumnChoice(self._words)
        self.faults, self._scroll = FaultList(self._words), QScrollArea()
        keys = ("choose", "check", "mend", "compare", "publish", "republish", "cancel", "close")
        self.buttons = {key: Button() for key in keys}
        self._lay_out()
        self._connect()
        self.retranslate()
        self.set_columns((), Columns("", ""))
        self.layers.hide()
        self.hide()

    def _lay_out(self) -> None:
        set_role(self._title, "title")
        for label in (self._file, self._said):
            set_role(label, "second")
            label.setWordWrap(True)
        set_role(self.buttons["publish"], "primary")
        for part in (self._bar, self.faults):
            room = part.sizePolicy()
            room.setRetainSizeWhenHidden(True)
            part.setSizePolicy(room)
        self.faults.setMinimumHeight(FAULTS_PX)
        for said in (self._said, self._fault):
            said.setAlignment(Qt.AlignmentFlag.AlignTop)
        within = QWidget()
        column = QVBoxLayout(within)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        column.addLayout(_row(self._file, self.buttons["choose"]))
        column.addWidget(self.layers)
        column.addWidget(self.choice)
        column.addLayout(_row(*(self.buttons[step] for step in ("check", "mend", "compare"))))
        column.addWidget(self.faults, 1)
        column.addLayout(_row(self.note, self.buttons["publish"]))
        column.addLayout(_row(self.versions, self.buttons["republish"]))
        self._scroll.setWidget(within)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(14, 12, 8, 12)
        whole.setSpacing(8)
        whole.addWidget(self._title)
        whole.addWidget(self._said)
        whole.addWidget(self._fault)  # in its place
        whole.addWidget(self._scroll, 1)
        whole.addLayout(_row(self._bar, self.buttons["cancel"], self.buttons["close"]))

    def _connect(self) -> None:
        self.buttons["choose"].clicked.connect(self._on_choose)
        self.buttons["check"].clicked.connect(self._on_check)
        self.buttons["mend"].clicked.connect(self._on_mend)
        self.buttons["compare"].clicked.connect(self.compare_wanted)
        self.buttons["publish"].clicked.connect(self._on_publish)
        self.buttons["republish"].clicked.connect(self._on_republish)
        self.buttons["cancel"].clicked.connect(self.cancelled)
        self.buttons["close"].clicked.connect(self.close_sheet)
        self.faults.looked_at.connect(self.fault_looked_at)
        self.faults.altered.connect(self._show_state)
        self.note.textChanged.connect(self._show_state)
        self.layers.activated.connect(self._on_layer_chosen)
        self.choice.altered.connect(self.forget)

    # -- life ------------------------------------------------------------------------------------------------------

    def open_sheet(self) -> None:
        """Open at the right of the window. What was read stays when it is closed, until another file is chosen."""
        self.show_over()
        self.buttons["choose"].setFocus()

    def escape(self) -> None:
        """Give up what runs, or close; no letter leaves the sheet."""
        if self._busy:
            self.cancelled.emit()
        else:
            self.close_sheet()

    def has_input(self) -> bool:
        """Whether something was typed, or runs."""
        return self._busy or super().has_input()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def set_file(self, text: str) -> None:
        """Say which file was read, and how much is in it."""
        self._file.setText(text)

    def offer_layers(self, wanted: FileWanted, names: Sequence[str]) -> None:
        """Let one of several layers of a file be chosen."""
        self._several = wanted
        self.layers.clear()
        self.layers.addItem(self._words("mesh.layer.which"), "")
        for name in names:
            self.layers.addItem(name, name)
        self.layers.setVisible(True)
        self.layers.setFocus()

    def set_columns(self, names: Sequence[str], guess: Columns) -> None:
        """Offer the columns of the file that was read, the likely ones chosen. Whatever was found before is gone."""
        self.choice.offer(names, guess)
        self.forget()

    def forget(self) -> None:
        """What was found is no longer so: nothing is checked or compared."""
        self._checked = False
        self._difference = None
        self.faults.set_faults(())
        self._show_state()

    def set_faults(self, faults: Sequence[MeshFault]) -> None:
        """Show what a check found."""
        self._checked = True
        self._difference = None
        self.faults.set_faults(faults)
        self._show_state()
        QTimer.singleShot(0, self, self._show_found)

    def _show_found(self) -> None:
        """Give the keys to what was found, and scroll to what can be done: on a low window that lies below the columns.

        The button that was pressed could not keep them while the check ran.
        """
        at = self.window().focusWidget()
        if at is None or self.isAncestorOf(at):
            (self.faults.rows if self.faults.rows.count() else self.buttons["compare"]).setFocus()
        self._scroll.ensureWidgetVisible(self.buttons["compare"], 0, 8)

    def set_difference(self, found: GridDifference | None) -> None:
        """Show what publishing would alter."""
        self._difference = found
        self._show_state()
        if found is not None:
            QTimer.singleShot(0, self, self._show_publishing)

    def _show_publishing(self) -> None:
        """Scroll to what is typed next: the words of what was found may have moved it below the edge."""
        at = self.window().focusWidget()
        if at is None or self.isAncestorOf(at):
            self.note.setFocus()
        self._scroll.ensureWidgetVisible(self.buttons["publish"], 0, 8)

    def set_versions(self, known: GridVersions) -> None:
        """Show the versions there are; all but the one in force can be published again."""
        self._known = known
        self._show_versions()
        self._show_state()

    def _show_versions(self) -> None:
        chosen = self.versions.currentData()
        self.versions.clear()
        for one in self._known.versions[1:]:
            at = f"{self._names.local(one.at):%Y-%m-%d %H:%M}"
            said = self._words("mesh.version", n=one.version, at=at, grids=one.grids)
            self.versions.addItem(f"{said} {one.note}".strip(), one.version)
        self.versions.setCurrentIndex(max(0, self.versions.findData(chosen)))

    @property
    def version(self) -> int:
        """The version in force that is shown, 0 where none was ever published."""
        return self._known.versions[0].version if self._known.versions else 0

    def set_busy(self, text: str, share: int | None = None) -> None:
        """Say what is being done and how far it is (percent); empty when it is over."""
        self._busy = bool(text)
        self._bar.setRange(0, 0 if share is None else 100)
        self._bar.setFormat(text if share is None else f"{text} %p%")
        self._bar.setValue(share or 0)
        self._show_state()

    def tell(self, telling: Telling) -> None:
        """Say what went wrong; empty takes it away."""
        self._fault.tell(telling)
        self._show_state()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("mesh.title"))
        self.choice.retranslate()
        self.versions.setAccessibleName(words("mesh.field.versions"))
        self._show_versions()
        if self.layers.count():
            self.layers.setItemText(0, words("mesh.layer.which"))
        self.layers.setAccessibleName(words("mesh.layer.which"))
        self.note.setPlaceholderText(words("mesh.note.hint"))
        self.note.setAccessibleName(words("mesh.note.hint"))
        for name, button in self.buttons.items():
            button.setText(words(f"mesh.do.{name}"))
        self.faults.retranslate()
        self._fault.retranslate()
        self._show_state()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _show_state(self) -> None:
        columns, idle = self.choice.chosen(), not self._busy
        taken = self._checked and self.faults.takeable
        usable = {
            "choose": idle,
            "check": idle and bool(columns.code and columns.name),
            "mend": idle and self._checked and not taken and bool(self.faults.decided()),
            "compare": idle and taken,
            "publish": idle and taken and self._difference is not None and len(self.note.text().strip()) >= 2,
            "republish": idle and self.versions.count() > 0,
            "cancel": self._busy,
        }
        for name, on in usable.items():
            self.buttons[name].setEnabled(on)
        self._bar.setVisible(self._busy)
        self.faults.setVisible(self._checked and self.faults.rows.count() > 0)
        self._said.setText(self._state_text())
        self._said.setVisible(not self._fault.text())

    def _state_text(self) -> str:
        if self._difference is not None:
            return difference_text(self._words, self._difference)
        return found_text(self._words, self.faults) if self._checked else next_text(self._words, self.choice)

    # -- what is asked for -----------------------------------------------------------------------------------------

    def _on_choose(self) -> None:
        words, kinds = self._words, "Shapefile, GeoPackage, GeoJSON"
        patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        self._dialog = dialog = FileDialog(self, words, words("mesh.do.choose"), kinds, patterns)
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.choose_file)
        dialog.open()

    def choose_file(self, path: str) -> None:
        """Ask for a file to be read, as it is declared."""
        self._want(self.choice.declared(path))

    def _on_layer_chosen(self) -> None:
        layer = str(self.layers.currentData() or "")
        if layer and self._several is not None:
            self._want(replace(self._several, layer=layer))

    def _want(self, wanted: FileWanted) -> None:
        self.tell("")
        self.layers.hide()
        self.file_wanted.emit(wanted)

    def _on_check(self) -> None:
        self.tell("")
        self.check_wanted.emit(self.choice.chosen())

    def _on_mend(self) -> None:
        self.tell("")
        self.mend_wanted.emit(self.faults.decided())

    def _on_publish(self) -> None:
        self.tell("")
        self.publish_wanted.emit(self.note.text().strip())

    def _on_republish(self) -> None:
        version = self.versions.currentData()
        if version is not None:
            note = self.note.text().strip()
            said = note if len(note) >= 2 else self._words("mesh.republished", n=version)
            self.republish_wanted.emit(Republish(int(version), said))

    # -- Qt --------------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        line = self._said.fontMetrics().lineSpacing()
        for said in (self._said, self._fault):
            said.setMinimumHeight(HINT_LINES * line)
        self._file.setMinimumHeight(FILE_LINES * line)
        width = min(WIDTH_PX, self._over.width() - 24)
        self.setGeometry(self._over.width() - width - 8, TOP_PX, width, max(200, self._over.height() - TOP_PX - 8))


def _row(first: QWidget, *more: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(first, 1)
    for part in more:
        row.addWidget(part)
    return row
