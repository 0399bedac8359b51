"""The error hub: each distinct failure once, and a log without what people typed."""

import logging
import sys
import threading
from pathlib import Path

import pytest

from console.errors import ErrorHub, close_log, open_log
from domain.faults import invalid


def _fail(text: str) -> None:
    raise ValueError(text)


def _caught(text: str) -> ValueError:
    try:
        _fail(text)
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.logs_expected("onemap.errors")
def test_the_same_failure_is_shown_once_and_another_again() -> None:
    shown: list[tuple[str, str]] = []
    hub = ErrorHub()
    hub.show_with(lambda error, where: shown.append((type(error).__name__, where)))
    for _ in range(50):
        hub.report(_caught("13800000000"), "paint")
    hub.report(invalid("photo_type_unknown"), "upload")
    assert shown == [("ValueError", "paint"), ("Fault", "upload")]


@pytest.mark.logs_expected("onemap.errors")
def test_the_log_names_the_place_and_never_the_words(tmp_path: Path) -> None:
    open_log(tmp_path)
    try:
        ErrorHub().report(_caught("张三 13800000000"), "paint")
    finally:
        close_log()
    text = (tmp_path / "onemap.log").read_text("utf-8")
    assert "ValueError" in text
    assert "test_errors.py" in text
    assert "13800000000" not in text
    assert "张三" not in text
    assert not logging.getLogger("onemap").handlers


@pytest.mark.logs_expected("onemap.errors")
def test_hooks_of_interpreter_and_threads_are_taken_and_given_back(qapp: object) -> None:
    before = sys.excepthook, threading.excepthook
    shown: list[str] = []
    hub = ErrorHub()
    hub.show_with(lambda error, where: shown.append(where))
    hub.install()
    try:
        error = _caught("x")
        sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=_fail, args=("y",), name="worker")
        thread.start()
        thread.join()
    finally:
        hub.remove()
    assert (sys.excepthook, threading.excepthook) == before
    assert shown == ["main"], "one place, one notice: the thread failed where the main one did"


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    logging.getLogger("onemap.errors").propagate = False
    try:
        open_log(blocked / "log")
    finally:
        logging.getLogger("onemap.errors").propagate = True
        close_log()
