"""From the live picture and the log to the sheet of the shift: posts, handovers, lines."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from client.line import LineState
from client.picture import Picture
from client.room import Room
from domain.change import Change, Subject
from domain.handover import open_items
from domain.ids import AccountId, CaseNo
from domain.reading import ReadingState
from domain.register import Entry, EntryKind, read_body, split_subject
from domain.register_shapes import MAX_NOTE, Body
from domain.register_shift import Duty, Handover, HandoverItem, ItemKind, Phone, Post
from widgets.names import Names
from widgets.shift.values import HandoverRow, LogRow, PhoneRow, PostRow

B = TypeVar("B", bound=Body)

TOLD_FAULTS = frozenset({ReadingState.FAULT, ReadingState.ALARM})
FAULTS_MOST = 50
NAMED_BY = ("name", "label", "matter", "text")
"""What says of an entry which one it is, the first there is; a roll call has none of them."""
STEPS_OF_A_WARNING = 2
"""By telephone within 10 minutes, in writing within 30 (domain.md 6.2)."""


def posts_of(picture: Picture, names: Names) -> list[PostRow]:
    """Return the posts in their order, with who is on them; a post somebody is on although it is gone comes last."""
    people: dict[str, list[str]] = {}
    mine: set[str] = set()
    for entry, duty in _bodies(picture, EntryKind.DUTY, Duty):
        since = names.local(duty.since).strftime("%H:%M")
        people.setdefault(duty.post, []).append(f"{names.account(entry.author)} {since}")
        if entry.author == picture.me.account:
            mine.add(duty.post)
    posts = sorted((body for _, body in _bodies(picture, EntryKind.POST, Post)), key=lambda p: (p.order, p.name))
    named = [post.name for post in posts]
    named += sorted(name for name in people if name not in named)
    return [PostRow(name, tuple(people.get(name, ())), name in mine) for name in named]


def duties_of(picture: Picture, account: AccountId) -> list[str]:
    """Return the posts an account is on."""
    return sorted(duty.post for entry, duty in _bodies(picture, EntryKind.DUTY, Duty) if entry.author == account)


def phones_of(picture: Picture) -> list[PhoneRow]:
    """Return the duty telephones in their order."""
    phones = sorted(_bodies(picture, EntryKind.PHONE, Phone), key=lambda found: (found[1].order, found[1].name))
    return [PhoneRow(entry.entry_id, body.name, body.number, body.note) for entry, body in phones]


def handovers_of(picture: Picture, names: Names) -> list[HandoverRow]:
    """Return the sheets, those that wait for a signature first, then the newest."""
    rows = [
        HandoverRow(
            post=body.post,
            made_at=body.made_at,
            items=body.items,
            outgoing=names.account(entry.author),
            incoming=names.account(entry.by) if body.received else "",
            remarks=body.remarks,
            contacts=body.contacts,
            answer=body.answer,
            entry_id=entry.entry_id,
            version=entry.version,
            mine=entry.author == picture.me.account,
            received=body.received,
            signed_at=entry.at if body.received else None,
        )
        for entry, body in _bodies(picture, EntryKind.HANDOVER, Handover)
    ]
    return sorted(rows, key=lambda row: (row.received, row.mine, -row.made_at.timestamp()))


def draft_of(picture: Picture, names: Names, log: Sequence[Change], waiting: int, post: str, room: Room) -> HandoverRow:
    """Return a sheet of what is open now."""
    now, town, words = room.service_now(), picture.town, names.words
    told = [change for change in log if change.action == "instruct"]
    items = open_items(picture.cases.values(), told, town.rules.at(now), town.calendar, now)
    items += [HandoverItem(ItemKind.EQUIPMENT, text) for text in _faults(picture, names)]
    if room.line().state is not LineState.LIVE:
        items.append(HandoverItem(ItemKind.EQUIPMENT, words("shift.line_bad")))
    if waiting:
        items.append(HandoverItem(ItemKind.OUTBOX, words("shift.outbox_waits", n=waiting)))
    contacts = words("list.semicolon").join(f"{phone.name} {phone.number}" for phone in phones_of(picture))
    return HandoverRow(post, now, tuple(items), picture.me.name, contacts=contacts[:MAX_NOTE], mine=True)


def _faults(picture: Picture, names: Names) -> list[str]:
    found = []
    for key, reading in picture.readings.items():
        entry = picture.entries.get(key)
        if entry is not None and reading.state in TOLD_FAULTS:
            state = names.words(f"reading.{reading.state}")
            found.append(f"{entry.body.get('name', key[1])} · {state}"[:300])
    return sorted(found)[:FAULTS_MOST]


def log_rows(log: Iterable[Change], picture: Picture, names: Names) -> list[LogRow]:
    """Return the lines of the duty log, newest first."""
    return [row for change in log if (row := _line(change, picture, names)) is not None][::-1]


def _line(change: Change, picture: Picture, names: Names) -> LogRow | None:
    words = names.words
    if change.subject is Subject.CASE:
        case_no = CaseNo(change.subject_id)
        case = picture.case(case_no)
        said = str(change.data.get("text") or "")
        parts = (words(f"action.{change.action}"), "" if case is None else case.title, said)
        return LogRow(change.at, names.actor(change)[0], " · ".join(p for p in parts if p), "case", case_no)
    if change.subject is Subject.ENTRY:
        return _entry_line(change, picture, names)
    return LogRow(change.at, names.account(change.actor), names.did(change.action), "other")


def _entry_line(change: Change, picture: Picture, names: Names) -> LogRow | None:
    words = names.words
    kind, entry_id = split_subject(change.subject_id)
    who, body = names.account(change.actor), change.data.get("body") or {}
    if kind is EntryKind.LOG_NOTE:
        told = [f"{t['who']} {t['how']}".strip() for t in body.get("told", ())]
        marks = [words("shift.warning")] if body.get("warning") else []
        named = [str(body.get(name)) for name in ("text", "source", "extent", "expected") if body.get(name)]
        named += [words("shift.told", who=words("list.comma").join(told))] if told else []
        held = picture.entries.get((kind, entry_id))
        if not named or (held is not None and held.version > change.version):
            return None  # removed, or told anew by a later line
        mine = entry_id if held is not None and held.author == picture.me.account else None
        due = [words(f"shift.due.{len(told)}")] if body.get("warning") and len(told) < STEPS_OF_A_WARNING else []
        return LogRow(change.at, who, " · ".join(marks + named + due), "note", note_id=mine)
    if kind in (EntryKind.DUTY, EntryKind.HANDOVER):
        step = "remove" if change.action == "remove" else "received" if body.get("received") else "put"
        text = words(f"shift.log.{kind.value}_{step}", post=str(body.get("post", "")))
        return LogRow(change.at, who, text, "shift")
    what = next((str(body[name]) for name in NAMED_BY if body.get(name)), "")
    step = f"shift.log.entry_{change.action}" if what else f"shift.log.entry_{change.action}_bare"
    return LogRow(change.at, who, words(step, name=words(f"register.{kind.value}"), what=what), "other")


def _bodies(picture: Picture, kind: EntryKind, body: type[B]) -> Iterable[tuple[Entry, B]]:
    """Yield the entries of a register with their bodies."""
    for entry in list(picture.entries.values()):
        if entry.kind is kind:
            typed = read_body(entry, body)
            if typed is not None:
                yield entry, typed
