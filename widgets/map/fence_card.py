"""The card of geofences: draw one, edit, switch off, delete, undo; what they told, acknowledged and looked at."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QListWidgetItem, QSpinBox, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.flow import FlowLayout
from widgets.common.listed import ID_ROLE, chosen_row, fill_rows
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.map.brief_list import BriefList
from widgets.map.tool_card import ToolCard

FENCES_PX, ALERTS_PX = 124, 160
"""So high the lists are where the map has room: a low one cuts both by as much, and three rows of each are read."""
MOST_RADIUS_M, FIRST_RADIUS_M = 20_000, 200


class FenceForm(StrEnum):
    """How the edge of a fence is given. Words ``fence.form.<value>``."""

    AREA = "area"
    RECT = "rect"
    CIRCLE = "circle"
    GRID = "grid"
    DIVISION = "division"


class FenceRow(msgspec.Struct, frozen=True):
    """One fence in the list; ``mine`` says that it may be altered from here."""

    entry_id: str
    text: str
    mine: bool
    paused: bool


class AlertRow(msgspec.Struct, frozen=True):
    """One thing that was told."""

    entry_id: str
    text: str
    waiting: bool


class FenceCard(ToolCard):
    """The card. It says what is wanted; ids are those of the rows."""

    form_chosen = Signal(object)
    edit_requested = Signal(str)
    edge_requested = Signal(str)
    switch_requested = Signal(str)
    delete_requested = Signal(str)
    undo_requested = Signal()
    fence_opened = Signal(str)
    alert_opened = Signal(str)
    acknowledge_requested = Signal(object)
    title_key = "fence.title"

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_fences")
        self._forms = {form: Button() for form in FenceForm}
        self.radius = QSpinBox()
        self.radius.setRange(10, MOST_RADIUS_M)
        self.radius.setSingleStep(50)
        self.radius.setValue(FIRST_RADIUS_M)
        self.said, self._told = WrappedLabel(), QLabel()
        set_role(self.said, "second")
        set_role(self._told, "heading")
        self.fences, self.alerts = BriefList(FENCES_PX, brief=True), BriefList(ALERTS_PX, brief=False)
        self.acts = {name: Button() for name in ("edit", "edge", "switch", "delete", "undo")}
        self.alert_acts = {name: Button() for name in ("acknowledge", "all", "show")}
        self._rows: tuple[FenceRow, ...] = ()
        self._alert_rows: tuple[AlertRow, ...] = ()
        self._acknowledging: tuple[str, int] | None = None
        self._say: tuple[str, dict[str, str]] = ("fence.hint", {})
        self._lay_out()
        self._connect()
        self.show_fences(())
        self.show_alerts(())
        self.show_rights(may_write=False, can_undo=False)

    def _lay_out(self) -> None:
        forms, acts, alert_acts = QGridLayout(), FlowLayout(spacing_px=3), QHBoxLayout()
        forms.setSpacing(4)
        for i, (form, button) in enumerate(self._forms.items()):
            button.setCheckable(True)
            button.setObjectName(f"fence_{form}")
            forms.addWidget(button, i // 3, i % 3)
        forms.addWidget(self.radius, 1, 2)  # below the circle it is of
        for name, button in self.acts.items():
            button.setObjectName(f"fence_{name}")
            set_role(button, "tight")
            acts.addWidget(button)
        for name, button in self.alert_acts.items():
            button.setObjectName(f"fence_alert_{name}")
            alert_acts.addWidget(button)
        column = self.column
        column.setSpacing(4)
        column.addLayout(forms)
        column.addWidget(self.said)
        column.addWidget(self.fences)
        column.addLayout(acts)
        column.addWidget(self._told)
        column.addWidget(self.alerts)
        column.addLayout(alert_acts)

    def _connect(self) -> None:
        for button in self._forms.values():
            button.clicked.connect(self._on_form)
        for name in ("edit", "edge", "switch", "delete"):
            self.acts[name].clicked.connect(self._on_act)
        self.acts["undo"].clicked.connect(self.undo_requested)
        for button in self.alert_acts.values():
            button.clicked.connect(self._on_alert_act)
        self.fences.currentItemChanged.connect(self._show_acts)
        self.fences.itemActivated.connect(self._on_fence_opened)
        self.alerts.currentItemChanged.connect(self._show_acts)
        self.alerts.itemActivated.connect(self._on_alert_opened)

    def show_form(self, form: FenceForm | None) -> None:
        """Mark what is being drawn."""
        for each, button in self._forms.items():
            button.setChecked(each is form)

    def show_rights(self, *, may_write: bool, can_undo: bool) -> None:
        """Offer drawing to who may, and to take back what was done last from here."""
        for button in self._forms.values():
            button.setEnabled(may_write)
        self.radius.setEnabled(may_write)
        self.acts["undo"].setEnabled(can_undo)

    def show_fences(self, rows: Sequence[FenceRow]) -> None:
        """List the fences; the one that was chosen stays chosen."""
        self._rows = tuple(rows)
        fill_rows(self.fences, [(row.entry_id, row.text) for row in rows])
        self._show_acts()
        self.fit()

    def show_alerts(self, rows: Sequence[AlertRow]) -> None:
        """List what was told, what waits before all else and the newest first."""
        self._alert_rows = tuple(rows)
        fill_rows(self.alerts, [(row.entry_id, f"{'▲' if row.waiting else '✓'} {row.text}") for row in rows])
        self._go_on()
        self._show_acts()
        self.retranslate()

    def say(self, key: str, **values: str) -> None:
        """Say what is to be done or came of it."""
        self._say = (key, values)
        self.retranslate()

    def retranslate(self) -> None:
        """Take up another language."""
        words = self.words
        for form, button in self._forms.items():
            button.setText(words(f"fence.form.{form}"))
        self.radius.setSuffix(words("fence.metres"))
        self.radius.setAccessibleName(words("fence.radius"))
        self.radius.setToolTip(words("fence.radius"))
        self.fences.setAccessibleName(words("fence.list"))
        self.alerts.setAccessibleName(words("fence.alerts"))
        chosen = self._row()
        for name, button in self.acts.items():
            on = name == "switch" and chosen is not None and chosen.paused
            button.setText(words("fence.do.switch_on" if on else f"fence.do.{name}"))
        for name, button in self.alert_acts.items():
            button.setText(words(f"fence.alert.{name}"))
        self._told.setText(words("fence.told", n=sum(row.waiting for row in self._alert_rows)))
        key, values = self._say
        self.said.setText(words(key, **values))
        self.said.setToolTip(words("fence.why"))
        super().retranslate()

    def _row(self) -> FenceRow | None:
        chosen = chosen_row(self.fences)
        return next((row for row in self._rows if row.entry_id == chosen), None)

    def _show_acts(self) -> None:
        row, alert = self._row(), chosen_row(self.alerts)
        for name in ("edit", "edge", "switch", "delete"):
            self.acts[name].setEnabled(row is not None and row.mine)
        self.acts["switch"].setText(self.words("fence.do.switch_on" if row and row.paused else "fence.do.switch"))
        waiting = {each.entry_id for each in self._alert_rows if each.waiting}
        if alert not in waiting and self.alert_acts["acknowledge"].hasFocus():
            self.alerts.setFocus()  # not handed on to the button beside it, which acknowledges all
        self.alert_acts["acknowledge"].setEnabled(alert in waiting)
        self.alert_acts["all"].setEnabled(bool(waiting))
        self.alert_acts["show"].setEnabled(alert is not None)

    def _go_on(self) -> None:
        """Choose the alert that waits where the one stood that was acknowledged here; else it would be looked for."""
        chosen, waiting = chosen_row(self.alerts), [row.entry_id for row in self._alert_rows if row.waiting]
        if self._acknowledging is None or chosen in waiting:
            return
        asked, place = self._acknowledging
        self._acknowledging = None
        if chosen == asked and waiting:
            self.alerts.setCurrentRow(min(place, len(waiting) - 1))

    def _on_form(self) -> None:
        form = next(form for form, button in self._forms.items() if button is self.sender())
        self.show_form(form)
        self.form_chosen.emit(form)

    def _on_act(self) -> None:
        row = self._row()
        if row is not None:
            name = next(name for name, button in self.acts.items() if button is self.sender())
            wanted = {
                "edit": self.edit_requested,
                "edge": self.edge_requested,
                "switch": self.switch_requested,
                "delete": self.delete_requested,
            }
            wanted[name].emit(row.entry_id)

    def _on_alert_act(self) -> None:
        name = next(name for name, button in self.alert_acts.items() if button is self.sender())
        chosen = chosen_row(self.alerts)
        if name == "all":
            self.acknowledge_requested.emit(tuple(row.entry_id for row in self._alert_rows if row.waiting))
        elif chosen is not None and name == "acknowledge":
            self._acknowledging = chosen, self.alerts.currentRow()
            self.acknowledge_requested.emit((chosen,))
        elif chosen is not None:
            self.alert_opened.emit(chosen)

    def _on_fence_opened(self, item: QListWidgetItem) -> None:
        self.fence_opened.emit(str(item.data(ID_ROLE)))

    def _on_alert_opened(self, item: QListWidgetItem) -> None:
        self.alert_opened.emit(str(item.data(ID_ROLE)))
