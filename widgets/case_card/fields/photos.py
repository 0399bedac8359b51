"""Photos from this machine; they are uploaded before the command is sent."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from domain.case import MAX_PHOTOS
from domain.command import Arg
from widgets.case_card.fields.base import Field, FormContext
from widgets.common.photo_files import PhotoFiles


class PhotosField(Field):
    """Files to be uploaded; at most ``MAX_PHOTOS``."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self._files = PhotoFiles(MAX_PHOTOS, context.names.words)
        self._files.changed.connect(self.changed)
        self.column.addWidget(self._files)
        self.setFocusProxy(self._files)
        self.finish()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        words = self.context.names.words
        self._files.set_texts(words("desk.form.add_photos"), words("arg.photos"), words("desk.form.take_out"))

    def value(self) -> object:
        """Nothing: the ids are known only after the upload."""
        return None

    def files(self) -> tuple[str, ...]:
        """Return the chosen files."""
        return self._files.paths()

    def add_files(self, paths: Sequence[str]) -> None:
        """Take files."""
        self._files.add_files(paths)
