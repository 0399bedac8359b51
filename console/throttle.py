"""Throttles what is asked for often: the first request runs at once, one too soon waits for the pause to end."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal


class Throttle(QObject):
    """Emits ``due`` for requests, at most once in ``interval_ms``."""

    due = Signal()

    def __init__(self, interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._interval_ms = interval_ms
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_pause_ended)

    def request(self) -> None:
        """Ask for ``due``: now, or when the pause ends; requests meanwhile become one."""
        if self._timer.isActive():
            return
        waited = self._since.elapsed() if self._since.isValid() else self._interval_ms
        if waited >= self._interval_ms:
            self._on_pause_ended()
        else:
            self._timer.start(max(1, self._interval_ms - int(waited)))

    def hurry(self) -> None:
        """Have what was asked for now, before the pause has ended."""
        if self._timer.isActive():
            self._timer.stop()
            self._on_pause_ended()

    def stop(self) -> None:
        """Forget what was asked for."""
        self._timer.stop()

    def _on_pause_ended(self) -> None:
        self._since.start()
        self.due.emit()
