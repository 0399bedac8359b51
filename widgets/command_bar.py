"""The command bar: type to jump to a case, a unit, a person, a grid or a place, or to do something by name."""

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.pick_list import Choice, PickList
from widgets.common.style import set_role

TYPING_PAUSE_MS = 80
SHOWN_AT_MOST = 12
HITS_MOST = 80
"""The rows that are not shown at once are scrolled to."""
WIDTH_PX = 560
STILL_HERE = frozenset({Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason})
"""Another program, or a menu of the line itself: whoever types comes back to it."""
HURRIED = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up})
"""Keys that need the hits at once, before the pause in typing is over."""


class Hit(msgspec.Struct, frozen=True):
    """Something to jump to or to do. ``what`` is its sort (``case``, ``unit``, ``grid``, ``place``, ``action`` ...)."""

    what: str
    value: str
    text: str
    detail: str = ""
    lon: float | None = None
    lat: float | None = None


Source = Callable[[str], Sequence[Hit]]
"""Returns the best hits for what was typed, best first. It is called on the window's thread and must be quick."""


def _nothing(typed: str) -> Sequence[Hit]:
    return ()


class CommandBar(QFrame):
    """A line with its hits, over the top of the window. Enter takes the first; Esc and keys elsewhere close it."""

    hit_chosen = Signal(object)
    searched = Signal(str)
    closed = Signal()
    opened = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self._words = words
        self._source: Source = _nothing
        self._anchor: QWidget | None = None
        self._hits: dict[str, Hit] = {}
        self._came_from: QWidget | None = None
        self.list = PickList(rows_shown=SHOWN_AT_MOST)
        self._none = QLabel()
        self._none.setWordWrap(True)
        set_role(self._none, "second")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.addWidget(self.list)
        column.addWidget(self._none)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.list.search.textChanged.connect(self._on_typed)
        self.list.picked.connect(self._on_picked)
        self.list.submitted.connect(self._on_submitted)
        self.list.sent.connect(self._on_submitted)
        self.list.search.installEventFilter(self)
        self.hide()
        self.retranslate()

    def set_source(self, source: Source) -> None:
        """Take what finds the hits."""
        self._source = source

    def set_anchor(self, anchor: QWidget) -> None:
        """Open over this widget, which lies in the same window."""
        self._anchor = anchor

    def open_bar(self, typed: str = "") -> None:
        """Open and wait for typing; the focus comes back to where it was."""
        window = self.window()
        focused = window.focusWidget()
        self._came_from = focused if focused is not None and not self.isAncestorOf(focused) else None
        self.opened.emit()
        self.list.search.setText(typed)
        self._pause.stop()
        self._search()
        self.show()
        self.raise_()
        self.list.search.setFocus()

    def search_again(self) -> None:
        """More can be found now than when it was typed."""
        if self.isVisible() and self.list.search.text().strip():
            self._search()

    def close_bar(self) -> None:
        """Close; nothing was chosen."""
        self._pause.stop()
        self.hide()
        if self._came_from is not None:
            self._came_from.setFocus()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the window while open; closed, none of its many events is looked at."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            parent.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Look at the window no more."""
        super().hideEvent(event)
        parent = self.parentWidget()
        if parent is not None:
            parent.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc and keys elsewhere close; the bar keeps its place when the window grows; Enter searches at once."""
        if watched is self.list.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
            if event.key() in HURRIED and self._pause.isActive():
                self._pause.stop()
                self._search()
        elif watched is self.list.search and isinstance(event, QFocusEvent):
            if event.lostFocus() and event.reason() not in STILL_HERE:
                QTimer.singleShot(0, self, self._on_left)  # by then it is known where the keys went
        elif watched is self.parent() and isinstance(event, QResizeEvent) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self.list.set_texts(words("desk.top.command"), words("desk.command.hint"))
        self._none.setText(words("desk.command.nothing"))
        if self.isVisible():
            self._search()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(WIDTH_PX, parent.width() - 24)
        self.setFixedWidth(width)
        self.adjustSize()
        left = 280 if self._anchor is None else self._anchor.mapTo(parent, QPoint(0, 0)).x() - 10
        self.move(max(12, min(left, parent.width() - width - 12)), 6)

    def _on_left(self) -> None:
        """Close where the keys are elsewhere in this window: Esc would no longer reach the bar, which hides the map."""
        at = self.window().focusWidget()
        if self.isVisible() and at is not None and not self.isAncestorOf(at):
            self._came_from = None
            self.close_bar()

    def _on_typed(self) -> None:
        self._pause.start()

    def _search(self) -> None:
        typed = self.list.search.text().strip()
        self._show(typed, list(self._source(typed)))
        self.searched.emit(typed)

    def add_hits(self, typed: str, more: Sequence[Hit]) -> None:
        """Add what was found elsewhere, below the rest; what belongs to another text than is typed now is dropped.

        The row that is lit stays lit.
        """
        if not more or not self.isVisible() or self._pause.isActive() or typed != self.list.search.text().strip():
            return
        lit = self.list.rows.currentRow()
        self._show(typed, [*self._hits.values(), *more])
        self.list.rows.setCurrentRow(max(lit, 0))

    def _show(self, typed: str, found: list[Hit]) -> None:
        hits = found[:HITS_MOST]
        self._hits = {f"{hit.what}:{hit.value}": hit for hit in hits}
        what = self._words
        self.list.set_choices(
            [
                Choice(key, f"{what(f'desk.command.{hit.what}')}  {hit.text}", hit.detail, typed)
                for key, hit in self._hits.items()
            ]
        )
        self.list.rows.setVisible(bool(hits))
        self._none.setVisible(bool(typed) and not hits)
        if hits and typed:
            self.list.rows.setCurrentRow(0)
        self._place()

    def _on_picked(self, key: str) -> None:
        hit = self._hits.get(key)
        if hit is not None:
            self._pause.stop()
            self.hide()
            self.list.set_choices(())
            self.hit_chosen.emit(hit)

    def _on_submitted(self) -> None:
        chosen = self.list.chosen()
        if chosen:
            self._on_picked(chosen[0])
