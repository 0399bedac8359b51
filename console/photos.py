"""Photos: fetched when asked for, decoded in a thread, kept up to a bound, the longest unused dropped first."""

import asyncio
from collections import OrderedDict

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from client.api import ServiceClient
from console.tasks import Tasks
from domain.faults import Fault, FaultKind
from domain.ids import AttachmentId

OWNER = "photos"
UNREADABLE = "photo_unreadable"
"""It came, but is no picture: asking again would bring the same."""
MEGABYTE = 2**20
RETRY_EVERY_S = 3
"""What the line did not bring is asked for again this often once the line is live."""
MISSED_MOST = 64
"""Photos remembered to be asked for again; beyond these the one missed first is forgotten."""

Wanted = tuple[AttachmentId, bool]


class PhotoCache(QObject):
    """``loaded`` carries id, whether it is the full size, and the QImage; ``failed`` carries id, full and ``Fault``."""

    loaded = Signal(str, bool, object)
    failed = Signal(str, bool, object)

    def __init__(self, tasks: Tasks, limit_mb: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._limit = limit_mb * MEGABYTE
        self._client: ServiceClient | None = None
        self._kept: OrderedDict[Wanted, QImage] = OrderedDict()
        self._size = 0
        self._waiting: set[Wanted] = set()
        self._missed: OrderedDict[Wanted, None] = OrderedDict()
        self._pause_s = 0

    @property
    def size_bytes(self) -> int:
        """Bytes of all kept pictures as they lie in memory."""
        return self._size

    def use(self, client: ServiceClient | None) -> None:
        """Fetch from this session from here on; what another one brought is dropped."""
        self._tasks.cancel(OWNER)
        self._client = client
        self._waiting.clear()
        self._missed.clear()
        self._kept.clear()
        self._size = 0

    def bound(self, limit_mb: int) -> None:
        """Keep no more than this from here on."""
        self._limit = limit_mb * MEGABYTE
        self._let_go()

    def want(self, attachment_id: AttachmentId, full: bool) -> None:
        """Ask for a photo; ``loaded`` or ``failed`` comes, at once where it is kept."""
        wanted = (attachment_id, full)
        image = self._kept.get(wanted)
        if image is not None:
            self._kept.move_to_end(wanted)
            self.loaded.emit(attachment_id, full, image)
        elif self._client is not None and wanted not in self._waiting:
            self._waiting.add(wanted)
            self._tasks.start(OWNER, f"{attachment_id}/{full}", self._fetch(self._client, wanted))

    def on_second(self, *, live: bool) -> None:
        """A second has passed: where the line is live, ask again for what it could not bring."""
        self._pause_s = max(0, self._pause_s - 1)
        if not live or self._pause_s or not self._missed:
            return
        self._pause_s = RETRY_EVERY_S
        missed, self._missed = self._missed, OrderedDict()
        for attachment_id, full in missed:
            self.want(attachment_id, full)

    async def _fetch(self, client: ServiceClient, wanted: Wanted) -> None:
        attachment_id, full = wanted
        try:
            content = await client.photo(attachment_id, "full" if full else "thumb")
            image = await asyncio.to_thread(_decode, content)
        except Fault as fault:
            if fault.kind is FaultKind.UNAVAILABLE and fault.key != UNREADABLE:
                self._miss(wanted)
            self.failed.emit(attachment_id, full, fault)
        else:
            self._keep(wanted, image)
            self.loaded.emit(attachment_id, full, image)
        finally:
            self._waiting.discard(wanted)

    def _miss(self, wanted: Wanted) -> None:
        self._missed[wanted] = None
        if len(self._missed) > MISSED_MOST:
            self._missed.popitem(last=False)

    def _keep(self, wanted: Wanted, image: QImage) -> None:
        self._kept[wanted] = image
        self._size += image.sizeInBytes()
        self._let_go()

    def _let_go(self) -> None:
        while self._size > self._limit and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._size -= dropped.sizeInBytes()


def _decode(content: bytes) -> QImage:
    image = QImage.fromData(content)
    if image.isNull():
        raise Fault(FaultKind.UNAVAILABLE, UNREADABLE)
    return image
