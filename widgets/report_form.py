"""A new report taken down in the room, mostly by telephone: what, where, from which channel, and whom to call back."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from domain.addresses import Address
from domain.case import MAX_PHOTOS, MAX_TEXT, Contact, NewReport
from domain.gist import Reader
from domain.ids import AttachmentId
from domain.register_text import REPORT_USE
from domain.similar import Told
from domain.states import Channel
from domain.wire import SimilarCase
from resources.theme import Theme
from resources.words import Words
from widgets.address_line import AddressLine
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.photo_files import PhotoFiles
from widgets.common.pick_list import Choice, PickList
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.intents import PhotoWanted, ReportIntent
from widgets.names import Names
from widgets.report_gist import Facet, GistStrip
from widgets.report_merge import MergeChoice
from widgets.report_promises import Promises
from widgets.templates import KEY as TEMPLATE_KEY
from widgets.templates import TemplateMenu

CHANNELS = (Channel.HOTLINE, Channel.COUNTER, Channel.PUBLIC, Channel.UPPER, Channel.VIDEO, Channel.MEDIA)
"""Channels whose reports are taken down in the room; the others send their own."""


ASK_AFTER_MS = 250
"""Duplicates are asked for so long after kind, address or place altered."""
READ_AFTER_MS = 80
"""Words are read so long after the last letter."""
SOURCES = {Channel.HOTLINE: "12345"}
"""What the systems behind the channels call themselves; the others go by the name of the channel."""


class ReportForm(QFrame):
    """The form. What was typed stays until the report was taken or the form cleared."""

    report_requested = Signal(object)
    place_requested = Signal()
    closed = Signal()
    telling_changed = Signal(object)
    """What is being taken down, as far as duplicates can be told by it: a ``Told``, or None."""
    thumb_wanted = Signal(object)

    def __init__(self, words: Words, theme: Theme, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("report_form")
        self._words, self._names = words, names
        self._place: tuple[float, float] | None = None
        self._place_label, self._busy = "", False
        self._now = datetime.now(UTC)
        self._title, self._fault, self._where = QLabel(), FaultLabel(), WrappedLabel()
        set_role(self._title, "title")
        set_role(self._where, "second")
        self.channel = Combo()
        self.kind = PickList(rows_shown=4)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(66)
        self.gist = GistStrip(names)
        self.duplicates = MergeChoice(names, theme)
        self._told: Told | None = None
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(ASK_AFTER_MS)
        self._reader: Reader | None = None
        self._suggesting = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(READ_AFTER_MS)
        self.heading, self.address = QLineEdit(), AddressLine()
        self.contact_name, self.contact_phone = QLineEdit(), QLineEdit()
        for edit, most in ((self.heading, 200), (self.address, 200), (self.contact_name, 60), (self.contact_phone, 32)):
            edit.setMaxLength(most)
        self.urgent = QCheckBox()
        self.photos = PhotoFiles(MAX_PHOTOS, words)
        self.promises = Promises(names)
        self._pick, self._unpick, self._send, self._cancel = (Button() for _ in range(4))
        set_role(self._send, "primary")
        set_role(self._unpick, "quiet")
        self._labels = {
            name: QLabel()
            for name in ("channel", "kind", "text", "title", "address", "place", "contact", "source_no", "photos")
        }
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        place, contact = self._place_row(), QHBoxLayout()
        contact.setSpacing(8)
        contact.addWidget(self.contact_phone, 5)
        contact.addWidget(self.contact_name, 2)
        rows: tuple[tuple[str, QWidget | QHBoxLayout], ...] = (
            ("channel", self.channel),
            ("text", self.text),
            ("", self.gist),
            ("", self.duplicates),
            ("contact", contact),  # asked for on the telephone; the rest is mostly suggested
            ("kind", self.kind),
            ("address", self.address),
            ("place", place),
            ("title", self.heading),
            ("source_no", self.promises),
            ("photos", self.photos),
        )
        for i, (name, what) in enumerate(rows):
            if name:
                set_role(self._labels[name], "second")
                grid.addWidget(self._labels[name], i, 0, Qt.AlignmentFlag.AlignTop)
            if isinstance(what, QWidget):
                grid.addWidget(what, i, 1)
            else:
                grid.addLayout(what, i, 1)
        grid.addWidget(self.urgent, len(rows), 1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addLayout(grid)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addWidget(self._fault)
        buttons = QHBoxLayout()
        buttons.addWidget(self._send, 1)
        buttons.addWidget(self._cancel)
        foot.addLayout(buttons)
        outer.addLayout(foot)

    def _place_row(self) -> QHBoxLayout:
        row, picking = QHBoxLayout(), QVBoxLayout()
        row.setSpacing(6)
        picking.setSpacing(4)
        for button in (self._pick, self._unpick):
            picking.addWidget(button)  # one above the other: side by side they are wider than the card
        row.addWidget(self._where, 1)
        row.addLayout(picking)
        return row

    def _connect(self) -> None:
        self._pick.clicked.connect(self.place_requested)
        self._unpick.clicked.connect(self._on_unpicked)
        self._send.clicked.connect(self.submit)
        self._cancel.clicked.connect(self.closed)
        self.kind.submitted.connect(self.address.setFocus)
        self.kind.sent.connect(self.submit)
        self.kind.picked.connect(self._on_kind_picked)
        self.kind.changed.connect(self._on_kind_changed)
        self.address.textEdited.connect(self._on_address_edited)
        self.urgent.clicked.connect(self._on_urgent_clicked)
        self.text.textChanged.connect(self._pause.start)
        self._pause.timeout.connect(self._read)
        self._ask.timeout.connect(self._tell)
        self.address.textChanged.connect(self._ask_soon)
        self.kind.changed.connect(self._ask_soon)
        self.duplicates.altered.connect(self._on_duplicates_altered)
        self.duplicates.thumb_wanted.connect(self._on_thumb_wanted)
        self.gist.altered.connect(self._on_gist_altered)
        self.text.installEventFilter(self)
        self.address.taken.connect(self._on_address_taken)

    def open_form(self) -> None:
        """Show the form and go to the text."""
        self.refresh()
        if not self.has_input():
            self.promises.begin(self._now)
        self.show()
        if not self.isWindow():
            self.raise_()
        self.text.setFocus()

    def set_place(self, lon: float, lat: float, label: str = "") -> None:
        """Take the place that was picked on the map; ``label`` names the grid it lies in."""
        self._place, self._place_label = (lon, lat), label
        self._show_place()
        self._ask.start()
        if not self._suggesting:
            self.gist.by_hand(Facet.PLACE)

    def name_place(self, place: tuple[float, float], address: str) -> None:
        """Take the address of a place that was picked, unless one was typed, or another place is meant by now."""
        if self._place == place and not self.address.text().strip():
            self.address.setText(address)

    def set_now(self, now: datetime) -> None:
        """Take the service's time (aware UTC), from which likely moments are reckoned."""
        self._now = now

    def has_input(self) -> bool:
        """Return whether something that was typed would be lost."""
        typed = (self.heading, self.address, self.contact_name, self.contact_phone)
        told = self.text.toPlainText().strip() or self.photos.paths() or self.promises.has_input()
        return bool(told) or any(edit.text().strip() for edit in typed)

    def set_busy(self, busy: bool) -> None:
        """The report is on its way, or came back."""
        self._busy = busy
        self._send.setEnabled(not busy)
        self._show_send()
        if busy:
            self.set_fault("")

    def _show_send(self) -> None:
        """Say on the button what sending does."""
        words, into = self._words, self.duplicates.into
        said = (
            words("desk.report.send") if into is None else words("similar.will_merge", case_no=into.split("-", 1)[-1])
        )
        self._send.setText(words("desk.form.sending") if self._busy else f"{said}  Ctrl+↵")

    def set_fault(self, telling: Telling) -> None:
        """Say what came back; what was typed stays."""
        self._fault.tell(telling)

    def clear(self) -> None:
        """The report was taken: begin anew."""
        for edit in (self.heading, self.address, self.contact_name, self.contact_phone, self.kind.search):
            edit.clear()
        self.text.clear()
        self._pause.stop()
        self.gist.clear()
        self.show_similar(())
        self._told = None
        self.photos.clear()
        self.promises.begin(self._now)
        self.kind.set_choices(())
        self.urgent.setChecked(False)
        self._on_unpicked()
        self.set_busy(False)
        self.set_fault("")
        self.refresh()

    def submit(self) -> None:
        """Send, unless something is missing."""
        if self._busy:
            return
        if self._pause.isActive():  # whoever is quicker than the pause gets the suggestions all the same
            self._pause.stop()
            self._read()
        text = self.text.toPlainText().strip()
        if not text:
            self._complain("missing")
            self.text.setFocus()
        elif len(text) > MAX_TEXT:
            self._complain("too_long")
            self.text.setFocus()
        else:
            self.set_busy(True)
            self.report_requested.emit(ReportIntent(self._report(text), self.photos.paths(), self.duplicates.into))

    def _complain(self, key: str) -> None:
        """Say what is wrong with the text."""
        words = self._words
        self.set_fault(lambda: words(f"desk.form.{key}", name=words("desk.report.text"), n=MAX_TEXT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes, Ctrl+Enter sends, F2 to F5 go to the next suggestion, no letter leaves the form."""
        if self._press(event.key()):
            pass  # it has put in the next suggestion
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter in the text sends."""
        if watched is self.text and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self._press(event.key()):
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.submit()
                return True
        return super().eventFilter(watched, event)

    def refresh(self) -> None:
        """Names changed: offer the kinds there are."""
        parents = {kind.parent for kind in self._names.kinds}
        self.kind.set_choices(
            [
                Choice(kind.code, self._names.kind(kind.code), self._names.kind(kind.parent or ""), kind.code)
                for kind in self._names.kinds
                if kind.enabled and kind.code not in parents
            ]
        )

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("desk.report.new"))
        for name, label in self._labels.items():
            label.setText(words(f"desk.report.{name}"))
        chosen = self.channel.currentIndex()
        self.channel.clear()
        for channel in CHANNELS:
            self.channel.addItem(words(f"channel.{channel}"), channel)
        self.channel.setCurrentIndex(max(chosen, 0))
        self.kind.set_texts(words("desk.report.kind"), words("desk.form.type_to_find"), words("desk.form.none_fits"))
        self.text.setPlaceholderText(words("desk.report.text_hint"))
        self.heading.setPlaceholderText(words("desk.report.title_hint"))
        self.contact_name.setPlaceholderText(words("desk.report.contact_name"))
        self.contact_phone.setPlaceholderText(words("desk.report.contact_phone"))
        self.urgent.setText(words("desk.report.urgent"))
        self.photos.set_texts(words("desk.form.add_photos"), words("arg.photos"), words("desk.form.take_out"))
        self._pick.setText(words("desk.report.pick"))
        self._unpick.setText(words("desk.report.unpick"))
        self._cancel.setText(f"{words('desk.report.close')}  Esc")
        named = ((self.channel, "channel"), (self.text, "text"), (self.address, "address"), (self.heading, "title"))
        for widget, name in named:
            widget.setAccessibleName(words(f"desk.report.{name}"))
        self.contact_name.setAccessibleName(words("desk.report.contact_name"))
        self.contact_phone.setAccessibleName(words("desk.report.contact_phone"))
        self.promises.retranslate()
        self.gist.retranslate()
        self.duplicates.retranslate()
        self.set_busy(self._busy)
        self._fault.retranslate()
        self._show_place()
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Nothing of it is painted by hand."""

    def _report(self, text: str) -> NewReport:
        kinds = self.kind.chosen()
        contact = Contact(self.contact_name.text().strip(), self.contact_phone.text().strip())
        lon, lat = (None, None) if self._place is None else self._place
        channel, number = Channel(self.channel.currentData()), self.promises.number.text().strip()
        call = self.promises.call.moment()
        return NewReport(
            channel=channel,
            text=text,
            title=self.heading.text().strip(),
            kind=kinds[0] if kinds else "",
            address=self.address.text().strip(),
            lon=lon,
            lat=lat,
            urgent=self.urgent.isChecked(),
            source=SOURCES.get(channel, channel.value) if number else "",
            source_no=number,
            source_due=self.promises.due.moment(),
            callback=call is not None,
            callback_by=call,
            contact=contact if contact.name or contact.phone else None,
        )

    def _show_place(self) -> None:
        words = self._words
        if self._place is None:
            self._where.setText(words("similar.offline" if self.duplicates.unsearched else "desk.report.no_place"))
        else:
            lon, lat = self._place
            self._where.setText(" · ".join(part for part in (self._place_label, f"{lon:.6f}, {lat:.6f}") if part))
        self._unpick.setVisible(self._place is not None)

    def _on_unpicked(self) -> None:
        self._place, self._place_label = None, ""
        self._show_place()
        self._ask.start()

    def set_reader(self, reader: Reader | None) -> None:
        """Take what reads the words; None before there is a town."""
        self._reader = reader
        self._read()

    def show_similar(self, found: Sequence[SimilarCase] | None) -> None:
        """Show the likely duplicates; None says that they could not be looked for."""
        self.duplicates.take(found)

    def put_photo(self, attachment_id: AttachmentId, image: QImage) -> None:
        """Take the photo of a likely duplicate."""
        self.duplicates.put_photo(attachment_id, image)

    def _on_duplicates_altered(self) -> None:
        self._show_send()
        self._show_place()

    def _on_thumb_wanted(self, photo: str) -> None:
        self.thumb_wanted.emit(PhotoWanted(AttachmentId(photo)))

    def _press(self, key: int) -> bool:
        """F2 to F4 go to the next suggestion, F5 to the next case to merge into, F7 offers templates."""
        if key == TEMPLATE_KEY:
            TemplateMenu(self.text, self._names.templates, REPORT_USE, self._words).open_menu()
            return True
        if key != Qt.Key.Key_F5:
            return self.gist.press(key)
        self.duplicates.next()
        return True

    def _ask_soon(self) -> None:
        self._ask.start()

    def _tell(self) -> None:
        """Say what is being taken down, where duplicates can be told by it and it is other than before."""
        address, chosen = self.address.text().strip(), self.kind.chosen()
        lon, lat = (None, None) if self._place is None else self._place
        told = Told(chosen[0] if chosen else "", self._now, lon, lat, address) if address or lon is not None else None
        before = self._told
        if told is None or before is None or replace(told, at=before.at) != before:
            self._told = told
            self.telling_changed.emit(told)

    def _read(self) -> None:
        """Suggest what the words say."""
        if self._reader is not None:
            self.gist.show_gist(self._reader.read(self.text.toPlainText()))

    def _on_gist_altered(self, facet: str) -> None:
        """Another suggestion stands: put it where a person would."""
        guess = self.gist.offers[Facet(facet)].standing
        self._suggesting = True
        if facet == Facet.KIND:
            self.kind.choose_only("" if guess is None else guess.value)
        elif facet == Facet.URGENT:
            self.urgent.setChecked(guess is not None)
        else:
            self.address.setText("" if guess is None else guess.value)
            if guess is not None and guess.lon is not None and guess.lat is not None:
                self.set_place(guess.lon, guess.lat, guess.value)
            else:
                self._on_unpicked()
        self._suggesting = False

    def _on_kind_changed(self) -> None:
        if not self._suggesting:
            self.gist.by_hand(Facet.KIND)

    def _on_address_edited(self) -> None:
        self.gist.by_hand(Facet.PLACE)

    def _on_urgent_clicked(self) -> None:
        self.gist.by_hand(Facet.URGENT)

    def _on_address_taken(self, address: Address) -> None:
        """An address of the base was taken: it says the place as well."""
        self.set_place(address.lon, address.lat, self._words("address.of_base"))

    def _on_kind_picked(self) -> None:
        self.set_fault("")
