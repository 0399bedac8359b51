"""Limits: the versions of the town's rules, which of them is in force, and a new one from a moment on."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from domain.case import Rules
from domain.clock import Limit
from domain.states import OPEN, CaseState
from domain.wire_admin import RulesEdit
from widgets.admin.known import Known
from widgets.admin.screen import Step
from widgets.admin.settings_screen import SettingsScreen
from widgets.common.row_table import Row
from widgets.durations import limit_text
from widgets.forms.act import Act
from widgets.forms.entries import Entry, LimitEntry, NumberEntry, WhenEntry
from widgets.forms.form import FormSpec

BOUNDS = (
    ("max_extensions", 0, 100),
    ("max_suspensions", 0, 100),
    ("max_suspension_days", 1, 3650),
    ("max_redos", 0, 100),
    ("claim_minutes", 1, 1440),
    ("similar_m", 0, 2000),
    ("similar_hours", 0, 720),
    ("task_minutes", 1, 1440),
    ("whistle_minutes", 1, 1440),
    ("whistle_escalate_minutes", 1, 1440),
    ("message_minutes", 1, 1440),
    ("roll_call_minutes", 1, 1440),
)
FIRST = "first"
STAGES = tuple(state for state in CaseState if state in OPEN)


class LimitsScreen(SettingsScreen):
    """The limits, newest first."""

    name = "limits"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.refresh()

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.since", "admin.limit.whole_case", "admin.limit.return_window", "admin.state")

    def rows(self) -> Sequence[Row]:
        """Return the versions as rows."""
        now, current = self.known.now, self._current()
        found = []
        for key, (since, rules) in self._versions().items():
            state = "now" if key == current else "planned" if since is not None and since > now else "over"
            whole, window = limit_text(rules.whole_case, self.words), limit_text(rules.return_window, self.words)
            cells = (self._since(since), whole, window, self.words(f"admin.in_force.{state}"))
            found.append(Row(key, cells, dim=state == "over"))
        return found[::-1]

    def title(self, key: str) -> str:
        """Return from when it is in force."""
        since = self._versions()[key][0]
        words, first = self.words, "admin.limit.first_version"
        return words(first) if since is None else words("admin.limit.version", since=self._since(since))

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return all limits of a version; of the one in force where none is chosen."""
        versions = self._versions()
        chosen = key or self._current()
        if chosen not in versions:
            return ()
        rules, w = versions[chosen][1], self.words
        stages = [(f"state.{s}", limit_text(rules.stage[s], w)) for s in STAGES if s in rules.stage]
        numbers = [(f"admin.limit.{name}", str(getattr(rules, name))) for name, _, _ in BOUNDS]
        return (
            *stages,
            ("admin.limit.whole_case", limit_text(rules.whole_case, w)),
            ("admin.limit.return_window", limit_text(rules.return_window, w)),
            *numbers,
        )

    def steps(self) -> Sequence[Step]:
        """Offer other limits."""
        return [Step("new", "admin.limit.new", form=partial(self._form, self._current()))] if self.may_edit else []

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer to begin with those of a version."""
        return [Step("from", "admin.limit.from", form=partial(self._form, key))] if self.may_edit else []

    def _versions(self) -> dict[str, tuple[datetime | None, Rules]]:
        if self.settings is None:
            return {}
        rules = self.settings.rules
        found: dict[str, tuple[datetime | None, Rules]] = {FIRST: (None, rules)}
        return found | {v.since.isoformat(): (v.since, v.rules) for v in rules.later}

    def _current(self) -> str:
        begun = [k for k, (since, _) in self._versions().items() if since is None or since <= self.known.now]
        return begun[-1] if begun else ""

    def _since(self, since: datetime | None) -> str:
        return self.words("admin.from_the_first") if since is None else self.known.moment(since)

    def _form(self, key: str) -> FormSpec:
        w, rules = self.words, self._versions()[key][1]

        def entries() -> list[Entry]:
            stages: list[Entry] = [LimitEntry(w, s.value, f"state.{s}", rules.stage.get(s), empty=True) for s in STAGES]
            return [
                WhenEntry(self.known.names, "since", "admin.since", self.known.now),
                *stages,
                LimitEntry(w, "whole_case", "admin.limit.whole_case", rules.whole_case),
                LimitEntry(w, "return_window", "admin.limit.return_window", rules.return_window),
                *(NumberEntry(w, n, f"admin.limit.{n}", getattr(rules, n), low, high) for n, low, high in BOUNDS),
            ]

        def make(v: dict[str, Any]) -> Act:
            stage: dict[CaseState, Limit] = {s: v[s.value] for s in STAGES if v[s.value] is not None}
            edit = RulesEdit(
                revision=self.revision,
                since=v["since"],
                stage=stage,
                whole_case=v["whole_case"],
                return_window=v["return_window"],
                max_extensions=v["max_extensions"],
                max_suspensions=v["max_suspensions"],
                max_suspension_days=v["max_suspension_days"],
                max_redos=v["max_redos"],
                claim_minutes=v["claim_minutes"],
                similar_m=v["similar_m"],
                similar_hours=v["similar_hours"],
                task_minutes=v["task_minutes"],
                whistle_minutes=v["whistle_minutes"],
                whistle_escalate_minutes=v["whistle_escalate_minutes"],
                message_minutes=v["message_minutes"],
                roll_call_minutes=v["roll_call_minutes"],
            )
            return Act("rules", "", edit)

        return FormSpec(partial(w, "admin.limit.new"), partial(w, "admin.limit.effect"), entries, make, "admin.save")
