"""Rubbish is cleared on the window's thread, however much other threads make."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from console.collector import Collector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    collector = Collector()
    thresholds = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    collector.start()
    yield collector
    collector.stop()
    gc.set_threshold(*thresholds)
    gc.disable()  # as the tests have it


def lose_a_knot(died_in: list[int]) -> None:
    """Make a Qt object that only the collector can clear, and note in which thread it goes."""

    class Knot(QObject):
        def __del__(self) -> None:
            died_in.append(threading.get_ident())

    knot = Knot()
    knot.itself = knot  # type: ignore[attr-defined]


def make_much() -> None:
    for _ in range(50):
        kept = [[n] for n in range(2_000)]
        kept.append(kept)  # type: ignore[arg-type]


def test_a_busy_thread_clears_nothing_and_the_window_thread_does(qtbot: QtBot, collector: Collector) -> None:
    died_in: list[int] = []
    lose_a_knot(died_in)
    busy = threading.Thread(target=make_much)
    busy.start()
    busy.join()
    assert died_in == []
    qtbot.waitUntil(lambda: bool(died_in), timeout=20_000)
    assert died_in == [threading.main_thread().ident]


def test_stopped_it_leaves_the_collecting_to_python(qtbot: QtBot) -> None:
    collector = Collector()
    collector.start()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()
