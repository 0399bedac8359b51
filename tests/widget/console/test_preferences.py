"""The settings sheet on the desk: what is chosen there takes effect, is kept, and shows wherever it was set."""

from desks import open_desk
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from console.settings import DECLARED, Settings
from widgets.common.combo import Combo
from widgets.settings_sheet import SettingsSheet


async def test_what_is_chosen_takes_effect_at_once_and_is_kept(qtbot) -> None:
    async with open_desk(keep=True) as desk:
        assert desk.window.findChild(SettingsSheet) is None, "it costs nothing until it is asked for"
        desk.actions.trigger("settings")
        sheet = desk.window.findChild(SettingsSheet)
        assert sheet is not None
        assert sheet.isVisible()
        assert list(sheet.controls) == [setting.name for setting in DECLARED]
        qtbot.keyClick(sheet.controls["language"], Qt.Key.Key_Down)
        assert desk.words.language == "en"
        assert sheet._labels["theme"].text() == desk.words("setting.theme") == "Theme"
        qtbot.keyClick(sheet.controls["theme"], Qt.Key.Key_Down)
        assert desk.appearance.theme_name == "light"
        desk.appearance.toggle_theme()
        theme = sheet.controls["theme"]
        assert isinstance(theme, Combo)
        assert theme.currentData() == "dark", "set by its key, shown on the sheet"
        for name, value in (("notice_s", 30), ("photo_cache_mb", 8), ("layout_locked", False), ("last_user", "li")):
            sheet.value_chosen.emit(name, value)
        assert desk.notice_feed.stay_s == 30
        assert not desk.workspace.locked
        stored = Settings(desk.folders.config)
        stored.load()
        kept = {setting.name: stored.value(setting.name) for setting in DECLARED}
        assert (kept["language"], kept["theme"], kept["notice_s"]) == ("en", "dark", 30)
        assert (kept["photo_cache_mb"], kept["layout_locked"], kept["last_user"]) == (8, False, "li")


async def test_a_value_out_of_bounds_is_refused_on_the_sheet_in_the_language_in_use() -> None:
    async with open_desk() as desk:
        desk.crew.preferences.open()
        sheet = desk.window.findChild(SettingsSheet)
        assert sheet is not None
        sheet.value_chosen.emit("notice_s", 900)
        said = sheet._fault.text()
        assert desk.words("setting.notice_s") in said
        assert desk.settings.number("notice_s") == 8
        desk.appearance.toggle_language()
        assert desk.words("setting.notice_s") in sheet._fault.text() != said
        address = sheet.controls["server_url"]
        assert isinstance(address, QLineEdit)
        assert address.text() == desk.settings.text("server_url")
