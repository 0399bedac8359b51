"""The map's larger tools, each made when it is first wanted, and the menu behind the button with the three dots."""

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu

from console.foundmark import FoundMark
from layers.mercator import to_plane
from widgets.command_bar import Hit
from widgets.map.events import MenuWanted
from widgets.map.guests import MapGuest
from widgets.map.tool_card import ToolCard

if TYPE_CHECKING:
    from console.desk import Desk
    from console.fences import Fences
    from console.identify import MapIdentify
    from console.mapselect import MapSelect
    from console.playback.desk import MapPlayback
    from console.redline import Redline


class HasCard(Protocol):
    """A tool with a card over the map."""

    @property
    def card(self) -> ToolCard:
        """The card."""


Tool = TypeVar("Tool", bound=HasCard)

TOOLS = ("map_identify", "map_select", "map_redline", "map_fences", "map_playback")
"""Desk actions that are tools of the map, in the order of the menu."""
MORE = ("export_map", "saved_views")
"""What else is done with the map, below them."""


class MapDesk(QObject, MapGuest):
    """What the desk's actions and the map's button reach the tools through."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        view = desk.panels.map
        self.found = FoundMark(view, self)
        view.overlays.toolbar.tools_requested.connect(self.open_menu)
        view.menu_wanted.connect(self.open_place_menu)
        view.add_guest(self)
        desk.map_tools.begun.connect(self._on_measuring)
        desk.panels.command_bar.hit_chosen.connect(self.on_hit_chosen)

    def key(self, event: QKeyEvent) -> bool:
        """I on the map lists what is at the cross."""
        if event.key() != Qt.Key.Key_I or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        self._put_away("identify")
        self.identify.at_cross()
        return True

    def on_hit_chosen(self, hit: Hit) -> None:
        """Mark on the map what was found by the search box."""
        feed = self._desk.map_feed
        place: tuple[float, float] | None = None
        if hit.lon is not None and hit.lat is not None:
            place = to_plane(hit.lon, hit.lat)
        elif hit.what == "case":
            place = feed.models.cases.place(hit.value)
        elif hit.what in ("staff", "vehicle"):
            place = feed.models.positions.place(hit.value)
        elif hit.what == "grid" and (middle := feed.grid_middle(hit.value)) is not None:
            place = to_plane(*middle)
        if place is not None:
            self.found.show(*place, hit.text)

    @cached_property
    def identify(self) -> "MapIdentify":
        """Listing what lies at a place."""
        from console.identify import MapIdentify  # noqa: PLC0415 - not before it is wanted

        return self._standing(MapIdentify(self._desk))

    def open_identify(self) -> None:
        """Turn identifying on."""
        self._put_away("identify")
        self.identify.open()

    def identify_at(self, at: QPointF) -> None:
        """List what is at a logical pixel."""
        self._put_away("identify")
        self.identify.at(at)

    @cached_property
    def select(self) -> "MapSelect":
        """Choosing by an area."""
        from console.mapselect import MapSelect  # noqa: PLC0415 - not before it is wanted

        return self._standing(MapSelect(self._desk))

    @cached_property
    def playback(self) -> "MapPlayback":
        """Playing back the last hours."""
        from console.playback.desk import MapPlayback  # noqa: PLC0415 - likewise

        return self._standing(MapPlayback(self._desk))

    @cached_property
    def redline(self) -> "Redline":
        """Drawing for everybody."""
        from console.redline import Redline  # noqa: PLC0415 - likewise

        return self._standing(Redline(self._desk))

    def open_redline(self) -> None:
        """Begin drawing."""
        self._put_away("redline")
        self.redline.open()

    @cached_property
    def fences(self) -> "Fences":
        """Geofences on our own units."""
        from console.fences import Fences  # noqa: PLC0415 - likewise

        return self._standing(Fences(self._desk))

    def open_fences(self) -> None:
        """Show the geofences and what they told."""
        self._put_away("fences")
        self.fences.open()

    def _standing(self, tool: Tool) -> Tool:
        """Have what lies over the map make way for the tool's card."""
        tool.card.altered.connect(self._desk.panels.map.overlays.place)
        return tool

    @property
    def in_playback(self) -> bool:
        """Whether the map shows the past."""
        return "playback" in self.__dict__ and self.playback.on

    def open_playback(self) -> None:
        """Ask for a playback; what was chosen is of now."""
        self._put_away("playback")
        self.let_go()
        self.playback.open()

    def open_select(self) -> None:
        """Begin choosing."""
        self._put_away("select")
        self.select.open()

    def select_around(self, lon: float, lat: float) -> None:
        """Choose what lies around a place in degrees."""
        self._put_away("select")
        self.select.around(lon, lat)

    def let_go(self) -> None:
        """Let go of what was chosen by an area."""
        if "select" in self.__dict__:
            self.select.let_go()

    def on_second(self) -> None:
        """A second has passed: what was chosen may have ended."""
        if "select" in self.__dict__:
            self.select.on_second()

    def retranslate(self) -> None:
        """The language changed: the tools that were made say anew what they found."""
        for name in ("identify", "redline", "fences", "playback"):
            if name in self.__dict__:
                getattr(self, name).rename()

    def _on_measuring(self) -> None:
        self._put_away("")

    def _put_away(self, but: str) -> None:
        """Close the cards of the other tools: they stand in one place."""
        for name in ("identify", "select", "redline", "fences", "playback"):
            if name != but and name in self.__dict__:
                tool = getattr(self, name)
                if name == "select":
                    tool.make_way()
                else:
                    tool.card.close_card()
                tool.card.forget_left()

    def open_place_menu(self, wanted: MenuWanted) -> None:
        """Show what can be done at a place of the map."""
        from console.placemenu import PlaceMenu  # noqa: PLC0415 - not before it is wanted

        PlaceMenu(self._desk, wanted.place).show_at_place(by_key=wanted.by_key)

    def open_menu(self) -> None:
        """Show the tools beside their button."""
        toolbar = self._desk.panels.map.overlays.toolbar
        menu = QMenu(toolbar)
        menu.setObjectName("map_tools_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        listed = {name: (text, key) for name, text, key in self._desk.actions.listed()}
        for name in (*TOOLS, "", *MORE):
            if name in listed:
                text, key = listed[name]
                action = menu.addAction(f"{text}\t{QKeySequence(key).toString() if key else ''}")
                action.setData(name)
            elif not name:
                menu.addSeparator()
        menu.triggered.connect(self._on_tool)
        menu.popup(toolbar.mapToGlobal(QPoint(toolbar.width() + 4, toolbar.height() - menu.sizeHint().height())))

    def _on_tool(self, action: QAction) -> None:
        self._desk.actions.trigger(str(action.data()))
