"""Settings: each declared once with its name, type, default and range. An unknown name fails, in code and in the file.

Texts are ``setting.<name>`` and ``setting.<name>.hint`` in the word files. Passwords and tokens are never settings.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from console.folders import write_atomically
from domain.faults import invalid

FILE_NAME = "settings.json"
MAX_FILE = 64 * 1024
MAX_TEXT = 400

Value = str | int | bool


class Setting(msgspec.Struct, frozen=True):
    """One setting. ``low``/``high`` bound a number (inclusive), ``choices`` a text; ``at_start``: read only then."""

    name: str
    default: Value
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    at_start: bool = False


DECLARED: tuple[Setting, ...] = (
    Setting("language", "zh-CN", choices=("zh-CN", "en")),
    Setting("theme", "dark", choices=("dark", "light")),
    Setting("server_url", "http://127.0.0.1:8800"),
    Setting("last_user", ""),
    Setting("notice_s", 8, low=3, high=60),
    Setting("take_back_s", 10, low=0, high=30),
    Setting("photo_cache_mb", 64, low=8, high=512),
    Setting("map_updates_per_s", 10, low=1, high=10, at_start=True),
    Setting("tile_memory_mb", 96, low=16, high=1024, at_start=True),
    Setting("tile_disk_mb", 512, low=0, high=16384, at_start=True),
    Setting("sound_alert", True),
    Setting("layout_locked", True),
    Setting("idle_lock_min", 10, low=0, high=120),
    Setting("paper_folder", ""),
)

_BY_NAME = {setting.name: setting for setting in DECLARED}


class Settings:
    """The settings in force, stored as JSON in ``folder`` whenever one changes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._values: dict[str, Value] = {s.name: s.default for s in DECLARED}
        self._listeners: list[Callable[[str], None]] = []

    def load(self) -> None:
        """Read the stored values. Raises ``Fault`` (and keeps all defaults) where the file is not what it should be."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        if len(content) > MAX_FILE:
            raise invalid("settings_unreadable", file=self._path.name)
        try:
            stored = msgspec.json.decode(content, type=dict[str, Any])
        except ValueError:  # msgspec.DecodeError is one, and so is text that is not UTF-8
            raise invalid("settings_unreadable", file=self._path.name) from None
        checked = {name: _checked(name, value) for name, value in stored.items()}
        self._values |= checked

    def value(self, name: str) -> Value:
        """Return a setting of any type. KeyError for an unknown name."""
        return self._values[name]

    def text(self, name: str) -> str:
        """Return a setting that is a text. KeyError for an unknown name, TypeError for another type."""
        value = self._values[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    def number(self, name: str) -> int:
        """Return a setting that is a whole number; errors as ``text``."""
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(name)
        return value

    def flag(self, name: str) -> bool:
        """Return a setting that is yes or no; errors as ``text``."""
        value = self._values[name]
        if not isinstance(value, bool):
            raise TypeError(name)
        return value

    def set(self, name: str, value: Value, *, store: bool = True) -> None:
        """Set one value and store all. Raises ``Fault`` where it is out of bounds, OSError where it cannot be kept."""
        checked = _checked(name, value)
        if self._values[name] == checked:
            return
        self._values[name] = checked
        if store:
            write_atomically(self._path, msgspec.json.format(msgspec.json.encode(self._values), indent=1))
        for listener in self._listeners:
            listener(name)

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call ``listener`` with the name of each setting that changes."""
        self._listeners.append(listener)


def _checked(name: str, value: Any) -> Value:
    """Return ``value`` where it is one the setting allows, or raise the ``Fault`` that says why not."""
    setting = _BY_NAME.get(name)
    if setting is None:
        raise invalid("settings_unknown_key", name=name[:60])
    if type(value) is not type(setting.default):
        raise invalid("settings_wrong_type", name=name)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not setting.low <= value <= setting.high:
            raise invalid("settings_out_of_bounds", name=name, low=setting.low, high=setting.high)
        return value
    text = str(value)
    if (setting.choices and text not in setting.choices) or len(text) > MAX_TEXT:
        raise invalid("settings_unknown_choice", name=name, choice=text[:60])
    return text
