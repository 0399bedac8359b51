"""What every test gets: an offscreen screen, the right loop, its own folders, and a failure for what it leaves behind.

A test fails that leaves a task, a thread, a running Qt timer or a visible window, or that logs a warning nobody
announced with ``@pytest.mark.logs_expected("logger name")``.
"""

import asyncio
import gc
import inspect
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

gc.disable()
"""Collected between tests, on the main thread: rubbish that holds Qt objects must not go in a thread of the service."""

pytest_plugins = ["postgres", "homes"]
"""Fixtures of ``tests/helpers`` that any test may ask for: a PostgreSQL server, and a folder per kind of database."""

settings.register_profile("steady", derandomize=True, database=None, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile("steady")
# What must hold before anything lands is the same for everybody: ``make test`` tries the same examples each time.
# ``make test-full`` searches on, with others each time.

YOUNG_ENOUGH = 20_000
TESTS_A_SWEEP = 50

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

THREAD_GRACE_S = 3.0
AUTOUSE = ("own_folders", "no_unexpected_log", "no_leaked_threads", "no_leaked_widgets")
QUIET_LOGGERS = ("asyncio.subprocess", "hypothesis", "faulthandler")


_seen = itertools.count(1)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Clear the rubbish of the tests before."""
    if next(_seen) % TESTS_A_SWEEP == 0:
        gc.collect()
    elif gc.get_count()[0] > YOUNG_ENOUGH:
        gc.collect(1)


def _wants_qt_loop(item: pytest.Item) -> bool:
    return item.get_closest_marker("qt_loop") is not None or "widget" in item.path.parts


def _qt_loop() -> asyncio.AbstractEventLoop:
    from PySide6.QtWidgets import QApplication

    from console.loop import make_loop

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    return make_loop(app)


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, LoopFactory]:
    """Qt's loop for widget tests and tests marked ``qt_loop``, asyncio's own for all others."""
    return {"qt": _qt_loop} if _wants_qt_loop(item) else {"plain": asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own: settings, cache and log never come from the person who runs the tests."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ONEMAP_HOME", str(home))
    monkeypatch.delenv("ONEMAP_TOKEN", raising=False)
    return home


class _Records(logging.Handler):
    """Keeps what is logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or worse from a logger it did not announce."""
    expected = [name for mark in request.node.iter_markers("logs_expected") for name in mark.args]
    handler = _Records()
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    allowed = (*expected, *QUIET_LOGGERS)
    stray = [r for r in handler.kept if not any(r.name == n or r.name.startswith(n + ".") for n in allowed)]
    if stray:
        pytest.fail("unexpected log records:\n" + "\n".join(f"{r.name}: {r.getMessage()}" for r in stray[:10]))


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread running (daemon threads of libraries are let be)."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_GRACE_S
    while (left := _new_threads(before)) and time.monotonic() < deadline:
        left[0].join(0.05)
    if left:
        pytest.fail(f"threads left running: {[thread.name for thread in left]}")


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t not in before and t.is_alive() and not t.daemon]


@pytest.fixture
async def no_leaked_tasks() -> Any:
    """Fail a test that leaves an asyncio task; added to every async test below."""
    yield
    current = asyncio.current_task()
    for _ in range(20):
        left = [task for task in asyncio.all_tasks() if task is not current and not task.done()]
        if not left:
            return
        await asyncio.sleep(0.01)
    names = [task.get_name() for task in left]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    pytest.fail(f"tasks left running: {names}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the task check before an async test's own fixtures, so that it looks after they have ended."""
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            names = item.fixturenames
            last = max((names.index(n) for n in AUTOUSE if n in names), default=-1)
            names.insert(last + 1, "no_leaked_tasks")


@pytest.fixture(autouse=True)
def no_leaked_widgets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a widget test that leaves a running timer or a window to be seen."""
    if not _wants_qt_loop(request.node):
        yield
        return
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import isValid

    started: list[QTimer] = []
    start = QTimer.start

    def remembered(timer: QTimer, *args: Any) -> None:
        started.append(timer)
        start(timer, *args)

    monkeypatch.setattr(QTimer, "start", remembered)
    yield
    if QCoreApplication.instance() is None:
        return
    nobody: Any = None
    QCoreApplication.sendPostedEvents(nobody, QEvent.Type.DeferredDelete.value)
    running = [t for t in started if isValid(t) and t.isActive() and not t.isSingleShot()]
    windows = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    texts = [f"timer of {_owner(t)}" for t in running] + [
        f"window {w.objectName()} {type(w).__name__}" for w in windows
    ]
    for timer in running:
        timer.stop()
    for window in windows:
        window.close()
    assert isinstance(QCoreApplication.instance(), QObject)
    if texts:
        pytest.fail("left behind: " + ", ".join(texts))


def _owner(timer: Any) -> str:
    parent = timer.parent()
    return "nobody" if parent is None else f"{type(parent).__name__} {parent.objectName()}"
