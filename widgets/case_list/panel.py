"""The case list panel: tabs by link of the chain with counts, search, filter, the list, or words while it is empty."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from domain.case import Case
from domain.clock import Lamp
from domain.ids import AccountId, CaseNo
from domain.people import ADMIN_ROLES, REPORTING_ROLES, Role
from resources.theme import Theme
from resources.words import Words
from widgets.case_list.bulk_bar import BulkBar
from widgets.case_list.cursor import CaseCursor
from widgets.case_list.delegate import ROW_PX, CaseRowDelegate
from widgets.case_list.filter_bar import FilterBar
from widgets.case_list.own_tabs import ordered_tabs, own_tab
from widgets.case_list.rows import ListTab
from widgets.case_list.table import CASE_ROLE, CaseTable
from widgets.case_list.view import CaseRowsView
from widgets.common.chosen_chip import ChosenChip
from widgets.common.empty import EmptyState
from widgets.common.tab_strip import Tab, TabStrip
from widgets.names import Names

CHIP_MARGINS = (7, 0, 8, 0)
"""A chip paints its ground a pixel inside itself: so it stands below the edge of the search line."""


class CaseListPanel(QWidget):
    """Lists cases and says which one was chosen. It keeps the choice by case number whatever moves around it."""

    case_selected = Signal(object)
    case_opened = Signal(object)
    letter_pressed = Signal(str)
    escaped = Signal()
    bulk_wanted = Signal(str, object)
    """An action is to be done to all marked cases: its name, and the cases as they stand."""
    marks_changed = Signal()
    only_dropped = Signal()
    """All cases are listed again, not only those chosen on the map."""

    def __init__(self, words: Words, theme: Theme, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_list")
        self._words, self._names = words, names
        self._loading = ""
        self.table = CaseTable(names, datetime(1970, 1, 1, tzinfo=UTC), self)
        self.tabs = TabStrip(theme)
        self.filter_bar = FilterBar(words)
        self.only_chip = ChosenChip(words, theme)
        self.view = CaseRowsView(ROW_PX)
        self._delegate = CaseRowDelegate(words, theme, self)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.table)
        self._cursor = CaseCursor(self.view, self.table, self)
        self.bulk_bar = BulkBar(words, theme)
        self.empty = EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.filter_bar)
        chosen = QHBoxLayout()
        chosen.setContentsMargins(*CHIP_MARGINS)
        chosen.addWidget(self.only_chip)
        chosen.addStretch(1)
        column.addLayout(chosen)
        column.addWidget(self.bulk_bar)
        column.addWidget(self._stack, 1)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.tabs.tab_chosen.connect(self._on_tab_chosen)
        self.filter_bar.changed.connect(self._on_filter_changed)
        self.filter_bar.left.connect(self.view.setFocus)
        self.only_chip.clicked.connect(self._on_only_dropped)
        self._cursor.moved.connect(self.case_selected)
        self.view.opened.connect(self._on_opened)
        self.view.doubleClicked.connect(self._on_opened)
        self.view.letter_pressed.connect(self._on_letter)
        self.view.escaped.connect(self._on_escaped)
        self.view.mark_toggled.connect(self._on_mark_toggled)
        self.view.stretch_marked.connect(self._on_stretch_marked)
        self.view.all_marked.connect(self._on_all_marked)
        self.bulk_bar.chosen.connect(self._on_bulk_chosen)
        self.bulk_bar.cleared.connect(self.clear_marks)
        self.table.counts_changed.connect(self._show_counts)
        self.empty.action_requested.connect(self.filter_bar.clear_all)

    def set_cases(self, cases: Iterable[Case], now: datetime) -> None:
        """Replace all cases."""
        self._loading = ""
        self._cursor.hold()
        self.table.load(cases, now)
        self.table.marks.keep(case_no for case_no in self.marked() if self.table.holds(case_no))
        self._show_marks()
        self._restore()

    def update_cases(self, cases: Iterable[Case], removed: Iterable[CaseNo] = ()) -> None:
        """Take new and changed cases; drop the removed ones."""
        self._cursor.hold()
        self.table.update(cases, removed)
        for gone in removed:
            self.unmark(gone)
        self._restore()

    def set_now(self, now: datetime) -> None:
        """Show the clocks at another time (aware UTC, the service's)."""
        self._cursor.hold()
        self.table.set_now(now)
        self._restore()
        self.view.viewport().update()

    def set_waiting(self, waiting: Mapping[CaseNo, bool]) -> None:
        """Mark the cases on which something waits to be sent; True where it waits for a person."""
        self.table.set_waiting(waiting)

    def set_viewers(self, viewers: Mapping[CaseNo, tuple[AccountId, ...]]) -> None:
        """Mark the cases that colleagues have open now."""
        self.table.set_viewers(viewers)

    def set_loading(self, text: str) -> None:
        """Say why there is no list yet, or no longer; empty once there is one."""
        self._loading = text
        self._show_list_or_words()

    def set_tab(self, tab: ListTab) -> None:
        """Turn to a list."""
        self.tabs.set_current(tab)
        self._on_tab_chosen(tab)

    def open_at_own(self) -> None:
        """Turn to the list that waits for this person, where there is just one."""
        self.set_tab(own_tab(self._roles()))

    def show_overdue(self) -> None:
        """List everything that is overdue."""
        self.set_tab(ListTab.ALL)
        self.filter_bar.show_only({Lamp.OVERDUE})
        self.go_to_first()

    def keep_to(self, cases: frozenset[CaseNo] | None) -> None:
        """List only the cases chosen on the map, where that is news in the list of all; or with None all again."""
        first = self.filter_bar.only is None
        self.filter_bar.keep_to(cases)
        if cases is not None and first:
            self.set_tab(ListTab.ALL)

    def select(self, case_no: CaseNo | None) -> None:
        """Mark a case as chosen without telling anybody: the map or a link chose it."""
        self._cursor.select(case_no)
        self._show_list_or_words()

    def selected(self) -> CaseNo | None:
        """Return the chosen case, listed or not."""
        return self._cursor.selected()

    def marked(self) -> tuple[CaseNo, ...]:
        """Return the marked cases, in the order they were marked."""
        return self.table.marks.numbers()

    def unmark(self, case_no: CaseNo) -> None:
        """Take a mark away: what was wanted of the case is done."""
        if case_no in self.table.marks:
            self.table.marks.toggle(case_no)
            self._show_marks()

    def clear_marks(self) -> None:
        """Let go of all marks."""
        self.table.marks.clear()
        self._show_marks()

    def go_to_first(self) -> None:
        """Go to the list, at the chosen case where it is listed, else at the first: it is what waits longest."""
        if self.table.rowCount() and self.table.row_of(self._cursor.selected()) is None:
            self.view.setCurrentIndex(self.table.index(0))
        self.view.setFocus()

    def focus_search(self) -> None:
        """Go to the search line."""
        self.filter_bar.search.setFocus()
        self.filter_bar.search.selectAll()

    def focus_list(self) -> None:
        """Go to the list."""
        self.view.setFocus()

    def refresh(self) -> None:
        """Names changed: draw everything anew."""
        used = set() if self.table.rows is None else self.table.rows.kinds()
        major = [k for k in self._names.kinds if k.parent is None and any(c.startswith(k.code) for c in used)]
        self.filter_bar.offer_kinds([(k.code, self._names.kind(k.code)) for k in major])
        self.table.refresh()
        self._show_counts()

    def retranslate(self) -> None:
        """Look the words up again."""
        self.filter_bar.retranslate()
        self.bulk_bar.retranslate()
        self.only_chip.retranslate()
        self.view.setAccessibleName(self._words("desk.list.title"))
        self.tabs.setAccessibleName(self._words("desk.list.tabs"))
        self.refresh()
        self._show_list_or_words()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._delegate.set_theme(theme)
        self.tabs.set_theme(theme)
        self.bulk_bar.set_theme(theme)
        self.only_chip.set_theme(theme)
        self.view.viewport().update()

    def _roles(self) -> frozenset[Role]:
        return frozenset() if self._names.me is None else self._names.me.roles

    def _show_counts(self) -> None:
        counts = self.table.counts()
        self.tabs.set_tabs(
            [
                Tab(t, self._words(f"desk.tab.{t}"), counts[t], pinned=t is ListTab.ALL)
                for t in ordered_tabs(self._roles())
            ],
            self._words("desk.list.more"),
        )
        self.tabs.set_current(self.filter_bar.tab)
        self._show_list_or_words()

    def _show_list_or_words(self) -> None:
        listed = self.table.rowCount() > 0
        self._stack.setCurrentWidget(self.view if listed and not self._loading else self.empty)
        words = self._words
        if self._loading:
            self.empty.show_texts(self._loading, "")
        elif not listed and self.filter_bar.wanted().narrowed:
            hint = words("desk.list.none_found_hint")
            self.empty.show_texts(words("desk.list.none_found"), hint, words("desk.list.clear"))
        elif not listed:
            self.empty.show_texts(*self._nothing_listed())

    def _nothing_listed(self) -> tuple[str, str]:
        """Return that the list is empty, and what whoever is signed in can do about it."""
        words, roles = self._words, self._roles()
        if roles and roles <= ADMIN_ROLES:
            return words("desk.list.no_cases"), words("desk.list.no_cases_hint")
        hint = "desk.list.empty_hint" if roles & REPORTING_ROLES else "desk.list.empty_hint_only"
        return words(f"desk.list.empty.{self.filter_bar.tab}"), words(hint)

    def _restore(self) -> None:
        self._cursor.restore()
        self._show_list_or_words()

    def _on_opened(self) -> None:
        """Enter goes to the card of the chosen case, as the letters do, also where it is not listed."""
        if self._cursor.selected() is not None:
            self.case_opened.emit(self._cursor.selected())

    def _on_tab_chosen(self, tab_id: str) -> None:
        self.filter_bar.tab = ListTab(tab_id)
        self._on_filter_changed()

    def _on_only_dropped(self) -> None:
        self.filter_bar.keep_to(None)
        self.view.setFocus()

    def _on_filter_changed(self) -> None:
        before, only = self.only_chip.count, self.filter_bar.only
        self.only_chip.show_count(None if only is None else len(only))
        if only is None and before is not None:
            self.only_dropped.emit()
        self._cursor.hold_anew()
        self.table.narrow(self.filter_bar.wanted(), self.filter_bar.order)
        self._restore()

    # Marking several

    def _on_letter(self, letter: str) -> None:
        """While something is marked, letters act on all of it, and no letter acts on one case by mistake."""
        if self.table.marks:
            self.bulk_bar.press(letter)
        else:
            self.letter_pressed.emit(letter)

    def _on_escaped(self) -> None:
        if self.table.marks:
            self.clear_marks()
        else:
            self.escaped.emit()

    def _on_mark_toggled(self, row: int) -> None:
        case_no = self._number_at(row)
        if case_no is not None:
            self.table.marks.toggle(case_no)
            self._show_marks()

    def _on_stretch_marked(self, row: int) -> None:
        case_no = self._number_at(row)
        if case_no is not None:
            self.table.marks.stretch(self._listed(), case_no, self._cursor.selected())
            self._show_marks()

    def _on_all_marked(self) -> None:
        self.table.marks.mark(self._listed())
        self._show_marks()

    def _on_bulk_chosen(self, action: str) -> None:
        rows = self.table.rows
        found = [] if rows is None else [rows.case(case_no) for case_no in self.marked()]
        cases = tuple(case for case in found if case is not None)
        if cases:
            self.bulk_wanted.emit(action, cases)

    def _number_at(self, row: int) -> CaseNo | None:
        case = self.table.index(row).data(CASE_ROLE)
        return case.case_no if isinstance(case, Case) else None

    def _listed(self) -> list[CaseNo]:
        rows = self.table.rows
        return [] if rows is None else [rows.at(row).case_no for row in range(len(rows))]

    def _show_marks(self) -> None:
        self.bulk_bar.show_count(len(self.table.marks))
        self.marks_changed.emit()
        self.view.viewport().update()
