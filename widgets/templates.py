"""Texts that are written again and again, put in by a key where one types."""

from collections.abc import Callable, Iterable

import msgspec
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, Qt, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from domain.ids import EntryId
from domain.register_text import Template
from resources.words import Words
from widgets.common.tips import plain_tip

KEY, KEY_NAME = Qt.Key.Key_F7, "F7"
BLANK = "…"
LEAST_TO_KEEP = 4
"""Letters of a text that can be kept as a template."""


class Offered(msgspec.Struct, frozen=True):
    """A template on offer; ``entry_id`` is None for one of the program's own, ``own`` says it can be taken out."""

    template: Template
    entry_id: EntryId | None = None
    version: int = 0
    own: bool = False


class Templates:
    """The templates there are, shared by all that type. The console fills it, and does what is asked of it."""

    def __init__(self) -> None:
        self.offered: tuple[Offered, ...] = ()
        self.keep: Callable[[str, str], None] | None = None
        """Called to keep a text as a template of a use."""
        self.drop: Callable[[Offered], None] | None = None
        """Called to take a template out."""

    def use(self, offered: Iterable[Offered]) -> None:
        """Offer these from here on."""
        self.offered = tuple(offered)

    def fitting(self, use: str) -> list[Offered]:
        """Return the templates of a use: those made for it, then those for everything."""
        serving = [offer for offer in self.offered if offer.template.serves(use)]
        return sorted(serving, key=lambda offer: use not in offer.template.uses)


class TemplateMenu(QMenu):
    """The templates of a use at the cursor of an edit: the one chosen is put in there. It goes when it is closed."""

    def __init__(self, edit: QPlainTextEdit, templates: Templates, use: str, words: Words) -> None:
        super().__init__(edit)
        self._edit, self._templates, self._use = edit, templates, use
        fitting = templates.fitting(use)
        self._puts = {self.addAction(offer.template.name): offer for offer in fitting}
        for action, offer in self._puts.items():
            action.setToolTip(plain_tip(offer.template.text))
        self.setToolTipsVisible(True)
        if not fitting:
            self.addAction(words("template.none")).setEnabled(False)
        self.addSeparator()
        self._text = edit.toPlainText().strip()
        self._keep = self.addAction(words("template.keep"))
        self._keep.setEnabled(templates.keep is not None and len(self._text) >= LEAST_TO_KEEP)
        own = [offer for offer in fitting if offer.own and templates.drop is not None]
        self._drops: dict[QAction, Offered] = {}
        if own:
            drop = self.addMenu(words("template.drop"))
            self._drops = {drop.addAction(offer.template.name): offer for offer in own}
        self.triggered.connect(self._on_triggered)
        self.aboutToHide.connect(self.deleteLater)

    def open_menu(self) -> None:
        """Open below the cursor, the first one lit."""
        self.popup(self._edit.mapToGlobal(QPoint(8, self._edit.cursorRect().bottom() + 4)))
        self.setActiveAction(self.actions()[0])

    def _on_triggered(self, action: QAction) -> None:
        if action in self._puts:
            put_in(self._edit, self._puts[action].template.text)
        elif action in self._drops and self._templates.drop is not None:
            self._templates.drop(self._drops[action])
        elif action is self._keep and self._templates.keep is not None:
            self._templates.keep(self._text, self._use)


def put_in(edit: QPlainTextEdit, text: str) -> None:
    """Put a text in at the cursor and mark its first blank, to be typed over."""
    cursor = edit.textCursor()
    start = cursor.selectionStart()
    cursor.insertText(text)
    blank = text.find(BLANK)
    if blank >= 0:
        cursor.setPosition(start + blank)
        cursor.setPosition(start + blank + len(BLANK), QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)
