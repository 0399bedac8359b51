"""The card that lists everything under a place of the map, layer by layer; a press opens what it names.

Below stands the place itself in the systems people ask for it in; a press copies one.
"""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from layers.contract import Picked
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import RowButton
from widgets.common.style import set_role
from widgets.common.tips import plain_tip
from widgets.common.wrapped import WrappedLabel
from widgets.map.tool_card import ToolCard

MOST_ROWS = 40
LIST_PX = 220


class Found(msgspec.Struct, frozen=True):
    """What was found on one layer, the nearest first; ``title`` is the layer's name."""

    title: str
    hits: tuple[Picked, ...]


class PlaceSaid(msgspec.Struct, frozen=True):
    """The place in one way of saying it: what that is called, what is pasted elsewhere, and more about it.

    With no ``text`` it cannot be said so, and ``told`` says why.
    """

    how: str
    text: str
    told: str


class IdentifyCard(ToolCard):
    """The card; ``opened`` carries the ``Picked`` that was pressed."""

    opened = Signal(object)
    title_key = "identify.title"

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_identify")
        self.said = WrappedLabel()
        set_role(self.said, "second")
        self._page = QWidget()
        self._rows = QVBoxLayout(self._page)
        self._rows.setContentsMargins(0, 0, 6, 0)
        self._rows.setSpacing(3)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setObjectName("map_layer_options_page")
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._page)
        self.column.addWidget(self.said)
        self.column.addWidget(self._scroll)
        self._head = WrappedLabel()
        set_role(self._head, "small")
        self.column.addWidget(self._head)
        self._place_rows = QVBoxLayout()
        self._place_rows.setSpacing(3)
        self.column.addLayout(self._place_rows)
        self._places: dict[QWidget, PlaceSaid] = {}
        self._found: tuple[Found, ...] | None = None
        self._buttons: dict[QWidget, Picked] = {}

    def show_found(self, found: Sequence[Found] | None, place: Sequence[PlaceSaid] = ()) -> None:
        """List what was found, and where that is; None before anything was pointed at."""
        self._found = None if found is None else tuple(found)
        self._build()
        self._say(place)
        self.retranslate()

    def show_place(self, place: Sequence[PlaceSaid]) -> None:
        """Say the place anew; what was found stays."""
        self._say(place)
        self.retranslate()

    def focus_first(self) -> None:
        """Give the keys to the first row."""
        first = next(iter((*self._buttons, *self._places)), None)
        if first is not None:
            first.setFocus()

    def rows(self) -> list[RowButton]:
        """Return the rows, from the top."""
        return [button for button in self._buttons if isinstance(button, RowButton)]

    def places(self) -> list[RowButton]:
        """Return the rows of the place itself, from the top."""
        return [button for button in self._places if isinstance(button, RowButton)]

    def retranslate(self) -> None:
        """Take up another language."""
        self._head.setText(self.words("identify.place"))
        self._head.setVisible(bool(self._places))
        count = 0 if self._found is None else sum(len(each.hits) for each in self._found)
        if self._found is None:
            text = self.words("identify.hint")
        elif count > MOST_ROWS:
            text = self.words("identify.more", count=count, shown=MOST_ROWS)
        else:
            text = self.words("identify.count", count=count) if count else self.words("identify.nothing")
        self.said.setText(text)
        self._scroll.setVisible(bool(count))
        self._rows.activate()
        self._scroll.setFixedHeight(min(LIST_PX, self._rows.totalSizeHint().height() + 4))
        super().retranslate()

    def _build(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons.clear()
        room = MOST_ROWS
        for each in self._found or ():
            head = WrappedLabel(each.title)
            set_role(head, "small")
            self._rows.addWidget(head)
            head.show()
            for hit in each.hits[:room]:
                button = RowButton(_said_of(hit))
                button.setToolTip(plain_tip("\n".join((hit.title, *hit.lines))))
                button.clicked.connect(self._on_pressed)
                self._rows.addWidget(button)
                button.show()
                self._buttons[button] = hit
            room -= min(room, len(each.hits))
        self._rows.addStretch(1)

    def _say(self, place: Sequence[PlaceSaid]) -> None:
        rows = self.places()
        for row in rows[len(place) :]:
            row.hide()
            row.deleteLater()
        rows = rows[: len(place)]
        while len(rows) < len(place):  # those that are there keep the keys
            row = RowButton()
            row.clicked.connect(self._on_place_pressed)
            self._place_rows.addWidget(row)
            row.show()
            rows.append(row)
        self._places = dict(zip(rows, place, strict=True))
        for row, each in zip(rows, place, strict=True):
            row.setText(f"{each.how} · {each.text or each.told}")
            row.setEnabled(bool(each.text))
            row.setToolTip(plain_tip(f"{each.told}\n{self.words('identify.copy')}") if each.text else "")

    def _on_place_pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, QWidget) and sender in self._places:
            text = self._places[sender].text
            QGuiApplication.clipboard().setText(text)
            self._head.setText(self.words("identify.copied", text=text))

    def _on_pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, QWidget) and sender in self._buttons:
            self.opened.emit(self._buttons[sender])


def _said_of(hit: Picked) -> str:
    name = hit.title or hit.ident
    return f"{name} · {hit.lines[0]}" if hit.lines else name
