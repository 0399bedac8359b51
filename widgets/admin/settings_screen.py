"""What the screens of the town's settings share: the settings as loaded, and who may alter them."""

from typing import Any

from domain.people import Role
from domain.wire_admin import Settings
from widgets.admin.asking import Load
from widgets.admin.screen import Screen


class SettingsScreen(Screen):
    """A screen over ``GET /v1/admin/settings``; every edit names the revision that was seen."""

    settings: Settings | None = None

    def needs(self) -> tuple[Load, ...]:
        """Return the settings."""
        return (Load("settings"),)

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take the settings."""
        self.settings = value

    @property
    def revision(self) -> int:
        """The revision that was seen."""
        return 0 if self.settings is None else self.settings.revision

    @property
    def may_edit(self) -> bool:
        """Whether whoever is signed in sets these."""
        return Role.SYSTEM_ADMIN in self.known.roles and self.settings is not None
