"""How it is said that colleagues have a case open right now; that is no claim."""

from collections.abc import Sequence

from domain.ids import AccountId
from widgets.names import Names

NAMED_MOST = 3
"""So many are named; the others are counted."""


def looking_text(accounts: Sequence[AccountId], names: Names) -> str:
    """Return who is looking at a case, in words; empty for nobody."""
    if not accounts:
        return ""
    words = names.words
    who = words("list.comma").join(names.account(account) for account in accounts[:NAMED_MOST])
    if len(accounts) > NAMED_MOST:
        return words("presence.crowd", who=who, n=len(accounts) - NAMED_MOST)
    return words("presence.one" if len(accounts) == 1 else "presence.several", who=who)


def looking_sign(accounts: Sequence[AccountId], names: Names) -> str:
    """Return the little that stands beside the eye in a list: a name, or how many; empty for nobody."""
    if len(accounts) > 1:
        return names.words("presence.count", n=len(accounts))
    return names.account(accounts[0]) if accounts else ""
