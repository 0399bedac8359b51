"""The accounts of the demo: one person who covers the whole room, and one for each role."""

import secrets
from dataclasses import dataclass

from domain.people import Role

PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that look like figures: a person types these from the terminal into a second console."""


@dataclass(frozen=True, repr=False)
class DemoAccount:
    """An account with the password made for this demo. ``name_key`` is the word key of its shown name."""

    user: str
    name: str
    roles: tuple[Role, ...]
    password: str

    def __repr__(self) -> str:
        return f"DemoAccount({self.user!r})"


def make_accounts() -> tuple[DemoAccount, ...]:
    """Return the demo's accounts with fresh passwords, the one-person room first."""
    room = (Role.ACCEPTOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.DUTY_LEADER, Role.INSPECTOR)
    made = [DemoAccount("room", "李明", room, _password())]
    singles = (
        ("acceptor", "王芳", Role.ACCEPTOR),
        ("dispatcher", "赵强", Role.DISPATCHER),
        ("chief", "周敏", Role.DUTY_CHIEF),
        ("leader", "吴刚", Role.DUTY_LEADER),
        ("inspector", "郑洁", Role.INSPECTOR),
        # an administrator holds nothing else: accounts, code tables, the grids
        ("sysadmin", "孙立", Role.SYSTEM_ADMIN),
    )
    made += [DemoAccount(user, name, (role,), _password()) for user, name, role in singles]
    return tuple(made)


def _password() -> str:
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))
