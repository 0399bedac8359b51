"""Layers of one's own at the desk: files opened or dropped, tracks of files and of the logged history, and removal.

Files are read in a process apart and never leave this computer, but for what of them a person exports with the map
(``console.mapexport.own``). What was removed last can be brought back.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QMessageBox

from console.crew import Member
from console.filelayer.contents import BESIDE_SHP, FEATURE_SUFFIXES, SHP, TRACK_SUFFIXES
from console.notices import Notice
from console.ownwaits import Wait, Waits
from console.systemask import ASKED_FOR, SystemAsk, box_of, km_text
from domain.faults import Fault, FaultKind, invalid
from domain.ids import ThingId
from layers.ownname import layer_name
from resources.words import sentence
from widgets.common.file_dialog import FileDialog
from widgets.notices import Severity

if TYPE_CHECKING:
    from console.desk import Desk
    from layers.observed import Observed
    from layers.tracks.model import TrackModel
    from resources.words import Value
    from widgets.common.pick_list import Choice
    from widgets.track_sheet import TrackSheet, TrackWish

OWNER = "own-layers"
MOST_LAYERS = 20
MOST_GONE = 5
"""So many removed layers are kept to be brought back; a file can be large."""
FAR_KM = 150
"""A file that lies so far from the town is hardly about it. The wrong one of two neighbouring zones is 290 km away."""
MOST_DROPPED = 10
ROWS_BAD = frozenset({"file_rows_bad", "file_rows_bad_and_placeless"})


class Opening(NamedTuple):
    """A file to be shown: ``crs`` counts where it names none, ``rest`` leaves its bad rows out."""

    path: Path
    crs: str | None = None
    rest: bool = False
    track: bool = False


class OwnLayers(Member):
    """Opens, shows and removes layers of one's own."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._models: dict[str, Observed] = {}
        self._gone: list[tuple[Observed, str]] = []
        self._sheet: TrackSheet | None = None
        self._numbers = 0
        self._waits = Waits(desk, OWNER)
        self._systems = SystemAsk(desk.words, desk.panels.map, desk.window)

    # -- opening ---------------------------------------------------------------------------------------------------

    def open_menu(self) -> None:
        """Offer what can be added to the tree of layers, below its button."""
        desk, words = self._desk, self._desk.words
        menu = QMenu(desk.window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in ("open_file", "open_track", "ask_track", "base_maps"):
            action = menu.addAction(words(f"menu.{name}"))
            action.setObjectName(name)
            action.setData(name)
        menu.triggered.connect(self._on_menu_chosen)
        tree = desk.panels.map.overlays.layer_tree
        menu.popup(tree.mapToGlobal(tree.rect().topLeft()))

    def open_file(self) -> None:
        """Let files be chosen and show each."""
        self._choose(FEATURE_SUFFIXES, self.on_files_chosen)

    def open_track(self) -> None:
        """Let GPX or CSV files be chosen and show their tracks."""
        self._choose(TRACK_SUFFIXES, self.on_tracks_chosen)

    def on_files_chosen(self, paths: Sequence[str]) -> None:
        """Show these files; too many at once are refused. What lies beside a Shapefile comes with it."""
        files = _apart_from_shapefiles([Path(path) for path in paths])
        if len(files) > MOST_DROPPED:
            self._desk.notices.fault(Fault(FaultKind.TOO_LARGE, "files_too_many", count=len(files), limit=MOST_DROPPED))
            return
        for path in files:
            self.show_file(Opening(path))

    def on_tracks_chosen(self, paths: Sequence[str]) -> None:
        """Show the tracks of these files."""
        for path in paths[:MOST_DROPPED]:
            self.show_file(Opening(Path(path), track=True))

    def show_file(self, opening: Opening) -> None:
        """Read a file and show it as a layer; what only a person can say about it is asked for."""
        task = f"{'track' if opening.track else 'file'} {opening.path}"
        self._begin(task, self._load(opening, task), file=opening.path.name)

    def stop_reading(self) -> bool:
        """Stop reading files: nothing of them is shown. Return whether any was being read."""
        return self._waits.stop()

    # -- removing --------------------------------------------------------------------------------------------------

    def on_remove_wanted(self, key: str) -> None:
        """Take a layer of one's own away; it can be brought back."""
        model = self._models.pop(key, None)
        if model is not None:
            view = self._desk.panels.map
            self._gone.append((model, key))
            for old, _ in self._gone[:-MOST_GONE]:
                self._let_go(old)
            item = view.item(key)
            name = "" if item is None else item.title()
            view.remove_layer(key)
            view.choices.taken_away(model, self._bring_back)
            notice = Notice(Severity.INFO, "notice.layer_removed", {"name": name}, "own-layer", "restore_layer")
            self._desk.notices.post(notice)

    def restore(self) -> None:
        """Bring back what was removed last."""
        if self._gone:
            self._bring_back(self._gone[-1][0])

    def _bring_back(self, model: "Observed") -> None:
        latest = model is self._gone[-1][0]
        self._let_go(model)
        self._add(model, look=False)
        if latest:
            self._desk.notices.withdraw("own-layer")

    def _let_go(self, model: "Observed") -> None:
        """It can no longer be brought back, or is about to be."""
        self._gone = [(gone, key) for gone, key in self._gone if gone is not model]
        self._desk.panels.map.choices.forget_gone(model)

    def on_closed(self) -> None:
        """Somebody else may sign in: tracks of the history go with whoever was allowed to read them."""
        for key in [key for key, model in self._models.items() if getattr(model, "guarded", False)]:
            del self._models[key]
            self._desk.panels.map.remove_layer(key)
        for model, _ in self._gone:
            self._let_go(model)

    # -- tracks of the logged history ------------------------------------------------------------------------------

    def ask_track(self) -> None:
        """Open the sheet that asks whose track, for which hours, and why."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return
        sheet = self._sheet or self._make_sheet()
        chosen = self._desk.panels.map.chosen.thing
        sheet.open_sheet(self._movers(), chosen)

    def on_track_asked(self, wish: "TrackWish") -> None:
        """Read the track that was asked for; the service logs who, whose, when and why."""
        self._begin("history", self._load_history(wish), on_sheet=True)

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _load(self, opening: Opening, task: str) -> None:
        """Show a file, or ask what keeps it from being shown."""
        self._check_room()
        wait = self._waits.begin(opening.path.name, task)
        try:
            await (self._load_track(opening, wait) if opening.track else self._load_file(opening, wait))
        except Fault as fault:
            if fault.key in ASKED_FOR and opening.crs is None:
                await self._systems.ask(opening.path, partial(self._on_system_chosen, opening))
            elif fault.key in ROWS_BAD and fault.params["rest"]:
                self._ask_rest(opening, fault)
            else:
                raise
        finally:
            self._waits.over(wait)

    async def _load_file(self, opening: Opening, wait: Wait) -> None:
        from console.filelayer.process import apart, features_of  # noqa: PLC0415 - not before a file is opened
        from layers.imported.model import ImportedModel, read_imported  # noqa: PLC0415

        path, name = opening.path, opening.path.name
        found = await apart(lambda halt: features_of(path, opening.crs, rest=opening.rest, halt=halt))
        features = await asyncio.to_thread(read_imported, found.wkbs, found.columns, found.rows)
        model = ImportedModel(self._ident(name), layer_name(path.stem))
        model.colour = self._next_colour()
        left = next((int(n.removeprefix("left_out:")) for n in found.notes if n.startswith("left_out:")), 0)
        model.put(features, self._remark(name, left))
        key = self._add(model)
        self._tell_shown(wait, len(found.rows), left)
        await self._tell_far(key, name)

    def _remark(self, file: str, left: int) -> str:
        words = self._desk.words
        return words("own_layer.from_file", file=file) + (words("own_layer.left_out", count=left) if left else "")

    def _tell_shown(self, wait: Wait, count: int, left: int) -> None:
        """Say that a file is shown, and how much of it is not. It can no longer be stopped."""
        self._waits.over(wait)
        key = "notice.file_shown_part" if left else "notice.file_shown"
        self._desk.notices.info(key, replace=wait.notice, name=wait.file, count=count, left=left)

    async def _tell_far(self, key: str, name: str) -> None:
        """Say so where a file lies so far from the town that it is likely to be somewhere else than it says."""
        from layers.geodesy import gap_m  # noqa: PLC0415 - kept off the start path

        shown, home = box_of(self._desk.panels.map, key), box_of(self._desk.panels.map, "grids")
        if shown is not None and home is not None:
            away_m = await asyncio.to_thread(gap_m, shown, home)
            if away_m > FAR_KM * 1000:
                self._desk.notices.warn("notice.file_far", name=name, km=km_text(away_m))

    async def _load_track(self, opening: Opening, wait: Wait) -> None:
        from console.filelayer.process import apart, track_of  # noqa: PLC0415
        from layers.tracks.model import TrackModel  # noqa: PLC0415

        path, room = opening.path, self._desk.session.room
        offset = self._desk.names.zone.utcoffset(datetime.now(UTC) if room is None else room.service_now())
        ahead = offset or timedelta()
        found = await apart(lambda halt: track_of(path, opening.crs, ahead, rest=opening.rest, halt=halt))
        fixes = [(f.track, f.at, f.lon, f.lat) for f in found.fixes]
        remark = self._remark(path.name, found.left_out)
        model = TrackModel(self._ident(path.name), layer_name(path.stem), self._desk.names.zone, remark)
        model.colour = self._next_colour()
        key = await self._show_track(model, found.names, fixes)
        self._tell_shown(wait, len(found.fixes), found.left_out)
        await self._tell_far(key, path.name)

    async def _load_history(self, wish: "TrackWish") -> None:
        from client.tracks import read_track  # noqa: PLC0415
        from layers.tracks.model import TrackModel  # noqa: PLC0415

        self._check_room()
        room = self._desk.session.room
        if room is None or room.picture is None:
            raise invalid("track_no_room")
        now = room.service_now()
        since = now - timedelta(hours=wish.hours)
        points = await read_track(room.client.line, ThingId(wish.thing), wish.reason, since, now)
        if self._desk.session.room is not room:
            return  # somebody else is signed in by now
        if len(points) < 2:
            raise invalid("track_empty")
        name = next((c.text for c in self._movers() if c.value == wish.thing), wish.thing)
        remark = self._desk.words("own_layer.from_history", reason=wish.reason)
        fixes = [(0, p.at.timestamp(), p.lon, p.lat) for p in points]
        model = TrackModel(self._ident("history", "history-"), name, self._desk.names.zone, remark, guarded=True)
        await self._show_track(model, (name,), fixes)
        if self._sheet is not None:
            self._sheet.close_sheet()

    async def _show_track(
        self, model: "TrackModel", names: tuple[str, ...], fixes: Sequence[tuple[int, float | None, float, float]]
    ) -> str:
        await asyncio.to_thread(model.put, names, fixes)  # nobody watches it yet
        return self._add(model)

    def _add(self, model: "Observed", *, look: bool = True) -> str:
        view = self._desk.panels.map
        item = view.add_layer(model)
        self._models[item.key] = model
        for gone in [gone for gone, key in self._gone if key == item.key]:
            self._let_go(gone)  # it was opened anew, and is there already
        if look:
            view.fit_layer(item.key)
        return item.key

    def _next_colour(self) -> str:
        """Return the colour for a file that is added: one that no other layer has, as long as there is one."""
        from layers.imported.item import ImportedItem  # noqa: PLC0415 - not before a file is opened
        from layers.owncolours import next_colour  # noqa: PLC0415
        from layers.tracks.item import TrackItem  # noqa: PLC0415

        items = (self._desk.panels.map.item(key) for key in self._models)
        return next_colour(item.role for item in items if isinstance(item, ImportedItem | TrackItem))

    def _ident(self, name: str, prefix: str = "") -> str:
        """Return an id for a layer: by its name, so that what is chosen of a file comes back with it."""
        stem = f"{prefix}{name}"[:80]
        taken = {key.split(":", 1)[1] for key in self._models}
        while stem in taken:
            self._numbers += 1
            stem = f"{prefix}{name}"[:72] + f"-{self._numbers}"
        return stem

    def _check_room(self) -> None:
        if len(self._models) >= MOST_LAYERS:
            raise Fault(FaultKind.TOO_LARGE, "own_layers_too_many", limit=MOST_LAYERS)

    def _movers(self) -> "list[Choice]":
        """Return everybody and every vehicle of the room that can be asked for."""
        from widgets.common.pick_list import Choice  # noqa: PLC0415

        room = self._desk.session.room
        if room is None or room.picture is None:
            return []
        names, picture = self._desk.names, room.picture
        people = [Choice(s.staff_id, s.name, names.unit(s.unit_id)) for s in picture.members.values()]
        vehicles = [Choice(v.vehicle_id, v.name, names.unit(v.unit_id)) for v in picture.vehicles.values()]
        return sorted(people + vehicles, key=lambda choice: choice.text)

    def _on_system_chosen(self, opening: Opening, system: str) -> None:
        self.show_file(opening._replace(crs=system))

    def _ask_rest(self, opening: Opening, fault: Fault) -> None:
        """Say which rows of a file cannot be used, and ask whether to show it without them."""
        words = self._desk.words
        dialog = QMessageBox(self._desk.window)
        dialog.setObjectName("own_layer_rest")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(opening.path.name)
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setText(sentence(words, f"fault.{fault.key}", {**fault.params}))
        dialog.addButton(words("own_layer.show_rest"), QMessageBox.ButtonRole.AcceptRole)
        dialog.addButton(words("own_layer.leave"), QMessageBox.ButtonRole.RejectRole)
        dialog.accepted.connect(partial(self.show_file, opening._replace(rest=True)))
        dialog.open()

    def _on_menu_chosen(self, action: Any) -> None:
        self._desk.actions.trigger(str(action.data()))

    def _choose(self, suffixes: Sequence[str], chosen: Any) -> None:
        words = self._desk.words
        title, kind = words("menu.open_file"), words("own_layer.files")
        dialog = FileDialog(self._desk.window, words, title, kind, " ".join(f"*{suffix}" for suffix in suffixes))
        dialog.setFileMode(FileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(chosen)
        dialog.open()

    def _make_sheet(self) -> "TrackSheet":
        from widgets.track_sheet import TrackSheet  # noqa: PLC0415 - not before it is asked for

        desk = self._desk
        self._sheet = sheet = TrackSheet(desk.words, desk.frame)
        sheet.asked.connect(self.on_track_asked)
        desk.appearance.dress([sheet])
        return sheet

    def _begin(self, name: str, work: Coroutine[Any, Any, None], *, on_sheet: bool = False, file: str = "") -> None:
        self._desk.tasks.start(OWNER, name, self._told(work, on_sheet=on_sheet, file=file), work)

    async def _told(self, work: Coroutine[Any, Any, None], *, on_sheet: bool, file: str) -> None:
        """Do something asked for; what is refused is told where it was asked for, of a file with its name."""
        try:
            await work
        except Fault as fault:
            words, values, key = self._desk.words, {**fault.params}, fault.key
            if on_sheet and self._sheet is not None and self._sheet.isVisible():
                self._sheet.tell(lambda: sentence(words, f"fault.{key}", values))
            elif file:
                told: dict[str, Value] = {**values, "own_file": file, "why": f"fault.{key}"}
                notice = Notice(Severity.FAULT, "notice.file_refused", told, f"file-{file}")
                self._desk.notices.post(notice)
            else:
                self._desk.notices.fault(fault, replace="own-layer")


def _apart_from_shapefiles(paths: Sequence[Path]) -> list[Path]:
    """Return the files without those that are parts of a Shapefile among them."""
    shapes = {path.with_suffix("") for path in paths if path.suffix.lower() == SHP}
    return [path for path in paths if path.with_suffix("") not in shapes or path.suffix.lower() not in BESIDE_SHP]
