"""Menus that are asked for at a place or row: by the right button, or by the key that stands for it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent


def is_menu_key(event: QKeyEvent) -> bool:
    """Return whether a key asks for a menu: the menu key, or Shift+F10 on a keyboard without one."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.key() == Qt.Key.Key_Menu:
        return held == Qt.KeyboardModifier.NoModifier
    return event.key() == Qt.Key.Key_F10 and held == Qt.KeyboardModifier.ShiftModifier
