"""The record: who did what, by person, thing and time; and the keys and heads that prove it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.change import Change, Subject
from domain.wire_audit import AuditPage, HeadToSign, KnownKey
from resources.words import shortened
from widgets.admin.asking import Load
from widgets.admin.known import Known
from widgets.admin.screen import Screen, Step
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.entries import ChoiceEntry, Entry, TextEntry, WhenEntry
from widgets.forms.form import FormSpec

LONGEST_VALUE = 400


class TrailScreen(Screen):
    """Changes, newest first. The first page of each question is itself recorded."""

    name = "trail"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._changes: dict[str, Change] = {}
        self._before: int | None = None
        self._asked: dict[str, Any] = {}
        self.refresh()

    def needs(self) -> tuple[Load, ...]:
        """Return the first page of what was asked last."""
        return (Load("trail", dict(self._asked)),)

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take a page."""
        page: AuditPage = value
        found = {str(change.seq): change for change in page.changes}
        self._changes = self._changes | found if more else found
        self._before = page.before

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return tuple(f"admin.trail.{name}" for name in ("at", "who", "did", "subject", "subject_id", "seq"))

    def rows(self) -> Sequence[Row]:
        """Return the changes as rows."""
        return [
            Row(
                key,
                (
                    self.known.names.local(c.recorded_at).strftime("%Y-%m-%d %H:%M:%S"),
                    c.actor,
                    self.known.names.did(c.action),
                    self.words(f"admin.subject.{c.subject}"),
                    c.subject_id,
                    key,
                ),
                search=c.action,
            )
            for key, c in self._changes.items()
        ]

    def title(self, key: str) -> str:
        """Return what was done."""
        return self.known.names.did(self._changes[key].action)

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return all that is told of a change; without one, what was asked."""
        if not key:
            return self._filters()
        c = self._changes[key]
        found = [
            ("admin.trail.at", self.known.names.local(c.recorded_at).strftime("%Y-%m-%d %H:%M:%S")),
            ("admin.trail.who", c.actor),
            ("admin.trail.subject", f"{self.words(f'admin.subject.{c.subject}')} {c.subject_id}"),
            ("admin.trail.action", c.action),
            ("admin.trail.seq", key),
        ]
        if c.data.get("reason"):
            found.append(("admin.reason", str(c.data["reason"])))
        for name in ("before", "after"):
            values = c.data.get(name)
            if isinstance(values, dict) and values:
                found.append((f"admin.trail.{name}", "\n".join(f"{k}: {_short(v)}" for k, v in values.items())))
        if asked := self._asked_for(c):
            found.append(("admin.trail.filters", "\n".join(asked)))
        rest = {k: v for k, v in c.data.items() if k not in {"reason", "before", "after", "filters"}}
        if rest:
            found.append(("admin.trail.more", "\n".join(f"{k}: {_short(v)}" for k, v in rest.items())))
        return found

    def _asked_for(self, c: Change) -> list[str]:
        """Return by what a reading was narrowed, by the names the filter itself has; what was left open is not told."""
        values = c.data.get("filters")
        told = []
        for name, value in values.items() if isinstance(values, dict) else ():
            key = f"admin.trail.{name}"
            if value not in (None, ""):
                told.append(f"{self.words(key) if self.words.has(key) else name}: {_short(value)}")
        return told

    def steps(self) -> Sequence[Step]:
        """Offer to narrow the trail, and older changes."""
        more = Step("more", "admin.trail.older", load=Load("trail", {**self._asked, "before": self._before}, True))
        return [Step("filter", "admin.trail.filter", form=self._form), *([more] if self._before else [])]

    def set_done(self, act: Act, answer: Any) -> None:
        """The filters were given: ask anew."""
        super().set_done(act, answer)
        self._asked = dict(act.body)
        self.load()

    def _filters(self) -> Sequence[tuple[str, str]]:
        said = []
        for name, value in self._asked.items():
            if isinstance(value, Subject):
                said.append((f"admin.trail.{name}", self.words(f"admin.subject.{value}")))
            elif value:
                shown = self.known.moment(value) if isinstance(value, datetime) else str(value)
                said.append((f"admin.trail.{name}", shown))
        return said

    def _form(self) -> FormSpec:
        w, asked = self.words, self._asked

        def entries() -> list[Entry]:
            subjects = [Choice(s.value, w(f"admin.subject.{s}")) for s in Subject]
            return [
                TextEntry(w, "who", "admin.trail.who", asked.get("who") or "", most=64, required=False),
                ChoiceEntry(
                    w,
                    "subject",
                    "admin.trail.subject",
                    lambda: subjects,
                    asked.get("subject") or "",
                    required=False,
                    hint="admin.trail.subject_hint",
                ),
                TextEntry(
                    w, "subject_id", "admin.trail.subject_id", asked.get("subject_id") or "", most=128, required=False
                ),
                WhenEntry(self.known.names, "since", "admin.trail.since", self.known.now, required=False),
            ]

        def make(v: dict[str, Any]) -> Act:
            subject = Subject(v["subject"]) if v["subject"] else None
            asked = {"who": v["who"] or None, "subject": subject, "subject_id": v["subject_id"] or None}
            return Act("ask_trail", "", asked | {"since": v["since"]})

        return FormSpec(
            lambda: w("admin.trail.filter"), lambda: w("admin.trail.effect"), entries, make, "admin.trail.ask"
        )


class ProofScreen(Screen):
    """The keys that sign, and the head that was signed last."""

    name = "proof"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._keys: list[KnownKey] = []
        self._log: HeadToSign | None = None
        self.refresh()

    def needs(self) -> tuple[Load, ...]:
        """Return head and keys."""
        return (Load("head"), Load("keys"))

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take the one or the other."""
        if what == "head":
            self._log = value
        else:
            self._keys = list(value)

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.proof.key", "admin.proof.added_at", "admin.proof.endorsed_by", "admin.state")

    def rows(self) -> Sequence[Row]:
        """Return the keys as rows, the one in force first."""
        w = self.words
        return [
            Row(
                k.key_id,
                (
                    k.key_id,
                    self.known.moment(k.added_at),
                    k.endorsed_by or w("admin.proof.nobody"),
                    w("admin.proof.signs" if k is self._keys[-1] else "admin.proof.replaced"),
                ),
                dim=k is not self._keys[-1],
            )
            for k in reversed(self._keys)
        ]

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return the public key of a row; without one, where the log stands and what of it is signed."""
        if key:
            public = next(k.public for k in self._keys if k.key_id == key)
            return (("admin.proof.public", _grouped(public.hex(), 8)),)
        head = self._log
        if head is None:
            return ()
        found = [
            ("admin.proof.head", str(head.seq)),
            ("admin.proof.head_at", self.known.moment(head.recorded_at)),
            ("admin.proof.hash", _grouped(head.hash.hex(), 8)),
        ]
        if head.signed is None:
            return [*found, ("admin.proof.signed", self.words("admin.proof.never"))]
        return [
            *found,
            ("admin.proof.signed", str(head.signed.seq)),
            ("admin.proof.signed_at", head.signed.signed_at),
            ("admin.proof.signed_by", head.signed.key_id),
            ("admin.proof.unsigned", str(head.seq - head.signed.seq)),
        ]


def _short(value: Any) -> str:
    return shortened(str(value), LONGEST_VALUE)


def _grouped(text: str, size: int) -> str:
    return " ".join(text[i : i + size] for i in range(0, len(text), size))
