"""The menu of a place on the map: its coordinates, what is there and around it, and what begins there."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from console.placesaid import in_systems
from domain.people import REPORTING_ROLES
from layers.mercator import to_plane
from widgets.map.events import PlacePicked
from widgets.map.identify_card import PlaceSaid
from widgets.map.select_card import Way

if TYPE_CHECKING:
    from console.desk import Desk


class PlaceMenu(QMenu):
    """It offers what works just now: while something is drawn only what leaves that as it is, and in a playback no
    choosing, which is of now. A row that begins a tool of the desk says its key.
    """

    def __init__(self, desk: "Desk", place: PlacePicked) -> None:
        super().__init__(desk.panels.map)
        self.setObjectName("map_place_menu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._place, self._view = desk, place, desk.panels.map
        self._keys = {name: key for name, _, key in desk.actions.listed()}
        self._does: dict[QAction, Callable[[], None]] = {}
        self._fill()
        self.triggered.connect(self._on_row)

    def show_at_place(self, *, by_key: bool) -> None:
        """Show it at the place. By keyboard its first row is chosen, so that Enter does something."""
        x, y = self._pixel().toTuple()
        self.popup(self._view.mapToGlobal(QPoint(round(x), round(y))))
        if by_key:
            self.setActiveAction(self.actions()[0])

    def _fill(self) -> None:
        if not self._view.awaits_points:
            self._offer("map_identify", "identify", self._identify)
            if not self._desk.map_desk.in_playback:
                metres = self._desk.map_desk.select.card.metres_of(Way.POINT)
                self._offer("map_select", "around", self._choose_around, n=metres)
            self._offer("measure_distance", "measure", self._measure)
            if self._may_report():
                self._offer("new_report", "report", self._report)
            self.addSeparator()
        self._offer("", "centre", self._centre)
        said = in_systems(self._place.lon, self._place.lat, self._desk.words)
        self._offer("", "copy", partial(self._copy, said[0]), how=said[0].how, text=said[0].text)
        others = self.addMenu(self._desk.words("place_menu.copy_as"))
        for each in said[1:]:
            self._does[others.addAction(f"{each.how} · {each.text}")] = partial(self._copy, each)

    def _offer(self, action: str, name: str, do: Callable[[], None], **values: str | int) -> None:
        """Add a row, unless it is of a desk action that cannot be done now."""
        if action and action not in self._keys:
            return
        key = self._keys.get(action, "")
        text = self._desk.words(f"place_menu.{name}", **values)
        row = self.addAction(f"{text}\t{key}" if key else text)
        row.setData(name)
        self._does[row] = do

    def _on_row(self, row: QAction) -> None:
        self._does[row]()

    def _may_report(self) -> bool:
        room = self._desk.session.room
        return room is not None and room.picture is not None and bool(room.picture.me.roles & REPORTING_ROLES)

    def _pixel(self) -> QPointF:
        """Return where on the map's widget the place is now."""
        return QPointF(*self._view.camera.to_screen(*to_plane(self._place.lon, self._place.lat)))

    # -- what is done there ----------------------------------------------------------------------------------------

    def _identify(self) -> None:
        self._desk.map_desk.identify_at(self._pixel())

    def _choose_around(self) -> None:
        self._desk.map_desk.select_around(self._place.lon, self._place.lat)

    def _measure(self) -> None:
        self._desk.map_tools.measure_from(self._place.lon, self._place.lat)

    def _report(self) -> None:
        self._desk.actions.trigger("new_report")
        self._desk.scout.report_at(self._place)

    def _centre(self) -> None:
        self._view.look_closely(self._place.lon, self._place.lat, self._view.camera.scale)

    def _copy(self, said: PlaceSaid) -> None:
        QGuiApplication.clipboard().setText(said.text)
        self._desk.notices.info("identify.copied", replace="place-copied", text=said.text)
