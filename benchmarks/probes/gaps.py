"""How long an event loop keeps its timers waiting: the gaps between ticks of a 5 ms timer."""

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from benchmarks.harness import p99

TICK_MS = 5


class Gaps(QObject):
    """Measures for a while, then emits ``measured`` with the 99th percentile of the gaps in milliseconds."""

    measured = Signal(float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticks: list[float] = []
        self._until = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def measure(self, seconds: float) -> None:
        """Begin."""
        self._ticks = [time.monotonic()]
        self._until = self._ticks[0] + seconds
        self._timer.start()

    def _on_tick(self) -> None:
        now = time.monotonic()
        self._ticks.append(now)
        if now >= self._until:
            self._timer.stop()
            self.measured.emit(1000 * p99([b - a for a, b in zip(self._ticks, self._ticks[1:], strict=False)]))
