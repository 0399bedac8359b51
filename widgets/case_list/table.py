"""The Qt model of the case list: exact rows for single changes, one reset for many."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from domain.case import Case
from domain.clock import Lamp, Reading
from domain.ids import AccountId, CaseNo
from domain.lamp_watch import LampWatch
from domain.states import LINK_OF
from domain.timing import stage_clock
from widgets.case_list.lines import callback_line, request_line
from widgets.case_list.marks import Marks
from widgets.case_list.rows import CaseRows, Filter, ListTab, Order
from widgets.durations import clock_text
from widgets.intents import CASE_MIME
from widgets.names import Names
from widgets.presence import looking_sign, looking_text

Index = QModelIndex | QPersistentModelIndex
CASE_ROLE = Qt.ItemDataRole.UserRole
LAMP_ROLE = Qt.ItemDataRole.UserRole + 1
CLOCK_ROLE = Qt.ItemDataRole.UserRole + 2
LINE_ROLE = Qt.ItemDataRole.UserRole + 3
CLAIM_ROLE = Qt.ItemDataRole.UserRole + 4
WAITING_ROLE = Qt.ItemDataRole.UserRole + 5
MARK_ROLE = Qt.ItemDataRole.UserRole + 6
VIEWERS_ROLE = Qt.ItemDataRole.UserRole + 7
RESET_FROM = 64
"""From so many changed cases at once on, the view is told once instead of row by row."""


def waiting_key(*, held: bool) -> str:
    """Return the word key of the mark on a case on which something waits: to be sent, or for a person."""
    return "outbox.mark_held" if held else "outbox.mark"


class CaseTable(QAbstractListModel):
    """The listed cases. ``counts_changed`` when the figures on the tabs may have."""

    counts_changed = Signal()

    def __init__(self, names: Names, now: datetime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names, self._now = names, now
        self._watch: LampWatch | None = None
        self._rows: CaseRows | None = None
        self.marks = Marks()
        self._waiting: Mapping[CaseNo, bool] = {}
        self._viewers: Mapping[CaseNo, tuple[AccountId, ...]] = {}

    @property
    def rows(self) -> CaseRows | None:
        """The listed cases; None before there is a town."""
        return self._rows

    @property
    def now(self) -> datetime:
        """The time the clocks are read at."""
        return self._now

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of listed cases."""
        if self._rows is None or (parent is not None and parent.isValid()):
            return 0
        return len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a row shows: title, lamp, clock, second line, or the case itself."""
        if self._rows is None or not index.isValid() or index.row() >= len(self._rows):
            return None
        case = self._rows.at(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self._names.words
            lamp, waiting = words(f"lamp.{self.lamp(case)}"), self.waits_on(case)
            mark = "" if waiting is None else f", {words(waiting_key(held=waiting))}"
            looking = looking_text(self._viewers.get(case.case_no, ()), self._names)
            mark += f", {looking}" if looking else ""
            first = f"{words('bulk.mark')}, " if case.case_no in self.marks else ""
            return (
                f"{first}{case.title}, {lamp}, {self.clock(case)}, {self.line(case)} {self.claim(case)}".strip() + mark
            )
        ways: dict[int, Callable[[Case], object]] = {
            Qt.ItemDataRole.DisplayRole: _title,
            CASE_ROLE: _itself,
            LAMP_ROLE: self.lamp,
            CLOCK_ROLE: self.clock,
            LINE_ROLE: self.line,
            CLAIM_ROLE: self.claim,
            MARK_ROLE: self._is_marked,
            WAITING_ROLE: self.waits_on,
            VIEWERS_ROLE: self.viewers,
        }
        shown = ways.get(role)
        return None if shown is None else shown(case)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A case can be dragged, onto a unit say."""
        return super().flags(index) | (Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags)

    def mimeTypes(self) -> list[str]:
        """Return what a case is dragged as."""
        return [CASE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the number of the case that is dragged."""
        data = QMimeData()
        cases = [index.data(CASE_ROLE) for index in indexes]
        data.setData(CASE_MIME, next((c.case_no for c in cases if isinstance(c, Case)), "").encode())
        return data

    def load(self, cases: Iterable[Case], now: datetime) -> None:
        """Replace all cases. The town must be known to the names by now."""
        town = self._names.town
        if town is None:
            raise ValueError("cases before a town")
        self.beginResetModel()
        self._now = now
        order, wanted = (Order.URGENCY, Filter()) if self._rows is None else (self._rows.order, self._rows.filter)
        self._watch = LampWatch(town.rules, town.calendar)
        self._rows = CaseRows(self._watch, self._search_text)
        self._rows.order, self._rows.filter = order, wanted
        held = list(cases)
        self._watch.put_all(held, now)
        self._rows.load(held)
        self.endResetModel()
        self.counts_changed.emit()

    def update(self, cases: Iterable[Case], removed: Iterable[CaseNo] = ()) -> None:
        """Take new and changed cases, and drop the removed ones."""
        if self._rows is None or self._watch is None:
            self.load(cases, self._now)
            return
        changed = list(cases)
        for case in changed:
            self._watch.put(case, self._now)
        if len(changed) >= RESET_FROM:
            self.beginResetModel()
            self._rows.add_all(changed)
            self.endResetModel()
        else:
            for case in changed:
                self._put(case)
        for case_no in removed:
            self._remove(case_no)
        self.counts_changed.emit()

    def narrow(self, wanted: Filter, order: Order) -> None:
        """List other cases, or in another order."""
        if self._rows is None or (wanted == self._rows.filter and order is self._rows.order):
            return
        self.beginResetModel()
        self._rows.filter, self._rows.order = wanted, order
        self._rows.rebuild()
        self.endResetModel()

    def set_now(self, now: datetime) -> None:
        """Read the clocks at another time; rows whose lamp changed are told."""
        self._now = now
        if self._watch is None or self._rows is None:
            return
        changed = self._watch.advance(now)
        for case_no in changed:
            case = self._rows.case(case_no)
            if case is not None:
                self._put(case)
        if changed:
            self.counts_changed.emit()

    def refresh(self) -> None:
        """Names or words changed: every row is drawn anew."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def set_waiting(self, waiting: Mapping[CaseNo, bool]) -> None:
        """Mark the cases on which something waits to be sent; True where it waits for a person."""
        if waiting == self._waiting:
            return
        self._waiting = dict(waiting)
        self.refresh()

    def set_viewers(self, viewers: Mapping[CaseNo, tuple[AccountId, ...]]) -> None:
        """Mark the cases that colleagues have open now; the rows that differ are told."""
        before, self._viewers = self._viewers, dict(viewers)
        for case_no in before.keys() | viewers.keys():
            row = self.row_of(case_no)
            if row is not None and before.get(case_no) != viewers.get(case_no):
                self.dataChanged.emit(self.index(row), self.index(row))

    def holds(self, case_no: CaseNo) -> bool:
        """Return whether a case is known, listed or not."""
        return self._rows is not None and self._rows.case(case_no) is not None

    def row_of(self, case_no: CaseNo | None) -> int | None:
        """Return the row of a case, or None where it is not listed."""
        return None if self._rows is None or case_no is None else self._rows.row_of(case_no)

    def counts(self) -> dict[ListTab, int]:
        """Return the figures on the tabs."""
        return dict.fromkeys(ListTab, 0) if self._rows is None else self._rows.counts()

    def waits_on(self, case: Case) -> bool | None:
        """Return whether what waits on a case waits for a person; None where nothing does."""
        return self._waiting.get(case.case_no)

    def viewers(self, case: Case) -> str:
        """Return who has a case open now, as shown beside the eye; empty for nobody."""
        return looking_sign(self._viewers.get(case.case_no, ()), self._names)

    def lamp(self, case: Case) -> Lamp:
        """Return the lamp of a case."""
        return Lamp.NONE if self._watch is None else self._watch.lamp(case.case_no)

    def clock(self, case: Case) -> str:
        """Return the stage clock as shown; where none runs the state, or that the case was imported without times."""
        town = self._names.town
        reading: Reading | None = None if town is None else stage_clock(case, town.rules, town.calendar, self._now)
        if reading is None or town is None:
            untimed = case.imported and case.state in LINK_OF
            return self._names.words("desk.list.imported" if untimed else f"state.{case.state}")
        return clock_text(reading, self._names.words, town.calendar)

    def line(self, case: Case) -> str:
        """Return the second line: grid, channel, kind; where it is about that, what is asked or whom to call."""
        tab = None if self._rows is None else self._rows.filter.tab
        if tab is ListTab.REQUESTS and case.request is not None:
            return request_line(case, case.request, self._names)
        if tab is ListTab.CALLBACK:
            return callback_line(case, self._names, self._now)
        parts = (self._names.place(case), self._names.words(f"channel.{case.channel}"), self._names.kind(case.kind))
        return " · ".join(part for part in parts if part)

    def _is_marked(self, case: Case) -> object:
        return case.case_no in self.marks

    def claim(self, case: Case) -> str:
        """Return who has a case in hand, as shown; empty for nobody."""
        if case.claim is None:
            return ""
        if self._names.is_me(case.claim.by):
            return self._names.words("desk.claim.mine")
        return self._names.words("desk.claim.by", who=self._names.account(case.claim.by))

    def _search_text(self, case: Case) -> str:
        return f"{case.case_no} {case.title} {case.address} {self._names.grid(case.grid_code)} {case.source_no}"

    def _put(self, case: Case) -> None:
        """Tell the view exactly what becomes of one row. It is worked out on the rows without the case."""
        rows = self._rows
        if rows is None:
            return
        before = rows.row_of(case.case_no)
        if before is None:
            self._put_new(rows, case)
            return
        after = rows.place_for(case)
        if after == before:
            rows.put(case)
            index = self.index(before)
            self.dataChanged.emit(index, index)
        elif after is None:
            self.beginRemoveRows(QModelIndex(), before, before)
            rows.put(case)
            self.endRemoveRows()
        else:
            target = after if after < before else after + 1
            self.beginMoveRows(QModelIndex(), before, before, QModelIndex(), target)
            rows.put(case)
            self.endMoveRows()
            index = self.index(after)
            self.dataChanged.emit(index, index)

    def _put_new(self, rows: CaseRows, case: Case) -> None:
        after = rows.place_for(case)
        if after is None:
            rows.put(case)
            return
        self.beginInsertRows(QModelIndex(), after, after)
        rows.put(case)
        self.endInsertRows()

    def _remove(self, case_no: CaseNo) -> None:
        if self._rows is None or self._watch is None:
            return
        row = self._rows.row_of(case_no)
        if row is None:
            self._rows.forget(case_no)
        else:
            self.beginRemoveRows(QModelIndex(), row, row)
            self._rows.forget(case_no)
            self.endRemoveRows()
        self._watch.drop(case_no)


def _title(case: Case) -> object:
    return case.title


def _itself(case: Case) -> object:
    return case
