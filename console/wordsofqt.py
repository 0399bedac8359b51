"""What Qt says by itself and its own Chinese lacks or says oddly: kinds of files and headings of the file window."""

from PySide6.QtCore import QObject, QTranslator

from resources.words import Words

KEYS = {
    ("QAbstractFileIconProvider", "Drive"): "drive",
    ("QAbstractFileIconProvider", "File"): "file",
    ("QAbstractFileIconProvider", "%1 File"): "file_of_kind",
    ("QAbstractFileIconProvider", "File Folder"): "folder",
    ("QAbstractFileIconProvider", "Folder"): "folder",
    ("QAbstractFileIconProvider", "Alias"): "shortcut",
    ("QAbstractFileIconProvider", "Shortcut"): "shortcut",
    ("QAbstractFileIconProvider", "Unknown"): "unknown",
    ("QFileSystemModel", "Size"): "size",
    ("QSidebar", "Remove"): "remove",
}
"""Context and text of Qt, and the name of our word for it (``qt.<name>``)."""


class WordsOfQt(QTranslator):
    """Looks up a few texts of Qt among our own words; all others it leaves to whoever was installed before."""

    def __init__(self, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self.words = words

    def isEmpty(self) -> bool:
        """It has something to say, though it was loaded from no file."""
        return False

    def translate(self, context: str, source_text: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """See ``QTranslator``; with None, which "" is not, Qt asks the next translator."""
        name = KEYS.get((context, source_text))
        return None if name is None else self.words(f"qt.{name}")
