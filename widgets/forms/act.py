"""What a form asks for once it is filled in."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, repr=False)
class Act:
    """Something to be done to ``target``; ``body`` is the request of the wire. It may hold a password: no repr."""

    do: str
    target: str = ""
    body: Any = None

    def __repr__(self) -> str:
        return f"Act({self.do!r}, {self.target!r}, ...)"
