"""The console asks for the positions its map shows, once the force is large; for all of a small one."""

from PySide6.QtCore import QObject

from client.api import ServiceClient
from client.picture import Picture
from client.room import Room
from console.looking import LARGE_FORCE, SETTLE_MS, Looking, view_box
from domain.ids import ThingId, UnitId
from domain.people import Vehicle
from domain.wire_feed import Look, ViewBox
from layers.camera import Camera
from layers.mercator import to_degrees, to_plane
from tests.unit.client.peer import snapshot


def room_of(vehicles: int) -> Room:
    room = Room(ServiceClient("http://127.0.0.1:9"))
    room.picture = Picture(snapshot(0))
    made = (Vehicle(ThingId(f"v{n}"), f"{n}", UnitId("u")) for n in range(vehicles))
    room.picture.vehicles = {vehicle.vehicle_id: vehicle for vehicle in made}
    return room


def camera() -> Camera:
    x, y = to_plane(120.8, 29.6)
    return Camera(x, y, 16.0, 1000, 800)


def test_a_camera_far_out_shows_the_world_and_no_more() -> None:
    box = view_box(Camera(0, 0, 100_000.0, 4000, 4000))
    assert (box.west, box.east) == (-180.0, 180.0)
    assert -90.0 <= box.south < -89.0


async def test_only_a_large_force_is_cut_to_the_view(qapp: object) -> None:
    import asyncio

    parent = QObject()
    for force, cut in ((3, False), (LARGE_FORCE, True)):
        looking = Looking(10, parent)
        room = room_of(force)
        looking.use(room)
        assert room._look == Look(None, 10)
        looking.on_camera_changed(camera())
        looking.on_camera_changed(camera().moved(200, 0))
        await asyncio.sleep(2 * SETTLE_MS / 1000)
        told = room._look
        assert (told.view is not None) is cut
        if told.view is not None:
            x0, y0, x1, y1 = camera().moved(200, 0).bounds()
            west, south = to_degrees(x0, y0)
            east, north = to_degrees(x1, y1)
            assert told.view == ViewBox(west, south, east, north), "the last place, when the map has settled"
        looking.use(None)
        looking.on_camera_changed(camera().moved(900, 0))
        assert room._look == told
        await room.client.aclose()
