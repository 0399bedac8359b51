"""What the administrators' screens know beside what is loaded: names, divisions, who is signed in, the time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.people import Role
from domain.places import Division
from resources.theme import Theme
from widgets.common.pick_list import Choice
from widgets.names import Names

GRANTABLE = tuple(role for role in Role if role is not Role.SYSTEM)


class Known:
    """Shared by the screens and filled by the console; ``now`` is the service's time."""

    def __init__(self, names: Names, theme: Theme) -> None:
        self.names, self.words, self.theme = names, names.words, theme
        self.divisions: tuple[Division, ...] = ()
        self.now = datetime.now(UTC)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of whoever is signed in."""
        return frozenset() if self.names.me is None else self.names.me.roles

    @property
    def account(self) -> str:
        """The sign-in name of whoever is signed in."""
        return "" if self.names.me is None else self.names.me.account

    def moment(self, at: datetime) -> str:
        """Return a moment in the town's own time."""
        return self.names.local(at).strftime("%Y-%m-%d %H:%M")

    def role_names(self, roles: frozenset[Role]) -> str:
        """Return roles by their names, in the order they are listed."""
        comma = self.words("list.comma")
        return comma.join(self.words(f"role.{role}") for role in Role if role in roles) or "—"

    def role_choices(self) -> Sequence[Choice]:
        """Return the roles an account may be given."""
        return [Choice(role.value, self.words(f"role.{role}"), search=role.value) for role in GRANTABLE]

    def area_name(self, code: str) -> str:
        """Return an area by its name and code."""
        if not code:
            return self.words("admin.area_all")
        town = self.names.town
        named = {str(d.code): d.name for d in self.divisions}
        if town is not None:
            named.setdefault(str(town.division), self.names.town_name())
            named.setdefault(str(town.division)[:6], self.words("admin.area_county"))
        return f"{named[code]} {code}" if code in named else code

    def area_choices(self) -> Sequence[Choice]:
        """Return the areas an account may be for: the county, the town, each of its villages."""
        town = self.names.town
        if town is None:
            return []
        head = str(town.division)
        parts = sorted(str(d.code) for d in self.divisions if str(d.code).startswith(head) and str(d.code) != head)
        return [Choice(code, self.area_name(code)) for code in (head[:6], head, *parts)]

    def unit_choices(self) -> Sequence[Choice]:
        """Return the units."""
        return [Choice(unit.unit_id, unit.name) for unit in self.names.units.values()]

    def staff_choices(self) -> Sequence[Choice]:
        """Return the room's own people."""
        return [Choice(p.staff_id, p.name, self.names.unit(p.unit_id)) for p in self.names.people.values()]
