"""Commands on cases, the timer's own step, and reading what is guarded."""

import msgspec

from domain.case import Contact
from domain.change import Subject
from domain.command import ArgKind, Command
from domain.decide import MAX_MERGED, decide
from domain.exporting import ExportLogged, MapExport
from domain.faults import invalid, not_found
from domain.ids import CaseNo, ReportId
from domain.machine import STEPS
from domain.people import Actor, Role
from domain.wire import Outcome, RevealedContact
from service.access import Asker, Sight, check_place
from service.store import reads
from service.store.rows import watchers
from service.write.reporting import author_of, check_kind
from service.write.work import SYSTEM, Author, Work

_TIMER = Actor(account=SYSTEM.account, roles=frozenset({Role.SYSTEM}))


def act(work: Work, case_no: CaseNo, command: Command, asker: Asker, sight: Sight) -> Outcome:
    """Judge a command and record what it comes to. Raises the ``Fault`` that refuses it."""
    case = work.case(case_no)
    if case is None or not sight.sees_case(watchers(case)):
        raise not_found("unknown_case", case_no=case_no[:64])
    _check_named_cases(work, command, sight)
    return carry_out(work, case_no, command, asker.actor, author_of(asker))


def _check_named_cases(work: Work, command: Command, sight: Sight) -> None:
    """A case that is not seen cannot be named either: it is as if there were none of that number."""
    step = STEPS.get(command.action)
    for arg in () if step is None else step.args:
        if arg.kind in (ArgKind.CASE, ArgKind.CASES):
            for named in _named(command.args.get(arg.name)):
                other = work.case(CaseNo(named))
                if other is not None and not sight.sees_case(watchers(other)):
                    raise invalid("merge_target_unknown", case_no=named[:64])


def _named(given: object) -> list[str]:
    """Return the case numbers given, as far as they are texts; the rules refuse the rest."""
    listed = given[:MAX_MERGED] if isinstance(given, list) else [given]
    return [named for named in listed if isinstance(named, str)]


def resume_due(work: Work, case_no: CaseNo) -> Outcome | None:
    """Resume a suspended case whose time is up; None where that is no longer so."""
    case = work.case(case_no)
    if case is None or case.resume_at is None or case.resume_at > work.now:
        return None
    return carry_out(work, case_no, Command("resume", case.version), _TIMER, SYSTEM)


def carry_out(work: Work, case_no: CaseNo, command: Command, actor: Actor, author: Author, *, why: str = "") -> Outcome:
    """Judge what an actor commands and record it under the author's name, with why where the service does it."""
    case = work.case(case_no)
    if case is None:
        raise not_found("unknown_case", case_no=case_no[:64])
    decision = decide(case, command, actor, work.context())
    data = {**decision.data, "why": why} if why else decision.data
    if decision.action == "file" and data.get("kind"):
        check_kind(work.world, data["kind"])
        data = {**data, "sensitive": work.world.is_sensitive(data["kind"]) or case.sensitive}
    elif decision.action == "correct" and "place" in data:
        data = {**data, **_fallen(work, data["place"], actor)}
    change, after = work.record_case(case, case_no, decision.action, author, data, state=decision.state)
    for effect in decision.also:
        other = work.case(effect.case_no)
        if other is None:
            raise not_found("unknown_case", case_no=effect.case_no)
        work.record_case(other, other.case_no, effect.action, author, effect.data, state=effect.state or other.state)
    return Outcome(change, after)


def _fallen(work: Work, place: list[float], actor: Actor) -> dict[str, object]:
    """Return the grid a corrected place falls into; it has to lie where the actor may act, like that of a report."""
    placement, grid_code = work.place(*place)
    area = work.world.area_of_grid(grid_code)
    check_place(actor, area)
    return {"placement": placement.value, "grid_code": grid_code, "area": area}


def reveal(work: Work, case_no: CaseNo, reason: str, asker: Asker, sight: Sight) -> list[RevealedContact]:
    """Return the contacts kept beside a case's reports, and log that they were looked at and why."""
    case = work.case(case_no)
    if case is None or not sight.sees_case(watchers(case)):
        raise not_found("unknown_case", case_no=case_no[:64])
    kept = _contacts(work, case_no, {r.report_id for r in case.reports} | set(case.merged_reports))
    if not kept:
        raise not_found("no_contact", case_no=case_no)
    data = {"what": "contact", "reason": reason, "reports": [report for report, _ in kept]}
    work.record(Subject.READING, case_no, "contact_revealed", author_of(asker), data)
    return [RevealedContact(report, contact) for report, contact in kept]


def _contacts(work: Work, case_no: CaseNo, reports: set[ReportId]) -> list[tuple[str, Contact]]:
    """Contacts stay under the case a report came in on; merging moves the report, so both are looked at."""
    kept = dict(reads.contacts(work.connection, case_no))
    missing = [r for r in reports if r not in kept]
    kept.update(reads.contacts_of(work.connection, missing))
    return [(r, kept[r]) for r in sorted(kept) if r in reports]


def log_export(work: Work, asker: Asker, filters: dict[str, str]) -> None:
    """Log that a list was exported."""
    work.record(Subject.EXPORT, "cases", "exported", author_of(asker), {"filters": filters})


def log_map_export(work: Work, asker: Asker, asked: MapExport) -> ExportLogged:
    """Log that what the map shows goes into a file."""
    data = msgspec.to_builtins(asked)
    change = work.record(Subject.EXPORT, "map", "exported", author_of(asker), data)
    return ExportLogged(change.seq, change.recorded_at, asker.name)
