"""The evidence: photos from before and after, what was reported, where it is, and who has it in hand."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QWidget

from domain.case import Case
from domain.ids import AttachmentId, UnitId
from resources.theme import Theme
from widgets.common.flow import FlowLayout
from widgets.common.photo import SMALL_THUMB, PhotoThumb
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

GAP_PX = 8
BESIDE = 2
"""So many small photos stand in a line where the text stands beside them."""
UNBOUND = (1 << 24) - 1
"""Qt's widest widget."""


class Evidence(QWidget):
    """Photos and text, and ``facts``, which the card places. ``thumb_wanted`` for each photo not yet there,
    ``photo_opened`` on a click.
    """

    thumb_wanted = Signal(str)
    photo_opened = Signal(str)

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self._thumbs: dict[str, PhotoThumb] = {}
        self._images: dict[str, QImage] = {}
        self._missing: set[str] = set()
        self._captions: dict[str, str] = {}
        self._shown_facts: list[tuple[str, str]] = []
        self._strip = QWidget()
        self._flow = FlowLayout(self._strip, spacing_px=GAP_PX)
        self._text = WrappedLabel()
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = QWidget()
        self._facts = QGridLayout(self.facts)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(2)
        self._facts.setColumnStretch(1, 1)
        self._low = False
        self._order = column = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addWidget(self._strip)
        column.addWidget(self._text, 1)

    def set_low(self, low: bool) -> None:
        """Where there is little height: small photos, and the text beside them instead of below."""
        if low == self._low:
            return
        self._low = low
        for thumb in self._thumbs.values():
            thumb.set_small(low)
        self._arrange()

    def _arrange(self) -> None:
        beside = self._low and bool(self._thumbs)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._order.setDirection(across if beside else down)
        in_line = min(BESIDE, len(self._thumbs))
        width = in_line * SMALL_THUMB.width() + (in_line - 1) * GAP_PX
        self._strip.setMinimumWidth(width if beside else 0)
        self._strip.setMaximumWidth(width if beside else UNBOUND)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def captions(self) -> dict[str, str]:
        """Return the captions of the photos by id, in order."""
        return dict(self._captions)

    @property
    def complete(self) -> bool:
        """Whether every photo is there, or known to be missing."""
        return set(self._thumbs) <= self._images.keys() | self._missing

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        for thumb in self._thumbs.values():
            thumb.set_theme(theme)

    def clear_photos(self) -> None:
        """Another case is shown: let go of the pictures."""
        self._images.clear()
        self._missing.clear()

    def show_case(self, case: Case) -> None:
        """Show the evidence of a case; photos already there stay."""
        self._captions = self._caption_photos(case)
        self._show_strip()
        texts = [report.text for report in case.reports if report.text]
        self._text.setText("\n\n".join(dict.fromkeys(texts)) or self._names.words("desk.card.no_text"))
        set_role(self._text, "body" if texts else "second")
        self._show_facts(self._fact_rows(case))

    def set_photo(self, photo_id: str, image: QImage | None) -> None:
        """Take a thumbnail; None where it cannot be had."""
        if image is None:
            self._missing.add(photo_id)
        else:
            self._images[photo_id] = image
            self._missing.discard(photo_id)
        if photo_id in self._thumbs:
            self._show_thumb(photo_id)

    def _caption_photos(self, case: Case) -> dict[str, str]:
        words = self._names.words
        times: Mapping[AttachmentId, str] = {
            photo: self._names.local(report.reported_at).strftime("%H:%M")
            for report in case.reports
            for photo in report.photos
        }
        captions: dict[str, str] = {}
        told = (*case.photos, *(photo for report in case.reports for photo in report.photos))
        for key, photos in (("desk.card.photo_before", told), ("desk.card.photo_after", case.after_photos)):
            for n, photo in enumerate(dict.fromkeys(photos), 1):
                at = times.get(photo, "")
                captions[photo] = f"{words(key, n=n)} · {at}" if at else words(key, n=n)
        return captions

    def _show_strip(self) -> None:
        for gone in set(self._thumbs) - set(self._captions):
            thumb = self._thumbs.pop(gone)
            self._flow.removeWidget(thumb)
            thumb.hide()
            thumb.deleteLater()
        for photo_id in self._captions:
            if photo_id not in self._thumbs:
                thumb = PhotoThumb(photo_id, self._theme)
                thumb.set_small(self._low)
                thumb.clicked.connect(self._on_thumb_clicked)
                self._thumbs[photo_id] = thumb
                self._flow.addWidget(thumb)
                self.thumb_wanted.emit(photo_id)
            self._show_thumb(photo_id)
        self._strip.setVisible(bool(self._thumbs))
        self._arrange()

    def _show_thumb(self, photo_id: str) -> None:
        words = self._names.words
        there = photo_id in self._images
        instead = "" if there else words("desk.photo.missing" if photo_id in self._missing else "desk.photo.loading")
        self._thumbs[photo_id].show_text(self._captions.get(photo_id, ""), instead)
        self._thumbs[photo_id].show_image(self._images.get(photo_id))

    def _fact_rows(self, case: Case) -> list[tuple[str, str]]:
        names, words = self._names, self._names.words
        grid = names.place(case)
        where = f"{grid} · {case.address}" if case.address else grid
        rows = [(words("desk.card.place"), where)]
        if case.condition:
            rows.append((words("desk.card.condition"), names.condition(case.condition)))
        if case.lead_unit is not None:
            rows.append((words("desk.card.lead"), names.unit(case.lead_unit)))
        if case.helper_units:
            helpers = (f"{names.unit(unit)}{self._helped(case, unit)}" for unit in case.helper_units)
            rows.append((words("desk.card.helpers"), words("desk.and").join(helpers)))
        if case.copied_units:
            copies = words("desk.and").join(names.unit(unit) for unit in case.copied_units)
            rows.append((words("desk.card.copies"), copies))
        if case.checker is not None:
            rows.append((words("desk.card.checker"), names.person(case.checker)))
        elif case.verifier is not None and case.accepted_at is None:
            rows.append((words("desk.card.verifier"), names.person(case.verifier)))
        if case.resume_at is not None:
            rows.append((words("desk.card.resume"), names.local(case.resume_at).strftime("%Y-%m-%d %H:%M")))
        if case.satisfaction is not None:
            rows.append((words("desk.card.satisfaction"), words(f"satisfaction.{case.satisfaction}")))
        return rows

    def _helped(self, case: Case, unit: UnitId) -> str:
        """Return how far a helper has come, in brackets behind its name."""
        helped, names = case.helped_by(unit), self._names
        at = helped.reported_at or helped.arrived_at
        far = "reported" if helped.reported_at is not None else "under_way" if at is None else "arrived"
        said = names.words(f"helped.{far}", at="" if at is None else names.local(at).strftime("%H:%M"))
        return names.words("helped.brackets", said=said)

    def _show_facts(self, rows: list[tuple[str, str]]) -> None:
        if rows == self._shown_facts:
            return
        self._shown_facts = rows
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for i, (name, value) in enumerate(rows):
            left, right = QLabel(name), WrappedLabel(value)
            set_role(left, "second")
            self._facts.addWidget(left, i, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(right, i, 1)

    def _on_thumb_clicked(self) -> None:
        thumb = self.sender()
        if isinstance(thumb, PhotoThumb):
            self.photo_opened.emit(thumb.photo_id)
