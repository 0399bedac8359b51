"""A push button that Enter presses as well as Space, wherever it stands; and one that is a row of a list."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from widgets.common.style import set_role
from widgets.common.tips import plain_tip

NAME_PX = 240
"""So wide a name stands on a button that says what it is pressed for."""


def short_name(button: QAbstractButton, name: str) -> str:
    """Return a name as it may stand on a button; where it is cut, the button tells it whole on hover."""
    short = button.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX)
    button.setToolTip(plain_tip(name) if short != name else "")
    return short


def press_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a button by Enter; return whether the key was one of its own.

    The key is used up, so that a form around the button does not send as well. Enter that is held down presses once;
    Ctrl+Enter is left to the form.
    """
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    event.accept()
    if not event.isAutoRepeat():
        button.click()
    return True


class Button(QPushButton):
    """A push button. Qt's own hears Enter only in a dialog, and would let it through to the form it stands in."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses, like Space."""
        if not press_by_enter(self, event):
            super().keyPressEvent(event)


class RowButton(Button):
    """A button that is a row of a list: it is as wide as the list, and shortens what does not fit."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        set_role(self, "row")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Let the row become as narrow as the list."""
        return QSize(0, super().minimumSizeHint().height())

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        """Show what fits."""
        super().initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideRight, box.width())
