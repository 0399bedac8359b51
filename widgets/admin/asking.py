"""What an administrator's screen asks for: something to be loaded, or something to be done."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Load:
    """Something to be fetched; ``what`` names it, ``args`` narrow it. ``more`` asks for the page after the last."""

    what: str
    args: dict[str, Any] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, repr=False)
class Act:
    """Something to be done to ``target``; ``body`` is the request of the wire. It may hold a password: no repr."""

    do: str
    target: str = ""
    body: Any = None

    def __repr__(self) -> str:
        return f"Act({self.do!r}, {self.target!r}, ...)"
