"""Keeps what is chosen of the map's layers from one run to the next, beside the workspace."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
from PySide6.QtCore import QObject, QTimer

from console.folders import write_atomically
from console.notices import NoticeHub
from console.tasks import Tasks
from layers.options import LayerState
from widgets.map.view import MapView

FILE_NAME = "layers.json"
VERSION = 1
MAX_FILE = 1024 * 1024
OWNER = "layers"
SETTLE_MS = 1500
"""Choices are written when none was made for this long."""


class Stored(msgspec.Struct, frozen=True):
    """The choices as they are kept: of the layers, the groups of the tree that are folded up, or all of the list."""

    version: int
    layers: LayerState
    folded: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=60)], ...], msgspec.Meta(max_length=50)] = ()
    list_folded: bool = False


class LayerKeeper(QObject):
    """Shows the kept choices on a map and keeps those made there; with ``keep`` False nothing is read or written."""

    def __init__(
        self, view: MapView, folder: Path, tasks: Tasks, notices: NoticeHub, *, keep: bool, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._view, self._path, self._tasks, self._notices, self._keep = view, folder / FILE_NAME, tasks, notices, keep
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(SETTLE_MS)
        self._wait.timeout.connect(self._write_soon)
        view.choices.changed.connect(self.on_changed)
        view.overlays.layer_tree.folding_changed.connect(self.on_changed)
        view.overlays.layer_tree.rows.itemExpanded.connect(self.on_changed)
        view.overlays.layer_tree.rows.itemCollapsed.connect(self.on_changed)

    def start(self) -> None:
        """Show what was kept; a file that is not one is passed over and written anew with the next choice."""
        stored = read_stored(self._path) if self._keep else None
        if stored is not None:
            self._view.choices.show(stored.layers)
            self._view.overlays.feed()
            self._view.overlays.layer_tree.rows.fold(stored.folded)
            self._view.overlays.layer_tree.fold(stored.list_folded)

    def stop(self) -> None:
        """Write what has not been written yet; where that cannot be done the person is told."""
        if self._wait.isActive():
            self._wait.stop()
            try:
                write_atomically(self._path, self._content())
            except OSError:
                self._notices.warn("notice.layers_not_kept", replace="layers")

    def on_changed(self, _item: object = None) -> None:
        """Something was chosen: it is written when the choosing has settled."""
        if self._keep:
            self._wait.start()

    def _content(self) -> bytes:
        tree = self._view.overlays.layer_tree
        stored = Stored(VERSION, self._view.choices.state(), tree.rows.folded(), tree.folded)
        return msgspec.json.format(msgspec.json.encode(stored), indent=1)

    def _write_soon(self) -> None:
        self._tasks.start(OWNER, "keep", self._write(self._content()))

    async def _write(self, content: bytes) -> None:
        try:
            await asyncio.to_thread(write_atomically, self._path, content)
        except OSError:
            self._notices.warn("notice.layers_not_kept", replace="layers")


def read_stored(path: Path) -> Stored | None:
    """Return the kept choices, None where there are none or the file is not one of ours."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
        stored = msgspec.json.decode(content, type=Stored) if len(content) <= MAX_FILE else None
    except (OSError, ValueError, RecursionError):  # msgspec.DecodeError is a ValueError
        return None
    return stored if stored is not None and stored.version == VERSION else None
