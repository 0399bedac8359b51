"""A label that says what went wrong, and says it again in another language when asked to."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel

Telling = str | Callable[[], str]
"""A text, or what looks it up in the language in use each time."""


def told_text(telling: Telling) -> str:
    """Return what is told, in the language in use."""
    return telling if isinstance(telling, str) else telling()


class FaultLabel(WrappedLabel):
    """Hidden while nothing is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._telling: Telling = ""
        set_role(self, "fault")
        self.hide()

    def tell(self, telling: Telling) -> None:
        """Say it; an empty text takes it away."""
        self._telling = telling
        self.retranslate()

    def retranslate(self) -> None:
        """Look the text up again, where it can be."""
        text = told_text(self._telling)
        self.setText(text)
        self.setVisible(bool(text))
