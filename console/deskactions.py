"""The desk's own actions with their keys, as data. What each does is a method or a line here."""

from typing import TYPE_CHECKING

from console.actions import DeskAction

if TYPE_CHECKING:
    from console.desk import Desk

ON_DESK = (
    "command_bar",
    "new_report",
    "lock_layout",
    "reset_layout",
    "go_cases",
    "go_map",
    "go_card",
    "go_units",
    "go_today",
    "fit_map",
    "overdue",
    "search_cases",
    "sign_out",
)
"""Actions that need somebody to be signed in."""


def desk_actions(desk: "Desk") -> list[DeskAction]:
    """Return the actions, in the order they are listed."""
    panels, workspace = desk.panels, desk.workspace

    def go(dock: str) -> None:
        workspace.show_dock(dock).setFocus()

    def command_bar() -> None:
        panels.command_bar.open_bar()

    def go_cases() -> None:
        workspace.show_dock("dock-cases")
        panels.case_list.focus_list()

    def go_card() -> None:
        panels.show_card()
        workspace.show_dock("dock-card")
        panels.card.setFocus()

    def new_report() -> None:
        workspace.show_dock("dock-card")
        panels.show_report_form()

    def search_cases() -> None:
        workspace.show_dock("dock-cases")
        panels.case_list.focus_search()

    def overdue() -> None:
        workspace.show_dock("dock-cases")
        panels.case_list.show_overdue()

    def lock_layout() -> None:
        locked = not workspace.locked
        workspace.lock(locked)
        desk.settings.set("layout_locked", locked)
        desk.notices.info("notice.layout_locked" if locked else "notice.layout_free", replace="layout")

    def reset_layout() -> None:
        size = desk.frame.size()
        workspace.reset(size.width(), size.height())
        workspace.lock(True)
        desk.settings.set("layout_locked", True)
        desk.notices.info("notice.layout_reset", replace="layout")

    return [
        DeskAction("help", ("F1",), panels.help_sheet.open_sheet),
        DeskAction("command_bar", ("/", "Ctrl+K", "、"), command_bar),
        DeskAction("new_report", ("N", "Ctrl+N"), new_report),
        DeskAction("overdue", ("Ctrl+O",), overdue),
        DeskAction("search_cases", ("Ctrl+F",), search_cases),
        DeskAction("go_cases", ("Ctrl+1",), go_cases),
        DeskAction("go_map", ("Ctrl+2",), lambda: go("dock-map")),
        DeskAction("go_card", ("Ctrl+3",), go_card),
        DeskAction("go_units", ("Ctrl+4",), lambda: go("dock-units")),
        DeskAction("go_today", ("Ctrl+5",), lambda: go("dock-today")),
        DeskAction("fit_map", ("Ctrl+Home",), panels.map.fit),
        DeskAction("full_screen", ("F11",), desk.window.toggle_full_screen),
        DeskAction("language", ("F9",), desk.appearance.toggle_language),
        DeskAction("theme", ("F8",), desk.appearance.toggle_theme),
        DeskAction("lock_layout", ("Ctrl+L",), lock_layout),
        DeskAction("reset_layout", ("Ctrl+Shift+L",), reset_layout),
        DeskAction("dismiss_notice", ("Ctrl+Backspace",), desk.notice_feed.dismiss_latest),
        DeskAction("sign_out", ("Ctrl+Shift+Q",), desk.session.sign_out),
        DeskAction("quit", ("Ctrl+Q",), desk.request_close),
    ]
