"""Language, theme and typeface of the whole program, switched while it runs."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QLibraryInfo, QObject, QTranslator, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from resources.files import path_of, read_text
from resources.theme import Theme, ThemeName, load_theme
from resources.words import Language, Words
from widgets.common.fonts import BODY_PX, installed_family, sized
from widgets.common.style import style_sheet

WORDS_OF_QT, LACKING = "words_of_qt", "words_lacking"
DOCKS_TEMPLATE = "qss/docks.qss"


class Dressed(Protocol):
    """What can take another language and another theme."""

    def retranslate(self) -> None:
        """Look every text up again."""

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""


class Appearance(QObject):
    """Holds the words and the theme everything is shown in. ``family`` is None where Chinese would be boxes."""

    language_changed = Signal(str)
    theme_changed = Signal(str)

    def __init__(self, app: QApplication, words: Words, theme_name: ThemeName, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._dressed: list[Dressed] = []
        self.words = words
        self.theme_name = theme_name
        self.theme = load_theme(theme_name)
        self._speak()
        self.family = installed_family()
        font = sized(QFont(self.family) if self.family else app.font(), BODY_PX)
        app.setFont(font)
        app.setStyleSheet("")

    def apply(self) -> None:
        """Put the style sheet on. Once all is built: a widget is polished anew whenever it finds another parent."""
        self._apply_sheet()

    def dress(self, parts: Sequence[Dressed]) -> None:
        """Keep these parts in the language and theme in use."""
        self._dressed.extend(parts)

    def use_language(self, language: Language) -> None:
        """Show everything in another language."""
        if language == self.words.language:
            return
        self.words.use(language)
        self._speak()
        for part in self._dressed:
            part.retranslate()
        self.language_changed.emit(language)

    def use_theme(self, name: ThemeName) -> None:
        """Show everything in another theme."""
        if name == self.theme_name:
            return
        self.theme_name, self.theme = name, load_theme(name)
        self._apply_sheet()
        for part in self._dressed:
            part.set_theme(self.theme)
        self.theme_changed.emit(name)

    def toggle_language(self) -> None:
        """Switch between Chinese and English."""
        self.use_language("en" if self.words.language == "zh-CN" else "zh-CN")

    def toggle_theme(self) -> None:
        """Switch between dark and light."""
        self.use_theme("light" if self.theme_name == "dark" else "dark")

    def docks_sheet(self) -> str:
        """Return the style sheet of the docks in the theme in use."""
        sheet = read_text(DOCKS_TEMPLATE)
        for name in self.theme.__struct_fields__:
            sheet = sheet.replace(f"@{name}@", str(getattr(self.theme, name)))
        return sheet

    def _speak(self) -> None:
        """Have Qt itself say its own words (of file dialogs, of the menu in a field) in the language in use.

        Never by a translator written in Python: Qt asks for words while it reads images in threads and holds a lock of
        its own, and would wait for the interpreter, which another such thread holds that waits for Qt's lock.
        """
        words, lacking = self._translator(WORDS_OF_QT), self._translator(LACKING)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self.words.language == "zh-CN" and words.load("qtbase_zh_CN", folder):
            self._app.installTranslator(words)
            if lacking.load(path_of("qt/lacking_zh_CN.qm")):
                self._app.installTranslator(lacking)  # asked first

    def _translator(self, name: str) -> QTranslator:
        """Return a translator that is not installed: one of a name for the program, whoever set it up before."""
        found = self._app.findChild(QTranslator, name)
        if found is None:
            found = QTranslator(self._app)
            found.setObjectName(name)
        self._app.removeTranslator(found)
        return found

    def _apply_sheet(self) -> None:
        family = self.family or self._app.font().family()
        self._app.setStyleSheet(style_sheet(self.theme, family) + "\n" + self.docks_sheet())
