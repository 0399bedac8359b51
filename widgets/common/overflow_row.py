"""One line of key buttons; those without room wait in a menu behind the last one. Their keys work all the same."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from resources.theme import Theme
from widgets.common.key_button import HEIGHT_PX, KeyButton


class OverflowRow(QWidget):
    """Buttons in the order given, as many as fit. ``more_text`` names the menu's button, with how many it holds."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[KeyButton] = []
        self._more_text = ""
        self._more = KeyButton("", "", theme, quiet=True, parent=self)
        self._more.clicked.connect(self.open_menu)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_buttons(self, buttons: Sequence[KeyButton], more_text: str) -> None:
        """Take these buttons in place of those before, which go."""
        for gone in self._buttons:
            gone.hide()
            gone.deleteLater()
        self._buttons = list(buttons)
        for button in self._buttons:
            button.setParent(self)
        self._more_text = more_text
        if self._buttons:
            QWidget.setTabOrder(self._buttons[-1], self._more)
        self._arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme; the buttons are their owner's to dress."""
        self._more.set_theme(theme)

    def set_enabled(self, enabled: bool) -> None:
        """Make the menu usable or not; the buttons are their owner's."""
        self._more.setEnabled(enabled)

    def waiting(self) -> tuple[KeyButton, ...]:
        """Return the buttons that wait in the menu."""
        return tuple(button for button in self._buttons if button.isHidden())

    def sizeHint(self) -> QSize:
        """One line, as wide as all of them."""
        return QSize(sum(button.sizeHint().width() for button in self._buttons), HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Room for the menu's button at least."""
        return QSize(self._more.sizeHint().width(), HEIGHT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the buttons into the width."""
        super().resizeEvent(event)
        self._arrange()

    def open_menu(self) -> None:
        """List what has no room, each with its key."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self.waiting():
            action = menu.addAction(f"{button.text()}\t{button.key}")
            action.triggered.connect(button.click)
        above = self._more.mapToGlobal(QPoint(0, -menu.sizeHint().height()))
        menu.popup(above)

    def _arrange(self) -> None:
        widths = [button.sizeHint().width() for button in self._buttons]
        fit = len(widths)
        if sum(widths) > self.width():
            fit = self._how_many(widths)
        x = 0
        for i, button in enumerate(self._buttons):
            button.setVisible(i < fit)
            if i < fit:
                button.setGeometry(x, 0, widths[i], HEIGHT_PX)
                x += widths[i]
        self._more.setVisible(fit < len(widths))
        self._more.setGeometry(x, 0, self._more.sizeHint().width(), HEIGHT_PX)

    def _how_many(self, widths: Sequence[int]) -> int:
        """Return how many stand beside the menu's button, which says how many do not."""
        fit = 0
        while True:
            self._more.setText(f"{self._more_text} {len(widths) - fit} ▾")
            self._more.setAccessibleName(self._more.text())
            if fit == len(widths) or sum(widths[: fit + 1]) + self._more.sizeHint().width() > self.width():
                return fit
            fit += 1
