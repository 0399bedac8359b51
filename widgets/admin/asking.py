"""What an administrator's screen asks to be loaded."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Load:
    """Something to be fetched; ``what`` names it, ``args`` narrow it. ``more`` asks for the page after the last."""

    what: str
    args: dict[str, Any] = field(default_factory=dict)
    more: bool = False
