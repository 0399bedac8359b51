"""The duty log: what happened in this shift, by itself from the change log, with typed lines and who was told when."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from domain.register_shift import Told
from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.common.style import set_role
from widgets.names import Names
from widgets.shift.values import Do, LogRow, ShiftIntent

KINDS = ("all", "note", "case", "shift", "other")


class LogPage(QWidget):
    """The third page of the sheet."""

    asked = Signal(object)

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self._rows: tuple[LogRow, ...] = ()
        self._now: datetime | None = None
        self._loading = False
        self.kind, self.table, self.empty = Combo(), RowTable(theme, self, stretch=2), EmptyState()
        self.reload, self.print, self.add = Button(), Button(), Button()
        self.text, self.source, self.extent = QLineEdit(), QLineEdit(), QLineEdit()
        self.expected, self.who = QLineEdit(), QLineEdit()
        self.warning, self.rule = QCheckBox(), QLabel()
        set_role(self.rule, "second")
        set_role(self.add, "primary")
        self.rule.setWordWrap(True)
        for kind in KINDS:
            self.kind.addItem(kind, kind)
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._on_kind_chosen)
        self.table.opened.connect(self._on_opened)
        self.reload.clicked.connect(self._on_reload)
        self.print.clicked.connect(self._on_print)
        self.add.clicked.connect(self._on_add)
        self.text.returnPressed.connect(self._on_add)

    def _lay_out(self) -> None:
        head, line, more = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.table.search, 1)
        for part in (self.kind, self.reload, self.print):
            head.addWidget(part)
        line.addWidget(self.text, 1)
        line.addWidget(self.warning)
        line.addWidget(self.add)
        for edit in (self.source, self.extent, self.expected, self.who):
            edit.setMaxLength(100)
            more.addWidget(edit, 1)
        self.text.setMaxLength(2_000)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(head)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(line)
        column.addLayout(more)
        column.addWidget(self.rule)

    def show_log(self, rows: Sequence[LogRow], now: datetime, *, loading: bool) -> None:
        """Show the log, newest first."""
        self._rows, self._now, self._loading = tuple(rows), now, loading
        words, names, kind = self._names.words, self._names, str(self.kind.currentData())
        heads = tuple(words(f"shift.head.{head}") for head in ("at", "who", "what", "case"))
        shown = [
            Row(str(i), (names.local(r.at).strftime("%m-%d %H:%M:%S"), r.who, r.text, r.case_no or ""))
            for i, r in enumerate(self._rows)
            if kind in ("all", r.what)
        ]
        self.table.set_rows(heads, shown)
        self.table.view.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        self.empty.show_texts(words("shift.log_loading" if loading else "shift.log_empty"), words("shift.log_hint"))

    def shown(self) -> tuple[LogRow, ...]:
        """Return the lines that show, as filtered."""
        return tuple(self._rows[int(row.key)] for row in self.table.shown())

    def clear(self) -> None:
        """Empty the line: it was kept."""
        for part in (self.text, self.source, self.extent, self.expected, self.who):
            part.clear()
        self.warning.setChecked(False)

    def focus_first(self) -> None:
        """Go to the line to type in."""
        self.text.setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self.table.set_texts(words("shift.tab.log"), words("shift.log_search"))
        for i, kind in enumerate(KINDS):
            self.kind.setItemText(i, words(f"shift.log_kind.{kind}"))
        self.reload.setText(words("shift.reload"))
        self.print.setText(words("shift.print"))
        self.add.setText(words("shift.add_note"))
        self.warning.setText(words("shift.warning"))
        self.rule.setText(words("shift.rule"))
        for name in ("text", "source", "extent", "expected", "who"):
            part: QLineEdit = getattr(self, name)
            part.setPlaceholderText(words(f"shift.note_{name}"))
            part.setAccessibleName(words(f"shift.note_{name}"))
        if self._now is not None:
            self.show_log(self._rows, self._now, loading=self._loading)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def _on_kind_chosen(self, index: int) -> None:
        if self._now is not None:
            self.show_log(self._rows, self._now, loading=self._loading)

    def _on_opened(self, key: str) -> None:
        row = self._rows[int(key)]
        if row.case_no is not None:
            self.asked.emit(ShiftIntent(Do.OPEN_CASE, row.case_no))
        elif row.note_id is not None:
            who = self.who.text().strip()
            if not who:
                self.who.setFocus()
                return
            self.who.clear()
            self.asked.emit(ShiftIntent(Do.TOLD, row.note_id, who))

    def _on_reload(self) -> None:
        self.asked.emit(ShiftIntent(Do.RELOAD_LOG))

    def _on_print(self) -> None:
        self.asked.emit(ShiftIntent(Do.PRINT_LOG))

    def _on_add(self) -> None:
        text = self.text.text().strip()
        if not text or self._now is None:
            self.text.setFocus()
            return
        who = self.who.text().strip()
        told = (Told(who, self._now, self._names.words("shift.by_phone")),) if who else ()
        self.asked.emit(
            ShiftIntent(
                Do.NOTE,
                text=text,
                source=self.source.text().strip(),
                extent=self.extent.text().strip(),
                expected=self.expected.text().strip(),
                warning=self.warning.isChecked(),
                told=told,
            )
        )
