"""Colours by role, from one theme file. Nothing else in the product names a colour."""

from typing import Literal

import msgspec

from resources.files import read_bytes

ThemeName = Literal["dark", "light"]
THEMES: tuple[ThemeName, ...] = ("dark", "light")


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The colours of one theme, each ``#rrggbb``, named by what they mean (look: roles)."""

    ground: str
    panel: str
    raised: str
    line: str
    text: str
    text_second: str
    on_accent: str
    map_ground: str
    within: str
    near: str
    overdue: str
    accent: str
    staff: str
    cameras: str
    exercise: str
    paused: str
    map_water: str
    map_road: str
    map_building: str
    map_green: str
    map_grid_line: str
    map_label: str
    selection: str
    hazard_yellow: str
    hazard_orange: str
    hazard_red: str
    heat_low: str
    heat_middle: str
    heat_high: str
    own_magenta: str
    own_pink: str
    own_violet: str
    own_plum: str


def load_theme(name: ThemeName) -> Theme:
    """Return the theme of that name."""
    return msgspec.json.decode(read_bytes("theme.json"), type=dict[str, Theme])[name]
