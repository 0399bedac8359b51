"""The faults of a mesh: a row each with a sign for how grave it is, and what is to be done about it."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from domain.mesh import MENDS, Mend, MeshFault
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.style import set_role
from widgets.common.tips import plain_tip
from widgets.grid_keeper.wants import Decided

CODES_SHOWN = 3
"""So many grids a row names; its tooltip, and who reads it aloud, has all."""
MOST_WRAPPED = 500
"""Of more faults than this each has one line: to measure thousands would hold the window up."""
BESIDE_PX, ABOVE_PX = 12, 5
"""What is kept beside and above the text of a row."""
GRAVE, LIGHT = "■", "▲"


class _WholeRow(QStyledItemDelegate):
    """Makes a row as high as its text is; Qt does not count the room the style sheet keeps beside it."""

    def __init__(self, view: QListWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """See ``QStyledItemDelegate``."""
        if not self._view.wordWrap():
            return super().sizeHint(option, index)
        room = QRect(0, 0, self._view.viewport().width() - 2 * BESIDE_PX, 1000)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        high = self._view.fontMetrics().boundingRect(room, int(Qt.TextFlag.TextWordWrap.value), text).height()
        return QSize(room.width(), high + 2 * ABOVE_PX)


class FaultList(QWidget):
    """``looked_at`` is the fault whose row is lit (its place); choices are read by ``decided``."""

    looked_at = Signal(int)
    altered = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._faults: tuple[MeshFault, ...] = ()
        self._chosen: dict[int, Mend] = {}
        self.rows, self.mend, self.alike, self._head = QListWidget(), Combo(), Button(), QLabel()
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # what is long goes on below
        self.rows.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # as high as there is room
        self.rows.setItemDelegate(_WholeRow(self.rows))
        self.rows.setResizeMode(QListView.ResizeMode.Adjust)
        set_role(self._head, "second")
        self._head.setWordWrap(True)
        below = QHBoxLayout()
        below.addWidget(self.mend, 1)
        below.addWidget(self.alike)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._head)
        column.addWidget(self.rows, 1)
        column.addLayout(below)
        self.rows.currentRowChanged.connect(self._on_row_changed)
        self.rows.itemClicked.connect(self._on_row_clicked)
        self.mend.activated.connect(self._on_mend_chosen)
        self.alike.clicked.connect(self._on_alike)
        self.retranslate()

    def set_faults(self, faults: Sequence[MeshFault]) -> None:
        """Show these faults, each with the usual mend; the first is looked at."""
        self._faults = tuple(faults)
        self._chosen = {i: MENDS[f.sort][0] for i, f in enumerate(faults) if MENDS[f.sort]}
        few = len(faults) <= MOST_WRAPPED
        self.rows.setWordWrap(few)
        self.rows.setUniformItemSizes(not few)
        self.rows.blockSignals(True)
        self.rows.clear()
        for i in range(len(faults)):
            self.rows.addItem(QListWidgetItem())
            self._say_row(i)
        self.rows.blockSignals(False)
        self._say_head()
        if faults:
            self.rows.setCurrentRow(0)
        else:
            self._show_mends(-1)

    def leave(self, faults: Sequence[int]) -> None:
        """Leave these as they are, where that is possible: so it was decided before."""
        for i in faults:
            if Mend.LEAVE in MENDS[self._faults[i].sort]:
                self._chosen[i] = Mend.LEAVE
                self._say_row(i)
        self._show_mends(self.rows.currentRow())
        self.altered.emit()

    def decided(self) -> list[Decided]:
        """Return what is to be done about each fault for which something can be."""
        return [Decided(i, mend) for i, mend in sorted(self._chosen.items())]

    @property
    def takeable(self) -> bool:
        """Whether the mesh can be taken as it is: every fault is one that may stay, and is left."""
        return all(self._chosen.get(i) is Mend.LEAVE for i in range(len(self._faults)))

    def retranslate(self) -> None:
        """Look the words up again."""
        self.rows.setAccessibleName(self._words("mesh.faults"))
        self.mend.setAccessibleName(self._words("mesh.mend"))
        self.alike.setText(self._words("mesh.alike"))
        for i in range(self.rows.count()):
            self._say_row(i)
        self._say_head()
        self._show_mends(self.rows.currentRow())

    def _say_row(self, i: int) -> None:
        whole, item = self._text(i, self._faults[i].codes), self.rows.item(i)
        item.setText(self._text(i, self._faults[i].codes[:CODES_SHOWN]))
        item.setToolTip(plain_tip(whole))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, whole)

    def _say_head(self) -> None:
        grave = sum(fault.must_be_mended for fault in self._faults)
        self._head.setText(self._words("mesh.faults.count", n=len(self._faults), grave=grave))

    def _text(self, i: int, codes: Sequence[str]) -> str:
        fault, words = self._faults[i], self._words
        mend = self._chosen.get(i)
        sign = GRAVE if fault.must_be_mended else LIGHT
        done = words("mesh.mend.none") if mend is None else words(f"mesh.mend.{mend}")
        grids = ", ".join(codes) + ("…" if len(codes) < len(fault.codes) else "") or fault.detail
        size = f" · {fault.area_m2:,.0f} m²" if fault.area_m2 else ""
        return f"{sign} {words(f'mesh.sort.{fault.sort}')} · {grids}{size} → {done}"

    def _show_mends(self, row: int) -> None:
        self.mend.clear()
        known = 0 <= row < len(self._faults)
        for mend in MENDS[self._faults[row].sort] if known else ():
            self.mend.addItem(self._words(f"mesh.mend.{mend}"), mend.value)
        if known and row in self._chosen:
            self.mend.setCurrentIndex(max(0, self.mend.findData(self._chosen[row].value)))
        self.mend.setEnabled(self.mend.count() > 1)
        self.alike.setEnabled(self.mend.count() > 0)

    def _on_row_changed(self, row: int) -> None:
        self._show_mends(row)
        if row >= 0:
            self.looked_at.emit(row)

    def _on_row_clicked(self, item: QListWidgetItem) -> None:
        self.looked_at.emit(self.rows.row(item))

    def _on_mend_chosen(self) -> None:
        row = self.rows.currentRow()
        if row >= 0:
            self._choose([row])

    def _on_alike(self) -> None:
        row = self.rows.currentRow()
        if row >= 0:
            self._choose([i for i, f in enumerate(self._faults) if f.sort is self._faults[row].sort])

    def _choose(self, rows: Sequence[int]) -> None:
        mend = Mend(self.mend.currentData())
        for row in rows:
            self._chosen[row] = mend
            self._say_row(row)
        self.altered.emit()
