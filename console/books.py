"""A book at the desk: its pages as the register has them, put and taken out by whoever may, used on a case."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from console.crew import Member
from console.register import Held
from domain.faults import Fault, conflict
from domain.ids import EntryId
from domain.register import Entry, EntryKind, kind_of
from domain.register_shapes import Body

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.book.book import Book
    from widgets.book.sheet import BookSheet


class BookDesk(Member):
    """Opens the sheet of one book and keeps it as the register is."""

    def __init__(
        self,
        desk: "Desk",
        body: type[Body],
        book: "Callable[[], Book[Any]]",
        use: Callable[[EntryId], None] | None = None,
        can_use: Callable[[], bool] = lambda: False,
    ) -> None:
        """``book`` makes it when it is first opened; ``use`` does what a page is for, where ``can_use`` says so."""
        super().__init__(desk)
        self._desk, self._body, self._make_book = desk, body, book
        self._use, self._can_use = use, can_use
        self.sheet: BookSheet | None = None
        self._awaited: EntryId | None = None
        self._new: EntryId | None = None
        desk.appearance.language_changed.connect(self._on_language)
        desk.register.changed.connect(self._on_changed)
        desk.register.done.connect(self._on_done)
        desk.register.refused.connect(self._on_refused)

    def open(self) -> None:
        """Open the sheet."""
        sheet = self.sheet or self._make()
        if not sheet.isVisible():
            self.fill()
            sheet.open_sheet()
        else:
            sheet.come_up()

    def on_closed(self) -> None:
        """Nobody is signed in any more."""
        if self.sheet is not None and self.sheet.isVisible():
            self.sheet.close_sheet()

    def fill(self) -> None:
        """Show the pages as they are, those in force first."""
        sheet = self.sheet
        if sheet is None:
            return
        now, register = self._desk.service_now(), self._desk.register
        held: list[Held[Any]] = register.all(self._body)
        rows = [(sheet.book.row(h.entry_id, h.body, now, *_span(h.body)), h) for h in held]
        rows.sort(key=lambda row: (row[0].dim, row[0].cells[0]))
        pages = {h.entry_id: (h.body, h.entry.version) for _, h in rows}
        sheet.show_pages(
            [row for row, _ in rows],
            {str(key): page for key, page in pages.items()},
            may_keep=register.may_write(self._body),
            can_undo=register.can_undo(kind_of(self._body)),
            can_use=self._use is not None and self._can_use(),
        )

    # -- doing -----------------------------------------------------------------------------------------------------

    def _make(self) -> "BookSheet":
        from widgets.book.sheet import BookSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self.sheet = sheet = BookSheet(self._make_book(), desk.appearance.theme, desk.frame)
        sheet.begun.connect(self._on_begun)
        sheet.put_wanted.connect(self.put)
        sheet.remove_wanted.connect(self.remove)
        sheet.undo_wanted.connect(partial(desk.register.undo, kind_of(self._body)))
        sheet.used.connect(self._on_used)
        desk.appearance.dress([sheet])
        return sheet

    def put(self, key: str, body: Body, version: int) -> None:
        """Keep a page at the version that was seen, a new one where it has no key."""
        if not key:
            self._put_new(body)
            return
        held = self._desk.register.get(self._body, EntryId(key))
        current = 0 if held is None else held.entry.version
        if self.sheet is not None and current != version:
            self.sheet.page_refused(conflict("stale_entry", seen=version, current=current))
            return
        self._awaited = self._desk.register.put(body, EntryId(key))

    def _put_new(self, body: Body) -> None:
        """Keep a new page, once: where the answer to its first saving was lost it may be there already.

        What somebody else has made of it meanwhile is not undone.
        """
        there = None if self._new is None else self._desk.register.get(self._body, self._new)
        if there is not None and self.sheet is not None:
            entry = there.entry
            if there.body == body:
                self.sheet.page_done(there.entry_id)
                return
            if entry.by != entry.author:
                self.sheet.page_refused(conflict("stale_entry", seen=1, current=entry.version))
                return
        self._awaited = self._new = self._desk.register.put(body, self._new)

    def remove(self, key: str) -> None:
        """Take a page out; it can be undone."""
        held = self._desk.register.get(self._body, EntryId(key))
        if held is not None:
            self._desk.register.remove(held)

    def _on_begun(self) -> None:
        self._new = None

    def _on_language(self, language: str) -> None:
        self.fill()

    def _on_used(self, key: str) -> None:
        if self._use is not None:
            self._use(EntryId(key))

    def _on_changed(self, kinds: frozenset[EntryKind]) -> None:
        if kind_of(self._body) in kinds:
            self.fill()

    def _on_done(self, entry: Entry) -> None:
        sheet, saved = self.sheet, entry.entry_id == self._awaited
        if saved:
            self._awaited = None
        if sheet is None or not sheet.isVisible():
            return
        if entry.kind is kind_of(self._body) and not entry.removed and (saved or sheet.form is None):
            sheet.page_done(entry.entry_id)  # where something else was undone, what is being entered stays
        self.fill()  # what can be undone is another now

    def _on_refused(self, key: tuple[EntryKind, EntryId], fault: Fault) -> None:
        if self.sheet is not None and key == (kind_of(self._body), self._awaited):
            self._awaited = None
            self.sheet.page_refused(fault)


def _span(page: Any) -> tuple[datetime | None, datetime | None]:
    return page.since, page.until
