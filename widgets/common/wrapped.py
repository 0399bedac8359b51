"""A label for what people write: it wraps, and a word too long for a line is broken instead of widening the panel.

A label of Qt's own breaks at blanks only and asks for the width of its longest word: one long address without a
blank pushed everything beside it out of sight.
"""

import re

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QWidget

LONGEST_WORD = 24
"""Words up to so many letters stay whole: a case number, most names."""
BREAK = "\u200b"
"""A place to break a line at that has no width."""
_LONG = re.compile(rf"[\x21-\u2e7f]{{{LONGEST_WORD + 1},}}")
"""Chinese breaks anywhere by itself."""


class WrappedLabel(QLabel):
    """Plain text over as many lines as it needs, at any width. ``text()`` is what was set."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show this text."""
        self._whole = text
        super().setText(breakable(text))

    def text(self) -> str:
        """Return what was set, without the places to break at."""
        return self._whole

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is marked, without the places to break at: pasted elsewhere it must be found."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self.copy_marked()
            event.accept()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy what is marked, in Qt's own words."""
        if self.hasSelectedText():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(QCoreApplication.translate("QWidgetTextControl", "&Copy")).triggered.connect(
                self.copy_marked
            )
            menu.popup(event.globalPos())

    def copy_marked(self) -> None:
        """Copy what is marked."""
        QGuiApplication.clipboard().setText(self.selectedText().replace(BREAK, ""))


def breakable(text: str) -> str:
    """Return a text whose long words may be broken after any letter."""
    return _LONG.sub(lambda found: BREAK.join(found[0]), text)
