"""Telling others that a model changed, without Qt."""

from collections.abc import Callable

Callback = Callable[[], None]


class Observed:
    """Something others can watch. ``revision`` grows by one with each change."""

    def __init__(self) -> None:
        self.revision = 0
        self._callbacks: list[Callback] = []

    def subscribe(self, callback: Callback) -> Callback:
        """Call ``callback`` after each change until the returned function is called."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def _changed(self) -> None:
        self.revision += 1
        for callback in tuple(self._callbacks):
            callback()
