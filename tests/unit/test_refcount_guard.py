"""Guards against a Qt binding that drops references to None and True.

PySide6 6.12.0 does so on Python 3.10 and 3.11 and aborts the interpreter within a minute; an unpinned QtAds drags it
in. From Python 3.12 on these objects are immortal and their counts stand still.
"""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

ROUNDS = 200
ROOT = QModelIndex()
TOLERATED = 0.1
"""References gained or lost per call: noise of the test runner itself stays far below one."""


class Probe(QWidget):
    """A widget with a signal, a slot and overridden events."""

    sent = Signal(int)

    @Slot(int)
    def on_sent(self, number: int) -> None:
        """Take the signal."""

    def plain(self, number: int) -> None:
        """Take the signal without being a slot."""

    def paintEvent(self, event: QEvent) -> None:
        """Paint nothing."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Filter nothing."""
        return False


class Table(QAbstractTableModel):
    """A table whose data is None."""

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        return 2

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        return 2

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        return None


def _counts() -> tuple[int, int, int]:
    return sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)


def _drift(act: Callable[[], object]) -> float:
    """Return the largest change per call in the reference counts of None, True and False."""
    act()
    before = _counts()
    for _ in range(ROUNDS):
        act()
    after = _counts()
    return max(abs(b - a) / ROUNDS for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize(
    "name", ["events", "emit", "emit_plain", "setter", "getter", "parent", "model", "repaint", "filter"]
)
def test_qt_keeps_the_references_it_is_lent(qtbot, qapp: QApplication, name: str) -> None:
    widget, table = Probe(), Table()
    qtbot.addWidget(widget)
    widget.show()
    if name == "emit":
        widget.sent.connect(widget.on_sent)
    if name == "emit_plain":
        widget.sent.connect(widget.plain)
    if name == "filter":
        widget.installEventFilter(widget)
    acts: dict[str, Callable[[], object]] = {
        "events": qapp.processEvents,
        "emit": lambda: widget.sent.emit(1),
        "emit_plain": lambda: widget.sent.emit(1),
        "setter": lambda: widget.setToolTip("x"),
        "getter": widget.isVisible,
        "parent": widget.parent,
        "model": lambda: table.itemData(table.index(0, 0)),
        "repaint": widget.repaint,
        "filter": lambda: widget.setToolTip("y"),
    }
    assert _drift(acts[name]) < TOLERATED


def test_the_probe_would_see_a_lost_reference() -> None:
    if sys.version_info >= (3, 12):
        pytest.skip("None is immortal from Python 3.12 on: there is nothing to lose")
    kept: list[None] = []
    assert _drift(lambda: kept.append(None)) > 0.9
