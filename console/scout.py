"""Going to things: what list, map, board and command bar point at is selected, shown and looked at."""

from datetime import datetime
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from console.mapfeed import MapFeed
from console.panels import Panels
from console.photos import PhotoCache
from console.roomfeed import RoomFeed
from console.select import Selection
from console.session import Session
from domain.case import Case
from domain.ids import AttachmentId, CaseNo, GridCode, StaffId, ThingId, UnitId
from layers.mercator import to_degrees
from widgets.command_bar import Hit
from widgets.intents import PhotoWanted
from widgets.map.events import CasePicked, PlacePicked, ThingPicked
from widgets.names import Names


class _Heard(NamedTuple):
    """When and where somebody was, in degrees."""

    at: datetime
    lon: float
    lat: float


class Scout(QObject):
    """Follows the person's pointing. ``action_chosen`` names a desk action to be done."""

    action_chosen = Signal(str)
    report_placed = Signal(object)
    """A place was picked for a report: a ``PlacePicked``."""

    def __init__(
        self,
        session: Session,
        selection: Selection,
        panels: Panels,
        names: Names,
        photos: PhotoCache,
        map_feed: MapFeed,
        room_feed: RoomFeed,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._selection, self._panels, self._names = session, selection, panels, names
        self._photos, self._map_feed, self._room_feed = photos, map_feed, room_feed
        self._for_card = False

    # -- cases -----------------------------------------------------------------------------------------------------

    def on_case_picked(self, picked: CasePicked) -> None:
        """A case was picked on the map."""
        self._selection.select_case(CaseNo(picked.case_no))
        self._panels.show_card()

    def on_case_opened(self, case_no: CaseNo) -> None:
        """Enter on a case of the list: go to its card."""
        self._selection.select_case(case_no)
        self.action_chosen.emit("go_card")

    def on_case_changed(self, case_no: CaseNo | None) -> None:
        """Another case is selected: the map brings it into view, the card comes before the report form."""
        case = self._case(case_no)
        if case is None:
            return
        if case.lon is not None and case.lat is not None:
            self._panels.map.show_case(case.lon, case.lat)
        form = self._panels.late_report_form.made
        if form is None or not form.has_input():
            self._panels.show_card()

    def on_locate_requested(self, case_no: CaseNo) -> None:
        """Look at the scene of a case."""
        case = self._case(case_no)
        if case is not None and case.lon is not None and case.lat is not None:
            self._panels.map.show_case(case.lon, case.lat)
            self.action_chosen.emit("go_map")

    # -- units, people, places -------------------------------------------------------------------------------------

    def on_thing_picked(self, picked: ThingPicked) -> None:
        """A person or vehicle was picked on the map: its unit is selected."""
        picture = self._session.room.picture if self._session.room is not None else None
        if picture is None:
            return
        thing = ThingId(picked.thing)
        moving = picture.vehicles.get(thing) or picture.members.get(StaffId(picked.thing))
        self._panels.map.select_thing(picked.thing)
        if moving is not None:
            self._selection.select_unit(moving.unit_id)

    def on_unit_changed(self, unit_id: UnitId | None) -> None:
        """Another unit is selected: the map goes to whoever of it was heard of last, unless one of it is ringed."""
        picture = self._session.room.picture if self._session.room is not None else None
        if picture is None or unit_id is None:
            self._panels.map.select_thing(None)
            return
        movers = [ThingId(s.staff_id) for s in picture.members.values() if s.unit_id == unit_id]
        movers += [v.vehicle_id for v in picture.vehicles.values() if v.unit_id == unit_id]
        heard = [(heard.at, thing) for thing in movers if (heard := self._heard(thing)) is not None]
        if heard and self._panels.map.chosen.thing not in movers:
            self._go_to_thing(max(heard)[1])

    def on_hit_chosen(self, hit: Hit) -> None:
        """Go to what was found in the command bar."""
        match hit.what:
            case "case":
                self.on_case_opened(CaseNo(hit.value))
            case "unit":
                self._selection.select_unit(UnitId(hit.value))
            case "staff" | "vehicle":
                self._go_to_thing(hit.value)
            case "grid":
                self._go_to_grid(hit.value)
            case "place" | "address" | "camera" | "component" if hit.lon is not None and hit.lat is not None:
                self._panels.map.show_case(hit.lon, hit.lat)
            case "step":
                self.action_chosen.emit("go_card")
                self._panels.card.start_action(hit.value)
            case "action":
                self.action_chosen.emit(hit.value)

    def on_overdue_requested(self) -> None:
        """The figure of overdue cases was clicked."""
        self.action_chosen.emit("overdue")

    def on_lamps_changed(self) -> None:
        """Lamps changed: the figure follows."""
        self._room_feed.show_lamps(self._map_feed.lamp_counts())

    # -- places for a report, photos -------------------------------------------------------------------------------

    def on_place_requested(self) -> None:
        """The report form wants a place."""
        self._for_card = False
        self._panels.map.begin_place_pick()
        self._panels.map.setFocus()

    def on_card_place_requested(self) -> None:
        """The form on the card wants a place."""
        self.on_place_requested()
        self._for_card = True

    def on_place_picked(self, picked: PlacePicked) -> None:
        """A place was picked on the map, for whichever form asked last."""
        if self._for_card:
            self._for_card = False
            self._panels.show_card()
            self._panels.card.put_place(picked.lon, picked.lat)
            return
        self.report_at(picked)

    def report_at(self, picked: PlacePicked) -> None:
        """Take a report down that is of this place."""
        self._for_card = False
        label = "" if picked.grid is None else self._grid_name(picked.grid)
        self._panels.report_form.set_place(picked.lon, picked.lat, label)
        self._panels.show_report_form()
        self.report_placed.emit(picked)

    def on_photo_requested(self, wanted: PhotoWanted) -> None:
        """The card wants a photo."""
        self._photos.want(AttachmentId(wanted.attachment_id), wanted.full)

    def on_photo_loaded(self, attachment_id: str, full: bool, image: QImage) -> None:
        """A photo came: the report form may have asked for it."""
        form = self._panels.late_report_form.made
        if form is not None and not full:
            form.put_photo(AttachmentId(attachment_id), image)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _case(self, case_no: CaseNo | None) -> Case | None:
        room = self._session.room
        return None if room is None or room.picture is None or case_no is None else room.picture.case(case_no)

    def _go_to_thing(self, thing: str) -> None:
        heard = self._heard(ThingId(thing))
        self._panels.map.select_thing(thing)
        if heard is not None:
            self._panels.map.show_case(heard.lon, heard.lat)

    def _heard(self, thing: ThingId) -> _Heard | None:
        """Return where somebody was heard of last, in a playback by then."""
        if self._panels.map.past is not None:
            positions = self._map_feed.models.positions
            mark, place = positions.mark(thing), positions.place(thing)
            return None if mark is None or place is None else _Heard(mark.fixed_at, *to_degrees(*place))
        room = self._session.room
        fix = None if room is None or room.picture is None else room.picture.positions.get(thing)
        return None if fix is None else _Heard(fix.fixed_at, fix.lon, fix.lat)

    def _go_to_grid(self, code: str) -> None:
        place = self._map_feed.grid_middle(code)
        self._panels.map.select_grid(code)
        if place is not None:
            self._panels.map.show_case(*place)

    def _grid_name(self, code: str) -> str:
        return self._names.grid(GridCode(code))
