"""Handing over: what is open, made into a sheet, signed by who goes and, once every line was read, by who comes."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names
from widgets.shift.values import Do, HandoverRow, ShiftIntent

TEXT_MOST = 2_000
TEXT_PX = 64


class HandoverPage(QWidget):
    """Sheets at the top, the chosen one's lines below. A line counts as read once it was gone to (↑↓) or opened."""

    asked = Signal(object)

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self._rows: tuple[HandoverRow, ...] = ()
        self._read: set[int] = set()
        self._of: tuple[str, int] = ("", 0)
        self.sheets, self.draft, self.print = Combo(), Button(), Button()
        self.facts, self.table, self.empty = WrappedLabel(), RowTable(theme, self, stretch=2), EmptyState()
        self.remarks, self.sign = QPlainTextEdit(), Button()
        set_role(self.facts, "second")
        set_role(self.sign, "primary")
        self.remarks.setFixedHeight(TEXT_PX)
        self.remarks.setTabChangesFocus(True)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.sheets, 1)
        head.addStretch()  # where there is no sheet: buttons keep their own width
        for button in (self.draft, self.print):
            head.addWidget(button)
        foot.addWidget(self.remarks, 1)
        foot.addWidget(self.sign, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addLayout(head)
        column.addWidget(self.facts)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        self._connect()

    def _connect(self) -> None:
        self.sheets.currentIndexChanged.connect(self._on_sheet_chosen)
        self.table.chosen.connect(self._on_line_read)
        self.table.opened.connect(self._on_line_opened)
        self.draft.clicked.connect(self._on_draft)
        self.print.clicked.connect(self._on_print)
        self.sign.clicked.connect(self._on_sign)

    def show_sheets(self, rows: Sequence[HandoverRow]) -> None:
        """Show the sheets, those that wait first; the chosen one stays chosen, one of mine just made is gone to."""
        known = {row.entry_id for row in self._rows}
        own = (row for row in rows if row.entry_id not in known and not row.received)
        made = next((row for row in own if row.entry_id is None or (row.mine and known)), None)
        kept = self._of if made is None else (made.entry_id or "", made.version)
        self._rows = tuple(rows)
        self.sheets.blockSignals(True)
        self.sheets.clear()
        for row in rows:
            self.sheets.addItem(self._title(row), (row.entry_id or "", row.version))
        at = next((i for i, row in enumerate(rows) if (row.entry_id or "", row.version) == kept), 0)
        self.sheets.setCurrentIndex(at)
        self.sheets.blockSignals(False)
        self._show()
        if made is not None and self.isVisible():
            self.table.view.setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self.table.set_texts(words("shift.tab.handover"), words("shift.tab.handover"))
        self.sheets.setAccessibleName(words("shift.sheets"))
        self.draft.setText(words("shift.draft"))
        self.print.setText(words("shift.print"))
        self.empty.show_texts(words("shift.no_sheet"), words("shift.no_sheet_hint"))
        self.show_sheets(self._rows)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def focus_first(self) -> None:
        """Go to the lines of a sheet that waits, or to where one is made."""
        row = self.row()
        (self.draft if row is None or row.received else self.table.view).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter signs, wherever on the page the focus is."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.sign.isVisible():
            self.sign.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def row(self) -> HandoverRow | None:
        """Return the chosen sheet."""
        at = self.sheets.currentIndex()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def left(self) -> int:
        """Return how many lines of the chosen sheet were not read yet."""
        row = self.row()
        return 0 if row is None else len(row.items) - len(self._read)

    def _show(self) -> None:
        row, words = self.row(), self._names.words
        self.sheets.setVisible(row is not None)
        self.table.view.setVisible(row is not None)
        self.empty.setVisible(row is None)
        self.print.setEnabled(row is not None)
        for part in (self.facts, self.remarks, self.sign):
            part.setVisible(row is not None)
        if row is None:
            self._of = ("", 0)
            return
        key = (row.entry_id or "", row.version)
        if key != self._of:
            self._of = key
            self._read = set()
            self.table.choose("")  # reading begins at the first line of each sheet
            self.remarks.setPlainText(row.remarks if row.entry_id is None else "")
        self._show_lines(row)
        self._show_facts(row)
        hint = "shift.remarks" if row.entry_id is None or row.mine else "shift.answer"
        self.remarks.setPlaceholderText(words(hint))
        self.remarks.setAccessibleName(words(hint))
        self.remarks.setVisible(not row.received and (row.entry_id is None or not row.mine))

    def _show_lines(self, row: HandoverRow) -> None:
        words = self._names.words
        ticks = row.entry_id is not None and not row.mine and not row.received
        heads = (words("shift.head.read"), words("shift.head.kind"), words("shift.head.what"), words("shift.head.case"))
        lines = [
            Row(
                str(i),
                (
                    words("shift.read" if i in self._read else "shift.unread") if ticks else "",
                    words(f"handover.kind.{item.kind}"),
                    item.text,
                    item.case_no or "",
                ),
            )
            for i, item in enumerate(row.items)
        ]
        self.table.set_rows(heads, lines)

    def _show_facts(self, row: HandoverRow) -> None:
        words, names = self._names.words, self._names
        made = names.local(row.made_at).strftime("%m-%d %H:%M")
        facts = [words("shift.made", post=row.post, who=row.outgoing, at=made)]
        if row.entry_id is not None and row.remarks:
            facts.append(words("shift.said", text=row.remarks))
        if row.contacts:
            facts.append(words("shift.contacts", text=row.contacts))
        if row.received:
            at = "" if row.signed_at is None else names.local(row.signed_at).strftime("%m-%d %H:%M")
            facts.append(words("shift.received", who=row.incoming, at=at))
            facts += [words("shift.said", text=row.answer)] if row.answer else []
        self.facts.setText("\n".join(facts))
        left = self.left()
        if row.entry_id is None:
            said = words("shift.sign_out")
        elif row.mine:
            said = words("shift.take_back")
        else:
            said = words("shift.sign_in", left=left) if left else words("shift.sign_in_ready")
        self.sign.setText(f"{said}  Ctrl+↵")
        self.sign.setVisible(not row.received)
        self.sign.setEnabled(row.entry_id is None or row.mine or not left)

    def _title(self, row: HandoverRow) -> str:
        words = self._names.words
        made = self._names.local(row.made_at).strftime("%m-%d %H:%M")
        state = "draft" if row.entry_id is None else "signed" if row.received else "open"
        return f"{words(f'shift.state.{state}')} · {row.post} · {row.outgoing} · {made}"

    def _on_sheet_chosen(self, index: int) -> None:
        self._show()

    def _on_line_read(self, key: str) -> None:
        row = self.row()
        if not key or row is None or int(key) in self._read:
            return
        self._read.add(int(key))
        self._show_lines(row)
        self._show_facts(row)

    def _on_line_opened(self, key: str) -> None:
        row = self.row()
        case_no = None if row is None or not key else row.items[int(key)].case_no
        if case_no is not None:
            self.asked.emit(ShiftIntent(Do.OPEN_CASE, case_no))

    def _on_draft(self) -> None:
        self.asked.emit(ShiftIntent(Do.DRAFT))

    def _on_print(self) -> None:
        row = self.row()
        if row is not None:
            self.asked.emit(ShiftIntent(Do.PRINT, row.entry_id or ""))

    def _on_sign(self) -> None:
        row = self.row()
        if row is None:
            return
        text = self.remarks.toPlainText().strip()[:TEXT_MOST]
        do = Do.HAND_OVER if row.entry_id is None else Do.TAKE_BACK if row.mine else Do.TAKE_OVER
        self.asked.emit(ShiftIntent(do, row.entry_id or "", text, tuple(sorted(self._read))))
