"""The book of run cards: each with its kinds, places, hours and needs, written in lines."""

from collections.abc import Sequence
from typing import Any

import msgspec

from domain.ids import GridCode
from domain.register_runcard import MOST_NEEDS, RunCard
from widgets.book.book import Book
from widgets.book.notation import (
    NeedLines,
    kind_codes,
    read_hours,
    read_moment,
    tokens,
    write_hours,
    write_list,
    write_moment,
)
from widgets.forms.entries import Entry, FlagEntry, LinesEntry, TextEntry

NEEDS_PX = 150
LINE_MOST = 1_000


class RunCardBook(Book[RunCard]):
    """Run cards as the sheet shows them."""

    name = "run_card"

    def heads(self) -> Sequence[str]:
        """See ``Book``."""
        return ("run_card.name", "run_card.kinds", "run_card.hours", "admin.state")

    def cells(self, page: RunCard) -> Sequence[str]:
        """See ``Book``."""
        kinds = write_list(page.kinds, self.names.kind, self.names.words)
        return (page.name, kinds, write_hours(page.start_min, page.end_min) or self.names.words("run_card.all_day"))

    def tell(self, page: RunCard) -> Sequence[tuple[str, str]]:
        """See ``Book``."""
        words, lines = self.names.words, NeedLines(self.names)
        anywhere, all_day = words("run_card.anywhere"), words("run_card.all_day")
        rows = [
            (words("run_card.kinds"), write_list(page.kinds, self.names.kind, self.names.words)),
            (words("run_card.areas"), write_list(page.areas, self._place, self.names.words) or anywhere),
            (words("run_card.hours"), write_hours(page.start_min, page.end_min) or all_day),
        ]
        if page.urgent:
            rows.append((words("run_card.urgent"), "✓"))
        span = [write_moment(at, self.names) or "…" for at in (page.since, page.until)]
        if page.since is not None or page.until is not None:
            rows.append((words("book.in_force"), " – ".join(span)))
        rows.append((words("run_card.needs"), "\n".join(lines.tell(need) for need in page.needs)))
        return [*rows, (words("book.note"), page.note)] if page.note else rows

    def entries(self, page: RunCard | None) -> list[Entry]:
        """See ``Book``."""
        w, names, lines = self.names.words, self.names, NeedLines(self.names)
        kinds = "" if page is None else write_list(page.kinds, kind_codes(names).write, self.names.words)
        areas = "" if page is None else write_list(page.areas, str, self.names.words)
        hours = "" if page is None else write_hours(page.start_min, page.end_min)
        needs = [] if page is None else [lines.write(need) for need in page.needs]
        needs_entry = LinesEntry(
            w, "needs", "run_card.needs", needs, most=MOST_NEEDS, longest=LINE_MOST, hint="run_card.needs_hint"
        )
        needs_entry.required = True
        needs_entry.retranslate()
        needs_entry.edit.setFixedHeight(NEEDS_PX)
        since, until = (write_moment(None if page is None else at, names) for at in _span(page))
        return [
            TextEntry(w, "name", "run_card.name", "" if page is None else page.name, most=100),
            TextEntry(w, "kinds", "run_card.kinds", kinds, most=LINE_MOST, hint="run_card.kinds_hint"),
            needs_entry,
            TextEntry(w, "areas", "run_card.areas", areas, most=LINE_MOST, required=False, hint="run_card.areas_hint"),
            TextEntry(w, "hours", "run_card.hours", hours, most=20, required=False, hint="run_card.hours_hint"),
            FlagEntry(w, "urgent", "run_card.urgent", page is not None and page.urgent),
            TextEntry(w, "since", "book.since", since, most=16, required=False, hint="book.moment_hint"),
            TextEntry(w, "until", "book.until", until, most=16, required=False),
            TextEntry(w, "note", "book.note", "" if page is None else page.note, most=2_000, required=False),
        ]

    def read(self, values: dict[str, Any], page: RunCard | None) -> RunCard:
        """See ``Book``."""
        names, lines, kinds = self.names, NeedLines(self.names), kind_codes(self.names)
        start, end = read_hours(values["hours"])
        made = RunCard(
            name=values["name"],
            kinds=tuple(kinds.read(token) for token in tokens(values["kinds"])),
            needs=tuple(lines.read(line) for line in values["needs"]),
            areas=tuple(tokens(values["areas"])),
            start_min=start,
            end_min=end,
            urgent=values["urgent"],
            since=read_moment(values["since"], names),
            until=read_moment(values["until"], names),
            note=values["note"],
        )
        return made if page is None else msgspec.structs.replace(made, synthetic=page.synthetic)

    def _place(self, code: str) -> str:
        return self.names.grid(GridCode(code))


def _span(page: RunCard | None) -> tuple[Any, Any]:
    return (None, None) if page is None else (page.since, page.until)
