"""Choosing files: one window for all of them, in the language in use, open where files were chosen the last time."""

from PySide6.QtCore import QDir, QFileInfo, QStandardPaths, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from resources.words import Words

FOLDER = "folder_of_files"
"""Property of the program: the folder a file was last opened from or saved to."""


class FileDialog(QFileDialog):
    """A window that is opened, never waited for, and gone when it closes. Qt has no Chinese for some of its labels."""

    def __init__(self, parent: QWidget, words: Words, title: str, kind: str, patterns: str) -> None:
        super().__init__(parent, title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setDirectory(start_folder())
        self.setNameFilter(f"{kind} ({patterns})")
        labels = self.DialogLabel
        for label, name in ((labels.LookIn, "look_in"), (labels.FileName, "name"), (labels.FileType, "kind")):
            self.setLabelText(label, words(f"file_dialog.{name}"))
        self.filesSelected.connect(self._on_files_selected)

    def _on_files_selected(self, paths: list[str]) -> None:
        program = QApplication.instance()
        if paths and program is not None:
            program.setProperty(FOLDER, QFileInfo(paths[0]).absolutePath())


def start_folder() -> str:
    """Return where a file was chosen last, else Documents, else home: the first of them that is there."""
    program = QApplication.instance()
    last = None if program is None else program.property(FOLDER)
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return next((folder for folder in (last, documents) if folder and QDir(folder).exists()), QDir.homePath())


def forget_folder() -> None:
    """Begin in Documents again: somebody else may sit down."""
    program = QApplication.instance()
    if program is not None:
        program.setProperty(FOLDER, None)
