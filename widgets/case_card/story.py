"""A change in words, for the timeline: what was done, why, by whom and with whom."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from domain.change import Change
from domain.clock import Limit, LimitUnit
from domain.ids import AccountId, StaffId, UnitId
from domain.machine import STEPS
from resources.words import shortened
from widgets.durations import limit_text
from widgets.names import Names

MOST_SAID = 120
"""Characters of each side of a correction; the case itself shows the whole."""


def story(change: Change, names: Names) -> str:
    """Return ``李（值班长）立案：井盖缺失 · 处置时限 2 紧急工作时``."""
    words = names.words
    who, role = names.actor(change)
    head = words("desk.story.who_role", who=who, role=role) if role else who
    action = words(f"action.{change.action}")
    details = [text for text in (part(change, names) for part in _PARTS) if text]
    line = words("desk.story.line", who=head, action=action)
    return line if not details else words("desk.story.with", line=line, details=" · ".join(details))


def _reason(change: Change, names: Names) -> str:
    step = STEPS.get(change.action)
    code = change.data.get("reason")
    if step is None or code is None:
        return ""
    lists = [arg.reasons for arg in step.args if arg.reasons is not None]
    return names.words(f"reason.{lists[0]}.{code}") if lists else str(code)


def _units(change: Change, names: Names) -> str:
    words = names.words
    found: list[str] = []
    if change.data.get("unit"):
        found.append(names.unit(UnitId(change.data["unit"])))
    if change.data.get("helper"):
        found.append(names.unit(UnitId(change.data["helper"])))
    for name in ("helpers", "copies"):
        units = change.data.get(name) or ()
        if units:
            listed = words("desk.and").join(names.unit(UnitId(unit)) for unit in units)
            found.append(f"{words(f'arg.{name}')} {listed}")
    return " · ".join(found)


def _override(change: Change, names: Names) -> str:
    """Why none of the suggested units was sent, and which they were."""
    code, words = change.data.get("override"), names.words
    if not code:
        return ""
    listed = words("list.comma").join(names.unit(UnitId(unit)) for unit in change.data.get("suggested") or ())
    return words("desk.story.override", units=listed, reason=words(f"reason.override.{code}"))


def _run_card(change: Change, names: Names) -> str:
    """By which run card it was dispatched, and what that named that nobody was sent for."""
    card, words = change.data.get("run_card"), names.words
    if not card:
        return ""
    lacks = words("list.comma").join(str(need) for need in change.data.get("unmet") or ())
    return words("run_card.story_lacks" if lacks else "run_card.story", card=card, lacks=lacks)


def _staff(change: Change, names: Names) -> str:
    staff = change.data.get("staff")
    return names.person(StaffId(staff)) if staff else ""


def _condition(change: Change, names: Names) -> str:
    code = change.data.get("condition")
    if not code:
        return ""
    parts = [names.condition(code)]
    limit = change.data.get("limit")
    if limit:
        text = limit_text(Limit(limit["amount"], LimitUnit(limit["unit"])), names.words)
        parts.append(names.words("desk.story.limit", limit=text))
    return " · ".join(parts)


def _choice(change: Change, names: Names) -> str:
    words = names.words
    for name, prefix in (("level", "supervise"), ("satisfaction", "satisfaction"), ("emergency", "choice")):
        if change.data.get(name):
            return words(f"{prefix}.{change.data[name]}")
    if "confirmed" in change.data:
        return words("desk.story.confirmed" if change.data["confirmed"] else "desk.story.not_confirmed")
    return ""


def _sharing(change: Change, names: Names) -> str:
    """Who took a case from whom, to whom it was handed, why it was let go, and what came of a call."""
    data, words = change.data, names.words
    if change.action == "hand_over" and data.get("to"):
        return names.account(AccountId(data["to"]))
    if change.action == "take_over" and data.get("from"):
        return words("desk.claim.from", who=names.account(AccountId(data["from"])))
    if change.action == "release" and data.get("why"):
        return words(f"desk.claim.why.{data['why']}")
    return words(f"choice.{data['outcome']}") if change.action == "call_back" else ""


def _corrected(change: Change, names: Names) -> str:
    """What was corrected: each thing with what stood there before."""
    if change.action != "correct":
        return ""
    words = names.words
    now, before = _said(change.data), _said(change.data.get("before", {}))
    return words("list.semicolon").join(
        words(
            "correct.story",
            name=words(f"arg.{name}"),
            before=before.get(name) or words("correct.empty"),
            now=text or words("correct.empty"),
        )
        for name, text in now.items()
        if name in before
    )


def _said(data: dict[str, Any]) -> dict[str, str]:
    """Return what a correction says, in the order of its form; long words shortened."""
    said, place = data.get("reports"), data.get("place")
    told = {
        "title": data.get("title"),
        "words": said and said[0].get("text"),
        "address": data.get("address"),
        "place": place and f"{place[0]:.6f}, {place[1]:.6f}",
    }
    return {
        name: shortened(str(value or ""), MOST_SAID)
        for name, value in told.items()
        if name in data or (name == "words" and "reports" in data)
    }


def _until(change: Change, names: Names) -> str:
    until = change.data.get("until")
    if not until:
        return ""
    at = names.local(datetime.fromisoformat(until)).strftime("%Y-%m-%d %H:%M")
    return f"{names.words('arg.until')} {at}"


def _merge(change: Change, names: Names) -> str:
    gathered = change.data.get("cases") or ()
    return str(change.data.get("into") or "") or names.words("desk.and").join(map(str, gathered))


def _photos(change: Change, names: Names) -> str:
    report = change.data.get("report") or {}
    photos = change.data.get("photos") or report.get("photos") or ()
    return names.words("desk.story.photos", n=len(photos)) if photos else ""


def _text(change: Change, names: Names) -> str:
    return str(change.data.get("text") or "")


def _self_approved(change: Change, names: Names) -> str:
    return names.words("desk.story.self_approved") if change.data.get("self_approved") else ""


_PARTS: tuple[Callable[[Change, Names], str], ...] = (
    _reason,
    _units,
    _override,
    _run_card,
    _staff,
    _condition,
    _choice,
    _sharing,
    _corrected,
    _until,
    _merge,
    _photos,
    _text,
    _self_approved,
)
