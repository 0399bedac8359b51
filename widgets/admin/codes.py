"""Code tables: kinds of cases and filing conditions, in force or planned for a later moment."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.case import CaseKind, Condition
from domain.clock import Limit, LimitUnit
from domain.wire_admin import ConditionEdit, KindEdit
from widgets.admin.known import Known
from widgets.admin.screen import Step
from widgets.admin.settings_screen import SettingsScreen
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row
from widgets.durations import limit_text
from widgets.forms.act import Act
from widgets.forms.entries import ChoiceEntry, Entry, FlagEntry, LimitEntry, LinesEntry, TextEntry, WhenEntry
from widgets.forms.form import FormSpec

PLANNED = "@"
"""Between a code and the moment from which a planned row holds, in the key of its row."""


class _CodesScreen(SettingsScreen):
    def _state(self, enabled: bool) -> str:
        return self.words("admin.enabled" if enabled else "admin.disabled")

    def _kind_choices(self) -> Sequence[Choice]:
        names = self.known.names
        return (
            [] if self.settings is None else [Choice(k.code, names.kind(k.code), k.code) for k in self.settings.kinds]
        )

    def _name(self, row: CaseKind | Condition) -> str:
        return row.name_zh if self.known.names.chinese else row.name_en

    def _when(self) -> Entry:
        return WhenEntry(self.known.names, "since", "admin.since", self.known.now)

    def _since(self, key: str) -> str:
        """Return from when a row holds: empty for one in force."""
        if self.settings is None or PLANNED not in key:
            return ""
        moments = {p.since.isoformat(): p.since for p in self.settings.planned}
        at = moments.get(key.split(PLANNED, 1)[1])
        return "" if at is None else self.known.moment(at)

    def _force(self, key: str) -> str:
        since = self._since(key)
        return self.words("admin.planned_for", since=since) if since else self.words("admin.in_force.now")


class KindsScreen(_CodesScreen):
    """Kinds of cases."""

    name = "kinds"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.refresh()

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.code", "admin.name_zh", "admin.name_en", "admin.state", "admin.in_force")

    def rows(self) -> Sequence[Row]:
        """Return the kinds as rows, what is planned after what is in force."""
        return [
            Row(key, (k.code, k.name_zh, k.name_en, self._state(k.enabled), self._force(key)), dim=not k.enabled)
            for key, k in self._kinds().items()
        ]

    def title(self, key: str) -> str:
        """Return the kind's name."""
        kind = self._kinds()[key]
        return f"{kind.code} {self._name(kind)}"

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is known of a kind."""
        if not key:
            return ()
        k = self._kinds()[key]
        return (
            ("admin.in_force", self._force(key)),
            ("admin.state", self._state(k.enabled)),
            ("admin.kind.parent", self.known.names.kind(k.parent) if k.parent else "—"),
            ("admin.kind.sensitive", self.words("admin.yes" if k.sensitive else "admin.no")),
        )

    def steps(self) -> Sequence[Step]:
        """Offer a new kind."""
        return [Step("new", "admin.kind.new", form=partial(self._form, None))] if self.may_edit else []

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer to alter one."""
        return [Step("edit", "admin.edit", form=partial(self._form, self._kinds()[key]))] if self.may_edit else []

    def _kinds(self) -> dict[str, CaseKind]:
        if self.settings is None:
            return {}
        planned = {f"{p.kind.code}{PLANNED}{p.since.isoformat()}": p.kind for p in self.settings.planned if p.kind}
        return {k.code: k for k in self.settings.kinds} | planned

    def _form(self, k: CaseKind | None) -> FormSpec:
        w = self.words

        def entries() -> list[Entry]:
            return [
                TextEntry(w, "code", "admin.code", "" if k is None else k.code, most=64, fixed=k is not None),
                TextEntry(w, "name_zh", "admin.name_zh", "" if k is None else k.name_zh, most=100),
                TextEntry(w, "name_en", "admin.name_en", "" if k is None else k.name_en, most=100),
                ChoiceEntry(
                    w,
                    "parent",
                    "admin.kind.parent",
                    self._kind_choices,
                    "" if k is None or k.parent is None else k.parent,
                    required=False,
                ),
                FlagEntry(w, "enabled", "admin.enabled", True if k is None else k.enabled),
                FlagEntry(
                    w,
                    "sensitive",
                    "admin.kind.sensitive",
                    False if k is None else k.sensitive,
                    hint="admin.kind.sensitive_hint",
                ),
                self._when(),
            ]

        def make(v: dict[str, Any]) -> Act:
            edit = KindEdit(
                revision=self.revision,
                since=v["since"],
                name_zh=v["name_zh"],
                name_en=v["name_en"],
                parent=v["parent"] or None,
                enabled=v["enabled"],
                sensitive=v["sensitive"],
            )
            return Act("kind", v["code"], edit)

        def check(v: dict[str, Any]) -> str:
            return w("admin.code_taken", code=v["code"]) if k is None and v["code"] in self._kinds() else ""

        title = partial(w, "admin.kind.new") if k is None else partial(w, "admin.edit_thing", what=self._name(k))
        return FormSpec(title, partial(w, "admin.kind.effect"), entries, make, "admin.save", check=check)


class ConditionsScreen(_CodesScreen):
    """Filing conditions."""

    name = "conditions"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.refresh()

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return (
            "admin.code",
            "admin.name",
            "admin.condition.kind",
            "admin.condition.limit",
            "admin.state",
            "admin.in_force",
        )

    def rows(self) -> Sequence[Row]:
        """Return the conditions as rows, what is planned after what is in force."""
        return [
            Row(
                key,
                (
                    c.code,
                    self._name(c),
                    self.known.names.kind(c.kind),
                    limit_text(c.limit, self.words),
                    self._state(c.enabled),
                    self._force(key),
                ),
                dim=not c.enabled,
            )
            for key, c in self._conditions().items()
        ]

    def title(self, key: str) -> str:
        """Return the condition's name."""
        return self._name(self._conditions()[key])

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is known of a condition."""
        if not key:
            return ()
        c = self._conditions()[key]
        closing = c.closing_zh if self.known.names.chinese else c.closing_en
        return (
            ("admin.code", c.code),
            ("admin.in_force", self._force(key)),
            ("admin.state", self._state(c.enabled)),
            ("admin.condition.kind", self.known.names.kind(c.kind) or "—"),
            ("admin.condition.limit", limit_text(c.limit, self.words)),
            ("admin.condition.closing", "\n".join(closing) or "—"),
        )

    def steps(self) -> Sequence[Step]:
        """Offer a new condition."""
        return [Step("new", "admin.condition.new", form=partial(self._form, None))] if self.may_edit else []

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer to alter one."""
        row = self._conditions()[key]
        return [Step("edit", "admin.edit", form=partial(self._form, row))] if self.may_edit else []

    def _conditions(self) -> dict[str, Condition]:
        if self.settings is None:
            return {}
        rows = [p for p in self.settings.planned if p.condition]
        planned = {f"{p.condition.code}{PLANNED}{p.since.isoformat()}": p.condition for p in rows if p.condition}
        return {c.code: c for c in self.settings.conditions} | planned

    def _form(self, c: Condition | None) -> FormSpec:
        w = self.words
        shown = c or Condition("", "", "", "", Limit(1, LimitUnit.WORK_DAY))

        def entries() -> list[Entry]:
            return [
                TextEntry(w, "code", "admin.code", shown.code, most=64, fixed=c is not None),
                TextEntry(w, "name_zh", "admin.name_zh", shown.name_zh, most=100),
                TextEntry(w, "name_en", "admin.name_en", shown.name_en, most=100),
                ChoiceEntry(w, "kind", "admin.condition.kind", self._kind_choices, shown.kind, required=False),
                LimitEntry(w, "limit", "admin.condition.limit", shown.limit),
                LinesEntry(w, "closing_zh", "admin.condition.closing_zh", shown.closing_zh, hint="admin.lines_hint"),
                LinesEntry(w, "closing_en", "admin.condition.closing_en", shown.closing_en),
                FlagEntry(w, "enabled", "admin.enabled", shown.enabled),
                self._when(),
            ]

        def make(v: dict[str, Any]) -> Act:
            edit = ConditionEdit(
                revision=self.revision,
                since=v["since"],
                kind=v["kind"],
                name_zh=v["name_zh"],
                name_en=v["name_en"],
                limit=v["limit"],
                closing_zh=v["closing_zh"],
                closing_en=v["closing_en"],
                enabled=v["enabled"],
            )
            return Act("condition", v["code"], edit)

        def check(v: dict[str, Any]) -> str:
            return w("admin.code_taken", code=v["code"]) if c is None and v["code"] in self._conditions() else ""

        title = partial(w, "admin.condition.new") if c is None else partial(w, "admin.edit_thing", what=self._name(c))
        return FormSpec(title, partial(w, "admin.condition.effect"), entries, make, "admin.save", check=check)
