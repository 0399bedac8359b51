"""Tabs with counts, ``待派遣 10``; what does not fit in the width is in a menu at the end."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from resources.theme import Theme
from widgets.common.fonts import BODY_PX, SECOND_PX, sized

HEIGHT_PX = 38
KEPT_WIDTHS = 8
"""Texts of a tab whose width is kept."""


class Tab(msgspec.Struct, frozen=True):
    """One tab; ``pinned`` ones never go into the menu."""

    tab_id: str
    text: str
    count: int | None = None
    pinned: bool = False


class _TabButton(QAbstractButton):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tab = Tab("", "")
        self.theme = theme
        self._widths: dict[str, int] = {}

    def show_tab(self, tab: Tab) -> None:
        self.tab = tab
        self.setAccessibleName(tab.text if tab.count is None else f"{tab.text} {tab.count}")
        self.update()

    def sizeHint(self) -> QSize:
        count = "" if self.tab.count is None else f" {self.tab.count}"
        return QSize(self._width(self.tab.text) + self._width(count) + 18, HEIGHT_PX)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._widths.clear()

    def _width(self, text: str) -> int:
        """Return how wide a text is; a few are kept, for a strip is arranged far more often than it alters."""
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) >= KEPT_WIDTHS:
                self._widths.clear()
            width = self._widths[text] = self.fontMetrics().horizontalAdvance(text)
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on, theme = self.isChecked(), self.theme
        painter.setFont(sized(self.font(), BODY_PX, bold=on))
        painter.setPen(QColor(theme.text if on or self.underMouse() else theme.text_second))
        box = self.rect().adjusted(8, 0, 0, -2)
        drawn = painter.boundingRect(box, int(Qt.AlignmentFlag.AlignVCenter), self.tab.text)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), self.tab.text)
        if self.tab.count is not None:
            painter.setFont(sized(self.font(), SECOND_PX))
            painter.setPen(QColor(theme.text_second))
            rest = QRect(drawn.right() + 6, box.top(), box.width(), box.height())
            painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter), str(self.tab.count))
        if on:
            colour = theme.accent if self.parent() is not None else theme.line
            painter.fillRect(QRect(8, self.height() - 3, self.width() - 16, 2), QColor(colour))


class TabStrip(QWidget):
    """A line of tabs. Left and right move, a click chooses."""

    tab_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._buttons: dict[str, _TabButton] = {}
        self._current = ""
        self._more = _TabButton(theme, self)
        self._more.setCheckable(False)
        self._more.clicked.connect(self._on_more_clicked)
        self._more_text = "…"
        self._hidden: list[str] = []
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_tabs(self, tabs: Sequence[Tab], more_text: str) -> None:
        """Show these tabs, in this order; counts and words change in place."""
        self._more_text = more_text
        wanted = [tab.tab_id for tab in tabs]
        for gone in set(self._buttons) - set(wanted):
            self._buttons.pop(gone).deleteLater()
        ordered: dict[str, _TabButton] = {}
        for tab in tabs:
            button = self._buttons.get(tab.tab_id)
            if button is None:
                button = _TabButton(self._theme, self)
                button.setObjectName(f"tab_{tab.tab_id}")
                button.clicked.connect(self._on_tab_clicked)
            button.show_tab(tab)
            ordered[tab.tab_id] = button
        self._buttons = ordered
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        for button in (*self._buttons.values(), self._more):
            button.theme = theme
        self.update()

    def set_current(self, tab_id: str) -> None:
        """Mark a tab as the chosen one; says nothing to anybody."""
        self._current = tab_id
        self._arrange()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the tabs into the width."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Fit again in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose the tab beside."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        ids = list(self._buttons)
        if step is None or not ids:
            super().keyPressEvent(event)
            return
        at = ids.index(self._current) if self._current in ids else 0
        self._choose(ids[(at + step) % len(ids)])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hairline below the tabs, and the focus."""
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._theme.line))
        if self.hasFocus():
            painter.setPen(QColor(self._theme.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _arrange(self) -> None:
        keep = self._fitting()
        x = 4
        for tab_id, button in self._buttons.items():
            button.setChecked(tab_id == self._current)
            button.setVisible(tab_id in keep)
            if tab_id in keep:
                width = button.sizeHint().width()
                button.setGeometry(x, 0, width, HEIGHT_PX - 1)
                x += width
        self._hidden = [tab_id for tab_id in self._buttons if tab_id not in keep]
        self._more.setVisible(bool(self._hidden))
        if self._hidden:
            self._more.show_tab(Tab("", f"{self._more_text} ▾"))  # no number: it would be read as one of cases
            held = [self._buttons[tab_id].tab for tab_id in self._hidden]
            self._more.setToolTip(" · ".join(f"{tab.text} {tab.count}" if tab.count else tab.text for tab in held))
            self._more.setGeometry(x, 0, self._more.sizeHint().width(), HEIGHT_PX - 1)
            self._more.raise_()

    def _fitting(self) -> set[str]:
        """Ids of the tabs that are shown: the current, the pinned, those that hold something, while there is room."""
        widths = {tab_id: button.sizeHint().width() for tab_id, button in self._buttons.items()}
        room = self.width() - 8
        if sum(widths.values()) <= room:
            return set(widths)
        self._more.show_tab(Tab("", f"{self._more_text} ▾"))
        room -= self._more.sizeHint().width()
        first = [t for t, b in self._buttons.items() if b.tab.pinned or t == self._current]
        filled = [t for t, b in self._buttons.items() if b.tab.count != 0]
        keep: set[str] = set()
        for tab_id in dict.fromkeys([*first, *filled, *self._buttons]):
            if widths[tab_id] > room and tab_id != self._current:
                break
            keep.add(tab_id)
            room -= widths[tab_id]
        return keep

    def _on_tab_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, _TabButton):
            self._choose(button.tab.tab_id)

    def _choose(self, tab_id: str) -> None:
        self.set_current(tab_id)
        self.tab_chosen.emit(tab_id)

    def _on_more_clicked(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for tab_id in self._hidden:
            tab = self._buttons[tab_id].tab
            action = menu.addAction(tab.text if tab.count is None else f"{tab.text}  {tab.count}")
            action.setData(tab_id)
        menu.triggered.connect(self._on_menu_triggered)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _on_menu_triggered(self, action: object) -> None:
        data = getattr(action, "data", None)
        if callable(data):
            self._choose(str(data()))
