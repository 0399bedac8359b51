"""How long things stay, and erasing what has to go: for the security administrator.

An erasure cannot be taken back, so it is asked for twice: first what it would take is counted, then the number of the
case is typed once more under that count.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.erasing import Erasable
from domain.wire_audit import Erased, ErasureAsked, Keeping, KeepingAsked, KeepingList
from widgets.admin.accounts import reason
from widgets.admin.asking import Load
from widgets.admin.known import Known
from widgets.admin.screen import Screen, Step
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.entries import Entry, FlagEntry, NoteEntry, NumberEntry, TextEntry
from widgets.forms.form import FormSpec

MOST_CASE_NO = 40


class KeepingScreen(Screen):
    """The classes of data with their days."""

    name = "keeping"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._classes: dict[str, Keeping] = {}
        self.refresh()

    def needs(self) -> tuple[Load, ...]:
        """Return the table."""
        return (Load("retention"),)

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take the table."""
        listed: KeepingList = value
        self._classes = {k.name: k for k in listed.classes}

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.keeping.class", "admin.keeping.days", "admin.keeping.bounds", "admin.keeping.standard")

    def rows(self) -> Sequence[Row]:
        """Return the classes as rows."""
        return [Row(k.name, (self.title(k.name), *self._figures(k))) for k in self._classes.values()]

    def title(self, key: str) -> str:
        """Return what a class is called."""
        return self.words(f"retention.{key}")

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is set for a class."""
        kept = self._classes.get(key)
        if kept is None:
            return ()
        names = ("admin.keeping.days", "admin.keeping.bounds", "admin.keeping.standard")
        return tuple(zip(names, self._figures(kept), strict=True))

    def steps(self) -> Sequence[Step]:
        """Offer to erase parts of a case."""
        return [Step("erase", "admin.keeping.erase", form=self._erase_form)]

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer other days."""
        return [Step("days", "admin.keeping.set", form=partial(self._days_form, self._classes[key]))]

    def set_done(self, act: Act, answer: Any) -> None:
        """What was asked for is done; an erasure that was counted is to be confirmed, other days are shown."""
        super().set_done(act, answer)
        if act.do == "erasure_count" and isinstance(answer, Erased):
            self.open_form(self._confirm_form(act, answer))
        elif isinstance(answer, KeepingList):
            self.put("retention", answer, more=False)

    def _figures(self, kept: Keeping) -> tuple[str, str, str]:
        bounds = self.words("admin.keeping.between", low=kept.least, high=kept.most)
        return str(kept.days), bounds, str(kept.standard)

    def _days_form(self, kept: Keeping) -> FormSpec:
        w = self.words

        def entries() -> list[Entry]:
            return [NumberEntry(w, "days", "admin.keeping.days", kept.days, kept.least, kept.most), reason(w)]

        return FormSpec(
            partial(self.title, kept.name),
            partial(w, "admin.keeping.set_effect"),
            entries,
            lambda v: Act("retention", kept.name, KeepingAsked(days=v["days"], reason=v["reason"])),
            "admin.save",
            grave=True,
        )

    def _erase_form(self) -> FormSpec:
        w = self.words

        def entries() -> list[Entry]:
            number = TextEntry(w, "case_no", "admin.keeping.case_no", most=MOST_CASE_NO)
            parts = [FlagEntry(w, what.value, f"erasable.{what.value}", value=False) for what in Erasable]
            return [number, *parts, reason(w)]

        def check(v: dict[str, Any]) -> str:
            return "" if any(v[what.value] for what in Erasable) else w("admin.keeping.nothing_chosen")

        def make(v: dict[str, Any]) -> Act:
            what = tuple(part.value for part in Erasable if v[part.value])
            return Act("erasure_count", v["case_no"], ErasureAsked(what=what, reason=v["reason"], count_only=True))

        title, effect = partial(w, "admin.keeping.erase"), partial(w, "admin.keeping.erase_effect")
        return FormSpec(title, effect, entries, make, "admin.keeping.count", check=check)

    def _confirm_form(self, counted: Act, found: Erased) -> FormSpec:
        w, asked = self.words, counted.body

        def entries() -> list[Entry]:
            parts = w("list.comma").join(w(f"erasable.{part}") for part in asked.what)
            return [
                NoteEntry(w, "what", "admin.keeping.what", parts),
                NoteEntry(w, "cases", "admin.keeping.cases", w("list.comma").join(found.cases)),
                TextEntry(w, "again", "admin.keeping.again", most=MOST_CASE_NO, hint="admin.keeping.again_hint"),
            ]

        def check(v: dict[str, Any]) -> str:
            return "" if v["again"] == counted.target else w("admin.keeping.again_differs", case_no=counted.target)

        def effect() -> str:
            key = "admin.keeping.takes" if found.values or found.contacts else "admin.keeping.takes_nothing"
            return w(key, values=found.values, contacts=found.contacts, cases=len(found.cases))

        body = ErasureAsked(what=asked.what, reason=asked.reason)
        title = partial(w, "admin.keeping.confirm", case_no=counted.target)
        make = partial(_erasure, counted.target, body)
        return FormSpec(title, effect, entries, make, "admin.keeping.erase_now", grave=True, check=check)


def _erasure(case_no: str, body: ErasureAsked, _values: dict[str, Any]) -> Act:
    return Act("erasure", case_no, body)
