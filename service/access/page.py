"""``docs/access.md``: the table of who may what, for people. ``python -m service.access.page`` prints it."""

from collections.abc import Callable, Iterable, Sequence

from domain.machine import TABLE as STEPS
from domain.people import ADMIN_ROLES, Role
from domain.register import REGISTERS, RegisterRule
from service.access.table import GUARDED, TABLE, Door, Field, Reach

_HEAD = """# Who may what

Written by `python -m service.access.page` from `service/access/table.py`, `domain/machine.py` and `domain/register.py`;
a test holds it to them. What has no mark is refused. The rights of several roles add up. `system`, the service's own
timers, comes through no door.

- Everybody who is signed in looks after their own account (password, second factor, sessions).
- **Area.** An account is for a county (6 digits), a town (9) or a village (12), or for all. A case outside its area is
  to it as if it did not exist: in lists, timelines, exports, on the feed, in commands, in reports and imports.
- **Contacts** are in no picture, feed, list or export at all. Who has the door `reveal` sees one for a stated reason,
  which is recorded first. Nobody can look for cases by who reported them.
- **Administrators** ({admins}) each hold their one role and nothing else,
  see no case, and none alters their own account. The system administrator makes accounts, the security administrator
  gives them rights: it takes both to let somebody in.
"""


def page() -> str:
    """Return the whole page."""
    roles = list(TABLE)
    admins = ", ".join(f"`{role}`" for role in Role if role in ADMIN_ROLES)
    parts = [_HEAD.format(admins=admins)]
    parts += ["## Doors\n", _marks("door", Door, roles, lambda door, role: door in TABLE[role].doors)]
    parts += ["## What is seen of the cases and of positions, in the area\n"]
    reach = {Reach.NONE: "", Reach.OWN: "own", Reach.ALL: "all"}
    rows = [
        ["cases", *(reach[TABLE[r].cases] for r in roles)],
        ["positions", *(reach[TABLE[r].positions] for r in roles)],
    ]
    parts.append(_table(["", *roles], rows))
    parts += [
        "## Fields of a case that are not masked\n",
        _marks("field", Field, roles, lambda f, r: f in TABLE[r].fields),
    ]
    parts += [
        "`words`: what the reporter said. `sensitive`: title, address, words, notes and photos of a case of a",
        "sensitive kind. `source_no`: the number at another system. `reporter`: which member of staff reported.",
        "What is masked reads `***` and cannot be searched for.\n",
        "## Guarded changes that are heard of\n",
        _marks("subject", sorted(GUARDED), roles, lambda s, r: s in TABLE[r].subjects),
        "## Channels a report may be brought of\n",
    ]
    channels = sorted({c for rights in TABLE.values() for c in rights.channels})
    parts.append(_marks("channel", channels, roles, lambda c, r: c in TABLE[r].channels))
    steps = {step.action: step for step in STEPS}
    workers = [r for r in Role if any(r in step.roles for step in STEPS)]
    parts += ["## Actions on a case\n", _marks("action", steps, workers, lambda a, r: r in steps[a].roles)]
    parts += _registers(roles)
    return "\n".join(parts).rstrip() + "\n"


def _registers(roles: Sequence[Role]) -> list[str]:
    def right(rule: RegisterRule, role: Role) -> str:
        if role in rule.write:
            return "w" if role in rule.others or rule.private else "o"
        return "r" if role in rule.read else ""

    rows = [
        [str(kind), *(right(rule, role) for role in roles), str(rule.most), _notes(rule)]
        for kind, rule in REGISTERS.items()
    ]
    return [
        "## Registers\n",
        "`r` reads; `o` reads and writes, of what is there already only their own; `w` reads and writes all. An entry",
        "is in the area of the division it belongs to; one that reaches *down* is seen in every part of that, too.",
        "*private* ones are their author's alone. One that is *about* another is part of it: it is where that is, and",
        "whoever sees that may say their part.\n",
        _table(["register", *roles, "most", ""], rows),
    ]


def _notes(rule: RegisterRule) -> str:
    said = {"private": rule.private, "down": rule.down, "may expire": rule.expires, "sends readings": rule.reports}
    notes = [name for name, holds in said.items() if holds]
    return ", ".join(notes if rule.about is None else [*notes, f"about {rule.about[0]}"])


def _marks(head: str, rows: Iterable[str], roles: Sequence[Role], holds: Callable[..., bool]) -> str:
    return _table([head, *roles], [[str(row), *("●" if holds(row, role) else "" for role in roles)] for row in rows])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - it is a program
