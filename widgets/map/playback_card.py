"""The card that asks for which hours a playback is wanted, and why: the reason is logged."""

from datetime import datetime, timedelta

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSpinBox, QWidget

from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.map.tool_card import ToolCard
from widgets.moment_box import MomentBox
from widgets.names import Names

MOST_HOURS = 12
FIRST_SHOWN = timedelta(hours=-2)
LEAST_REASON, MOST_REASON = 2, 200


class PlaybackWish(msgspec.Struct, frozen=True):
    """So many hours, the last ones or those after a moment (aware UTC), and why."""

    hours: int
    reason: str
    since: datetime | None = None


class PlaybackCard(ToolCard):
    """The card; ``wanted`` carries a ``PlaybackWish``."""

    wanted = Signal(object)
    title_key = "playback.ask"

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(names.words, theme, parent)
        self.setObjectName("map_playback_ask")
        self._hint, self._fault, self._hours_name = QLabel(), QLabel(), QLabel()
        for label in (self._hint, self._fault):
            label.setWordWrap(True)
        set_role(self._hint, "second")
        set_role(self._fault, "fault")
        self.hours, self.reason, self.read = QSpinBox(), QLineEdit(), Button()
        self.since = MomentBox(names, FIRST_SHOWN, "yyyy-MM-dd HH:mm")
        self.hours.setRange(1, MOST_HOURS)
        self.hours.setValue(2)
        self.reason.setMaxLength(MOST_REASON)
        set_role(self.read, "primary")
        row = QHBoxLayout()
        row.addWidget(self._hours_name)
        row.addWidget(self.hours, 1)
        self.column.addWidget(self._hint)
        self.column.addLayout(row)
        self.column.addWidget(self.since)
        self.column.addWidget(self.reason)
        self.column.addWidget(self._fault)
        self.column.addWidget(self.read)
        self.read.clicked.connect(self._on_read)
        self.reason.returnPressed.connect(self._on_read)
        self.since.box.toggled.connect(self._on_since_toggled)
        self._fault.hide()

    def begin(self, now: datetime) -> None:
        """Show it; where it was closed, with the last hours offered. Each look wants a reason of its own."""
        if self.isHidden():
            self.since.begin(now)
            self.reason.clear()
        self.open_card()

    def open_card(self) -> None:
        """See ``ToolCard``."""
        self.show_fault("")
        self.set_busy(False)
        super().open_card()
        self.reason.setFocus()

    def set_busy(self, busy: bool) -> None:
        """Say that it is being read, or no longer."""
        self.read.setEnabled(not busy)
        self.read.setText(self.words("playback.reading" if busy else "playback.read"))

    def show_fault(self, text: str) -> None:
        """Say why there is nothing to play."""
        self._fault.setText(text)
        self._fault.setVisible(bool(text))
        self.fit()

    def retranslate(self) -> None:
        """Take up another language."""
        words = self.words
        self._hint.setText(words("playback.ask_hint"))
        self._say_hours()
        self.since.show_texts(words("playback.since"), words("playback.since_name"))
        self.reason.setPlaceholderText(words("playback.reason"))
        self.reason.setAccessibleName(words("playback.reason"))
        self.set_busy(not self.read.isEnabled())
        super().retranslate()

    def _say_hours(self) -> None:
        text = self.words("playback.hours_from" if self.since.box.isChecked() else "playback.hours")
        self._hours_name.setText(text)
        self.hours.setAccessibleName(text)

    def _on_since_toggled(self, given: bool) -> None:
        self._say_hours()
        self.show_fault("")
        if given:
            self.since.edit.setFocus()

    def _on_read(self) -> None:
        reason = self.reason.text().strip()
        if len(reason) < LEAST_REASON:
            self.show_fault(self.words("playback.reason_first"))
            self.reason.setFocus()
        elif self.read.isEnabled():
            self.show_fault("")
            self.wanted.emit(PlaybackWish(self.hours.value(), reason, self.since.moment()))
