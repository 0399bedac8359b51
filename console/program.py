"""Opening the console: the Qt application, the error hub, the loop, and one ``Desk`` run from start to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console import headstart, loop
from console.bilingual import Bilingual
from console.collector import Collector
from console.desk import Desk
from console.errors import ErrorHub, close_log, open_log
from console.folders import Folders, find_folders
from console.headstart import HeadStart
from console.notices import Notice
from console.settings import Settings
from domain.faults import Fault
from widgets.notices import Severity

KEEP_CODE_AFTER_S = 10.0
"""By then the first picture is there; a shorter run keeps the code of its start at its end."""


class OpenOptions(msgspec.Struct, frozen=True):
    """How a console is opened. It has no repr: it may hold a token or a password.

    ``early`` is what was already asked for with ``server`` and ``token``.
    ``watch`` returns a demo process that has died, or None; ``seconds`` ends the program by itself; ``language``
    and ``theme`` are for this run only.
    """

    server: str | None = None
    token: str | None = None
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    early: HeadStart | None = None
    seconds: float | None = None
    watch: Callable[[], Any] | None = None
    language: str | None = None
    theme: str | None = None
    keep: bool = True

    def __repr__(self) -> str:
        return f"OpenOptions({self.server!r}, ...)"


Errand = Callable[[Desk], Coroutine[Any, Any, int]]
"""Something to do with a running desk; the program ends with its exit code."""


def open_console(options: OpenOptions, errand: Errand | None = None) -> int:
    """Open the desk and return the exit code when it has closed. With an ``errand`` it closes when that is done."""
    code = headstart.end()

    async def main() -> int:
        if code is not None:
            running = asyncio.get_running_loop()
            running.call_later(KEEP_CODE_AFTER_S, running.run_in_executor, None, code.keep)
        return await _main(app, options, folders, errand)

    app = make_application()
    folders = find_folders()
    open_log(folders.log)
    try:
        return loop.run(app, main)
    finally:
        close_log()
        if code is not None:
            code.keep()


def make_application() -> QApplication:
    """Return the one Qt application of this process."""
    os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "1")
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication([sys.argv[0]])
    app.setApplicationName("onemap")
    app.setApplicationDisplayName("OneMap")
    return app


async def _main(app: QApplication, options: OpenOptions, folders: Folders, errand: Errand | None) -> int:
    """Build the desk, start it, wait until it is to close, and stop it: each start with its stop."""
    settings = Settings(folders.config)
    unreadable: Fault | None = None
    try:
        settings.load()
    except Fault as fault:
        unreadable = fault
    for name, value in (("language", options.language), ("theme", options.theme)):
        if value is not None:
            settings.set(name, value, store=False)
    errors = ErrorHub()
    errors.install()
    loop.take_errors(errors.report)
    collector = Collector()
    collector.start()
    desk = Desk(app, settings, folders, ca_file=options.ca_file, keep=options.keep)
    errors.show_with(desk.show_failure)
    release = _close_on_signals(desk)
    try:
        desk.start()
        _greet(desk, options, unreadable)
        return await _until_closed(desk, options, errand)
    finally:
        await desk.stop()
        collector.stop()
        release()
        errors.remove()


def _greet(desk: Desk, options: OpenOptions, unreadable: Fault | None) -> None:
    """Say what is amiss with this computer, and sign in where that was asked for."""
    if unreadable is not None:
        values = {**unreadable.params, "fault": f"fault.{unreadable.key}"}
        desk.notices.post(Notice(Severity.WARNING, "notice.settings_default", values))
    if desk.appearance.family is None:
        from console.doctor.checks import font_command  # noqa: PLC0415 - seldom needed, and off the start path

        say = Bilingual()
        sys.stderr.write(say("notice.no_chinese_font", command=font_command()) + "\n")
        desk.notices.warn("notice.no_chinese_font", command=font_command())
    if options.server is not None and options.token is not None:
        desk.session.use_token(options.server, options.token, options.early)
    elif options.server is not None and options.password:
        desk.session.sign_in(options.server, options.user, options.password)
    else:
        desk.ask_to_sign_in(options.server)


async def _until_closed(desk: Desk, options: OpenOptions, errand: Errand | None) -> int:
    """Return the exit code when the window is closed, the errand is done, the time is up, or the demo has died."""
    watchers: list[asyncio.Task[Any]] = [asyncio.create_task(desk.closing.wait(), name="closing")]
    if errand is not None:
        watchers.append(asyncio.create_task(errand(desk), name="errand"))
    if options.seconds is not None:
        watchers.append(asyncio.create_task(asyncio.sleep(options.seconds), name="time"))
    if options.watch is not None:
        watchers.append(asyncio.create_task(_watch(desk, options.watch), name="watch"))
    try:
        done, _ = await asyncio.wait(watchers, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in watchers:
            task.cancel()
        results = await asyncio.gather(*watchers, return_exceptions=True)
    for task, result in zip(watchers, results, strict=True):
        if task in done and task.get_name() == "errand":
            if isinstance(result, BaseException):
                raise result
            return int(result)
    return 0


async def _watch(desk: Desk, dead: Callable[[], Any]) -> None:
    """Tell of a demo process that has ended; the window stays, so that the person sees what happened."""
    while (child := dead()) is None:  # noqa: ASYNC110 - a process tells nobody that it has ended
        await asyncio.sleep(1.0)
    desk.notices.warn("notice.demo_process_ended", name=child.name, log=str(child.log))
    await asyncio.Event().wait()


def _close_on_signals(desk: Desk) -> Callable[[], None]:
    """Take Ctrl+C and a polite kill as the wish to close. Returns what undoes it."""
    kept = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        kept[number] = signal.signal(number, lambda *_: desk.request_close())

    def release() -> None:
        for number, handler in kept.items():
            signal.signal(number, handler)

    return release
