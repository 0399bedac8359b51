"""The sheet of checklists: plans that were opened, which steps are done, by whom and when, and what is overdue."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from domain.register_plan import Checklist
from resources.theme import Theme
from widgets.book.plans import write_contact, write_means
from widgets.common.row_table import Row
from widgets.common.style import set_role
from widgets.follow_sheet import FollowSheet
from widgets.names import Names

WIDTH_PX, HEIGHT_PX = 1120, 720
DONE, OPEN, LATE = "✓", "○", "▲"
"""Beside its words each step has a sign."""


class TickRow(msgspec.Struct, frozen=True):
    """A tick as shown: whether its step is done, who said so when, and whether that waits to be sent."""

    done: bool
    by: str
    at: datetime
    waits: bool = False


class ChecklistRow(msgspec.Struct, frozen=True):
    """A checklist as shown: a tick, or none, for each step. ``waits``: it was opened here and is not sent yet."""

    key: str
    checklist: Checklist
    ticks: tuple[TickRow | None, ...]
    waits: bool = False

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(tick is not None and tick.done for tick in self.ticks)


class ChecklistSheet(FollowSheet):
    """A sheet over the desk. Keys: Enter ticks a step or takes the tick back, P prints, O opens another plan."""

    print_wanted = Signal(str)
    """A checklist's key."""
    plans_wanted = Signal()

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        keys = {"tick": "↵", "print": "P", "plans": "O"}
        super().__init__(names, theme, parent, "checklist", (WIDTH_PX, HEIGHT_PX), keys)
        self._checklists: tuple[ChecklistRow, ...] = ()
        self._may, self._now = False, datetime.min
        set_role(self.buttons["tick"], "primary")
        self.retranslate()
        self.hide()

    def show_checklists(self, rows: Sequence[ChecklistRow], now: datetime, *, may: bool) -> None:
        """Show these, the open ones first; ``may`` says whether whoever is signed in may tick."""
        self._checklists, self._now, self._may = tuple(rows), now, may
        names, words = self.names, self.names.words
        things = []
        for row in self._checklists:
            listed = row.checklist
            state = words("checklist.done", n=row.done, of=len(row.ticks))
            about = listed.case_no or words("checklist.by_hand")
            mark = f" ({words('outbox.mark')})" if row.waits else ""
            at = names.local(listed.opened_at).strftime("%m-%d %H:%M")
            things.append(Row(row.key, (f"{listed.name}{mark}", at, state), listed.closed, about))
        self.set_things(tuple(f"checklist.head.{name}" for name in ("name", "at", "done")), things)

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        if self._checklists:
            self.show_checklists(self._checklists, self._now, may=self._may)
        else:
            self.show_chosen()

    def show_chosen(self) -> None:
        """See ``FollowSheet``."""
        row = self._row()
        self.right.setVisible(row is not None)
        self.show_empty(empty=row is None)
        going = row is not None and not row.checklist.closed and self._may
        shown = {"tick", "end"} if going else set[str]()
        self.show_buttons(shown | {"plans"} | ({"print"} if row is not None else set()))
        if row is not None:
            self._show_row(row)

    def press(self, button: str) -> None:
        """See ``FollowSheet``."""
        if button == "plans":
            self.plans_wanted.emit()
        elif self.list.key:
            self.print_wanted.emit(self.list.key)

    def _row(self) -> ChecklistRow | None:
        return next((row for row in self._checklists if row.key == self.list.key), None)

    def _show_row(self, row: ChecklistRow) -> None:
        words, listed = self.names.words, row.checklist
        facts = f"{listed.name} · {listed.case_no or words('checklist.by_hand')}"
        if listed.closed:
            facts = f"{facts}\n{words('checklist.closed', result=listed.result)}"
        parts = []
        for key, lines in (
            ("plan.contacts", [write_contact(contact) for contact in listed.contacts]),
            ("plan.means", [write_means(means) for means in listed.means]),
        ):
            if lines:
                parts.append(f"{words(key)}: {words('list.semicolon').join(lines)}")
        rows = [Row(str(n), cells, done) for n, (cells, done) in enumerate(self.step_cells(row))]
        heads = tuple(f"checklist.head.{name}" for name in ("step", "who", "due", "state", "by"))
        self.set_rows(heads, rows, facts, "\n".join(parts))

    def step_cells(self, row: ChecklistRow) -> list[tuple[tuple[str, ...], bool]]:
        """Return what is shown of each step, and whether it is done."""
        names, words, listed = self.names, self.names.words, row.checklist
        found: list[tuple[tuple[str, ...], bool]] = []
        for n, (step, tick) in enumerate(zip(listed.steps, row.ticks, strict=True)):
            done, due = tick is not None and tick.done, listed.due_at(n)
            late = not done and not listed.closed and due is not None and self._now >= due
            state = f"{DONE if done else LATE if late else OPEN} "
            state += words("checklist.step.done" if done else "checklist.step.late" if late else "checklist.step.open")
            by = ""
            if tick is not None and tick.done:
                by = f"{tick.by} {names.local(tick.at).strftime('%H:%M:%S')}"
            if tick is not None and tick.waits:
                by = f"{by} ({words('outbox.mark')})".strip()
            at = "" if due is None else names.local(due).strftime("%H:%M")
            found.append(((f"{n + 1}. {step.text}", step.who, at, state, by), done))
        return found
