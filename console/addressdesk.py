"""Addresses at the desk: the command bar finds them, the report form is offered them, and a picked place names its own.

Each question has a name: a newer one cancels the older, and an answer to what is no longer typed is dropped.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from client.room import Room
from console.panels import Panels
from console.tasks import Tasks
from domain.addresses import Address, AddressPage, fragments
from domain.faults import Fault
from layers.mercator import to_degrees
from resources.words import Words
from widgets.command_bar import Hit
from widgets.map.events import PlacePicked

if TYPE_CHECKING:
    from widgets.report_form import ReportForm

OWNER = "addresses"
IN_BAR, IN_FORM = 8, 8
AROUND_M = 120.0
"""How far from a picked place an address may lie to be taken for its own."""


class AddressDesk(QObject):
    """Asks the service about addresses. Where it cannot be reached, the desk does without."""

    def __init__(self, tasks: Tasks, panels: Panels, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._panels, self._words = tasks, panels, words
        self._room: Room | None = None

    def use(self, room: Room | None) -> None:
        """Ask this room's service from here on; with None nobody."""
        self._room = room
        if room is None:
            self._tasks.cancel(OWNER)

    def on_searched(self, typed: str) -> None:
        """Something was typed into the command bar."""
        self._tasks.cancel(OWNER, "bar")
        if self._room is not None and fragments(typed):
            self._tasks.start(OWNER, "bar", self._search_bar(self._room, typed))

    def on_address_typed(self, typed: str) -> None:
        """Something was typed into the address of a report."""
        self._tasks.cancel(OWNER, "form")
        if self._room is not None and fragments(typed):
            self._tasks.start(OWNER, "form", self._search_form(self._room, typed))

    def on_place_picked(self, picked: PlacePicked) -> None:
        """A place was picked for a report: the address nearest to it is offered."""
        if self._room is not None:
            self._tasks.start(OWNER, "place", self._name_place(self._room, picked.lon, picked.lat))

    def ask_at(self, lon: float, lat: float, told: Callable[[Address | None], None]) -> None:
        """Find the address nearest to a place, None where none is near; nothing is told where nobody knows any."""
        self._tasks.cancel(OWNER, "at")
        if self._room is not None:
            self._tasks.start(OWNER, "at", self._tell_at(self._room, lon, lat, told))

    def connect_form(self, form: "ReportForm") -> None:
        """Hear what is typed into a form that was just made."""
        form.address.typed.connect(self.on_address_typed)

    async def _search_bar(self, room: Room, typed: str) -> None:
        found = await self._find(room, typed, IN_BAR)
        self._panels.command_bar.add_hits(typed, [self._hit(address, typed) for address in found])

    async def _search_form(self, room: Room, typed: str) -> None:
        found = await self._find(room, typed, IN_FORM)
        self._panels.report_form.address.offer(typed, found)

    async def _name_place(self, room: Room, lon: float, lat: float) -> None:
        page = await _nearest(room, lon, lat)
        if page is not None and page.addresses:
            self._panels.report_form.name_place((lon, lat), page.addresses[0].text)

    async def _tell_at(self, room: Room, lon: float, lat: float, told: Callable[[Address | None], None]) -> None:
        page = await _nearest(room, lon, lat)
        if page is not None and not page.empty:
            told(page.addresses[0] if page.addresses else None)

    async def _find(self, room: Room, typed: str, limit: int) -> Sequence[Address]:
        try:
            return (await room.client.addresses(typed[:60], near=self._middle(), limit=limit)).addresses
        except Fault:
            return ()  # the line has a sign of its own; what the desk knows by itself is still found

    def _middle(self) -> tuple[float, float]:
        camera = self._panels.map.camera
        lon, lat = to_degrees(camera.x, camera.y)
        return round(max(-180.0, min(180.0, lon)), 6), round(max(-90.0, min(90.0, lat)), 6)

    def _hit(self, address: Address, typed: str) -> Hit:
        """Return an address as a hit; found by its code, it says so."""
        code = address.code if address.code.casefold().startswith(typed.casefold()) else ""
        away = "" if address.distance_m is None else self._away(address.distance_m)
        detail = " · ".join(part for part in (code, away) if part)
        return Hit("address", address.code, address.text, detail, lon=address.lon, lat=address.lat)

    def _away(self, metres: float) -> str:
        if metres < 1000:
            return self._words("address.metres_away", n=round(metres))
        return self._words("address.km_away", n=f"{metres / 1000:.1f}")


async def _nearest(room: Room, lon: float, lat: float) -> AddressPage | None:
    """Return what the service knows of a place, None where it cannot be reached."""
    try:
        return await room.client.addresses_at(lon, lat, within_m=AROUND_M, limit=1)
    except Fault:
        return None
