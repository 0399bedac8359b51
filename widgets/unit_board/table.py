"""The Qt model of the unit board. Rows keep their place while only what they show changes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from domain.ids import UnitId
from domain.units import UnitState
from layers.ages import age_text
from widgets.common.tips import plain_tip
from widgets.durations import span_text
from widgets.names import Names
from widgets.unit_board.rows import UnitRow

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
STALE_ROLE = Qt.ItemDataRole.UserRole + 1
_NAMED = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
DASH = "—"


class Column(IntEnum):
    """The columns, left to right."""

    UNIT = 0
    STATE = 1
    PLACE = 2
    TIME = 3
    POSITION = 4
    WORD = 5


class UnitTable(QAbstractTableModel):
    """Units by row."""

    def __init__(self, names: Names, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self._rows: list[UnitRow] = []
        self._last_words: Mapping[UnitId, str] = {}
        self._now = datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def now(self) -> datetime:
        """The time ages are read at."""
        return self._now

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of units."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's name, on hover too: a narrow column shortens it."""
        if orientation is not Qt.Orientation.Horizontal or role not in _NAMED:
            return None
        return self._names.words(f"desk.unit.column.{Column(section).name.lower()}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows, or the whole row."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(row, Column(index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tip(row, Column(index.column())) or "") or None
            case _ if role == ROW_ROLE:
                return row
            case _ if role == STALE_ROLE:
                return row.stale(self._now)
            case _:
                return None

    def text(self, row: UnitRow, column: Column) -> str:
        """Return what a cell shows."""
        match column:
            case Column.UNIT:
                return row.unit.name
            case Column.STATE:
                return self._state(row)
            case Column.PLACE:
                return self._place(row)
            case Column.TIME:
                since = row.status.since
                if since is None:
                    return DASH
                return span_text(max(0, int((self._now - since).total_seconds())), self._names.words)
            case Column.POSITION:
                return self._position(row)
            case Column.WORD:
                return self._last_words.get(row.unit.unit_id, DASH)

    def set_rows(self, rows: Sequence[UnitRow], now: datetime) -> None:
        """Show these units. The same units in the same order are brought up to date in place."""
        self._now = now
        if [row.unit.unit_id for row in rows] == [row.unit.unit_id for row in self._rows]:
            old, self._rows = self._rows, list(rows)
            for i, (before, after) in enumerate(zip(old, self._rows, strict=True)):
                if before != after:
                    self.dataChanged.emit(self.index(i, 0), self.index(i, len(Column) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def set_last_words(self, last_words: Mapping[UnitId, str]) -> None:
        """Show the latest message to each unit, or its answer."""
        if last_words != self._last_words:
            self._last_words = dict(last_words)
            if self._rows:
                self.dataChanged.emit(self.index(0, Column.WORD), self.index(len(self._rows) - 1, Column.WORD))

    def set_now(self, now: datetime) -> None:
        """Read times and ages anew."""
        self._now = now
        if self._rows:
            self.dataChanged.emit(self.index(0, Column.STATE), self.index(len(self._rows) - 1, Column.POSITION))

    def refresh(self) -> None:
        """Words or names changed."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    def row_of(self, unit_id: UnitId | None) -> int | None:
        """Return the row of a unit."""
        return next((i for i, row in enumerate(self._rows) if row.unit.unit_id == unit_id), None)

    def present_and_free(self) -> tuple[int, int]:
        """Return how many units are on shift, and how many of them are free."""
        present = [row for row in self._rows if row.on_shift]
        return len(present), sum(row.status.state is UnitState.FREE for row in present)

    def _state(self, row: UnitRow) -> str:
        words = self._names.words
        if not row.on_shift:
            return words("desk.unit.off_shift")
        if row.stale(self._now) and row.status.state is UnitState.FREE:
            return words("desk.unit.stale")
        state = words(f"unit_state.{row.status.state}")
        return f"{state} · {row.status.held}" if row.status.held > 1 else state

    def _place(self, row: UnitRow) -> str:
        if row.case is None:
            return DASH
        number = row.case.case_no.rsplit("-", 1)[-1]
        return f"{number} {row.case.address or row.case.title}"

    def _position(self, row: UnitRow) -> str:
        if row.fix is None:
            return DASH
        return age_text((self._now - row.fix.fixed_at).total_seconds(), self._names.words)

    def _tip(self, row: UnitRow, column: Column) -> str | None:
        if column is Column.PLACE and row.case is not None:
            return f"{row.case.case_no}\n{row.case.title}"
        if column is Column.WORD:
            return self._last_words.get(row.unit.unit_id)
        if column is Column.STATE and row.stale(self._now):
            return self._names.words("desk.unit.stale_hint")
        return None
