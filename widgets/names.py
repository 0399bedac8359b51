"""Names of kinds, grids, units and people in the language in use; shared by the panels, filled by the console."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from domain.case import Case, CaseKind, Condition
from domain.change import Change
from domain.ids import SERVICE, AccountId, GridCode, StaffId, UnitId
from domain.machine import STEPS
from domain.people import Role, Staff, Unit, Vehicle
from domain.places import Placement
from domain.wire import AccountName, Me, TownInfo
from resources.words import Words
from widgets.templates import Templates


class Names:
    """What things are called. Unknown codes are shown as they are; after it was changed, panels are refreshed."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.town: TownInfo | None = None
        self.me: Me | None = None
        self.units: dict[UnitId, Unit] = {}
        self.people: dict[StaffId, Staff] = {}
        self.vehicles: tuple[Vehicle, ...] = ()
        self._accounts: Mapping[AccountId, str] = {}
        self.colleagues: tuple[AccountName, ...] = ()
        self.templates = Templates()
        self._kinds: dict[str, CaseKind] = {}
        self._conditions: dict[str, Condition] = {}
        self._grids: dict[GridCode, str] = {}
        self._zone = ZoneInfo("Asia/Shanghai")

    def set_town(self, town: TownInfo) -> None:
        """Take the town's kinds, conditions and time zone."""
        self.town = town
        self._kinds = {kind.code: kind for kind in town.kinds}
        self._conditions = {condition.code: condition for condition in town.conditions}
        self._zone = ZoneInfo(town.calendar.timezone)

    def set_grids(self, names: Mapping[GridCode, str]) -> None:
        """Take the grids' names by code."""
        self._grids = dict(names)

    def set_people(self, units: Iterable[Unit], staff: Iterable[Staff], vehicles: Iterable[Vehicle] = ()) -> None:
        """Take units, staff and vehicles."""
        self.units = {unit.unit_id: unit for unit in units}
        self.people = {person.staff_id: person for person in staff}
        self.vehicles = tuple(vehicles)

    def set_accounts(self, names: Mapping[AccountId, str]) -> None:
        """Take what the accounts that act on cases are called."""
        self._accounts = names

    def set_colleagues(self, colleagues: Iterable[AccountName]) -> None:
        """Take who works at the consoles of the room."""
        self.colleagues = tuple(colleagues)

    def set_me(self, me: Me | None) -> None:
        """Take who is signed in."""
        self.me = me

    @property
    def kinds(self) -> tuple[CaseKind, ...]:
        """The town's case kinds in the order of its table."""
        return () if self.town is None else self.town.kinds

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The town's filing conditions in the order of its table."""
        return () if self.town is None else self.town.conditions

    @property
    def chinese(self) -> bool:
        """Whether names are shown in Chinese."""
        return self.words.language == "zh-CN"

    def town_name(self) -> str:
        """Return the town's name, or an empty text before there is a town."""
        if self.town is None:
            return ""
        return self.town.name_zh if self.chinese else self.town.name_en

    def kind(self, code: str) -> str:
        """Return the name of a case kind."""
        kind = self._kinds.get(code)
        if kind is None:
            return code
        return kind.name_zh if self.chinese else kind.name_en

    def condition(self, code: str) -> str:
        """Return the name of a filing condition."""
        condition = self._conditions.get(code)
        if condition is None:
            return code
        return condition.name_zh if self.chinese else condition.name_en

    def closing(self, case: Case) -> list[str]:
        """Return what must hold at closing, as shown; the Chinese texts are what a tick sends back."""
        condition = self._conditions.get(case.condition)
        shown = () if condition is None or self.chinese else condition.closing_en
        return list(shown) if len(shown) == len(case.closing) else list(case.closing)

    def grid(self, code: GridCode | None) -> str:
        """Return the name of a grid; empty for none."""
        return "" if code is None else self._grids.get(code, code)

    def place(self, case: Case) -> str:
        """Return where a case lies with respect to the grids: a grid's name, or that none holds it."""
        if case.placement is Placement.INSIDE and case.grid_code is not None:
            return self.grid(case.grid_code)
        return self.words(f"placement.{case.placement}")

    def unit(self, unit_id: UnitId | None) -> str:
        """Return the name of a unit; empty for none."""
        if unit_id is None:
            return ""
        unit = self.units.get(unit_id)
        return unit_id if unit is None else unit.name

    def person(self, staff_id: StaffId | None) -> str:
        """Return the name of a staff member; empty for none."""
        if staff_id is None:
            return ""
        person = self.people.get(staff_id)
        return staff_id if person is None else person.name

    def account(self, account: AccountId) -> str:
        """Return the name of an account that acts on cases."""
        if self.me is not None and account == self.me.account:
            return self.me.name
        return self.words(f"role.{Role.SYSTEM}") if account == SERVICE else self._accounts.get(account, account)

    def did(self, action: str) -> str:
        """Return what was done, of a change of any subject; the bare action where there is no word for it."""
        keys = (f"admin.did.{action}", f"action.{action}")
        return next((self.words(key) for key in keys if self.words.has(key)), action)

    def is_me(self, account: AccountId) -> bool:
        """Return whether that is the account signed in."""
        return self.me is not None and account == self.me.account

    def actor(self, change: Change) -> tuple[str, str]:
        """Return who made a change and in which role, both as shown; the role is empty where it is not certain.

        A report that another system handed over is the channel's, whatever its gateway's account is called.
        """
        step = STEPS.get(change.action)
        roles = frozenset[Role]() if step is None else step.roles
        if change.on_behalf_of is not None:
            held = self.people.get(change.on_behalf_of)
            role = _one(roles & held.roles) if held is not None else None
            return self.person(change.on_behalf_of), self._role(role)
        if self.me is not None and change.actor == self.me.account:
            return self.me.name, self._role(_one(roles & self.me.roles))
        report = change.data.get("report") or {}
        if change.action == "report" and report.get("source"):  # another system's, brought by its gateway
            return self.words(f"channel.{change.data['channel']}"), self._role(Role.GATEWAY)
        return self._accounts.get(change.actor, change.actor), self._role(_one(roles - {Role.SYSTEM}))

    @property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        return self._zone

    def local(self, at: datetime) -> datetime:
        """Return a moment in the town's own time."""
        return at.astimezone(self._zone)

    def when(self, at: datetime, now: datetime) -> str:
        """Return a moment in the town's own time, with the day where it is not today's."""
        local = self.local(at)
        return f"{local:%H:%M}" if local.date() == self.local(now).date() else f"{local:%m-%d %H:%M}"

    def written(self, at: datetime) -> str:
        """Return a moment in the town's own time as it is written on paper, with its year."""
        local, words = self.local(at), self.words
        month = words(f"desk.month.{local.month}")
        return words("desk.moment", year=f"{local:%Y}", month=month, day=local.day, clock=f"{local:%H:%M}")

    def utc(self, local: datetime) -> datetime:
        """Return a naive moment of the town's own time as aware UTC."""
        return local.replace(tzinfo=self._zone).astimezone(UTC)

    def _role(self, role: Role | None) -> str:
        return "" if role is None else self.words(f"role.{role}")


def _one(roles: frozenset[Role]) -> Role | None:
    return next(iter(roles)) if len(roles) == 1 else None
