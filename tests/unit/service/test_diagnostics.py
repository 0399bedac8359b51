"""The diagnostic log: repeated lines are counted, files are bounded, and a file that cannot be written is said."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.faults import Fault
from service.care import diagnostics
from service.care.diagnostics import Repeats, set_up


def _record(text: str, *values: object, name: str = "a") -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, text, values, None)


def test_one_line_of_a_kind_and_then_a_count() -> None:
    repeats = Repeats(quiet_s=0.0)
    assert repeats.filter(_record("the store cannot be written: %s", "full"))
    repeats = Repeats(quiet_s=60.0)
    passed = [repeats.filter(_record("the store cannot be written: %s", n)) for n in range(100)]
    assert passed == [True] + [False] * 99
    assert repeats.filter(_record("another line"))
    assert repeats.filter(_record("the store cannot be written: %s", 1, name="b"))


def test_the_count_is_said_when_the_quiet_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(diagnostics.time, "monotonic", lambda: now[0])
    repeats = Repeats(quiet_s=10.0)
    for _ in range(5):
        repeats.filter(_record("full %s", "x"))
    now[0] += 11
    record = _record("full %s", "x")
    assert repeats.filter(record)
    assert record.getMessage() == "full x (and 4 more of these since)"


def test_what_is_remembered_is_bounded() -> None:
    repeats = Repeats()
    for number in range(diagnostics.MOST_KINDS * 2):
        repeats.filter(_record(f"line {number}"))
    assert len(repeats._seen) <= diagnostics.MOST_KINDS


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for handler in root.handlers:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.logs_expected("somewhere")
def test_a_log_file_is_turned_over(
    tmp_path: Path, root_logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnostics, "MOST_BYTES", 2_000)
    monkeypatch.setattr(diagnostics, "KEPT_FILES", 2)
    set_up(tmp_path / "service.log")
    for number in range(200):
        logging.getLogger("somewhere").warning(f"line {number} " + "x" * 40)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["service.log", "service.log.1", "service.log.2"]
    assert all(path.stat().st_size <= 2_200 for path in tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="log_not_writable"):
        set_up(tmp_path / "missing" / "service.log")
