"""The ground of a town's map: its geometry and the shapes read from it, kept from one start to the next.

It is drawn from the kept file before the service has said anything; the snapshot then names the geometry in force, and
another one is fetched and read. One file a service, with nothing in it but the map of a town, which everybody who may
sign in is shown. Knows no Qt: it is read while Qt is being loaded.
"""

import asyncio
import threading
import zlib
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
import numpy as np

from client.early import GEOMETRY_PATH, TIMEOUT_S, EarlyReplies
from console.folders import ground_file, write_atomically
from console.mapshapes import MapShapes, read_shapes
from domain.wire import Geometry

FORM = 1
"""Raised whenever other shapes are read from the same geometry: what is kept in another form is read anew."""
MOST_BYTES = 64 * 1024 * 1024
"""A larger town is fetched at each start, as is done without a file."""
MOST_TOWNS = 4


class Ground(NamedTuple):
    """Geometry as the service gave it, and what the map draws it from."""

    geometry: Geometry
    shapes: MapShapes


class _Kept(msgspec.Struct, array_like=True):
    form: int
    server: str
    ground: Ground


class GroundStore:
    """The files in the cache's folder; with None for it nothing is kept. Any thread."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache

    def read(self, server: str) -> Ground | None:
        """Return what is kept of a service; None where there is nothing, or it is damaged or of another form."""
        at = None if self._cache is None else ground_file(self._cache, server)
        with suppress(OSError, ValueError, TypeError):  # msgspec's own are ValueErrors
            if at is None or at.stat().st_size > MOST_BYTES:
                return None
            content = at.read_bytes()
            if content[:4] != _digest(content[4:]):
                return None
            kept = msgspec.msgpack.decode(content[4:], type=_Kept, dec_hook=_to_array)
            if (kept.form, kept.server) == (FORM, server):
                return kept.ground
        return None

    def keep(self, server: str, ground: Ground) -> None:
        """Keep it instead of what was kept of this service. A folder that cannot be written only costs the next start.

        The towns not kept for longest make room for it.
        """
        if self._cache is None:
            return
        at = ground_file(self._cache, server)
        content = msgspec.msgpack.encode(_Kept(FORM, server, ground), enc_hook=_from_array)
        if len(content) + 4 > MOST_BYTES:
            return
        with suppress(OSError):
            write_atomically(at, _digest(content) + content)
            files = sorted(at.parent.glob("*.ground"), key=lambda file: file.stat().st_mtime)
            for old in files[:-MOST_TOWNS]:
                old.unlink(missing_ok=True)


class EarlyGround:
    """The ground that a start begins with, fetched up by a thread while the program still imports.

    It is what ``store`` has of the service; without that it is read from ``replies``, where those were asked for.
    """

    def __init__(self, store: GroundStore, server: str, replies: EarlyReplies | None = None) -> None:
        self._store, self._server, self._replies = store, server, replies
        self._kept = False
        self._made: Future[Ground | None] = Future()
        self._made.set_running_or_notify_cancel()
        threading.Thread(target=self._read, name="onemap-ground", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether it is there, or cannot be."""
        return self._made.done()

    def made(self) -> Ground | None:
        """Return it once ``ready``; None where there is none."""
        return self._made.result()

    async def take(self) -> Ground | None:
        """Return it as soon as it is ready; None where there is none."""
        return await asyncio.wrap_future(self._made)

    async def keep(self, ground: Ground) -> None:
        """Keep a ground of this service for the next start, unless it is the one that was kept."""
        kept = await self.take()
        if not self._kept or kept is None or kept.shapes.tag != ground.shapes.tag:
            await asyncio.to_thread(self._store.keep, self._server, ground)

    async def geometry(self) -> Geometry | None:
        """Return its geometry as soon as it is ready; None where there is none."""
        ground = await self.take()
        return None if ground is None else ground.geometry

    def _read(self) -> None:
        """Read it; what fails is fetched in the ordinary way, which says what is wrong."""
        made: Ground | None = None
        try:
            made = self._store.read(self._server)
            self._kept = made is not None
            if made is None:
                made = self._from_replies()
        except (ValueError, RecursionError):
            made = None
        finally:
            self._made.set_result(made)

    def _from_replies(self) -> Ground | None:
        reply = None if self._replies is None else self._replies.reply(GEOMETRY_PATH, TIMEOUT_S)
        if reply is None:
            return None
        geometry = msgspec.msgpack.decode(reply.body, type=Geometry)
        return Ground(geometry, read_shapes(geometry))


def _digest(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(4, "big")


def _from_array(value: Any) -> tuple[tuple[int, ...], bytes]:
    if not isinstance(value, np.ndarray):
        raise NotImplementedError(type(value))
    return value.shape, value.tobytes()


def _to_array(kind: Any, value: Any) -> Any:
    shape, content = value
    (scalar,) = get_args(get_args(kind)[1])
    return np.frombuffer(content, scalar).reshape(shape).copy()  # a copy: the kernels take what can be written to
