"""The grid keeper at the desk: a mesh is read and checked in a thread, shown with its faults, and published."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from msgspec.structs import replace
from PySide6.QtCore import QObject

from client.api import new_key
from client.room import Room
from console.systemask import ASKED_FOR, SystemAsk, box_of, system_text
from domain.faults import Fault, FaultKind
from domain.mesh import FaultSort, Mend, MeshFault
from domain.people import Role
from domain.wire_grids import GridPublishing, GridRepublishing

if TYPE_CHECKING:
    from client.grids import GridCalls
    from console.desk import Desk
    from console.exchange.table import Table
    from console.mesh.mesh import MeshGrid
    from layers.meshfaults.model import MeshFaultsModel
    from widgets.grid_keeper.sheet import GridKeeperSheet
    from widgets.grid_keeper.wants import Columns, Decided, FileWanted, Republish

OWNER, LAYER, ACTION = "grid-keeper", "meshfaults", "grid_keeper"
LOOK_EVERY_S = 0.1

T = TypeVar("T")


class Watch:
    """How far work in a thread is, and whether anybody still wants it."""

    def __init__(self) -> None:
        self.share = 0
        self.ended = False

    def tell(self, done: int, of: int) -> None:
        """Called by the thread. Raises ``Cancelled`` once nobody wants it."""
        from console.mesh.mesh import Cancelled  # noqa: PLC0415 - not before a mesh is looked at

        if self.ended:
            raise Cancelled
        self.share = 100 * done // of


class GridKeeper(QObject):
    """Opens the sheet and does what it asks for. Free until somebody opens it."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._sheet: GridKeeperSheet | None = None
        self._model: MeshFaultsModel | None = None
        self._table: Table | None = None
        self._grids: list[MeshGrid] = []
        self._faults: list[MeshFault] = []
        self._draft = ""
        self._room: Room | None = None
        self._wanted: FileWanted | None = None
        self._systems = SystemAsk(desk.words, desk.panels.map, desk.window)
        self._watch = Watch()

    def use(self, room: Room | None) -> None:
        """Keep the grids of this room's service from here on; with None nobody's."""
        self._room = room
        if room is None:
            self._desk.actions.enable((ACTION,), False)
            self._desk.tasks.cancel(OWNER)
            if self._sheet is not None:
                self._sheet.close_sheet()

    def on_reloaded(self) -> None:
        """Everything was loaded anew: whoever may keep the grids is offered it."""
        room = self._room
        entitled = room is not None and room.picture is not None and Role.SYSTEM_ADMIN in room.picture.me.roles
        self._desk.actions.enable((ACTION,), entitled)

    def open(self) -> None:
        """Open the sheet over the map."""
        sheet = self.sheet()
        self._desk.admin.close()
        self._desk.workspace.show_dock("dock-map")
        if self._model is None:
            from layers.meshfaults.model import MeshFaultsModel  # noqa: PLC0415 - not before it is asked for

            self._model = MeshFaultsModel()
            self._desk.panels.map.add_layer(self._model)
        sheet.open_sheet()
        self._begin("versions", self._load_versions())

    def sheet(self) -> "GridKeeperSheet":
        """Return the sheet, made now where nobody has opened it yet."""
        if self._sheet is None:
            from widgets.grid_keeper.sheet import GridKeeperSheet  # noqa: PLC0415 - not before it is asked for

            desk = self._desk
            self._sheet = sheet = GridKeeperSheet(desk.names, desk.appearance.theme, desk.frame)
            desk.appearance.dress([sheet])
            sheet.file_wanted.connect(self.on_file_wanted)
            sheet.check_wanted.connect(self.on_check_wanted)
            sheet.mend_wanted.connect(self.on_mend_wanted)
            sheet.fault_looked_at.connect(self.on_fault_looked_at)
            sheet.compare_wanted.connect(self.on_compare_wanted)
            sheet.publish_wanted.connect(self.on_publish_wanted)
            sheet.republish_wanted.connect(self.on_republish_wanted)
            sheet.cancelled.connect(self.on_cancelled)
            sheet.closed.connect(self.on_closed)
        return self._sheet

    # -- what is asked for -----------------------------------------------------------------------------------------

    def on_file_wanted(self, wanted: "FileWanted") -> None:
        """Read a file."""
        self._begin("work", self._read(wanted))

    def on_check_wanted(self, columns: "Columns") -> None:
        """Check the mesh of the file that was read."""
        self._begin("work", self._check(columns))

    def on_mend_wanted(self, decided: "Sequence[Decided]") -> None:
        """Carry out what was decided, and check again."""
        self._begin("work", self._mend([(self._faults[d.fault], d.mend) for d in decided]))

    def on_fault_looked_at(self, fault: int) -> None:
        """Bring a fault into view."""
        if self._model is not None and any(self._faults[fault].bounds):  # what lies nowhere on earth is not looked at
            self._model.choose(fault)
            self._desk.panels.map.fit_layer(LAYER)

    def on_compare_wanted(self) -> None:
        """Send the mesh as a draft and ask what it would alter."""
        self._begin("work", self._compare())

    def on_publish_wanted(self, note: str) -> None:
        """Put the draft in force."""
        self._begin("work", self._publish(note))

    def on_republish_wanted(self, wanted: "Republish") -> None:
        """Put an earlier version in force again."""
        self._begin("work", self._republish(wanted))

    def on_cancelled(self) -> None:
        """Give up what runs. What the service has taken by then stays a draft, which alters nothing."""
        self._watch.ended = True
        self._desk.tasks.cancel(OWNER, "work")
        self.sheet().set_busy("")

    def on_closed(self) -> None:
        """The sheet was closed: the map shows no faults any more."""
        self._watch.ended = True
        self._wanted = None
        self._desk.tasks.cancel(OWNER)
        if self._model is not None:
            self._desk.panels.map.remove_layer(LAYER)
            self._model = None
        if self._sheet is not None:
            self._sheet.set_busy("")
            self._sheet.forget()

    # -- what is done ----------------------------------------------------------------------------------------------

    def _begin(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._desk.tasks.start(OWNER, name, self._told(work), work)

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work; what refuses it is said on the sheet."""
        sheet = self.sheet()
        try:
            await work
        except Fault as fault:
            sheet.tell(partial(self._desk.clerk.explain, fault, ()))
        finally:
            sheet.set_busy("")

    async def _apart(self, key: str, work: Callable[[Watch], T]) -> T:
        """Run work in a thread and show how far it is."""
        self._watch = watch = Watch()
        text = self._desk.words(key)
        running = asyncio.ensure_future(asyncio.to_thread(work, watch))
        try:
            while not running.done():
                self.sheet().set_busy(text, watch.share)
                await asyncio.wait([running], timeout=LOOK_EVERY_S)
            return running.result()
        finally:
            watch.ended = True

    async def _read(self, wanted: "FileWanted") -> None:
        from widgets.grid_keeper.wants import Columns  # noqa: PLC0415 - the sheet is open by now

        sheet, file = self.sheet(), Path(wanted.path).name
        self._table, self._grids, self._draft = None, [], ""  # whatever becomes of this file: the one before is gone
        self._wanted = wanted
        self._show_faults([])
        sheet.set_columns((), Columns("", ""))
        sheet.set_file(self._desk.words("mesh.file.unread", file=file))
        try:
            self._table = table = await self._apart("mesh.busy.read", lambda watch: _read_table(wanted))
        except Fault as fault:
            if fault.key == "gpkg_which_layer":
                await self._offer_layers(wanted)
            elif fault.key in ASKED_FOR and not wanted.overrules:
                await self._ask_system()
            else:
                raise
            return
        from console.mesh.drafting import guess_columns  # noqa: PLC0415 - likewise

        key = "mesh.file_in" if wanted.overrules else "mesh.file"
        system = system_text(wanted.crs, self._desk.words)
        sheet.set_file(self._desk.words(key, file=file, grids=len(table.records), system=system))
        sheet.set_columns(table.columns, guess_columns(table.columns))

    async def _offer_layers(self, wanted: "FileWanted") -> None:
        from console.exchange.container_reader import layers_of  # noqa: PLC0415 - not before a file is read

        self.sheet().offer_layers(wanted, await asyncio.to_thread(layers_of, Path(wanted.path)))
        self.sheet().set_file(self._desk.words("mesh.file.layers", file=Path(wanted.path).name))

    async def _ask_system(self) -> None:
        """Ask in which coordinates the file is: it names none, or one under which it lies somewhere else."""
        if self._wanted is not None:
            await self._systems.ask(Path(self._wanted.path), partial(self._on_system_chosen, self._wanted))

    def _on_system_chosen(self, wanted: "FileWanted", system: str) -> None:
        if wanted is self._wanted:  # else another file took its place, or the sheet was closed
            self.on_file_wanted(replace(wanted, crs=system, overrules=True))

    async def _check(self, columns: "Columns") -> None:
        if self._table is None:
            return
        from console.mesh.drafting import grids_of  # noqa: PLC0415 - a file was read by now

        self._grids = grids_of(self._table, columns)
        await self._check_grids()
        astray = any(fault.sort is FaultSort.ELSEWHERE for fault in self._faults)
        if astray and self._wanted is not None and not self._wanted.overrules:
            await self._ask_system()

    async def _mend(self, decisions: list[tuple[MeshFault, Mend]]) -> None:
        from console.mesh.drafting import mark_of  # noqa: PLC0415 - a file was read by now
        from console.mesh.mending import mend_mesh  # noqa: PLC0415
        from console.mesh.roomdata import homes  # noqa: PLC0415

        within = homes(self._room)
        self._grids = await self._apart("mesh.busy.mend", lambda watch: mend_mesh(self._grids, decisions, within))
        await self._check_grids(left=frozenset(mark_of(fault) for fault, mend in decisions if mend is Mend.LEAVE))

    async def _check_grids(self, left: frozenset[tuple[Any, ...]] = frozenset()) -> None:
        """Check, and show what was found. ``left`` are faults that were decided to stay: they stay so."""
        from console.mesh.check import check_mesh  # noqa: PLC0415 - not before a mesh is checked
        from console.mesh.drafting import mark_of  # noqa: PLC0415
        from console.mesh.roomdata import homes, known_divisions  # noqa: PLC0415

        grids, within, sheet = self._grids, homes(self._room), self.sheet()
        known, near = known_divisions(self._room), box_of(self._desk.panels.map, "grids")
        if not grids:
            self._show_faults([])
            sheet.forget()
            raise Fault(FaultKind.INVALID, "mesh_without_grids")
        faults = await self._apart(
            "mesh.busy.check", lambda watch: check_mesh(grids, within, progress=watch.tell, known=known, near=near)
        )
        self._show_faults(faults)
        sheet.set_faults(faults)
        sheet.faults.leave([i for i, fault in enumerate(faults) if mark_of(fault) in left])

    def _show_faults(self, faults: list[MeshFault]) -> None:
        from layers.meshfaults.model import read_faults  # noqa: PLC0415 - not before there are some

        self._faults = faults
        if self._model is not None:
            self._model.put(read_faults(faults))

    async def _compare(self) -> None:
        from console.mesh.drafting import draft_of  # noqa: PLC0415 - a file was read by now
        from console.mesh.roomdata import staff_by_name  # noqa: PLC0415

        room = self._room
        grids = await self._apart("mesh.busy.pack", lambda watch: draft_of(self._grids, staff_by_name(room)))
        self._draft = uuid4().hex
        sheet, total = self.sheet(), len(grids)

        def sent(count: int) -> None:
            sheet.set_busy(self._desk.words("mesh.busy.send"), 100 * count // total)

        calls = self._calls()
        await calls.send_draft(self._draft, grids, sent)
        found = await calls.difference(self._draft)
        sheet.set_difference(found)
        sheet.set_versions(await calls.versions())

    async def _publish(self, note: str) -> None:
        sheet, calls = self.sheet(), self._calls()
        asked = GridPublishing(sheet.version, len(self._grids), note)
        await calls.publish(self._draft, asked, key=new_key())
        self._desk.notices.info("notice.grids_published", replace="grids", grids=len(self._grids))
        sheet.note.clear()
        sheet.set_difference(None)
        await self._load_versions()

    async def _republish(self, wanted: "Republish") -> None:
        sheet, calls = self.sheet(), self._calls()
        await calls.republish(wanted.version, GridRepublishing(sheet.version, wanted.note), key=new_key())
        self._desk.notices.info("notice.grids_republished", replace="grids", version=wanted.version)
        sheet.note.clear()
        await self._load_versions()

    async def _load_versions(self) -> None:
        self.sheet().set_versions(await self._calls().versions())

    def _calls(self) -> "GridCalls":
        from client.grids import GridCalls  # noqa: PLC0415 - not before it is asked for

        if self._room is None:
            raise Fault(FaultKind.UNAVAILABLE, "line_down")
        return GridCalls(self._room.client.line)


def _read_table(wanted: "FileWanted") -> "Table":
    from console.mesh.reading import table_of  # noqa: PLC0415 - imported in the thread that reads

    return table_of(wanted)
