"""The sheet of one geofence: its name, whom it is for, what it tells, when it watches, and until when."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from domain.ids import ThingId, UnitId
from domain.register_fence import MOST_NAMED, FenceHours, Geofence
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.pick_list import Choice, PickList
from widgets.common.sheet import Sheet
from widgets.common.style import set_role

WIDTH_PX, HEIGHT_PX = 820, 620
BANDS_M = (10, 20, 30, 50, 100, 200)
MOST_MINUTES, MOST_HOURS = 1_440, 720
DWELL_MIN, OFF_POST_MIN = 30, 15
UNIT, THING = "unit:", "thing:"
MAX_NOTE = 300


class FenceWish(msgspec.Struct, frozen=True):
    """A fence as it is to be, and how many hours it is to last (0: no end; None: as long as it does already)."""

    body: Geofence
    hours: int | None


class FenceSheet(Sheet):
    """A sheet over the window. ``saved`` carries a ``FenceWish`` that is whole."""

    saved = Signal(object)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._words = words
        self._body: Geofence | None = None
        self._opened: FenceWish | None = None
        self._lasting = False
        self._title, self._hint, self._fault = QLabel(), QLabel(), FaultLabel()
        set_role(self._title, "title")
        set_role(self._hint, "second")
        self._hint.setWordWrap(True)
        self._labels = {name: QLabel() for name in ("name", "tells", "when", "lasts", "band", "note", "who")}
        self.name, self.note = QLineEdit(), QLineEdit()
        self.name.setMaxLength(100)
        self.note.setMaxLength(MAX_NOTE)
        self.checks = {n: QCheckBox() for n in ("enter", "leave", "dwell", "off_post", "timed", "alarm")}
        self.dwell, self.off_post, self.settle, self.hours = QSpinBox(), QSpinBox(), QSpinBox(), QSpinBox()
        for box, most in ((self.dwell, MOST_MINUTES), (self.off_post, MOST_MINUTES)):
            box.setRange(1, most)
        self.settle.setRange(0, 600)
        self.hours.setRange(0, MOST_HOURS)
        self.start, self.end = QTimeEdit(), QTimeEdit()
        for clock in (self.start, self.end):
            clock.setDisplayFormat("HH:mm")
        self.days = [Button() for _ in range(7)]
        self.band = Combo()
        for metres in BANDS_M:
            self.band.addItem("", metres)
        self.who = PickList(many=True, rows_shown=9)
        self.save, self.leave = Button(), Button()
        set_role(self.save, "primary")
        self._lay_out()
        self._wire()
        self.retranslate()
        self.hide()

    def open_fence(self, body: Geofence, choices: Sequence[Choice], *, lasting: bool) -> None:
        """Open over the window with a fence as it is; ``lasting`` says that it has an end already, which is kept."""
        self._body, self._lasting = body, lasting
        self.who.set_choices(choices)
        for value in self.who.chosen():
            self.who.choose(value)
        for value in (*(UNIT + u for u in body.units), *(THING + t for t in body.things)):
            self.who.choose(value)
        self.name.setText(body.name)
        self.note.setText(body.note)
        self.checks["enter"].setChecked(body.enter)
        self.checks["leave"].setChecked(body.leave)
        self.checks["dwell"].setChecked(body.dwell_s is not None)
        self.checks["off_post"].setChecked(body.off_post_s is not None)
        self.checks["alarm"].setChecked(body.alarm)
        self.checks["timed"].setChecked(body.hours is not None)
        self.dwell.setValue(DWELL_MIN if body.dwell_s is None else body.dwell_s // 60)
        self.off_post.setValue(OFF_POST_MIN if body.off_post_s is None else body.off_post_s // 60)
        self.settle.setValue(body.settle_s)
        nearest = min(range(len(BANDS_M)), key=lambda i: abs(BANDS_M[i] - body.hysteresis_m))
        self.band.setCurrentIndex(nearest)
        hours = body.hours or FenceHours(8 * 60, 18 * 60)
        self.start.setTime(QTime(hours.start // 60, hours.start % 60))
        self.end.setTime(QTime(hours.end // 60, hours.end % 60))
        for day, button in enumerate(self.days, start=1):
            button.setChecked(not hours.days or day in hours.days)
        self.hours.setValue(0)
        self.tell("")
        self._show_parts()
        self.retranslate()
        self._opened = self._wish(body)  # as the controls can show it
        self.show_over()
        self.name.setFocus()
        self.name.selectAll()

    def tell(self, telling: Telling) -> None:
        """Say what went wrong; empty takes it away."""
        self._fault.tell(telling)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("fence.sheet"))
        self._hint.setText(words("fence.sheet_hint"))
        for name, label in self._labels.items():
            label.setText(words(f"fence.label.{name}"))
        for name, check in self.checks.items():
            check.setText(words(f"fence.check.{name}"))
        for name, box in (("dwell", self.dwell), ("off_post", self.off_post)):
            box.setSuffix(words("fence.minutes"))
            box.setAccessibleName(words(f"fence.check.{name}"))
        self.settle.setPrefix(words("fence.settle"))
        self.settle.setSuffix(words("fence.seconds"))
        self.settle.setAccessibleName(words("fence.settle"))
        self.hours.setSuffix(words("fence.hours"))
        self.hours.setSpecialValueText(words("fence.as_it_is" if self._lasting else "fence.no_end"))
        self.hours.setAccessibleName(words("fence.label.lasts"))
        self.start.setAccessibleName(words("fence.from"))
        self.end.setAccessibleName(words("fence.to"))
        for day, button in enumerate(self.days, start=1):
            button.setText(words(f"fence.day.{day}"))
        for i, metres in enumerate(BANDS_M):
            self.band.setItemText(i, words("fence.band", n=metres))
        self.band.setAccessibleName(words("fence.label.band"))
        self.name.setAccessibleName(words("fence.label.name"))
        self.note.setAccessibleName(words("fence.label.note"))
        self.who.set_texts(words("fence.label.who"), words("fence.who_search"), words("fence.who_none"))
        self.save.setText(f"{words('fence.save')}  Ctrl+↵")
        self.leave.setText(f"{words('desk.help.close')}  Esc")
        self._fault.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter saves, Esc closes; no key goes to what lies below."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._on_save()
            event.accept()
            return
        super().keyPressEvent(event)

    def has_input(self) -> bool:
        """Whether the fence is no longer as it was opened."""
        return self._body is not None and self._wish(self._body) != self._opened

    # -- inside ----------------------------------------------------------------------------------------------------

    def _wish(self, body: Geofence) -> FenceWish:
        chosen, checks = self.who.chosen(), {name: check.isChecked() for name, check in self.checks.items()}
        made = msgspec.structs.replace(
            body,
            name=self.name.text().strip(),
            note=self.note.text().strip(),
            enter=checks["enter"],
            leave=checks["leave"],
            dwell_s=self.dwell.value() * 60 if checks["dwell"] else None,
            off_post_s=self.off_post.value() * 60 if checks["off_post"] else None,
            alarm=checks["alarm"],
            settle_s=self.settle.value(),
            hysteresis_m=float(self.band.currentData()),
            units=tuple(UnitId(v.removeprefix(UNIT)) for v in chosen if v.startswith(UNIT)),
            things=tuple(ThingId(v.removeprefix(THING)) for v in chosen if v.startswith(THING)),
            hours=self._chosen_hours() if checks["timed"] else None,
        )
        hours = self.hours.value()
        return FenceWish(made, None if self._lasting and not hours else hours)

    def _chosen_hours(self) -> FenceHours:
        days = tuple(day for day, button in enumerate(self.days, start=1) if button.isChecked())
        start, end = self.start.time(), self.end.time()
        all_days = len(days) == len(self.days)
        return FenceHours(_minute(start), _minute(end), () if all_days else days)

    def _on_save(self) -> None:
        if self._body is None:
            return
        wish = self._wish(self._body)
        trouble = self._trouble(wish.body)
        if trouble:
            self.tell(lambda: self._words(trouble))
            return
        self.tell("")
        self.saved.emit(wish)

    def _trouble(self, body: Geofence) -> str:
        """Return the key of what keeps a fence from being saved, empty where nothing does."""
        if not body.name:
            self.name.setFocus()
            return "fence.name_first"
        if not (body.enter or body.leave or body.dwell_s or body.off_post_s):
            return "fault.fence_tells_nothing"
        if body.off_post_s is not None and not (body.units or body.things):
            self.who.setFocus()
            return "fault.fence_post_of_nobody"
        if max(len(body.units), len(body.things)) > MOST_NAMED:
            return "fence.too_many"
        if self.checks["timed"].isChecked() and not any(button.isChecked() for button in self.days):
            return "fence.no_day"
        return ""

    def _show_parts(self) -> None:
        self.dwell.setEnabled(self.checks["dwell"].isChecked())
        self.off_post.setEnabled(self.checks["off_post"].isChecked())
        timed = self.checks["timed"].isChecked()
        for part in (self.start, self.end, *self.days):
            part.setEnabled(timed)

    def _wire(self) -> None:
        for name in ("dwell", "off_post", "timed"):
            self.checks[name].toggled.connect(self._show_parts)
        self.who.submitted.connect(self._on_save)
        self.who.sent.connect(self._on_save)
        self.save.clicked.connect(self._on_save)
        self.leave.clicked.connect(self.close_sheet)

    def _lay_out(self) -> None:
        form = QGridLayout()
        form.setColumnStretch(1, 1)
        form.setVerticalSpacing(8)
        lines: list[tuple[str, list[QWidget]]] = [
            ("name", [self.name]),
            ("tells", [self.checks["enter"], self.checks["leave"]]),
            ("", [self.checks["dwell"], self.dwell]),
            ("", [self.checks["off_post"], self.off_post]),
            ("", [self.checks["alarm"]]),
            ("when", [self.checks["timed"], self.start, self.end]),
            ("", list(self.days)),
            ("lasts", [self.hours]),
            ("band", [self.band, self.settle]),
            ("note", [self.note]),
        ]
        for row, (name, parts) in enumerate(lines):
            line = QHBoxLayout()
            for part in parts:
                line.addWidget(part, 1)
            if name:
                form.addWidget(self._labels[name], row, 0)
            form.addLayout(line, row, 1)
        for button in self.days:
            button.setCheckable(True)
        sides, right, foot, column = QHBoxLayout(), QVBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        right.addWidget(self._labels["who"])
        right.addWidget(self.who)
        right.addStretch(1)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch(1)
        sides.addLayout(left, 3)
        sides.addSpacing(16)
        sides.addLayout(right, 2)
        foot.addWidget(self._fault, 1)
        foot.addStretch()  # while nothing is wrong: buttons keep their own width
        foot.addWidget(self.leave)
        foot.addWidget(self.save)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        for part in (self._title, self._hint):
            column.addWidget(part)
        column.addLayout(sides, 1)
        column.addLayout(foot)


def _minute(clock: QTime) -> int:
    return clock.hour() * 60 + clock.minute()
