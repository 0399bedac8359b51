"""The card of choosing on the map: with which shape, how far around it, and what lies within."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.map.tool_card import ToolCard

TYPING_PAUSE_MS = 250
MOST_M = 50_000
FIRST_M = 200


class Way(StrEnum):
    """How the area is given. Words: ``map_select.way.<value>``."""

    RECT = "rect"
    AREA = "area"
    LINE = "line"
    POINT = "point"
    AROUND = "around"  # of the chosen case or thing


ENCLOSING = frozenset({Way.RECT, Way.AREA})
"""Ways that need no distance around."""


class Count(msgspec.Struct, frozen=True):
    """How many of what. Words: ``map_select.count.<what>``; ``opens`` where a press leads to its table."""

    what: str
    count: int
    opens: bool = False


class SelectCard(ToolCard):
    """The card. ``way_chosen`` carries a ``Way``, ``distance_changed`` metres, ``opened`` what a table is wanted of."""

    way_chosen = Signal(object)
    distance_changed = Signal(int)
    opened = Signal(str)
    clear_requested = Signal()
    title_key = "map_select.title"

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_select")
        self._way: Way | None = None
        self._metres = {way: 0 if way in ENCLOSING else FIRST_M for way in Way}
        self._ways: dict[Way, Button] = {}
        grid = QGridLayout()
        grid.setSpacing(4)
        for i, way in enumerate(Way):
            button = Button()
            button.setObjectName(f"select_{way}")
            button.setCheckable(True)
            button.clicked.connect(self._on_way)
            self._ways[way] = button
            grid.addWidget(button, i // 3, i % 3)
        self.column.addLayout(grid)
        self._within, self.distance = QLabel(), QSpinBox()
        self.distance.setRange(0, MOST_M)
        self.distance.setSingleStep(50)
        self.distance.setObjectName("select_distance")
        row = QHBoxLayout()
        row.addWidget(self._within)
        row.addWidget(self.distance, 1)
        self.column.addLayout(row)
        self.said = WrappedLabel()
        set_role(self.said, "second")
        self.column.addWidget(self.said)
        self._rows: list[tuple[Count, QWidget]] = []
        self._counts = QGridLayout()
        self.column.addLayout(self._counts)
        self._clear = Button()
        self._clear.clicked.connect(self.clear_requested)
        self.column.addWidget(self._clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._tell_distance)
        self.distance.valueChanged.connect(self._on_distance)
        self._say = ""
        self.show_way(None)

    @property
    def metres(self) -> int:
        """How far around the shape still counts."""
        return self.distance.value()

    def metres_of(self, way: Way) -> int:
        """How far around its shape a way counts, when it is used next."""
        return self._metres[way]

    def open_card(self) -> None:
        """Show it; the first way has the keys."""
        super().open_card()
        self._ways[self._way or Way.RECT].setFocus()

    def show_way(self, way: Way | None) -> None:
        """Mark the way that is used, with the distance used for it last."""
        self._way = way
        for each, button in self._ways.items():
            button.setChecked(each is way)
        self._name_ways()
        self.distance.setEnabled(way is not None)
        self.distance.blockSignals(True)
        self.distance.setMinimum(0 if way is None or way in ENCLOSING else 1)
        self.distance.setValue(0 if way is None else self._metres[way])
        self.distance.blockSignals(False)

    def show_saying(self, key: str) -> None:
        """Say what is to be done, or is being done, instead of figures."""
        self._say = key
        self._show_rows(())
        self._clear.setEnabled(False)
        self.retranslate()

    def show_counts(self, counts: Sequence[Count]) -> None:
        """Show what lies within."""
        self._say = "" if any(count.count for count in counts) else "map_select.nothing"
        self._show_rows([count for count in counts if count.count])
        self._clear.setEnabled(True)
        self.retranslate()

    def retranslate(self) -> None:
        """Take up another language."""
        words = self.words
        self._name_ways()
        for way, button in self._ways.items():
            button.setToolTip(words(f"map_select.way_hint.{way}"))
        self._within.setText(words("map_select.within"))
        self.distance.setSuffix(words("map_select.metres"))
        self.distance.setAccessibleName(words("map_select.within"))
        self._clear.setText(words("map_select.clear"))
        self.said.setText(words(self._say) if self._say else "")
        self.said.setVisible(bool(self._say))
        for count, row in self._rows:
            text = words(f"map_select.count.{count.what}", count=count.count)
            if isinstance(row, QLabel | Button):
                row.setText(text)
            if count.opens:
                row.setToolTip(words("map_select.opens.cases" if count.what == "cases" else "map_select.opens.units"))
        super().retranslate()

    def _name_ways(self) -> None:
        """Name the ways, the one in use with a sign: a frame alone is where the keys are."""
        for way, button in self._ways.items():
            name = self.words(f"map_select.way.{way}")
            button.setText(f"✓ {name}" if way is self._way else name)

    def _show_rows(self, counts: Sequence[Count]) -> None:
        if [each.what for each, _ in self._rows] == [each.what for each in counts]:  # the keys may be on one of them
            self._rows = [(count, row) for count, (_, row) in zip(counts, self._rows, strict=True)]
            return
        for _, old in self._rows:
            self._counts.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._rows = []
        for i, count in enumerate(counts):
            row: QWidget = QLabel()
            if count.opens:
                button = Button()
                button.setObjectName(f"chosen_{count.what}")
                button.clicked.connect(self._on_opened)
                row = button
            self._counts.addWidget(row, i // 2, i % 2)
            row.show()
            self._rows.append((count, row))

    def _on_way(self) -> None:
        way = next(way for way, button in self._ways.items() if button is self.sender())
        if way in ENCLOSING:
            self._metres[way] = 0  # what is drawn round something is meant as it is drawn
        self.show_way(way)
        self.way_chosen.emit(way)

    def _on_distance(self) -> None:
        if self._way is not None:
            self._metres[self._way] = self.distance.value()
            self._pause.start()

    def _tell_distance(self) -> None:
        self.distance_changed.emit(self.distance.value())

    def _on_opened(self) -> None:
        self.opened.emit(next(count.what for count, row in self._rows if row is self.sender()))
