"""The line above the list: what to search for, what to leave out, in which order."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QWidget

from domain.clock import Lamp
from domain.ids import CaseNo
from domain.states import Channel
from resources.words import Words
from widgets.case_list.rows import Filter, ListTab, Order
from widgets.common.button import Button

TYPING_PAUSE_MS = 120
LAMPS = (Lamp.OVERDUE, Lamp.NEAR, Lamp.WITHIN, Lamp.PAUSED)


class FilterBar(QWidget):
    """Search line, filter menu and order menu. ``changed`` when the list must be narrowed anew."""

    changed = Signal()
    left = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.tab = ListTab.ALL
        self.order = Order.URGENCY
        self._lamps: set[Lamp] = set()
        self._channels: set[Channel] = set()
        self._kinds: set[str] = set()
        self._only: frozenset[CaseNo] | None = None
        self._offered: list[tuple[str, str]] = []
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.installEventFilter(self)
        self._filter_button, self._order_button = Button(), Button()
        self._filter_button.setCheckable(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self.search.textChanged.connect(self._on_search_changed)
        self._filter_button.clicked.connect(self._on_filter_clicked)
        self._order_button.clicked.connect(self._on_order_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self.search, 1)
        row.addWidget(self._filter_button)
        row.addWidget(self._order_button)
        self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self.search.setPlaceholderText(words("desk.list.search_hint"))
        self.search.setAccessibleName(words("desk.list.search"))
        self._order_button.setText(words(f"desk.order.{self.order}"))
        self._order_button.setToolTip(words("desk.list.order"))
        self._show_filter_button()

    def offer_kinds(self, kinds: Sequence[tuple[str, str]]) -> None:
        """Offer these kinds (code, name) in the filter menu."""
        self._offered = list(kinds)

    def wanted(self) -> Filter:
        """Return what is to be listed."""
        return Filter(
            tab=self.tab,
            search=self.search.text().strip(),
            lamps=frozenset(self._lamps),
            channels=frozenset(self._channels),
            kinds=frozenset(self._kinds),
            only=self._only,
        )

    @property
    def only(self) -> frozenset[CaseNo] | None:
        """The cases that were chosen elsewhere; None where nothing was."""
        return self._only

    def keep_to(self, cases: frozenset[CaseNo] | None) -> None:
        """List only cases that were chosen elsewhere, or with None all again."""
        if cases != self._only:
            self._only = cases
            self.changed.emit()

    def show_only(self, lamps: Collection[Lamp]) -> None:
        """List only these lamps (the chip at the top asks for what is overdue)."""
        self._lamps = set(lamps)
        self._show_filter_button()
        self.changed.emit()

    def clear_all(self) -> None:
        """Leave nothing out any more."""
        self._lamps.clear()
        self._channels.clear()
        self._kinds.clear()
        self._only = None
        self.search.clear()
        self._show_filter_button()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Down and Esc leave the search line; Esc empties it first."""
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._pause.stop()
                self.changed.emit()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_search_changed(self) -> None:
        self._pause.start()

    def _show_filter_button(self) -> None:
        chosen = len(self._lamps) + len(self._channels) + len(self._kinds)
        text = self._words("desk.list.filter")
        self._filter_button.setText(f"{text} {chosen}" if chosen else text)
        self._filter_button.setChecked(bool(chosen))
        self._filter_button.setToolTip(self._words("desk.list.filter_hint"))

    def _on_filter_clicked(self) -> None:
        self._show_filter_button()
        menu = self._menu(self._on_filter_triggered)
        words = self._words
        menu.addSection(words("desk.list.lamp"))
        for lamp in LAMPS:
            self._add(menu, words(f"lamp.{lamp}"), ("lamp", lamp.value), lamp in self._lamps)
        menu.addSection(words("desk.list.channel"))
        for channel in Channel:
            self._add(menu, words(f"channel.{channel}"), ("channel", channel.value), channel in self._channels)
        if self._offered:
            menu.addSection(words("desk.list.kind"))
        for code, name in self._offered:
            self._add(menu, name, ("kind", code), code in self._kinds)
        menu.addSeparator()
        self._add(menu, words("desk.list.clear"), ("clear", ""), None)
        menu.popup(self._filter_button.mapToGlobal(QPoint(0, self._filter_button.height())))

    def _on_order_clicked(self) -> None:
        menu = self._menu(self._on_order_triggered)
        for order in Order:
            self._add(menu, self._words(f"desk.order.{order}"), ("order", order.value), order is self.order)
        menu.popup(self._order_button.mapToGlobal(QPoint(0, self._order_button.height())))

    def _menu(self, slot: object) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.triggered.connect(slot)
        return menu

    @staticmethod
    def _add(menu: QMenu, text: str, data: tuple[str, str], on: bool | None) -> None:
        action = menu.addAction(text)
        action.setData(data)
        if on is not None:
            action.setCheckable(True)
            action.setChecked(on)

    def _on_filter_triggered(self, action: QAction) -> None:
        what, value = action.data()
        if what == "clear":
            self.clear_all()
            return
        if what == "lamp":
            self._lamps ^= {Lamp(value)}
        elif what == "channel":
            self._channels ^= {Channel(value)}
        else:
            self._kinds ^= {value}
        self._show_filter_button()
        self.changed.emit()

    def _on_order_triggered(self, action: QAction) -> None:
        self.order = Order(action.data()[1])
        self.retranslate()
        self.changed.emit()
