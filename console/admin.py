"""The administrators' sheet and one's own account on the desk: what is asked for there, fetched and done.

Nothing is built before it is asked for. Each thing done keeps its idempotency key while its outcome is unclear, so
that pressing again is safe.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from client.api import new_key
from client.picture import Delta
from domain.change import Change, Subject
from domain.faults import Fault, FaultKind
from domain.people import ADMIN_ROLES
from resources.words import sentence

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.admin.asking import Load
    from widgets.admin.known import Known
    from widgets.admin.screen import Screen
    from widgets.admin.sheet import AdminSheet, FormSheet
    from widgets.forms.act import Act

OWNER = "admin"
ADMIN, OWN = "admin", "own_account"
"""The desk actions that open the sheet."""
UNCLEAR = frozenset({"outcome_unclear", "line_down"})
STALE = frozenset({"stale_version"})
COMINGS_AND_GOINGS = frozenset({"signed_in", "signed_out", "token_given"})


class AdminDesk(QObject):
    """Opens the sheet, fetches what its screens show, and has done what is asked for there."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._known: Known | None = None
        self._sheet: AdminSheet | None = None
        self._first: FormSheet | None = None
        self._unclear: tuple[Act, str] | None = None
        self._greeted = False

    @property
    def is_open(self) -> bool:
        """Whether the sheet lies over the desk."""
        return self._sheet is not None and self._sheet.isVisible()

    # -- what the desk tells ---------------------------------------------------------------------------------------

    def open(self) -> None:
        """Open the sheet at the first screen of an administrator."""
        self._open("")

    def close(self) -> None:
        """Close the sheet where it is open."""
        if self._sheet is not None and self.is_open:
            self._sheet.close_sheet()

    def open_own(self) -> None:
        """Open the sheet at one's own account."""
        self._open("own")

    def on_reloaded(self) -> None:
        """Everything was loaded anew: rights may be others. Whoever has only an office is shown it at once."""
        room = self._desk.session.room
        if room is None or room.picture is None:
            return
        roles = room.picture.me.roles
        self.withdraw_first()
        self._desk.actions.enable((ADMIN,), bool(roles & ADMIN_ROLES))
        self._fill_known()
        if self._sheet is not None:
            self._sheet.set_roles(roles)
        if not self._greeted:
            self._greeted = True
            if roles and roles <= ADMIN_ROLES:
                self.open()

    def on_closed(self) -> None:
        """Nobody is signed in any more: nothing of what was loaded stays."""
        self._greeted, self._unclear = False, None
        self._desk.tasks.cancel(OWNER)
        self._desk.actions.enable((ADMIN,), False)
        self.withdraw_first()
        sheet = self._sheet
        if sheet is not None:
            if sheet.isVisible():
                sheet.close_sheet()
            for name in list(sheet.screens):
                sheet.drop(name)

    def on_delta(self, delta: Delta) -> None:
        """Others altered what is shown: load it anew, unless a form is open; its answer will tell."""
        screen = self._sheet.screen_shown if self._sheet is not None and self.is_open else None
        if screen is None or screen.form is not None or not any(map(_concerns, delta.changes)):
            return
        wanted = {"accounts": Subject.ACCOUNT, "sessions": None, "trail": None, "proof": None, "own": None}
        subject = wanted.get(screen.name, Subject.TOWN)
        if subject is None:
            return
        if any(c.subject is subject or (subject is Subject.TOWN and c.subject is Subject.UNIT) for c in delta.changes):
            screen.load()

    # -- the first password ----------------------------------------------------------------------------------------

    def ask_first_password(self) -> None:
        """The password was given by an administrator: it has to be changed before anything else."""
        from widgets.admin.own import password_form  # noqa: PLC0415 - not before it is asked for
        from widgets.admin.sheet import FormSheet  # noqa: PLC0415

        self.withdraw_first()
        known = self._make_known()
        self._first = sheet = FormSheet(known, password_form(known.words, first=True), self._desk.window)
        sheet.submitted.connect(self._on_first_submitted)
        sheet.cancelled.connect(self._on_first_cancelled)

    def withdraw_first(self) -> None:
        """Take the form of the first password away."""
        sheet, self._first = self._first, None
        if sheet is not None:
            sheet.hide()
            sheet.deleteLater()

    def _on_first_submitted(self, act: "Act") -> None:
        if self._first is not None:
            self._first.form.set_busy(True)
        self._desk.tasks.start(OWNER, "first", self._change_first(act))

    async def _change_first(self, act: "Act") -> None:
        from console.admin_calls import do  # noqa: PLC0415 - not before it is asked for

        client = self._desk.session.client
        if client is None:
            return
        try:
            await do(client.line, act, "")
        except Fault as fault:
            if self._first is not None:
                self._first.set_fault(self._telling(fault))
            return
        self.withdraw_first()
        self._desk.notices.info("admin.done.password", replace="admin")
        self._desk.session.go_on()

    def _on_first_cancelled(self) -> None:
        self.withdraw_first()
        self._desk.session.sign_out()

    # -- the sheet -------------------------------------------------------------------------------------------------

    def _open(self, name: str) -> None:
        room = self._desk.session.room
        if room is None or room.picture is None:
            return
        sheet = self._sheet or self._make()
        self._fill_known()
        sheet.set_roles(room.picture.me.roles)
        sheet.open_sheet(name)

    def _make_known(self) -> "Known":
        from widgets.admin.known import Known  # noqa: PLC0415 - not before it is asked for

        if self._known is None:
            self._known = Known(self._desk.names, self._desk.appearance.theme)
        return self._known

    def _make(self) -> "AdminSheet":
        from widgets.admin.sheet import AdminSheet  # noqa: PLC0415 - not before it is asked for

        self._sheet = sheet = AdminSheet(self._make_known(), self._desk.frame)
        sheet.screen_made.connect(self._on_screen_made)
        self._desk.appearance.dress([sheet])
        return sheet

    def _fill_known(self) -> None:
        room, known = self._desk.session.room, self._known
        if known is None or room is None or room.picture is None:
            return
        known.now = room.service_now()
        if room.geometry is not None:
            known.divisions = room.geometry.divisions

    def _on_screen_made(self, screen: "Screen") -> None:
        screen.load_requested.connect(self._on_load_requested)
        screen.act_requested.connect(self._on_act_requested)

    def _on_load_requested(self, load: "Load") -> None:
        screen = self.sender()
        self._fill_known()
        self._desk.tasks.start(OWNER, f"load-{load.what}", self._load(_screen(screen), load))

    def _on_act_requested(self, act: "Act") -> None:
        from console.admin_calls import ACTS  # noqa: PLC0415 - not before it is asked for

        screen = _screen(self.sender())
        if act.do not in ACTS:
            screen.set_done(act, None)  # a question about the screen itself, such as another filter
            return
        screen.set_busy(True)
        self._desk.tasks.start(OWNER, "act", self._act(screen, act))

    async def _load(self, screen: "Screen", load: "Load") -> None:
        from console.admin_calls import fetch  # noqa: PLC0415 - not before it is asked for

        client = self._desk.session.client
        if client is None:
            return
        try:
            value = await fetch(client.line, load)
        except Fault as fault:
            if self._shows(screen):
                screen.set_load_fault(self._telling(fault))
            return
        if self._shows(screen):
            screen.put(load.what, value, more=load.more)

    async def _act(self, screen: "Screen", act: "Act") -> None:
        from console.admin_calls import do, number_of  # noqa: PLC0415 - not before it is asked for

        client = self._desk.session.client
        if client is None:
            return
        key = self._unclear[1] if self._unclear is not None and self._unclear[0] == act else new_key()
        self._unclear = None
        try:
            answer = await do(client.line, act, key)
        except Fault as fault:
            if fault.key in UNCLEAR:
                self._unclear = (act, key)
            if self._shows(screen):
                screen.set_act_fault(self._telling(fault), stale=fault.key in STALE)
            return
        seq = number_of(answer)
        if seq is not None:
            self._desk.notices.info("admin.done", replace="admin", seq=seq)
        elif self._desk.words.has(f"admin.done.{act.do}"):
            self._desk.notices.info(f"admin.done.{act.do}", replace="admin")
        if self._shows(screen):
            screen.set_done(act, answer)
            if screen.form is None and act.do != "sign_out_everywhere":
                screen.load()

    def _shows(self, screen: "Screen") -> bool:
        """Whether the screen is still there: it goes when the rights or the person change."""
        return self._sheet is not None and self._sheet.screens.get(screen.name) is screen

    def _telling(self, fault: Fault) -> Callable[[], str]:
        """Return the words of a refusal, looked up each time; what went down with the line is said so."""
        key = fault.key
        if fault.kind is FaultKind.UNAVAILABLE and key == "line_down":
            return partial(self._desk.words, "admin.offline")
        return partial(sentence, self._desk.words, f"fault.{key}", dict(fault.params))


def _concerns(change: Change) -> bool:
    return change.action not in COMINGS_AND_GOINGS


def _screen(sender: QObject | None) -> "Screen":
    from widgets.admin.screen import Screen  # noqa: PLC0415 - it is there: it has just spoken

    assert isinstance(sender, Screen)
    return sender
