"""Stale looks stale: list, map, board and figures are dimmed and say since when, as soon as the line is not live."""

from datetime import datetime

from PySide6.QtCore import QObject

from console.appearance import Appearance
from console.panels import Panels
from widgets.common.stale import StaleVeil
from widgets.names import Names


class StaleVeils(QObject):
    """One veil a panel, made when first needed."""

    def __init__(self, panels: Panels, names: Names, appearance: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._names, self._appearance = panels, names, appearance
        self._veils: list[StaleVeil] = []

    def show(self, since: datetime | None) -> None:
        """Say since when (service time) nothing was heard; None while the line is live."""
        if since is None and not self._veils:
            return
        theme = self._appearance.theme
        if not self._veils:
            panels = self._panels
            self._veils = [StaleVeil(p, theme) for p in (panels.case_list, panels.map, panels.board, panels.today)]
        text = ""
        if since is not None:
            text = self._appearance.words("stale.since", at=self._names.local(since).strftime("%H:%M:%S"))
        for veil in self._veils:
            veil.set_theme(theme)
            veil.say(text)
