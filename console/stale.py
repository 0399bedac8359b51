"""Stale looks stale: list, map, board and figures are dimmed and say since when, as soon as the line is not live.

So do the sheets that show what others alter, without being dimmed: much of what is done in them waits for the line.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import QObject

from console.appearance import Appearance
from console.panels import Panels
from widgets.common.sheet import Sheet
from widgets.common.stale import StaleVeil
from widgets.names import Names


class StaleVeils(QObject):
    """One veil a panel, made when first needed."""

    def __init__(self, panels: Panels, names: Names, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._names, self._appearance = panels, names, appearance
        self._veils: list[StaleVeil] = []
        self._text = ""
        self._on_sheets = False

    def show(self, since: datetime | None) -> None:
        """Say since when (service time) nothing was heard; None while the line is live."""
        if since is None and not self._veils:
            return
        theme = self._appearance.theme
        if not self._veils:
            panels = self._panels
            # The map tells at its foot where it is from, and where the pointer is
            self._veils = [StaleVeil(panels.map, theme, at_head=True)]
            self._veils += [StaleVeil(panel, theme) for panel in (panels.case_list, panels.board, panels.today)]
        self._text = ""
        if since is not None:
            self._text = self._appearance.words("stale.since", at=self._names.local(since).strftime("%H:%M:%S"))
        for veil in self._veils:
            veil.set_theme(theme)
            veil.say(self._text)

    def on_second(self, open_sheets: Callable[[], Iterable[Sheet]]) -> None:
        """Let the sheets that are open say so as well, or no longer."""
        if not self._text and not self._on_sheets:
            return
        self._on_sheets = bool(self._text)
        for sheet in open_sheets():
            if sheet.follows:
                sheet.say_stale(self._text, self._appearance.theme)
