"""What the map's ground is drawn from, read from the service's geometry. Knows no Qt: it is read before Qt is there."""

import asyncio
import threading
from concurrent.futures import Future
from typing import NamedTuple

import msgspec

from client.early import TIMEOUT_S, EarlyReplies
from domain.wire import Geometry
from layers.basemap.model import BaseShapes, read_features
from layers.divisions.model import DivisionShapes, read_areas
from layers.grids.model import GridShapes, read_grids

GEOMETRY_PATH = "/v1/geometry"


class MapShapes(NamedTuple):
    """The shapes of the three layers that stand still, and the tag of the geometry they were read from."""

    tag: str
    base: BaseShapes
    areas: DivisionShapes
    grids: GridShapes


def read_shapes(geometry: Geometry) -> MapShapes:
    """Return geometry as shapes. Pure: may run in any thread."""
    return MapShapes(
        geometry.tag, read_features(geometry.base), read_areas(geometry.divisions), read_grids(geometry.grids)
    )


class EarlyShapes:
    """Shapes read by a thread from the geometry that was asked for beforehand, while the program still imports."""

    def __init__(self, replies: EarlyReplies) -> None:
        self._replies = replies
        self._made: Future[MapShapes | None] = Future()
        self._made.set_running_or_notify_cancel()
        threading.Thread(target=self._read, name="onemap-shapes", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether they have been read, or could not be."""
        return self._made.done()

    def made(self) -> MapShapes | None:
        """Return the shapes once ``ready``; None where they could not be read."""
        return self._made.result()

    async def take(self) -> MapShapes | None:
        """Return the shapes when they are ready; None where they could not be read."""
        return await asyncio.wrap_future(self._made)

    def _read(self) -> None:
        """Read them; what fails is read again in the ordinary way, which says what is wrong."""
        made: MapShapes | None = None
        try:
            reply = self._replies.reply(GEOMETRY_PATH, TIMEOUT_S)
            if reply is not None:
                made = read_shapes(msgspec.msgpack.decode(reply.body, type=Geometry))
        except (ValueError, RecursionError):  # msgspec.DecodeError is a ValueError
            made = None
        finally:
            self._made.set_result(made)
