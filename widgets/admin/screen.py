"""A screen of the administrators' sheet: rows at the left, what one of them is and what may be done at the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from resources.theme import Theme
from widgets.admin.asking import Load
from widgets.admin.known import Known
from widgets.common.button import Button
from widgets.common.empty import EmptyState
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.flow import FlowLayout
from widgets.common.row_table import Row, RowTable
from widgets.common.section import hairline
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.forms.act import Act
from widgets.forms.form import EntryForm, FormSpec

SIDE_PX = 400
NAME_PX = 190
"""The name of a fact is written over several lines where it is longer: half the side is for what is told."""


@dataclass(frozen=True)
class Step:
    """Something that can be done: it opens a form, or asks for something at once. ``label`` is a word key."""

    name: str
    label: str
    form: Callable[[], FormSpec] | None = None
    load: Load | None = None
    act: Act | None = None


class Screen(QWidget):
    """One screen. Subclasses say what is loaded, listed, told of a row and offered; this shows it."""

    act_requested = Signal(object)
    load_requested = Signal(object)

    name = ""
    """Of the tab; texts are ``admin.<name>``, ``.search``, ``.empty`` and ``.empty_hint``."""

    def __init__(self, known: Known) -> None:
        super().__init__()
        self.setObjectName(f"admin_{self.name}")
        self.known, self.words = known, known.words
        self.form: EntryForm | None = None
        self._loaded, self._busy = False, False
        self._telling: Telling = ""
        self._scroll = QScrollArea()
        self.table, self._empty, self._fault = RowTable(known.theme, self), EmptyState(), FaultLabel()
        self._again, self._head, self._title = Button(), WrappedLabel(), WrappedLabel()
        self._stack = QStackedWidget()
        self._facts_box, self._own_box, self._row_box = QWidget(), QWidget(), QWidget()
        self._facts = QGridLayout(self._facts_box)
        self._own, self._row_steps = FlowLayout(self._own_box), FlowLayout(self._row_box)
        self._place = QVBoxLayout()
        self._offered: dict[str, Step] = {}
        self._general: set[str] = set()
        """Steps that are not a row's."""
        self._lay_out()
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.table.narrowed.connect(self._show_rows_or_words)
        self._again.clicked.connect(self.load)
        self._empty.action_requested.connect(self.load)

    # -- what a subclass says --------------------------------------------------------------------------------------

    def needs(self) -> tuple[Load, ...]:
        """Return what is to be loaded when the screen is shown."""
        raise NotImplementedError

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take what was loaded; ``more`` adds it to what is there."""
        raise NotImplementedError

    def heads(self) -> Sequence[str]:
        """Return the word keys of the columns."""
        raise NotImplementedError

    def rows(self) -> Sequence[Row]:
        """Return the rows."""
        raise NotImplementedError

    def title(self, key: str) -> str:
        """Return what a row is called."""
        return key

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is told of a row: word keys and texts. With an empty key, of the screen as a whole."""
        return ()

    def steps(self) -> Sequence[Step]:
        """Return what may be done without a row."""
        return ()

    def row_steps(self, key: str) -> Sequence[Step]:
        """Return what may be done with a row."""
        return ()

    # -- what the console does -------------------------------------------------------------------------------------

    def load(self) -> None:
        """Ask for everything the screen shows anew; a form that is open is given up."""
        self.close_form()
        if not self._loaded:
            self._telling = ""
        for load in self.needs():
            self.load_requested.emit(load)
        self.refresh()

    def put(self, what: str, value: Any, *, more: bool) -> None:
        """Take what was loaded and show it."""
        self._loaded, self._telling = True, ""
        self.take(what, value, more=more)
        self.refresh()

    def set_load_fault(self, telling: Telling) -> None:
        """Say why it could not be loaded; what was there stays, as it was."""
        self._telling = telling
        self.refresh()

    def set_busy(self, busy: bool) -> None:
        """Something asked for is on its way."""
        self._busy = busy
        if self.form is not None:
            self.form.set_busy(busy)

    def set_act_fault(self, telling: Telling, *, stale: bool) -> None:
        """Say why it was refused."""
        self.set_busy(False)
        if self.form is not None:
            self.form.set_fault(telling, stale=stale)
        else:
            self.set_load_fault(telling)

    def set_done(self, act: Act, answer: Any) -> None:
        """What was asked for is done."""
        self.set_busy(False)
        self.close_form()

    # -- forms -----------------------------------------------------------------------------------------------------

    def open_form(self, spec: FormSpec) -> None:
        """Open a form in place of another."""
        self.close_form()
        self.form = form = EntryForm(self.words, spec, self._scroll.widget())
        self._place.addWidget(form)
        form.submitted.connect(self.act_requested)
        form.cancelled.connect(self.close_form)
        form.reload_requested.connect(self.load)
        form.show()
        form.focus_first()
        QTimer.singleShot(0, form, self._bring_form_into_sight)

    def _bring_form_into_sight(self) -> None:
        """Once the form has its place: its head first, as much of the rest as fits."""
        form, page = self.form, self._scroll.widget()
        layout = None if page is None else page.layout()
        if form is None or layout is None:
            return
        layout.activate()
        bar = self._scroll.verticalScrollBar()
        below = form.geometry().bottom() + 1 - self._scroll.viewport().height()
        bar.setValue(max(bar.value(), min(below, form.y())))

    def close_form(self) -> None:
        """Take the form away; the focus goes back to the rows."""
        form, self.form = self.form, None
        if form is None:
            return
        focused = self.focusWidget()
        had_focus = focused is not None and form.isAncestorOf(focused)
        form.hide()
        self._place.removeWidget(form)
        form.deleteLater()
        if had_focus:
            self.focus_rows()

    def press(self, name: str) -> None:
        """Do a step by its name; KeyError where it is not offered."""
        step = self._offered[name]
        if step.form is not None and name in self._general:
            self.table.choose("")
        if step.form is not None:
            self.open_form(step.form())
        if step.load is not None:
            self.load_requested.emit(step.load)
        if step.act is not None:
            self.act_requested.emit(step.act)

    def offered(self) -> list[str]:
        """Return the names of the steps on offer."""
        return list(self._offered)

    # -- showing ---------------------------------------------------------------------------------------------------

    def focus_rows(self) -> None:
        """Go to the rows, or where there are none to what can be done."""
        first = self._own.itemAt(0)
        button = None if first is None else first.widget()
        (self.table.view if self.table.shown() else self._again if button is None else button).setFocus()

    def refresh(self) -> None:
        """Show rows, facts and steps anew."""
        words = self.words
        self.table.set_texts(words(f"admin.{self.name}"), words(f"admin.{self.name}.search"))
        self.table.set_rows([words(key) for key in self.heads()], self.rows() if self._loaded else ())
        self._again.setText(words("admin.load_anew"))
        failed = bool(self._telling)
        self._fault.tell(self._telling if self._loaded and failed else "")
        self._show_rows_or_words()
        self._show_detail()

    def retranslate(self) -> None:
        """Look the words up again."""
        self.refresh()
        if self.form is not None:
            self.form.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def _lay_out(self) -> None:
        set_role(self._title, "heading")
        set_role(self._head, "second")
        for label in (self._title, self._head):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for box in (self._facts_box, self._own_box, self._row_box):
            box.setObjectName("bare")
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(3)
        self._facts.setColumnStretch(1, 1)
        set_role(self._again, "quiet")
        self._stack.addWidget(self.table.view)
        self._stack.addWidget(self._empty)
        left, top = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(8)
        top.addWidget(self.table.search, 1)
        top.addWidget(self._again)
        left.addLayout(top)
        left.addWidget(self._fault)
        left.addWidget(self._own_box)
        left.addWidget(self._stack, 1)
        page = QWidget()
        side = QVBoxLayout(page)
        side.setContentsMargins(4, 0, 10, 0)
        side.setSpacing(10)
        for widget in (self._title, self._head, self._facts_box, self._row_box, hairline()):
            side.addWidget(widget)
        side.addLayout(self._place)
        side.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(page)
        self._scroll.setFixedWidth(SIDE_PX)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(16)
        across.addLayout(left, 1)
        across.addWidget(self._scroll)

    def _show_rows_or_words(self) -> None:
        words, empty = self.words, self._empty
        listed = bool(self.table.shown())
        self._stack.setCurrentWidget(self.table.view if listed else empty)
        if listed:
            return
        if not self._loaded and self._telling:
            said = self._telling if isinstance(self._telling, str) else self._telling()
            empty.show_texts(said, words("admin.failed_hint"), words("admin.load_anew"))
        elif not self._loaded:
            empty.show_texts(words("admin.loading"), "")
        elif self.table.search.text():
            empty.show_texts(words("admin.none_found"), words("admin.none_found_hint"))
        else:
            empty.show_texts(words(f"admin.{self.name}.empty"), words(f"admin.{self.name}.empty_hint"))

    def _show_detail(self) -> None:
        key = self.table.key
        own = self.steps() if self._loaded else ()
        of_row = self.row_steps(key) if self._loaded and key else ()
        self._offered = {step.name: step for step in (*own, *of_row)}
        self._general = {step.name for step in own}
        _fill_steps(self._own, own, self)
        _fill_steps(self._row_steps, of_row, self)
        self._own_box.setVisible(bool(own))
        self._row_box.setVisible(bool(of_row))
        self._title.setText(self.title(key) if key else self.words(f"admin.{self.name}"))
        self._head.setText("" if key else self.words(f"admin.{self.name}.about"))
        self._head.setVisible(not key)
        _clear(self._facts)
        for i, (label, text) in enumerate(self.facts(key) if self._loaded else ()):
            name, value = QLabel(self.words(label)), WrappedLabel(text)
            set_role(name, "second")
            if name.sizeHint().width() > NAME_PX:
                name.setWordWrap(True)
                name.setFixedWidth(NAME_PX)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._facts.addWidget(name, i, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, i, 1)

    def on_step_clicked(self) -> None:
        """A step's button was pressed."""
        button = self.sender()
        if button is not None:
            self.press(button.objectName().removeprefix("step_"))

    def _on_chosen(self) -> None:
        self.close_form()
        self._show_detail()

    def _on_opened(self) -> None:
        """Enter on a row goes to the first thing that can be done with it."""
        item = self._row_steps.itemAt(0)
        widget = None if item is None else item.widget()
        if widget is not None:
            widget.setFocus()


def _fill_steps(flow: FlowLayout, steps: Sequence[Step], screen: Screen) -> None:
    """Show these steps as buttons; those that are there already keep their focus."""
    names = [step.name for step in steps]
    held = [item.widget() for i in range(flow.count()) if (item := flow.itemAt(i)) is not None]
    if [w.objectName().removeprefix("step_") for w in held if w is not None] != names:
        _clear(flow)
        for step in steps:
            button = Button()
            button.setObjectName(f"step_{step.name}")
            button.clicked.connect(screen.on_step_clicked)
            flow.addWidget(button)
    for i, step in enumerate(steps):
        item = flow.itemAt(i)
        widget = None if item is None else item.widget()
        if isinstance(widget, Button):
            widget.setText(screen.words(step.label))


def _clear(layout: FlowLayout | QGridLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
