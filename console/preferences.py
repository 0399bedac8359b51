"""The settings sheet of the desk, built from the one declaration when first opened, and what each setting does."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from console.settings import DECLARED, MAX_TEXT, Value
from domain.faults import Fault
from resources.words import sentence

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.settings_sheet import SettingsSheet


class Preferences(QObject):
    """Opens the sheet and carries out what is chosen there. What is set elsewhere shows in an open sheet."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._sheet: SettingsSheet | None = None

    def open(self) -> None:
        """Open the sheet."""
        sheet = self._sheet or self._make()
        if sheet.isVisible():
            sheet.come_up()
            return
        sheet.show_values(self._values())
        sheet.open_sheet()

    def choose(self, name: str, value: Value) -> None:
        """Set a setting and let it take effect; a value that is refused is told on the sheet."""
        desk = self._desk
        try:
            desk.keep_setting(name, value)
        except Fault as fault:
            self._refuse(fault)
            return
        match name, value:
            case "language", str():
                desk.appearance.use_language("en" if value == "en" else "zh-CN")
            case "theme", str():
                desk.appearance.use_theme("light" if value == "light" else "dark")
            case "notice_s", int():
                desk.notice_feed.stay_s = value
            case "photo_cache_mb", int():
                desk.photos.bound(value)
            case "layout_locked", bool():
                desk.workspace.lock(value)

    def _make(self) -> "SettingsSheet":
        from widgets.settings_sheet import SettingRow, SettingsSheet  # noqa: PLC0415 - not before it is asked for

        desk, values = self._desk, self._values()
        rows = [SettingRow(s.name, values[s.name], s.choices, s.low, s.high, MAX_TEXT, s.at_start) for s in DECLARED]
        self._sheet = sheet = SettingsSheet(desk.words, rows, desk.window)
        sheet.value_chosen.connect(self.choose)
        desk.appearance.dress([sheet])
        desk.settings.on_change(self._on_setting_changed)
        return sheet

    def _values(self) -> dict[str, Value]:
        return {s.name: self._desk.settings.value(s.name) for s in DECLARED}

    def _on_setting_changed(self, name: str) -> None:
        if self._sheet is not None:
            self._sheet.show_values({name: self._desk.settings.value(name)})

    def _refuse(self, fault: Fault) -> None:
        if self._sheet is None:
            return
        words = self._desk.words
        values = {**fault.params, "name": f"setting.{fault.params.get('name')}"}
        self._sheet.show_values(self._values())
        self._sheet.set_fault(lambda: sentence(words, f"fault.{fault.key}", values))
