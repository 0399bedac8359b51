"""How much a reader sees: which cases and positions, which changes, and which parts of a case are masked."""

from collections.abc import Collection
from typing import Any

import msgspec
from msgspec.structs import replace

from domain.case import Case, Report
from domain.change import Change, Subject
from domain.ids import GridCode, StaffId, UnitId
from domain.people import Actor, Role
from domain.register import REGISTERS, Entry, EntryKind, area_before, fold_entry, reaches, readable
from domain.wire import MASK, Outcome
from service.access.table import GUARDED, Door, Field, Reach, rights_of
from service.store.register import Shelf
from service.store.rows import mark_area, mark_grid, mark_staff, mark_unit
from service.store.scope import Scope

_ONLY_SENSITIVE = frozenset({Field.SENSITIVE})
_NOTES = ("text", "title", "address")
_PHOTOS = ("photos", "after_photos")


class Sight(msgspec.Struct, frozen=True):
    """How much a reader may see.

    ``marks`` are what a watched case must carry where not all cases are seen; ``area`` is the head of the division
    codes seen, "" for all; ``hidden`` are the parts of a case that are masked; ``subjects`` the guarded ones seen;
    ``kinds`` the registers seen. ``closed_kinds`` are those sensitive by now, where that hides anything: they close
    their older cases as well, whatever was so when those came in.
    """

    subjects: frozenset[Subject]
    all_cases: bool
    all_positions: bool
    marks: frozenset[str] = frozenset()
    own_things: frozenset[str] = frozenset()
    area: str = ""
    hidden: frozenset[Field] = frozenset()
    kinds: frozenset[EntryKind] = frozenset()
    closed_kinds: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether every case is seen, and all of it: nothing need be looked up or masked."""
        return self.all_cases and not self.area and not self.hidden

    def sees_case(self, watched_by: Collection[str]) -> bool:
        """Return whether a case with these watchers (``service.store.rows.watchers``) may be seen."""
        if self.area and not self._in_area(watched_by):
            return False
        return self.all_cases or not self.marks.isdisjoint(watched_by)

    def _in_area(self, watched_by: Collection[str]) -> bool:
        head = mark_area(self.area)
        return any(mark.startswith(head) for mark in watched_by)

    def scope(self) -> Scope:
        """Return which rows of the cases may be seen, and how they may be searched."""
        return Scope(
            marks=None if self.all_cases else self.marks,
            area=self.area,
            by_source_no=Field.SOURCE_NO not in self.hidden,
            by_sensitive=Field.SENSITIVE not in self.hidden,
            closed_kinds=self.closed_kinds,
        )

    def is_sensitive(self, case: Case) -> bool:
        """Return whether a case is sensitive to this reader: marked so, or of a kind that is so by now."""
        return case.sensitive or case.kind in self.closed_kinds

    def sees_change(self, change: Change, watched_by: Collection[str], account: str = "") -> bool:
        """Return whether a change may be seen by ``account``; ``watched_by`` are the watchers of its case."""
        if change.subject is Subject.CASE:
            return self.sees_case(watched_by)
        if change.subject is Subject.ENTRY:
            try:
                return self._hears_of(fold_entry(change), area_before(change), account)
            except (ValueError, KeyError):  # of a later program
                return False
        return change.subject not in GUARDED or change.subject in self.subjects

    def sees_entry(self, entry: Entry, account: str) -> bool:
        """Return whether an entry of the register may be seen by this account. ``Shelf.rows`` says the same."""
        return self._hears_of(entry, entry.area, account)

    def _hears_of(self, entry: Entry, before: str, account: str) -> bool:
        if entry.kind not in self.kinds:
            return False
        rule = REGISTERS[entry.kind]
        if rule.private:
            return entry.author == account
        return reaches(rule, entry.area, self.area) or (before != "" and reaches(rule, before, self.area))

    def shelf(self, account: str) -> Shelf:
        """Return which rows of the register this account may see."""
        return Shelf(self.kinds, self.area, account)

    def sees_photos(self, case: Case, watched_by: Collection[str]) -> bool:
        """Return whether the photos of a case may be seen."""
        return self.sees_case(watched_by) and not self._closed(sensitive=self.is_sensitive(case))

    def show_case(self, case: Case) -> Case:
        """Return a case with what is not for this reader masked."""
        sensitive = self.is_sensitive(case)
        if not self.hidden or (self.hidden == _ONLY_SENSITIVE and not sensitive):
            return case
        close = self._closed(sensitive=sensitive)
        fields: dict[str, Any] = {"reports": tuple(self._show_report(r, close=close) for r in case.reports)}
        if Field.SOURCE_NO in self.hidden and case.source_no:
            fields["source_no"] = MASK
        if close:
            fields |= {"title": MASK, "address": case.address and MASK, "photos": (), "after_photos": ()}
            if case.request is not None:
                fields["request"] = replace(case.request, text=case.request.text and MASK)
        return replace(case, **fields)

    def show_outcome(self, outcome: Outcome) -> Outcome:
        """Return what a command came to with what is not for this reader masked."""
        if not self.hidden:
            return outcome
        case = outcome.case
        return Outcome(self.show_change(outcome.change, sensitive=self.is_sensitive(case)), self.show_case(case))

    def show_change(self, change: Change, *, sensitive: bool) -> Change:
        """Return a change with what is not for this reader masked; ``sensitive`` says so of its case."""
        if not self.hidden or change.subject is not Subject.CASE:
            return change
        if self.hidden == _ONLY_SENSITIVE and not sensitive:
            return change
        close = self._closed(sensitive=sensitive)
        data = dict(change.data)
        if "case" in data:
            plain = dict(data["case"])
            plain["reports"] = [self._show_plain(r, close=close) for r in plain.get("reports", ())]
            data["case"] = self._show_top(plain, close=close)
        if "report" in data:
            data["report"] = self._show_plain(data["report"], close=close)
        if "before" in data:
            data["before"] = self._show_said(data["before"], close=close)
        return replace(change, data=self._show_said(data, close=close))

    def _show_said(self, data: dict[str, Any], *, close: bool) -> dict[str, Any]:
        """Return what a change says is so, or was before it, with what is not for this reader masked."""
        shown = dict(data)
        if "reports" in shown:  # whole, or only their ids, where something of them was erased
            shown["reports"] = [
                self._show_plain(r, close=close) if isinstance(r, dict) else r for r in shown["reports"]
            ]
        return self._show_top(shown, close=close)

    def _closed(self, *, sensitive: bool) -> bool:
        return sensitive and Field.SENSITIVE in self.hidden

    def _show_top(self, data: dict[str, Any], *, close: bool) -> dict[str, Any]:
        if Field.SOURCE_NO in self.hidden and data.get("source_no"):
            data["source_no"] = MASK
        if close:
            data |= {name: MASK for name in _NOTES if data.get(name)}
            data |= {name: [] for name in _PHOTOS if data.get(name)}
        return data

    def _show_report(self, report: Report, *, close: bool) -> Report:
        return msgspec.convert(self._show_plain(msgspec.to_builtins(report), close=close), Report)

    def _show_plain(self, report: dict[str, Any], *, close: bool) -> dict[str, Any]:
        shown = dict(report)
        if close or Field.WORDS in self.hidden:
            shown["text"] = MASK
        if close:
            shown["photos"] = []
        if Field.SOURCE_NO in self.hidden and shown.get("source_no"):
            shown["source_no"] = MASK
        if Field.REPORTER in self.hidden:
            shown["reporter"] = None
        return shown


def sight_of(
    actor: Actor,
    grids: Collection[GridCode] = (),
    things: Collection[str] = (),
    sensitive_kinds: Collection[str] = (),
) -> Sight:
    """Return how much an account may see.

    ``grids`` are those its staff member answers for; ``things`` whoever and whatever belongs to its area, where it
    has one; ``sensitive_kinds`` the town's.
    """
    rights = rights_of(actor.roles)
    own = frozenset() if actor.staff is None or rights.positions is Reach.NONE else frozenset({str(actor.staff)})
    everywhere = rights.positions is Reach.ALL
    return Sight(
        subjects=rights.subjects,
        all_cases=rights.cases is Reach.ALL,
        all_positions=everywhere and not actor.area,
        marks=_marks(actor, grids) if rights.cases is Reach.OWN else frozenset(),
        own_things=own | frozenset(things) if everywhere and actor.area else own,
        area=actor.area,
        hidden=frozenset(Field) - rights.fields,
        kinds=readable(actor.roles) if Door.REGISTER_READ in rights.doors else frozenset(),
        closed_kinds=frozenset() if Field.SENSITIVE in rights.fields else frozenset(sensitive_kinds),
    )


def _marks(actor: Actor, grids: Collection[GridCode]) -> frozenset[str]:
    marks = {mark_grid(g) for g in grids}
    unit: UnitId | None = actor.unit if Role.HANDLER in actor.roles else None
    staff: StaffId | None = actor.staff
    if unit is not None:
        marks.add(mark_unit(unit))
    if staff is not None:
        marks.add(mark_staff(staff))
    return frozenset(marks)
