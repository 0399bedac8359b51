"""Files of one's own that are being read: each wait has a notice with what stops it, and Esc stops them all."""

from typing import TYPE_CHECKING

import msgspec

from console.notices import Notice
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk

STOP = "stop_reading"
"""The action that stops them; it can be done only while there are any."""


class Wait(msgspec.Struct, frozen=True, eq=False):
    """One of them: the file's name as it is told, and the task that reads it."""

    file: str
    task: str

    @property
    def notice(self) -> str:
        """The name of what is told of the file: the latest takes the place of what was told before."""
        return f"file-{self.file}"


class Waits:
    """The waits of one desk. ``owner`` is that of their tasks."""

    def __init__(self, desk: "Desk", owner: str) -> None:
        self._desk, self._owner = desk, owner
        self._running: list[Wait] = []

    def begin(self, file: str, task: str) -> Wait:
        """A task begins to read a file: say so until it is over."""
        wait = Wait(file, task)
        self._running.append(wait)
        self._desk.actions.enable((STOP,), True)
        told = Notice(Severity.INFO, "notice.file_reading", {"name": file}, wait.notice, STOP, lasting=True)
        self._desk.notices.post(told)
        return wait

    def over(self, wait: Wait) -> None:
        """One is over, or has been already: what is told next of the file takes its place."""
        if wait not in self._running:
            return
        self._running.remove(wait)
        self._desk.actions.enable((STOP,), bool(self._running))
        if all(other.notice != wait.notice for other in self._running):
            self._desk.notices.withdraw(wait.notice)

    def stop(self) -> bool:
        """Stop them all and say so; return whether there were any."""
        stopped = list(self._running)
        for wait in stopped:
            self._desk.tasks.cancel(self._owner, wait.task)
            self.over(wait)
            self._desk.notices.info("notice.file_stopped", replace=wait.notice, name=wait.file)
        return bool(stopped)
