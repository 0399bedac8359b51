"""The idle lock: after some minutes without a key or a move the desk is covered; it goes on listening below.

Whoever is signed in unlocks by the password, which the service checks; while it cannot be reached, by what this
session keeps of it in memory. Somebody else signs in anew. Everything typed stays as it was.
"""

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from client.api import ServiceClient
from client.picture import Delta
from console.crew import Member
from domain.faults import Fault, FaultKind
from resources.words import sentence

if TYPE_CHECKING:
    from console.desk import Desk
    from widgets.lock_cover import LockCover

OWNER = "lock"
STIRS = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)
FREE_TRIES = 3
WAIT_MOST_S = 60
"""A wrong password beyond the first tries is answered only after a wait that doubles, this long at most."""
WATCHED = "onemap_watched"
CODE_WANTED = frozenset({"code_needed", "bad_code"})


class IdleLock(Member):
    """Watches the window, covers it, and lets in whoever was there."""

    def __init__(self, desk: "Desk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._cover: LockCover | None = None
        self._stirred = time.monotonic()
        self._enabled: list[str] = []
        self._floating: list[QWidget] = []
        self._covered: list[QWidget] = []
        self._focus: QWidget | None = None
        self._wrong = 0
        self._news = self._calls = 0

    @property
    def locked(self) -> bool:
        """Whether the desk is covered."""
        return self._cover is not None and self._cover.isVisible()

    # -- time and stir ---------------------------------------------------------------------------------------------

    def on_second(self) -> None:
        """A second has passed: lock where nobody stirred for long."""
        for window in QGuiApplication.topLevelWindows():
            if not window.property(WATCHED):
                window.setProperty(WATCHED, True)
                window.installEventFilter(self)
        minutes = self._desk.settings.number("idle_lock_min")
        idle = time.monotonic() - self._stirred > minutes * 60
        if minutes and idle and not self.locked and self._desk.session.verifier is not None:
            self.lock()

    def stir(self) -> None:
        """Somebody is there."""
        self._stirred = time.monotonic()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that somebody is there; a window's own handle sees each key and move once."""
        if event.type() in STIRS:
            self._stirred = time.monotonic()
        return False

    # -- covering --------------------------------------------------------------------------------------------------

    def lock(self) -> None:
        """Cover the desk now, where somebody is signed in who can unlock it again."""
        desk, room = self._desk, self._desk.session.room
        if self.locked or room is None or room.picture is None or not desk.window.on_desk:
            return
        if desk.session.verifier is None:
            desk.notices.info("notice.lock_no_password", replace="lock")
            self.stir()
            return
        cover = self._cover or self._make()
        self._wrong = self._news = 0
        self._focus = desk.window.focusWidget()
        self._enabled = desk.actions.enabled()
        desk.actions.enable(self._enabled, False)
        self._covered = [part for part in _parts(desk.window) if part is not cover and part.isEnabled()]
        for part in self._covered:
            part.setEnabled(False)  # not even Tab leads below the cover
        self._floating = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not desk.window]
        for widget in self._floating:
            widget.hide()
        cover.set_calls(self._calls)
        cover.cover(room.picture.me.name, desk.names.local(room.service_now()).strftime("%H:%M"))

    def on_closed(self) -> None:
        """Nobody is signed in any more: there is nothing to cover."""
        self.stir()
        if self.locked:
            self._uncover(restore=False)

    def take(self, delta: Delta) -> None:
        """Count what comes in below the cover; what is urgent is heard."""
        picture = None if self._desk.session.room is None else self._desk.session.room.picture
        if not self.locked or picture is None or self._cover is None:
            return
        reports = [change for change in delta.changes if change.action == "report"]
        self._news += len(reports)
        self._cover.set_count(self._news)
        if any(change.data.get("urgent") for change in reports):
            QApplication.beep()

    def on_sos_waiting(self, calls: int) -> None:
        """So many calls for help wait to be acknowledged: the sound says so too, below the cover as well."""
        self._calls = calls
        if self._cover is not None:
            self._cover.set_calls(calls)

    def _make(self) -> "LockCover":
        from widgets.lock_cover import LockCover  # noqa: PLC0415 - not before it is needed

        self._cover = cover = LockCover(self._desk.words, self._desk.window)
        cover.unlock_requested.connect(self.unlock)
        cover.leave_requested.connect(self._desk.session.sign_out)
        return cover

    # -- uncovering ------------------------------------------------------------------------------------------------

    def unlock(self, password: str, code: str) -> None:
        """Check a password and let in."""
        self._desk.tasks.start(OWNER, "unlock", self._unlock(password, code))

    async def _unlock(self, password: str, code: str) -> None:
        if self._wrong >= FREE_TRIES:
            await asyncio.sleep(min(WAIT_MOST_S, 2 ** (self._wrong - FREE_TRIES)))
        try:
            await self._check(password, code)
        except Fault as fault:
            self._refuse(fault)
            return
        if self.locked:
            self._uncover(restore=True)

    async def _check(self, password: str, code: str) -> None:
        """Raise the ``Fault`` that keeps it locked; the service decides where it can be reached."""
        session, room = self._desk.session, self._desk.session.room
        verifier = session.verifier
        if room is None or room.picture is None or verifier is None:
            raise Fault(FaultKind.UNAUTHENTICATED, "not_signed_in")
        try:
            async with ServiceClient(room.client.base_url, ca_file=session.ca_file) as asked:
                again = await asked.sign_in(room.picture.me.account, password, code)
                same = again.me.account == room.picture.me.account
                await asked.sign_out()
        except Fault as fault:
            if fault.kind is not FaultKind.UNAVAILABLE:
                raise
            same = await asyncio.to_thread(verifier.matches, password)
        if not same:
            raise Fault(FaultKind.UNAUTHENTICATED, "bad_credentials")

    def _refuse(self, fault: Fault) -> None:
        if self._cover is None:
            return
        if fault.key in CODE_WANTED:
            self._cover.ask_code()
        else:
            self._wrong += 1
        self._cover.refuse(partial(sentence, self._desk.words, f"fault.{fault.key}", dict(fault.params)))

    def _uncover(self, *, restore: bool) -> None:
        self.stir()
        desk = self._desk
        for part in self._covered:
            part.setEnabled(True)
        if self._cover is not None:
            self._cover.uncover()
        if restore:
            desk.actions.enable(self._enabled, True)
            for widget in self._floating:
                widget.show()
            if self._focus is not None:
                self._focus.setFocus()
        self._floating, self._covered, self._focus, self._enabled = [], [], None, []


def _parts(window: QWidget) -> list[QWidget]:
    """Return what lies directly in a window: its page, and the sheets over it."""
    return [child for child in window.children() if isinstance(child, QWidget) and not child.isWindow()]
