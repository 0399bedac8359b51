"""Units: what a case can be assigned to."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.ids import GridCode
from domain.people import Unit, UnitKind
from domain.wire_admin import UnitEdit
from widgets.admin.known import Known
from widgets.admin.screen import Step
from widgets.admin.settings_screen import SettingsScreen
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.entries import ChoiceEntry, Entry, LinesEntry, ManyEntry, TextEntry
from widgets.forms.form import FormSpec


class UnitsScreen(SettingsScreen):
    """The units."""

    name = "units"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self.refresh()

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return tuple(f"admin.unit.{name}" for name in ("code", "name", "kind", "kinds", "grids"))

    def rows(self) -> Sequence[Row]:
        """Return the units as rows."""
        return [
            Row(u.unit_id, (u.unit_id, u.name, self.words(f"unit_kind.{u.kind}"), self._kinds(u), str(len(u.grids))))
            for u in self._units().values()
        ]

    def title(self, key: str) -> str:
        """Return the unit's name."""
        return self._units()[key].name

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is known of a unit."""
        if not key:
            return ()
        u = self._units()[key]
        grids = self.words("list.comma").join(self.known.names.grid(code) for code in u.grids)
        return (
            ("admin.unit.code", u.unit_id),
            ("admin.unit.kind", self.words(f"unit_kind.{u.kind}")),
            ("admin.unit.kinds", self._kinds(u) or "—"),
            ("admin.unit.grids", grids or "—"),
        )

    def steps(self) -> Sequence[Step]:
        """Offer a new unit."""
        return [Step("new", "admin.unit.new", form=partial(self._form, None))] if self.may_edit else []

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer to alter one."""
        return [Step("edit", "admin.edit", form=partial(self._form, self._units()[key]))] if self.may_edit else []

    def _units(self) -> dict[str, Unit]:
        return {} if self.settings is None else {u.unit_id: u for u in self.settings.units}

    def _kinds(self, unit: Unit) -> str:
        return self.words("list.comma").join(self.known.names.kind(code) for code in unit.kinds)

    def _kind_choices(self) -> Sequence[Choice]:
        names = self.known.names
        return (
            [] if self.settings is None else [Choice(k.code, names.kind(k.code), k.code) for k in self.settings.kinds]
        )

    def _form(self, u: Unit | None) -> FormSpec:
        w = self.words

        def entries() -> list[Entry]:
            code = "" if u is None else u.unit_id
            return [
                TextEntry(w, "code", "admin.unit.code", code, most=64, fixed=u is not None),
                TextEntry(w, "name", "admin.unit.name", "" if u is None else u.name),
                ChoiceEntry(
                    w,
                    "kind",
                    "admin.unit.kind",
                    lambda: [Choice(kind.value, w(f"unit_kind.{kind}")) for kind in UnitKind],
                    UnitKind.TEAM if u is None else u.kind,
                ),
                ManyEntry(w, "kinds", "admin.unit.kinds", self._kind_choices, () if u is None else u.kinds),
                LinesEntry(
                    w,
                    "grids",
                    "admin.unit.grids",
                    () if u is None else u.grids,
                    most=2000,
                    hint="admin.unit.grids_hint",
                ),
            ]

        def make(v: dict[str, Any]) -> Act:
            grids = tuple(GridCode(code) for code in v["grids"])
            body = UnitEdit(
                revision=self.revision, name=v["name"], kind=UnitKind(v["kind"]), kinds=v["kinds"], grids=grids
            )
            return Act("unit", v["code"], body)

        def check(v: dict[str, Any]) -> str:
            return w("admin.code_taken", code=v["code"]) if u is None and v["code"] in self._units() else ""

        title = partial(w, "admin.unit.new") if u is None else partial(w, "admin.edit_thing", what=u.name)
        return FormSpec(title, partial(w, "admin.unit.effect"), entries, make, "admin.save", check=check)
