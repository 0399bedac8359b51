"""The supervisor of tasks: each has an owner and a name, a newer one cancels the older, a failure is reported.

Don't create tasks elsewhere: a fire-and-forget task loses its exception and may be collected while it runs.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Reporter = Callable[[BaseException, str], None]
"""Told of a task that failed: the exception and ``owner/name``."""


class Tasks:
    """Owned tasks of one program. Needs a running loop when a task is started, not when it is built."""

    def __init__(self, report: Reporter) -> None:
        self._report = report
        self._running: dict[tuple[str, str], asyncio.Task[Any]] = {}
        self._all: set[asyncio.Task[Any]] = set()
        self._stopped = False

    def start(
        self, owner: str, name: str, work: Coroutine[Any, Any, Any], *parts: Coroutine[Any, Any, Any]
    ) -> "asyncio.Task[Any] | None":
        """Start ``work`` as ``owner/name``; an older one of that name is cancelled. None once stopped.

        ``parts`` are what ``work`` awaits in its turn: where it ends before it comes to them they are closed.
        """
        if self._stopped:
            _close(work, *parts)
            return None
        older = self._running.get((owner, name))
        if older is not None:
            older.cancel()
        task = asyncio.get_running_loop().create_task(work, name=f"{owner}/{name}")
        self._running[owner, name] = task
        self._all.add(task)
        task.add_done_callback(self._on_task_done)
        task.add_done_callback(lambda _: _close(*parts))
        return task

    def cancel(self, owner: str, name: str | None = None) -> None:
        """Ask the tasks of an owner to end, or only the one of that name."""
        for (o, n), task in list(self._running.items()):
            if o == owner and name in (None, n):
                task.cancel()

    def running(self) -> list[str]:
        """Return ``owner/name`` of every task that has not ended, sorted."""
        return sorted(task.get_name() for task in self._all)

    async def stop(self) -> None:
        """Cancel every task and wait until all have ended. Nothing can be started afterwards."""
        self._stopped = True
        waiting = [task for task in self._all if task is not asyncio.current_task()]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def _on_task_done(self, task: "asyncio.Task[Any]") -> None:
        self._all.discard(task)
        for key in [k for k, t in self._running.items() if t is task]:
            del self._running[key]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            self._report(error, task.get_name())


def _close(*works: Coroutine[Any, Any, Any]) -> None:
    """Close what may never have begun; what has ended is not touched by it."""
    for work in works:
        work.close()
