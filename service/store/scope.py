"""Which rows of the cases somebody may see, as conditions of a query.

It is the same that ``Sight.sees_case`` says of one case; a test holds the two together.
"""

import msgspec
from sqlalchemy import ColumnElement, and_, false, or_

from domain.case import Case
from service.store import tables as t
from service.store.rows import SENSITIVE, mark_area


class Scope(msgspec.Struct, frozen=True):
    """``marks`` are the watchers a case must have one of, None for all cases; ``area`` the head of its division's code.

    ``by_source_no`` and ``by_sensitive`` say whether a text may be looked for where it would be masked if shown: what
    is not shown cannot be found either, nor what was said in a case of the ``closed_kinds`` (``told_apart``).
    """

    marks: frozenset[str] | None = None
    area: str = ""
    by_source_no: bool = True
    by_sensitive: bool = True
    closed_kinds: frozenset[str] = frozenset()

    def rows(self) -> list[ColumnElement[bool]]:
        """Return the conditions a case's row must meet to be seen."""
        watchers = t.cases.c.watchers
        conditions: list[ColumnElement[bool]] = []
        if self.area:
            conditions.append(watchers.contains(f"|{mark_area(self.area)}", autoescape=True))
        if self.marks is not None:
            mine = [watchers.contains(f"|{mark}|", autoescape=True) for mark in sorted(self.marks)]
            conditions.append(or_(*mine) if mine else false())
        return conditions

    def found(self, text: str) -> ColumnElement[bool]:
        """Return the condition that a text is in a case's number, title, address, or number at its source."""
        c = t.cases.c
        said = or_(c.title.contains(text, autoescape=True), c.address.contains(text, autoescape=True))
        if not self.by_sensitive:
            said = and_(said, ~c.watchers.contains(f"|{SENSITIVE}|", autoescape=True))
        ways = [c.case_no.contains(text, autoescape=True), said]
        if self.by_source_no:
            ways.append(c.source_no.contains(text, autoescape=True))
        return or_(*ways)

    def told_apart(self, case: Case, text: str) -> bool:
        """Return whether a case that ``found`` lets through may be found by this text: rows know no kind of a case."""
        if case.kind not in self.closed_kinds:
            return True
        shown = [case.case_no, *([case.source_no] if self.by_source_no else ())]
        return any(text.casefold() in told.casefold() for told in shown)


EVERYTHING = Scope()
