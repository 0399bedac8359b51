"""The book of plans: each with its kinds, steps, telephones and means, one a line, parted by bars."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from domain.faults import invalid
from domain.register_plan import MOST_ROWS, MOST_STEPS, Plan, PlanContact, PlanMeans, PlanStep
from widgets.book.book import Book
from widgets.book.notation import kind_codes, read_moment, tokens, write_list, write_moment
from widgets.forms.entries import Entry, FlagEntry, LinesEntry, TextEntry
from widgets.names import Names

_BAR = re.compile(r"[|｜]")
STEPS_PX, ROWS_PX, LINE_MOST = 190, 100, 600


def write_step(step: PlanStep) -> str:
    """Return a step as a line: what, who, within how many minutes."""
    return _bars(step.text, step.who, str(step.within_min) if step.within_min else "")


def read_step(line: str) -> PlanStep:
    """Return the step a line says. Raises ``Fault``."""
    text, who, minutes = _parts(line)
    if minutes and not (minutes.isascii() and minutes.isdigit()):
        raise invalid("plan_step_minutes", line=line.strip()[:60])
    return PlanStep(text, who, int(minutes[:6]) if minutes else 0)


def write_contact(contact: PlanContact) -> str:
    """Return an office or role and its telephone as a line."""
    return _bars(contact.name, contact.number, contact.note)


def read_contact(line: str) -> PlanContact:
    """Return the telephone a line says. Raises ``Fault``."""
    name, number, note = _parts(line)
    if not number:
        raise invalid("plan_contact_number", line=line.strip()[:60])
    return PlanContact(name, number, note)


def write_means(means: PlanMeans) -> str:
    """Return something that helps as a line: what, how much, where."""
    return _bars(means.name, means.amount, means.place)


def read_means(line: str) -> PlanMeans:
    """Return what a line says of something that helps. Raises ``Fault``."""
    return PlanMeans(*_parts(line))


def _bars(*parts: str) -> str:
    return " | ".join(parts).rstrip(" |")


def _parts(line: str) -> tuple[str, str, str]:
    parts = [part.strip() for part in _BAR.split(line)]
    if len(parts) > 3 or not parts[0]:
        raise invalid("plan_line_unread", line=line.strip()[:60])
    first, second, third = (*parts, "", "")[:3]
    return first, second, third


class PlanBook(Book[Plan]):
    """Plans as the sheet shows them."""

    name = "plan"

    def heads(self) -> Sequence[str]:
        """See ``Book``."""
        return ("plan.name", "plan.kinds", "plan.steps", "admin.state")

    def cells(self, page: Plan) -> Sequence[str]:
        """See ``Book``."""
        words = self.names.words
        kinds = write_list(page.kinds, self.names.kind, words) or words("plan.by_hand")
        return (page.name, kinds, words("plan.n_steps", n=len(page.steps)))

    def tell(self, page: Plan) -> Sequence[tuple[str, str]]:
        """See ``Book``."""
        words = self.names.words
        kinds = write_list(page.kinds, self.names.kind, words) or words("plan.by_hand")
        rows = [(words("plan.kinds"), f"{kinds} · {words('plan.urgent')}" if page.urgent else kinds)]
        if page.since is not None or page.until is not None:
            span = " – ".join(write_moment(at, self.names) or "…" for at in (page.since, page.until))
            rows.append((words("book.in_force"), span))
        rows.append((words("plan.steps"), step_lines(page.steps, self.names)))
        for key, lines in (
            ("plan.contacts", [write_contact(contact) for contact in page.contacts]),
            ("plan.means", [write_means(means) for means in page.means]),
        ):
            if lines:
                rows.append((words(key), "\n".join(lines)))
        return [*rows, (words("book.note"), page.note)] if page.note else rows

    def entries(self, page: Plan | None) -> list[Entry]:
        """See ``Book``."""
        w, names = self.names.words, self.names
        kinds = "" if page is None else write_list(page.kinds, kind_codes(names).write, w)
        steps = _lines(w, "steps", [] if page is None else [write_step(step) for step in page.steps], MOST_STEPS)
        steps.edit.setFixedHeight(STEPS_PX)
        steps.required = True
        steps.retranslate()
        contacts = [] if page is None else [write_contact(contact) for contact in page.contacts]
        means = [] if page is None else [write_means(one) for one in page.means]
        since, until = (None, None) if page is None else (page.since, page.until)
        return [
            TextEntry(w, "name", "plan.name", "" if page is None else page.name, most=100),
            TextEntry(w, "kinds", "plan.kinds", kinds, most=1_000, required=False, hint="plan.kinds_hint"),
            FlagEntry(w, "urgent", "plan.urgent", page is not None and page.urgent),
            steps,
            _lines(w, "contacts", contacts, MOST_ROWS),
            _lines(w, "means", means, MOST_ROWS),
            TextEntry(
                w, "since", "book.since", write_moment(since, names), most=16, required=False, hint="book.moment_hint"
            ),
            TextEntry(w, "until", "book.until", write_moment(until, names), most=16, required=False),
            TextEntry(w, "note", "book.note", "" if page is None else page.note, most=2_000, required=False),
        ]

    def read(self, values: dict[str, Any], page: Plan | None) -> Plan:
        """See ``Book``."""
        kinds = kind_codes(self.names)
        made = Plan(
            name=values["name"],
            steps=tuple(read_step(line) for line in values["steps"]),
            kinds=tuple(kinds.read(token) for token in tokens(values["kinds"])),
            urgent=values["urgent"],
            contacts=tuple(read_contact(line) for line in values["contacts"]),
            means=tuple(read_means(line) for line in values["means"]),
            since=read_moment(values["since"], self.names),
            until=read_moment(values["until"], self.names),
            note=values["note"],
        )
        return made if page is None else msgspec.structs.replace(made, synthetic=page.synthetic)


def step_lines(steps: Sequence[PlanStep], names: Names) -> str:
    """Return steps as they are read: numbered, with who does them and until when."""
    words = names.words
    lines = []
    for number, step in enumerate(steps, 1):
        within = words("plan.within", n=step.within_min) if step.within_min else ""
        more = " · ".join(part for part in (step.who, within) if part)
        lines.append(f"{number}. {step.text}" + (f"  ({more})" if more else ""))
    return "\n".join(lines)


def _lines(words: Any, name: str, lines: Sequence[str], most: int) -> LinesEntry:
    entry = LinesEntry(words, name, f"plan.{name}", lines, most=most, longest=LINE_MOST, hint=f"plan.{name}_hint")
    entry.edit.setFixedHeight(ROWS_PX)
    return entry
