"""One task per case and kind of work: started once, named, ended with the field."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Jobs:
    """The running tasks of one sort of player. An error in one ends the group it was made for."""

    def __init__(self, tasks: asyncio.TaskGroup, name: str) -> None:
        self._tasks = tasks
        self._name = name
        self._running: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, case_no: str) -> bool:
        return case_no in self._running

    def __len__(self) -> int:
        return len(self._running)

    def start(self, case_no: str, work: Coroutine[Any, Any, None]) -> None:
        """Start the work on a case, or on a part of one that has a name of its own."""
        task = self._tasks.create_task(work, name=f"{self._name}-{case_no}")
        self._running[case_no] = task
        task.add_done_callback(self._on_task_done)

    def _on_task_done(self, task: asyncio.Task[None]) -> None:
        for case_no, held in list(self._running.items()):
            if held is task:
                del self._running[case_no]
