"""The map's larger tools, each made when it is first wanted, and the menu behind the button with the three dots."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from console.desk import Desk
    from console.mapselect import MapSelect
    from console.playback.desk import MapPlayback

TOOLS = ("map_select", "map_playback")
"""Desk actions that are tools of the map, in the order of the menu."""


class MapDesk(QObject):
    """What the desk's actions and the map's button reach the tools through."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        desk.panels.map.overlays.toolbar.tools_requested.connect(self.open_menu)

    @cached_property
    def select(self) -> "MapSelect":
        """Choosing by an area."""
        from console.mapselect import MapSelect  # noqa: PLC0415 - not before it is wanted

        return MapSelect(self._desk)

    @cached_property
    def playback(self) -> "MapPlayback":
        """Playing back the last hours."""
        from console.playback.desk import MapPlayback  # noqa: PLC0415 - likewise

        return MapPlayback(self._desk)

    def open_playback(self) -> None:
        """Ask for a playback."""
        self.playback.open()

    def open_select(self) -> None:
        """Begin choosing."""
        self.select.open()

    def open_menu(self) -> None:
        """Show the tools beside their button."""
        toolbar = self._desk.panels.map.overlays.toolbar
        menu = QMenu(toolbar)
        menu.setObjectName("map_tools_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, text, key in self._desk.actions.listed():
            if name in TOOLS:
                action = menu.addAction(f"{text}\t{QKeySequence(key).toString() if key else ''}")
                action.setData(name)
        menu.triggered.connect(self._on_tool)
        menu.popup(toolbar.mapToGlobal(QPoint(toolbar.width() + 4, toolbar.height() - menu.sizeHint().height())))

    def _on_tool(self, action: QAction) -> None:
        self._desk.actions.trigger(str(action.data()))
