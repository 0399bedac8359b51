"""The one hub for what nobody caught: exceptions of slots, threads and tasks, and Qt's own messages.

Each distinct fault is shown once (a raise in ``paintEvent`` comes back at every repaint) and written to a diagnostic
log. The log holds types, places in the program and counts; never messages, which may carry personal data.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from domain.faults import Fault

LOG_NAME = "onemap.log"
MAX_LOG = 1_000_000
MAX_SEEN = 500

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ErrorHub:
    """Takes uncaught errors and tells whoever shows them of each distinct one, once."""

    def __init__(self) -> None:
        self._show: Callable[[BaseException, str], None] | None = None
        self._seen: dict[tuple[str, str], int] = {}
        self._log = logging.getLogger("onemap.errors")
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Take over the hooks of the interpreter and of Qt."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)

    def show_with(self, show: Callable[[BaseException, str], None]) -> None:
        """Tell ``show`` from here on; before, errors go to the log alone."""
        self._show = show

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)

    def report(self, error: BaseException, where: str) -> None:
        """Take an error in; ``where`` names the task or thread it ended."""
        place = _place_of(error)
        mark = (type(error).__name__, place)
        count = self._seen.get(mark, 0) + 1
        if len(self._seen) < MAX_SEEN or mark in self._seen:
            self._seen[mark] = count
        if count > 1:
            return
        key = error.key if isinstance(error, Fault) else ""
        self._log.error("%s %s in %s\n%s", type(error).__name__, key, where, _frames_of(error))
        if self._show is not None:
            self._show(error, where)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self.report(error.with_traceback(trace), "main")

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.report(args.exc_value, args.thread.name if args.thread else "thread")


def open_log(folder: Path) -> None:
    """Write the diagnostic log into ``folder``. Where that cannot be written the program goes on without one."""
    logger = logging.getLogger("onemap")
    logger.setLevel(logging.INFO)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / LOG_NAME, maxBytes=MAX_LOG, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError as error:
        logging.getLogger("onemap.errors").warning("no diagnostic log: %s", type(error).__name__)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)


def close_log() -> None:
    """Close the diagnostic log."""
    logger = logging.getLogger("onemap")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


# Whatever Qt says while a library is being loaded (from a static initialiser) must be kept from coming here: see
# ``console.sounds.load_sound``.
def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    logging.getLogger("onemap.qt").log(_QT_LEVELS.get(kind, logging.WARNING), "%s", message)


def _place_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _frames_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"  {Path(f.filename).parent.name}/{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
