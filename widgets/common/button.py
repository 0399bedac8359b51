"""A push button that Enter presses as well as Space, wherever it stands."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton


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
