"""The desk's own actions with their keys, as data. What each does is a method or a line here."""

from functools import partial
from typing import TYPE_CHECKING

from console.actions import DeskAction
from widgets.case_list.rows import ListTab

if TYPE_CHECKING:
    from console.crew import Crew
    from console.desk import Desk

ON_DESK = (
    "command_bar",
    "new_report",
    "lock_layout",
    "reset_layout",
    "go_cases",
    "go_map",
    "go_layers",
    "ask_track",
    "saved_views",
    *(f"view_{number}" for number in range(1, 10)),
    "go_card",
    "go_units",
    "go_today",
    "take_back",
    "send_held",
    "go_requests",
    "go_callbacks",
    "fit_map",
    "export_map",
    "export_folder",
    "measure_distance",
    "measure_area",
    "map_identify",
    "map_select",
    "map_redline",
    "map_fences",
    "map_playback",
    "overdue",
    "search_cases",
    "own_account",
    "outbox",
    "shift",
    "handover",
    "duty_log",
    "print_fallback",
    "lock_desk",
    "messages",
    "roll_call",
    "acknowledge_sos",
    "raise_sos",
    "run_cards",
    "whistle",
    "plans",
    "checklists",
    "sign_out",
)
"""Actions that need somebody to be signed in."""
FOR_REPORTERS = ("new_report",)
"""Actions for the roles alone that may bring in a report."""


class _Moves:
    """What the actions do that is more than one call: turn to a panel and do something there."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._panels, self._workspace = desk.panels, desk.workspace

    def command_bar(self) -> None:
        self._panels.command_bar.open_bar()

    def cases(self) -> None:
        self._workspace.show_dock("dock-cases")
        self._panels.case_list.focus_list()

    def search_cases(self) -> None:
        self._workspace.show_dock("dock-cases")
        self._panels.case_list.focus_search()

    def take_back(self) -> None:
        self._desk.intake.holds.take_back_last()

    def send_held(self) -> None:
        self._desk.intake.holds.send_all()

    def sign_out(self) -> None:
        self._desk.tasks.start("desk", "sign-out", self._sign_out())

    async def _sign_out(self) -> None:
        await self._desk.intake.holds.drain()
        self._desk.session.sign_out()

    def list_of(self, tab: ListTab) -> None:
        self._workspace.show_dock("dock-cases")
        self._panels.case_list.set_tab(tab)
        self._panels.case_list.go_to_first()

    def overdue(self) -> None:
        self._workspace.show_dock("dock-cases")
        self._panels.case_list.show_overdue()

    def map(self) -> None:
        self._workspace.show_dock("dock-map").setFocus()

    def layers(self) -> None:
        self._workspace.show_dock("dock-map")
        self._panels.map.focus_layers()

    def card(self) -> None:
        self._panels.show_card()
        self._workspace.show_dock("dock-card")
        self._panels.card.setFocus()

    def new_report(self) -> None:
        self._workspace.show_dock("dock-card")
        self._panels.show_report_form()

    def units(self) -> None:
        self._workspace.show_dock("dock-units").setFocus()

    def today(self) -> None:
        self._workspace.show_dock("dock-today").setFocus()

    def print_fallback(self) -> None:
        self._desk.paper.print_fallback()

    def export_map(self) -> None:
        if self._desk.map_desk.in_playback:
            self._desk.notices.warn("notice.playback_on", replace="playback")
            return
        self._desk.map_export.sheet.open_sheet()

    def lock_layout(self) -> None:
        locked = not self._workspace.locked
        self._keep_lock(locked)
        self._desk.notices.info("notice.layout_locked" if locked else "notice.layout_free", replace="layout")

    def export_folder(self) -> None:
        self._desk.map_export.open_folder()

    def reset_layout(self) -> None:
        size = self._desk.frame.size()
        self._workspace.reset(size.width(), size.height())
        self._keep_lock(True)
        self._desk.notices.info("notice.layout_reset", replace="layout")

    def _keep_lock(self, locked: bool) -> None:
        self._workspace.lock(locked)
        self._desk.keep_setting("layout_locked", locked)


def _show_view(crew: "Crew", number: int) -> None:
    crew.saved_views.go(number)


def _unit_actions(desk: "Desk") -> list[DeskAction]:
    """Return the actions that link the room with its units."""
    later = desk.crew.later
    return [
        DeskAction("messages", ("Ctrl+Alt+M",), later(lambda crew: crew.messages.open())),
        DeskAction("roll_call", ("Ctrl+Alt+R",), later(lambda crew: crew.roll_call.open())),
        DeskAction("acknowledge_sos", ("F12",), later(lambda crew: crew.alarms.acknowledge())),
        DeskAction("raise_sos", ("Shift+F12",), later(lambda crew: crew.alarms.raise_for_unit())),
        DeskAction("whistle", ("Ctrl+Alt+W",), later(lambda crew: crew.whistle.open())),
        DeskAction("plans", ("Ctrl+Alt+Y",), later(lambda crew: crew.plans.open_for_case())),
        DeskAction("checklists", ("Ctrl+Alt+X",), later(lambda crew: crew.plans.open())),
        DeskAction("run_cards", ("Ctrl+Alt+C",), later(lambda crew: crew.run_cards.open())),
        DeskAction("try_sounds", ("Ctrl+Shift+F12",), later(lambda crew: crew.alarms.sounds.try_all())),
    ]


def _own_layer_actions(desk: "Desk") -> list[DeskAction]:
    """Return the actions on files and tracks of one's own."""
    later = desk.crew.later
    return [
        DeskAction("open_file", ("Ctrl+Alt+O",), later(lambda crew: crew.own_layers.open_file())),
        DeskAction("open_track", ("Ctrl+Alt+T",), later(lambda crew: crew.own_layers.open_track())),
        DeskAction("ask_track", ("Ctrl+Alt+H",), later(lambda crew: crew.own_layers.ask_track())),
        DeskAction("stop_reading", (), later(lambda crew: crew.stop_waiting())),
        DeskAction("restore_layer", ("Ctrl+Alt+Z",), later(lambda crew: crew.own_layers.restore())),
    ]


def _map_actions(desk: "Desk") -> list[DeskAction]:
    """Return the tools of the map and what lies over it."""
    panels = desk.panels
    return [
        DeskAction("measure_distance", ("Ctrl+M",), desk.map_tools.measure_distance),
        DeskAction("measure_area", ("Ctrl+Shift+M",), desk.map_tools.measure_area),
        DeskAction("map_identify", ("Ctrl+Alt+I",), desk.map_desk.open_identify),
        DeskAction("map_select", ("Ctrl+Alt+S",), desk.map_desk.open_select),
        DeskAction("map_redline", ("Ctrl+Alt+D",), desk.map_desk.open_redline),
        DeskAction("map_fences", ("Ctrl+Alt+F",), desk.map_desk.open_fences),
        DeskAction("map_playback", ("Ctrl+Alt+P",), desk.map_desk.open_playback),
        DeskAction("fit_map", ("Ctrl+Home",), panels.map.fit),
        DeskAction("fold_layers", ("Ctrl+Alt+Shift+L",), panels.map.overlays.layer_tree.toggle),
        DeskAction("fold_legend", ("Ctrl+Alt+G",), panels.map.overlays.legend.toggle),
    ]


def desk_actions(desk: "Desk") -> list[DeskAction]:
    """Return the actions, in the order they are listed."""
    moves, panels, later = _Moves(desk), desk.panels, desk.crew.later
    return [
        DeskAction("help", ("F1",), panels.help_sheet.open_sheet),
        DeskAction("command_bar", ("/", "Ctrl+K", "、"), moves.command_bar),
        DeskAction("new_report", ("N", "Ctrl+N"), moves.new_report),
        DeskAction("overdue", ("Ctrl+O",), moves.overdue),
        DeskAction("search_cases", ("Ctrl+F",), moves.search_cases),
        DeskAction("go_cases", ("Ctrl+1",), moves.cases),
        DeskAction("go_map", ("Ctrl+2",), moves.map),
        DeskAction("go_layers", ("Ctrl+Alt+L",), moves.layers),
        DeskAction("go_card", ("Ctrl+3",), moves.card),
        DeskAction("go_units", ("Ctrl+4",), moves.units),
        DeskAction("take_back", ("F6",), moves.take_back),
        DeskAction("send_held", ("Shift+F6",), moves.send_held),
        DeskAction("go_requests", ("Ctrl+6",), partial(moves.list_of, ListTab.REQUESTS)),
        DeskAction("go_callbacks", ("Ctrl+7",), partial(moves.list_of, ListTab.CALLBACK)),
        DeskAction("go_today", ("Ctrl+5",), moves.today),
        DeskAction("export_map", ("Ctrl+P",), moves.export_map),
        DeskAction("export_folder", ("Ctrl+Shift+P",), moves.export_folder),
        DeskAction("grid_keeper", ("Ctrl+Shift+G",), desk.grid_keeper.open),
        *_map_actions(desk),
        DeskAction("full_screen", ("F11",), desk.window.toggle_full_screen),
        DeskAction("language", ("F9",), desk.appearance.toggle_language),
        DeskAction("theme", ("F8",), desk.appearance.toggle_theme),
        DeskAction("saved_views", ("Ctrl+Alt+V",), later(lambda crew: crew.saved_views.open())),
        *(
            DeskAction(f"view_{number}", (f"Ctrl+Alt+{number}",), later(partial(_show_view, number=number)))
            for number in range(1, 10)
        ),
        *_own_layer_actions(desk),
        DeskAction("base_maps", ("Ctrl+Alt+B",), desk.base_maps.open),
        DeskAction("settings", ("Ctrl+,",), later(lambda crew: crew.preferences.open())),
        DeskAction("admin", ("Ctrl+Shift+A",), desk.admin.open),
        DeskAction("own_account", ("Ctrl+Shift+U",), desk.admin.open_own),
        DeskAction("outbox", ("Ctrl+B",), desk.outbox_desk.open),
        DeskAction("shift", ("Ctrl+J",), later(lambda crew: crew.shift_desk.open())),
        DeskAction("handover", ("Ctrl+Shift+J",), later(lambda crew: crew.shift_desk.open_handover())),
        DeskAction("duty_log", ("Ctrl+Alt+J",), later(lambda crew: crew.shift_desk.open_log())),
        DeskAction("print_fallback", ("F7",), moves.print_fallback),
        DeskAction("lock_desk", ("Ctrl+Alt+K",), later(lambda crew: crew.idle_lock.lock())),
        *_unit_actions(desk),
        DeskAction("lock_layout", ("Ctrl+L",), moves.lock_layout),
        DeskAction("reset_layout", ("Ctrl+Shift+L",), moves.reset_layout),
        DeskAction("dismiss_notice", ("Ctrl+Backspace",), desk.notice_feed.dismiss_latest),
        DeskAction("sign_out", ("Ctrl+Shift+Q",), moves.sign_out),
        DeskAction("quit", ("Ctrl+Q",), desk.request_close),
    ]
