"""The style sheet: one template filled from the theme. Widgets choose a look by a role, never by a colour."""

import re
from typing import Literal

from PySide6.QtWidgets import QWidget

from resources.files import path_of, read_text
from resources.theme import Theme

Role = Literal[
    "body",
    "second",
    "small",
    "title",
    "figure",
    "heading",
    "fault",
    "warning",
    "good",
    "primary",
    "plain",
    "quiet",
    "row",
    "tight",
]
TEMPLATE = "qss/desk.qss"


def style_sheet(theme: Theme, family: str) -> str:
    """Return the style sheet of a theme. Raises KeyError where the template names a colour the theme has not."""
    values = {name: str(getattr(theme, name)) for name in theme.__struct_fields__}
    values["family"] = family.replace('"', "")
    values["tick"] = path_of(f"icons/tick-{'white' if int(theme.on_accent[1:3], 16) > 127 else 'black'}.svg")
    return re.sub(r"@([a-z_]+)@", lambda found: values[found.group(1)], read_text(TEMPLATE))


def set_colour(widget: QWidget, colour: str) -> None:
    """Give a widget's text a colour of the theme; costs nothing where it has it already."""
    sheet = f"color: {colour}; background: transparent;"
    if widget.styleSheet() != sheet:
        widget.setStyleSheet(sheet)


def set_role(widget: QWidget, role: Role) -> None:
    """Give a widget a look of the style sheet, at once also when it was shown before."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
