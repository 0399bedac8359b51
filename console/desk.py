"""The composition root of the desktop program: everything is built here, handed what it needs, started and stopped.

Nothing is reached through a global; what knows whom is read off the constructor calls, and what hears whom in
``console.wiring``.
"""

import asyncio
import gc
from base64 import b64decode
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from client.line import LineState
from client.room import Room
from console.actions import ActionTable
from console.addressdesk import AddressDesk
from console.admin import AdminDesk
from console.appearance import Appearance
from console.basemaps import BaseMaps
from console.cardfeed import CardFeed
from console.clerk import Clerk
from console.crew import Crew
from console.deskactions import FOR_REPORTERS, ON_DESK, desk_actions
from console.display import is_offscreen
from console.finder import Finder, read_places
from console.firstpicture import FirstPicture
from console.folders import Folders
from console.gridkeeper import GridKeeper
from console.ground import GroundStore
from console.intake import Intake
from console.intents import Intents
from console.late import Late, furnish, until_whole
from console.layerkeeper import LayerKeeper
from console.layernotes import LayerNotes
from console.looking import Looking
from console.mapdesk import MapDesk
from console.mapfeed import MapFeed
from console.maptools import MapTools
from console.notices import NoticeFeed, NoticeHub
from console.outbox import Outbox
from console.outboxdesk import OutboxDesk
from console.panels import make_panels
from console.photos import PhotoCache
from console.pickfeed import PickFeed
from console.presence import PresenceDesk
from console.reception import Reception
from console.register import Register
from console.registerlayers import RegisterLayers
from console.roomfeed import RoomFeed
from console.scout import Scout
from console.select import Selection
from console.session import Session
from console.settings import Settings, Value
from console.stale import StaleVeils
from console.tasks import Tasks
from console.window import FIRST_HEIGHT_PX, FIRST_WIDTH_PX, DeskFrame, DeskWindow
from console.wiring import connect, follow
from console.workspace import Workspace, read_stored
from domain.faults import Fault
from domain.people import REPORTING_ROLES
from domain.wire import Geometry
from resources.words import Words
from widgets.common.file_dialog import forget_folder
from widgets.common.sheet import Sheet, open_sheets
from widgets.names import Names

if TYPE_CHECKING:
    from console.mapexport.exporter import MapExporter
    from console.paper import PaperDesk
    from widgets.sign_in import SignInPanel

SECOND_MS = 1000


class Desk(QObject):
    """The running console. ``closing`` is set when somebody wants it to end; ``stop`` ends it."""

    def __init__(
        self, app: QApplication, settings: Settings, folders: Folders, *, ca_file: Path | None, keep: bool
    ) -> None:
        super().__init__()
        self.closing = asyncio.Event()
        self.settings = settings
        self.folders, self._keep = folders, keep
        self._warm = self._focused = False
        # What everything else is handed
        self.words = Words("en" if settings.text("language") == "en" else "zh-CN")
        self.appearance = Appearance(app, self.words, "light" if settings.text("theme") == "light" else "dark", self)
        self.notices = NoticeHub(self)
        self.tasks = Tasks(self.show_failure)
        self.names = Names(self.words)
        self.selection = Selection(self)
        self._equip_session(ca_file)
        # The panels, and what keeps them as the room is
        self.map_feed = MapFeed(self.tasks, self.names, settings.number("map_updates_per_s"), self)
        self.looking = Looking(settings.number("map_updates_per_s"), self)
        self.late_sign_in = Late(self._make_sign_in, "widgets.sign_in")
        self.frame = DeskFrame()
        self.panels = p = make_panels(self.appearance, self.names, self.map_feed.models, self.frame)
        held = self.map_feed.holdings
        self.room_feed = RoomFeed(
            self.tasks, self.names, self.notices, held, p.case_list, p.late_board, p.late_today, p.top_bar, self
        )
        self.card_feed = CardFeed(self.tasks, p.late_card, self.selection, self.map_feed.holdings, self)
        self.notice_feed = NoticeFeed(self.notices, p.notices, self.words, settings.number("notice_s"), self)
        self.finder = Finder(self.words, self.names, self.tasks)
        # The window they stand in
        self.window = DeskWindow(self.words("app.title"))
        self.late_sign_in.then(self.window.add_sign_in)
        self.workspace = Workspace(self.frame, p.docks(), self.words)
        self.frame.fill(p.top_bar, p.notices, self.workspace.manager)
        self.frame.lie_over(p.map)
        self.window.add_desk(self.frame)
        self.crew, self.admin, self.grid_keeper = Crew(self), AdminDesk(self), GridKeeper(self)
        self.outbox_desk, self.veils = OutboxDesk(self), StaleVeils(p, self.names, self.appearance, self)
        self._equip_map()
        self.presence = PresenceDesk(self)
        self.actions = ActionTable(self.window, self.words, desk_actions(self))
        self.finder.use_actions(self.actions)
        self.finder.use_register(self.register)
        # Those who answer to people
        self.reception = Reception(self.session, self.late_sign_in, self.notices, settings, self.words, self)
        self.scout = Scout(
            self.session, self.selection, p, self.names, self.photos, self.map_feed, self.room_feed, self
        )
        self.clerk = Clerk(p, self.notices, self.selection, self.names, self.words, self)
        self.intake, self.addresses = Intake(self), AddressDesk(self.tasks, p, self.words, self)
        self._second = QTimer(self, interval=SECOND_MS)
        self._second.timeout.connect(self.on_second)
        self._second.timeout.connect(self.base_maps.on_second)
        self._second.timeout.connect(self.presence.on_second)
        connect(self)
        self.appearance.apply()

    def service_now(self) -> datetime:
        """Return the service's time; ours before there is a picture."""
        room = self.session.room
        return datetime.now(UTC) if room is None or room.picture is None else room.service_now()

    def real_now(self) -> datetime:
        """Return the service's real time as measured, which orders wait by."""
        room = self.session.room
        return datetime.now(UTC) if room is None else room.client.time.now()

    def _equip_session(self, ca_file: Path | None) -> None:
        """Build the session and what goes through it."""
        self.ground = GroundStore(self.folders.cache if self._keep else None)
        self.session = Session(self.tasks, ca_file, self.ground, self)
        self.outbox = Outbox(self.tasks, self.notices, self.folders.config, self)
        self.intents = Intents(self.tasks, self.notices, self.outbox, self)
        self.photos = PhotoCache(self.tasks, self.settings.number("photo_cache_mb"), self)
        self.register = Register(self.tasks, self.notices, self)

    def _equip_map(self) -> None:
        """Build what stands around the map: notes, what is chosen of the layers, base maps."""
        view, folders, keep = self.panels.map, self.folders, self._keep
        self.first_picture = FirstPicture(self.frame)
        self.map_tools = MapTools(view, self.tasks, self.words, self)
        self.map_desk = MapDesk(self)
        self.layer_notes = LayerNotes(view, self.words)
        self.register_layers = RegisterLayers(self.register, self.map_feed.models, self.names, self)
        self.picks = PickFeed(view, self.map_feed.models, self.names, self)
        self.base_maps = BaseMaps(self, folders.config, folders.cache, keep=keep)
        self.layer_keeper = LayerKeeper(view, folders.config, self.tasks, self.notices, keep=keep, parent=self)

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the window where it was and let time pass."""
        stored = read_stored(self.folders.config) if self._keep else None
        placed = stored is not None and self.window.restore_place(b64decode(stored.window))
        if not placed:
            self.window.resize(FIRST_WIDTH_PX, FIRST_HEIGHT_PX)
        self.workspace.lock(self.settings.flag("layout_locked"))
        self.workspace.begin(stored)
        self.layer_keeper.start()
        self.base_maps.start()
        if stored is not None and stored.full_screen:
            self.window.showFullScreen()
        elif placed or not self._keep or is_offscreen():
            self.window.show()
        else:
            self.window.showMaximized()
        self._second.start()

    async def stop(self) -> None:
        """Keep the layout, end the session, every task and every timer, and close the window."""
        self._second.stop()
        self.first_picture.show()
        if self._keep:
            self.keep_workspace()
        self.layer_keeper.stop()
        await self.intake.holds.drain()
        self.outbox_desk.stop()
        await self.outbox.stop()
        self.base_maps.stop()
        self._use(None)
        self.notice_feed.stop()
        self.register_layers.stop()
        self.panels.map.stop()
        await self.session.stop()
        await self.tasks.stop()
        self.workspace.close_all()
        self.window.really_close()
        self.window.deleteLater()

    def request_close(self) -> None:
        """Somebody wants the program to end."""
        self.closing.set()

    def keep_workspace(self) -> None:
        """Store the layout; where that cannot be written the person is told."""
        geometry = bytes(self.window.saveGeometry().data())
        try:
            self.workspace.save(self.folders.config, geometry, self.window.isFullScreen())
        except OSError:
            self.notices.warn("notice.layout_not_kept", replace="layout")

    # -- who is signed in ------------------------------------------------------------------------------------------

    def on_opened(self, room: Room) -> None:
        """Somebody is signed in: show the desk and follow the room."""
        self.map_feed.expect(self.session.ground)
        self._use(room)
        follow(self, room)
        self.actions.enable(ON_DESK, True)
        self.first_picture.hold()
        self.window.show_desk()
        self.panels.show_card()
        self.panels.map.begin()

    def on_closed(self) -> None:
        """Nobody is signed in any more: no sheet of theirs lies over the desk of whoever comes next."""
        self._focused = False
        for sheet in self._open_sheets():
            sheet.close_sheet()
        self.notice_feed.put_away()
        forget_folder()
        self._use(None)
        self.actions.enable(ON_DESK, False)
        self.ask_to_sign_in(None)

    def on_reloaded(self) -> None:
        """Everything was loaded anew: names that others keep follow."""
        room = self.session.room
        if room is None or room.picture is None:
            return
        gc.freeze()  # what was just loaded stays: the collector need not walk it, which the window would feel
        self.finder.use(room.picture)
        self.panels.map.set_synthetic(room.picture.town.synthetic)
        self._entitle()
        self.actions.forbid(FOR_REPORTERS, not room.picture.me.roles & REPORTING_ROLES)
        p = self.panels
        parts: list[Late[Any]] = [p.late_board, p.late_today, p.late_card, *self.crew.missing()]
        self.tasks.start("desk", "furnish", furnish(self._is_drawn, parts))

    def _is_drawn(self) -> bool:
        """Whether the map shows the grids, and all of what it shows."""
        return bool(self.map_feed.models.grids.shapes.grids) and self.panels.map.settled

    def _use(self, room: Room | None) -> None:
        feeds = (self.outbox, self.map_feed, self.room_feed, self.card_feed, self.intents, self.looking, self.intake)
        for feed in (*feeds, self.addresses, self.grid_keeper):
            feed.use(room)
        for kept in (self.register, self.picks, self.presence):
            kept.use(room)
        self.photos.use(None if room is None else room.client)
        self.finder.use(None)

    def _entitle(self) -> None:
        town = self.names.town_name()
        title = self.words("app.title_town", town=town) if town else self.words("app.title")
        self.window.setWindowTitle(title)

    @property
    def sign_in(self) -> "SignInPanel":
        """The page to sign in, made now where nobody had to yet."""
        return self.late_sign_in.get()

    def _make_sign_in(self) -> "SignInPanel":
        from widgets.sign_in import SignInPanel  # noqa: PLC0415 - who comes with a token needs none

        return SignInPanel(self.words, self.appearance.theme)

    @cached_property
    def paper(self) -> "PaperDesk":
        """Puts open cases, units and telephones on paper; made when first asked for."""
        from console.paper import PaperDesk  # noqa: PLC0415 - not before it is asked for

        return PaperDesk(self)

    @cached_property
    def map_export(self) -> "MapExporter":
        """Writes what the map shows to a file; made when first asked for."""
        from console.mapexport.exporter import MapExporter  # noqa: PLC0415 - not before it is asked for

        return MapExporter(self)

    # -- time and trouble ------------------------------------------------------------------------------------------

    def on_second(self) -> None:
        """A second has passed: clocks, lamps, ages."""
        room = self.session.room
        self.crew.on_second()
        self.frame.place_notices()  # a sheet or strip beside them may have come or gone
        if room is None:
            return
        if not self._warm and self._is_drawn():
            self._warm = True  # not before: compiling would take its time from the first picture
            self.panels.map.warm_up()
        if self._warm:
            self.outbox.begin()  # for whoever is signed in now
        if not self._focused and self.panels.case_list.view.isVisible() and not self.admin.is_open:
            self._focused = True
            if not self._is_working():
                self.panels.case_list.focus_list()
        if room.picture is None:
            self.room_feed.show_line(room.line(), None)
            return
        now = room.service_now()
        if self.panels.late_report_form.made is not None:
            self.panels.report_form.set_now(now)
        self.photos.on_second(live=room.line().state is LineState.LIVE)
        self.room_feed.on_second(now)
        self.map_feed.on_second(now)
        self.card_feed.on_second(now)
        self.room_feed.show_line(room.line(), now)
        self.veils.on_second(self._open_sheets)
        self.register.on_second(now)
        self.register_layers.on_second(now)
        self.picks.on_second()
        self.map_desk.on_second()
        self.layer_notes.show(self.room_feed.silent_since, now, self.map_feed.models)

    def _is_working(self) -> bool:
        """Whether somebody has begun already: nobody's focus is taken away."""
        at = self.window.focusWidget()
        busy = (self.panels.card_stack, *self._open_sheets())
        return at is not None and (at.inherits("QLineEdit") or any(part.isAncestorOf(at) for part in busy))

    def _open_sheets(self) -> list[Sheet]:
        return open_sheets(self.window)

    def on_escape(self) -> None:
        """Esc is left over: the topmost sheet takes it as if it had the keyboard, else a wait for a file ends."""
        sheets = self._open_sheets()
        if sheets:
            sheets[-1].escape()
        else:
            self.crew.stop_waiting()

    def on_list_escape(self) -> None:
        """Esc is left over in a list or table: where no sheet is open, what was chosen on the map is let go of."""
        if self._open_sheets():
            self.on_escape()
        elif not self.crew.stop_waiting():
            self.map_desk.let_go()

    def on_shapes_loaded(self) -> None:
        """The map's shapes were loaded: the command bar finds grids and places among them."""
        room = self.session.room
        if room is None or room.geometry is None:
            return
        self.tasks.start("finder", "places", self._find_places(room.geometry))
        self.intake.gists.use(room)

    async def _find_places(self, geometry: Geometry) -> None:
        """Read what is named on the map and keep the ground, once the first picture is there."""
        await until_whole(self._is_drawn)
        places = await asyncio.to_thread(read_places, geometry.base)
        self.finder.use_shapes(geometry.grids, places)
        ground = self.map_feed.ground()
        if ground is not None and self.session.ground is not None:
            await self.session.ground.keep(ground)

    def on_language_changed(self, language: str) -> None:
        """Everything that keeps words of its own looks them up again."""
        self.workspace.retranslate(self.words)
        self.actions.retranslate()
        self.notice_feed.retranslate()
        self.room_feed.retranslate()
        self.intake.templates.show()
        self.map_feed.rename()
        self.register_layers.rename()
        self.map_desk.retranslate()
        self._entitle()
        self._remember("language", language)

    def on_theme_changed(self, name: str) -> None:
        """The theme in use is remembered."""
        self._remember("theme", name)

    def _remember(self, name: str, value: str) -> None:
        self.keep_setting(name, value)

    def keep_setting(self, name: str, value: Value) -> None:
        """Set a setting; where it cannot be stored the person is told. Raises ``Fault`` for a value out of bounds."""
        try:
            self.settings.set(name, value, store=self._keep)
        except OSError:
            self.notices.warn("notice.settings_not_kept", replace="settings")

    def show_failure(self, error: BaseException, where: str) -> None:
        """Show that something inside failed; a ``Fault`` in its own words."""
        if isinstance(error, Fault):
            self.notices.fault(error, replace=f"failure-{error.key}")
        else:
            name = type(error).__name__
            self.notices.warn("notice.failure", replace=f"failure-{name}", error=name)

    def ask_to_sign_in(self, server: str | None) -> None:
        """Show the page to sign in, at this server or the one used last."""
        address = server or self.session.server or self.settings.text("server_url")
        self.sign_in.set_server(address, self.settings.text("last_user"))
        # The shapes of the map need it, and a person types meanwhile
        self.tasks.start("desk", "prefetch", asyncio.to_thread(import_module, "shapely"))
        self.window.show_sign_in()
