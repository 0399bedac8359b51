"""Likely duplicates: enough of each to judge whether it is the same, and the way to it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from domain.ids import AttachmentId, CaseNo
from domain.states import ENDED
from domain.wire import SimilarCase
from resources.theme import Theme
from widgets.common.button import Button
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.durations import span_text
from widgets.names import Names

MOST_SHOWN = 4
THUMB_W, THUMB_H = 64, 44


def judged_by(similar: SimilarCase, names: Names) -> str:
    """Return how far, how long apart, in which state, and with how many reports and photos."""
    words, case = names.words, similar.case
    if similar.distance_m is None:
        far = words("similar.same_address")
    else:
        far = words("similar.away", m=round(similar.distance_m))
    parts = [far, words("similar.apart", span=span_text(int(similar.apart_s), words)), words(f"state.{case.state}")]
    if len(case.reports) > 1:
        parts.append(words("similar.reports", n=len(case.reports)))
    if case.photos:
        parts.append(words("similar.photos", n=len(case.photos)))
    return " · ".join(parts)


class _Row(QFrame):
    """One likely duplicate."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clock_box")
        self.photo, self.title, self.facts = QLabel(), WrappedLabel(), WrappedLabel()
        self.photo.setFixedSize(THUMB_W, THUMB_H)
        for label in (self.title, self.facts):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self.facts, "second")
        self.button = Button()
        set_role(self.button, "quiet")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.photo, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)


class Duplicates(QWidget):
    """The likely duplicates, nearest first. ``chosen`` carries a case number; ``thumb_wanted`` a photo's id."""

    chosen = Signal(object)
    thumb_wanted = Signal(str)

    def __init__(self, names: Names, theme: Theme, button_key: str, parent: QWidget | None = None) -> None:
        """``button_key`` is the word on each row's button."""
        super().__init__(parent)
        self._names, self._theme, self._button_key = names, theme, button_key
        self._found: tuple[SimilarCase, ...] = ()
        self._marked: CaseNo | None = None
        self._images: dict[str, QImage] = {}
        self._rows: list[_Row] = []
        self._title = WrappedLabel()
        set_role(self._title, "warning")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._title)
        self.hide()

    def found(self) -> tuple[SimilarCase, ...]:
        """Return what is shown."""
        return self._found

    def show_found(self, found: Sequence[SimilarCase], hint: str = "") -> None:
        """Show these; none hides the whole. ``hint`` is the word key of what can be done with them."""
        self._found = tuple(found)
        self._hint = hint
        for similar in self._found[:MOST_SHOWN]:
            for photo in similar.case.photos[:1]:
                if photo not in self._images:
                    self.thumb_wanted.emit(photo)
        self.retranslate()

    def mark(self, case_no: CaseNo | None) -> None:
        """Mark the one that was chosen."""
        self._marked = case_no
        self.retranslate()

    def put_photo(self, attachment_id: AttachmentId, image: QImage | None) -> None:
        """Take a thumbnail."""
        shown = {photo for similar in self._found for photo in similar.case.photos[:1]}
        if image is not None and attachment_id in shown:
            self._images[attachment_id] = image
            self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._names.words
        self.setVisible(bool(self._found))
        if not self._found:
            self._images.clear()
            return
        ended = sum(similar.case.state in ENDED for similar in self._found)
        title = words("similar.title", n=len(self._found), ended=ended)
        hint = words(self._hint) if self._hint else ""
        self._title.setText(f"{title}  {hint}".strip())
        while len(self._rows) < min(len(self._found), MOST_SHOWN):
            row = _Row(self._theme)
            row.button.clicked.connect(self._on_clicked)
            self._rows.append(row)
            self._column.addWidget(row)
        for n, row in enumerate(self._rows):
            row.setVisible(n < len(self._found))
            if n < len(self._found):
                self._show_row(row, self._found[n])

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def _can_be_chosen(self, similar: SimilarCase) -> bool:
        """Return whether the row's button does anything."""
        return True

    def _show_row(self, row: _Row, similar: SimilarCase) -> None:
        words, case = self._names.words, similar.case
        opened = self._names.local(case.opened_at)
        mark = "✓ " if case.case_no == self._marked else ""
        row.title.setText(f"{mark}{case.title or self._names.kind(case.kind)}")
        row.facts.setText(f"{judged_by(similar, self._names)} · {_short(case.case_no)} · {opened:%m-%d %H:%M}")
        row.button.setVisible(self._can_be_chosen(similar))
        row.button.setText(words(self._button_key))
        row.button.setAccessibleName(f"{words(self._button_key)} {case.title}")
        image = next((self._images[p] for p in case.photos[:1] if p in self._images), None)
        row.photo.setVisible(image is not None)
        if image is not None:
            fit = image.scaled(
                THUMB_W,
                THUMB_H,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
            row.photo.setPixmap(QPixmap.fromImage(fit))

    def _on_clicked(self) -> None:
        for row, similar in zip(self._rows, self._found, strict=False):
            if row.button is self.sender():
                self.chosen.emit(similar.case.case_no)


def _short(case_no: CaseNo) -> str:
    """Return the part of a case number that people say: day and running number."""
    return case_no.split("-", 1)[-1]
