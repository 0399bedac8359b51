"""The photos of the card: asked for when they are wanted, enlarged over the window."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from domain.ids import AttachmentId
from resources.theme import Theme
from resources.words import Words
from widgets.case_card.body import CardBody
from widgets.common.photo import PhotoViewer
from widgets.intents import PhotoWanted


class CardPhotos(QObject):
    """Small photos in the body of a card, and the large one somebody opened."""

    wanted = Signal(object)
    """A ``PhotoWanted``."""

    def __init__(self, words: Words, theme: Theme, body: CardBody, card: QWidget) -> None:
        super().__init__(card)
        self._words, self._theme, self._body, self._card = words, theme, body, card
        self.viewer: PhotoViewer | None = None
        body.duplicates.thumb_wanted.connect(self._on_thumb_wanted)
        body.evidence.thumb_wanted.connect(self._on_thumb_wanted)
        body.evidence.photo_opened.connect(self._on_opened)

    def put(self, attachment_id: AttachmentId, image: QImage | None, *, full: bool) -> None:
        """Take a photo that was asked for; None where it cannot be had."""
        if not full:
            self._body.duplicates.put_photo(attachment_id, image)
            self._body.evidence.set_photo(attachment_id, image)
        elif image is not None and self.viewer is not None:
            self.viewer.show_image(attachment_id, image)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        if self.viewer is not None:
            self.viewer.set_theme(theme)

    def close_viewer(self) -> None:
        """Put the large photo away."""
        if self.viewer is not None and self.viewer.isVisible():
            self.viewer.close_viewer()

    def _on_thumb_wanted(self, photo_id: str) -> None:
        self.wanted.emit(PhotoWanted(AttachmentId(photo_id)))

    def _on_opened(self, photo_id: str) -> None:
        if self.viewer is None:
            self.viewer = PhotoViewer(self._theme, self._card.window())
            self.viewer.page_turned.connect(self._on_page_turned)
            self.viewer.closed.connect(self._card.setFocus)
        self.viewer.open_at(photo_id, self._body.evidence.captions(), self._words("desk.photo.loading"))

    def _on_page_turned(self, photo_id: str) -> None:
        self.wanted.emit(PhotoWanted(AttachmentId(photo_id), full=True))
