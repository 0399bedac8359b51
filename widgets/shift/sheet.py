"""The sheet of the shift (Ctrl+J): posts, handover, duty log, telephones, a tab each; Ctrl+PgUp and PgDn turn."""

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.tab_strip import Tab, TabStrip
from widgets.names import Names
from widgets.shift.handover import HandoverPage
from widgets.shift.log import LogPage
from widgets.shift.phones import PhonesPage
from widgets.shift.posts import PostsPage

WIDTH_PX, HEIGHT_PX = 1100, 720


class ShiftTab(StrEnum):
    """The pages. Names under ``shift.tab.<value>``."""

    POSTS = "posts"
    HANDOVER = "handover"
    LOG = "log"
    PHONES = "phones"


class ShiftSheet(Sheet):
    """A sheet over the desk. ``asked`` carries a ``ShiftIntent``; ``turned`` the tab that shows now."""

    follows = True
    asked = Signal(object)
    turned = Signal(str)

    def __init__(self, names: Names, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._names = names
        self._title, self._keys, self._close = QLabel(), QLabel(), Button()
        self.tabs, self._pages = TabStrip(theme), QStackedWidget()
        self.posts = PostsPage(names.words, theme)
        self.handover, self.log = HandoverPage(names, theme), LogPage(names, theme)
        self.phones = PhonesPage(names.words, theme)
        self._all = (self.posts, self.handover, self.log, self.phones)
        set_role(self._title, "title")
        set_role(self._keys, "second")
        for page in self._all:
            self._pages.addWidget(page)
            page.asked.connect(self.asked)
        foot = QHBoxLayout()
        foot.addWidget(self._keys, 1)
        foot.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        for part in (self._title, self.tabs):
            column.addWidget(part)
        column.addWidget(self._pages, 1)
        column.addLayout(foot)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tabs.tab_chosen.connect(self._on_tab_chosen)
        self._close.clicked.connect(self.close_sheet)
        self.retranslate()
        self.hide()

    @property
    def tab(self) -> ShiftTab:
        """The page that shows."""
        return list(ShiftTab)[self._pages.currentIndex()]

    def open_sheet(self, tab: ShiftTab) -> None:
        """Open over the window at a page; the focus comes back to where it was."""
        self.show_over()
        self.turn(tab)

    def turn(self, tab: ShiftTab) -> None:
        """Turn to a page."""
        self._pages.setCurrentIndex(list(ShiftTab).index(tab))
        self.tabs.set_current(tab)
        self._all[self._pages.currentIndex()].focus_first()
        self.turned.emit(tab.value)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self._title.setText(words("shift.title"))
        self._keys.setText(words("shift.keys"))
        self._close.setText(f"{words('desk.help.close')}  Esc")
        self.tabs.set_tabs([Tab(t, words(f"shift.tab.{t}")) for t in ShiftTab], "")
        self.tabs.set_current(self.tab)
        for page in self._all:
            page.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.tabs.set_theme(theme)
        for page in self._all:
            page.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, Ctrl+PgUp and Ctrl+PgDn turn; no key goes to what lies below."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        elif control and event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            step = -1 if event.key() == Qt.Key.Key_PageUp else 1
            tabs = list(ShiftTab)
            self.turn(tabs[(self._pages.currentIndex() + step) % len(tabs)])
        event.accept()

    def _on_tab_chosen(self, tab: str) -> None:
        self.turn(ShiftTab(tab))
