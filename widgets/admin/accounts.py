"""Accounts: who there is, what they may do, and what each administrator does to them."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.ids import StaffId, UnitId
from domain.people import ADMIN_ROLES, Role
from domain.wire_admin import (
    AccountAsked,
    AccountEdit,
    AccountInfo,
    AccountPage,
    AccountStep,
    PasswordReset,
    RightsAsked,
)
from widgets.admin.asking import Load
from widgets.admin.known import Known
from widgets.admin.screen import Screen, Step
from widgets.common.pick_list import Choice
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.entries import ChoiceEntry, Entry, ManyEntry, TextEntry
from widgets.forms.form import FormSpec

MOST_REASON = 200
LEAST_PASSWORD = 10
GRAVE = frozenset({"sign-out", "totp-reset", "disable", "lock"})


class AccountsScreen(Screen):
    """The accounts, by sign-in name."""

    name = "accounts"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._accounts: dict[str, AccountInfo] = {}
        self._after: str | None = None
        self.refresh()

    def needs(self) -> tuple[Load, ...]:
        """Return the first page."""
        return (Load("accounts"),)

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take a page."""
        page: AccountPage = value
        found = {str(a.account): a for a in page.accounts}
        self._accounts = self._accounts | found if more else found
        self._after = page.after

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return tuple(f"admin.account.{name}" for name in ("account", "name", "roles", "area", "state"))

    def rows(self) -> Sequence[Row]:
        """Return the accounts as rows."""
        known = self.known
        return [
            Row(
                a.account,
                (a.account, a.name, known.role_names(a.roles), known.area_name(a.area), self._state(a)),
                dim=a.disabled,
                search=f"{known.names.unit(a.unit)} {known.names.person(a.staff)}",
            )
            for a in self._accounts.values()
        ]

    def title(self, key: str) -> str:
        """Return name and sign-in name."""
        return self._called(self._accounts[key])

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is known of an account."""
        if not key:
            return ()
        known, a = self.known, self._accounts[key]
        return (
            ("admin.account.state", self._state(a)),
            ("admin.account.roles", known.role_names(a.roles)),
            ("admin.account.area", known.area_name(a.area)),
            ("admin.account.unit", known.names.unit(a.unit) or "—"),
            ("admin.account.staff", known.names.person(a.staff) or "—"),
            ("admin.account.totp", self.words("admin.yes" if a.totp else "admin.no")),
            ("admin.account.added_at", known.moment(a.added_at)),
        )

    def steps(self) -> Sequence[Step]:
        """Offer a new account, and the rest of the list."""
        more = [Step("more", "admin.more", load=Load("accounts", {"after": self._after}, more=True))]
        own = [Step("new", "admin.account.new", form=self._new_form)] if self._is(Role.SYSTEM_ADMIN) else []
        return (*own, *(more if self._after else []))

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer what this administrator may do with the account; nobody alters their own."""
        a = self._accounts[key]
        if a.account == self.known.account:
            return ()
        names: list[str] = []
        if self._is(Role.SYSTEM_ADMIN) and not a.roles & ADMIN_ROLES:
            names += ["edit", "enable" if a.disabled else "disable"] + ([] if a.script else ["password"])
        if self._is(Role.SECURITY_ADMIN):
            names += ["rights", "unlock" if a.locked else "lock", "sign-out"] + (["totp-reset"] if a.totp else [])
        return [Step(n, f"admin.account.step.{n}", form=partial(self._form, n, a)) for n in names]

    def _is(self, role: Role) -> bool:
        return role in self.known.roles

    def _called(self, a: AccountInfo) -> str:
        return self.words("admin.account.called", name=a.name, account=a.account)

    def _state(self, a: AccountInfo) -> str:
        marks = {
            "disabled": a.disabled,
            "locked": a.locked,
            "first": a.must_change_password and not a.script,
            "script": a.script,
            "no_role": not a.roles,
        }
        said = [self.words(f"admin.account.is.{name}") for name, holds in marks.items() if holds]
        return self.words("list.comma").join(said) or self.words("admin.account.is.open")

    def _form(self, step: str, a: AccountInfo) -> FormSpec:
        forms = {"edit": self._edit_form, "password": self._password_form, "rights": self._rights_form}
        make = forms.get(step)
        return self._step_form(step, a) if make is None else make(a)

    def _belonging(self, unit: str | None, staff: str | None) -> list[Entry]:
        w, known = self.words, self.known
        return [
            ChoiceEntry(w, "unit", "admin.account.unit", known.unit_choices, unit or "", required=False),
            ChoiceEntry(w, "staff", "admin.account.staff", known.staff_choices, staff or "", required=False),
        ]

    def _new_form(self) -> FormSpec:
        w = self.words

        def entries() -> list[Entry]:
            return [
                TextEntry(w, "account", "admin.account.account", most=64),
                TextEntry(w, "name", "admin.account.name"),
                _password(w),
                *self._belonging(None, None),
            ]

        def make(v: dict[str, Any]) -> Act:
            asked = AccountAsked(
                account=v["account"], name=v["name"], password=v["password"], unit=_unit(v), staff=_staff(v)
            )
            return Act("account_new", "", asked)

        return FormSpec(
            partial(w, "admin.account.new"), partial(w, "admin.account.new_effect"), entries, make, "admin.account.make"
        )

    def _edit_form(self, a: AccountInfo) -> FormSpec:
        w = self.words

        def make(v: dict[str, Any]) -> Act:
            asked = AccountEdit(version=a.version, name=v["name"], unit=_unit(v), staff=_staff(v))
            return Act("account_edit", a.account, asked)

        return FormSpec(
            partial(w, "admin.account.title.edit", who=self._called(a)),
            partial(w, "admin.account.effect.edit"),
            lambda: [TextEntry(w, "name", "admin.account.name", a.name), *self._belonging(a.unit, a.staff)],
            make,
        )

    def _password_form(self, a: AccountInfo) -> FormSpec:
        w = self.words

        def make(v: dict[str, Any]) -> Act:
            asked = PasswordReset(version=a.version, password=v["password"], reason=v["reason"])
            return Act("password_reset", a.account, asked)

        return FormSpec(
            partial(w, "admin.account.title.password", who=self._called(a)),
            partial(w, "admin.account.effect.password"),
            lambda: [_password(w), reason(w)],
            make,
            "admin.account.step.password",
            grave=True,
        )

    def _rights_form(self, a: AccountInfo) -> FormSpec:
        w, known = self.words, self.known

        def entries() -> list[Entry]:
            chosen = [role.value for role in Role if role in a.roles]
            areas = known.area_choices
            return [
                ManyEntry(w, "roles", "admin.account.roles", known.role_choices, chosen),
                ChoiceEntry(
                    w, "area", "admin.account.area", lambda: [Choice("", w("admin.area_all")), *areas()], a.area
                ),
                reason(w),
            ]

        def make(v: dict[str, Any]) -> Act:
            roles = frozenset(Role(role) for role in v["roles"])
            asked = RightsAsked(version=a.version, roles=roles, area=v["area"], reason=v["reason"])
            return Act("rights", a.account, asked)

        return FormSpec(
            partial(w, "admin.account.title.rights", who=self._called(a)),
            partial(w, "admin.account.effect.rights"),
            entries,
            make,
            "admin.account.step.rights",
        )

    def _step_form(self, step: str, a: AccountInfo) -> FormSpec:
        w = self.words
        return FormSpec(
            partial(w, f"admin.account.title.{step}", who=self._called(a)),
            partial(w, f"admin.account.effect.{step}"),
            lambda: [reason(w)],
            lambda v: Act(step, a.account, AccountStep(version=a.version, reason=v["reason"])),
            f"admin.account.step.{step}",
            grave=step in GRAVE,
        )


def reason(words: Any) -> Entry:
    """Return the entry for why something is done; it is kept in the record."""
    return TextEntry(words, "reason", "admin.reason", most=MOST_REASON, least=2, hint="admin.reason_hint")


def _password(words: Any) -> Entry:
    return TextEntry(
        words,
        "password",
        "admin.account.first_password",
        most=256,
        least=LEAST_PASSWORD,
        secret=True,
        hint="admin.account.first_password_hint",
    )


def _unit(values: dict[str, Any]) -> UnitId | None:
    return UnitId(values["unit"]) if values["unit"] else None


def _staff(values: dict[str, Any]) -> StaffId | None:
    return StaffId(values["staff"]) if values["staff"] else None
