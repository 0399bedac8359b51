"""What an entry is judged by beside itself: the moment, the town's rules, who puts it, and other entries."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from domain.case import Rules
from domain.ids import EntryId
from domain.people import Actor
from domain.register_shapes import Body

B = TypeVar("B", bound=Body)


class Find(Protocol):
    """Finds another entry by what its body is."""

    def __call__(self, body: type[B], entry_id: EntryId, /) -> B | None:
        """Return its body, None where there is none."""


class Setting(msgspec.Struct, frozen=True):
    """The moment, the rules, who acts, and how to find another entry."""

    now: datetime
    rules: Rules
    actor: Actor
    find: Find


Judge = Callable[[EntryId, Mapping[str, Any] | None, Any, Setting], None]
"""Judges an entry's body before it is put: its id, the body held (None: a new one), the body, the setting."""
