"""The notice hub: whatever a person should read, however it came about, goes through here.

A notice carries a word key and values, never a sentence; one with the same ``replace`` name takes the other's place.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from domain.faults import Fault
from resources.words import Value


class Severity(StrEnum):
    """How much a notice matters: only ``ERROR`` stays until it is put away."""

    INFO = "info"
    DONE = "done"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Notice:
    """Something to read. ``action`` names a desk action offered beside it, or is empty."""

    severity: Severity
    key: str
    values: dict[str, Value] = field(default_factory=dict)
    replace: str = ""
    action: str = ""


class NoticeHub(QObject):
    """Takes notices in and tells whoever shows them."""

    posted = Signal(object)
    withdrawn = Signal(str)

    def post(self, notice: Notice) -> None:
        """Show a notice."""
        self.posted.emit(notice)

    def info(self, key: str, replace: str = "", **values: Value) -> None:
        """Show a piece of information."""
        self.post(Notice(Severity.INFO, key, dict(values), replace))

    def done(self, key: str, replace: str = "", **values: Value) -> None:
        """Show that something was done."""
        self.post(Notice(Severity.DONE, key, dict(values), replace))

    def warn(self, key: str, replace: str = "", **values: Value) -> None:
        """Show a warning."""
        self.post(Notice(Severity.WARNING, key, dict(values), replace))

    def fault(self, fault: Fault, replace: str = "") -> None:
        """Show a refusal."""
        self.post(Notice(Severity.ERROR, f"fault.{fault.key}", dict(fault.params), replace))

    def withdraw(self, replace: str) -> None:
        """Take away the notice of that name, if it still shows."""
        self.withdrawn.emit(replace)
