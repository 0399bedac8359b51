"""The one place that knows qasync: asyncio and Qt share the main thread.

Nothing else imports qasync, so another loop is one file away. Never spin a nested loop inside a coroutine (no
``exec()``, no static dialogs): a task becoming ready meanwhile loses its wake-up for good.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import qasync
from PySide6.QtWidgets import QApplication

T = TypeVar("T")

WORKERS = 4
"""Threads for decoding and file work; network waits never take one."""


def make_loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """Return an asyncio loop that runs on Qt's. ``app`` stays alive when its last window closes."""
    app.setQuitOnLastWindowClosed(False)
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    loop.set_default_executor(ThreadPoolExecutor(WORKERS, thread_name_prefix="onemap"))
    return loop


def run(app: QApplication, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run ``main`` to its end on Qt's loop and return what it returns."""

    def factory() -> asyncio.AbstractEventLoop:
        return make_loop(app)

    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main())


def take_errors(report: Callable[[BaseException, str], None]) -> None:
    """Hand what goes wrong inside the running loop's callbacks to ``report``."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            report(error, str(context.get("message", "loop")))
        else:
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handle)
