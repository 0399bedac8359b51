"""A desk at which an administrator is signed in, with the sheet open, for tests of what the screens show and do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from desks import PASSWORD, open_desk, until
from PySide6.QtWidgets import QLabel, QLineEdit
from served import ALL_ROOM, Served

from console.desk import Desk
from domain.people import Role
from widgets.admin.screen import Screen
from widgets.admin.sheet import AdminSheet

ADMINS = {"sys": Role.SYSTEM_ADMIN, "sec": Role.SECURITY_ADMIN, "aud": Role.AUDIT_ADMIN}


def furnish(served: Served) -> None:
    """Give a service its three administrators and somebody who works."""
    for user, role in ADMINS.items():
        served.account(user, PASSWORD, role)
    served.account("li", PASSWORD, *ALL_ROOM)


@asynccontextmanager
async def office(served: Served, user: str) -> AsyncIterator[tuple[Desk, AdminSheet]]:
    """A desk with an administrator signed in: their sheet opens by itself."""
    async with open_desk() as desk:
        desk.session.sign_in(served.url, user, PASSWORD)
        await until(lambda: sheet_of(desk) is not None)
        sheet = sheet_of(desk)
        assert sheet is not None
        yield desk, sheet


def sheet_of(desk: Desk) -> AdminSheet | None:
    """Return the sheet where it is open."""
    sheet = desk.window.findChild(AdminSheet)
    return sheet if sheet is not None and sheet.isVisible() else None


async def turn(sheet: AdminSheet, name: str) -> Screen:
    """Turn to a screen and wait until it has loaded."""
    sheet.turn_to(name)
    screen = sheet.screens[name]
    await until(lambda: screen._loaded)
    return screen


def fill(screen: Screen, **values: Any) -> None:
    """Type into the lines of the open form."""
    assert screen.form is not None
    for name, value in values.items():
        edit = screen.form.entry(name).focusProxy()
        assert isinstance(edit, QLineEdit), name
        edit.setText(value)


def text_of(widget: Any) -> str:
    """Return everything a person reads on a widget."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())
