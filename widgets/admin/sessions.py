"""Sessions: the sign-ins that are valid now, each to be ended."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.wire_admin import SessionEnd, SessionInfo, SessionPage
from widgets.admin.accounts import reason
from widgets.admin.asking import Load
from widgets.admin.known import Known
from widgets.admin.screen import Screen, Step
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.form import FormSpec


class SessionsScreen(Screen):
    """The valid sign-ins, by account."""

    name = "sessions"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._sessions: dict[str, SessionInfo] = {}
        self._after: str | None = None
        self.refresh()

    def needs(self) -> tuple[Load, ...]:
        """Return the first page."""
        return (Load("sessions"),)

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take a page."""
        page: SessionPage = value
        found = {s.session: s for s in page.sessions}
        self._sessions = self._sessions | found if more else found
        self._after = page.after

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.account.account", "admin.account.roles", "admin.session.since", "admin.session.expires")

    def rows(self) -> Sequence[Row]:
        """Return the sessions as rows."""
        known = self.known
        return [
            Row(s.session, (s.account, known.role_names(s.roles), known.moment(s.since), known.moment(s.expires_at)))
            for s in self._sessions.values()
        ]

    def title(self, key: str) -> str:
        """Return whose it is."""
        return self._sessions[key].account

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is known of a session."""
        if not key:
            return ()
        known, s = self.known, self._sessions[key]
        return (
            ("admin.account.roles", known.role_names(s.roles)),
            ("admin.session.since", known.moment(s.since)),
            ("admin.session.expires", known.moment(s.expires_at)),
            ("admin.session.mark", s.session[:16]),
        )

    def steps(self) -> Sequence[Step]:
        """Offer the rest of the list."""
        return [Step("more", "admin.more", load=Load("sessions", {"after": self._after}, True))] if self._after else []

    def row_steps(self, key: str) -> Sequence[Step]:
        """Offer to end one."""
        return [Step("end", "admin.session.end", form=partial(self._form, self._sessions[key]))]

    def _form(self, s: SessionInfo) -> FormSpec:
        w = self.words
        return FormSpec(
            partial(w, "admin.session.title", who=s.account, since=self.known.moment(s.since)),
            partial(w, "admin.session.effect"),
            lambda: [reason(w)],
            lambda v: Act("session_end", s.session, SessionEnd(reason=v["reason"])),
            "admin.session.end",
            grave=True,
        )
