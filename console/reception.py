"""What happens at the door: signing in, a session that begins or ends, the line that comes and goes."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from client.line import LineReading
from client.picture import Delta
from client.room import Room
from console.notices import NoticeHub
from console.session import Session
from console.settings import Settings
from domain.faults import Fault, FaultKind
from resources.words import Words, sentence
from widgets.intents import SignInIntent

if TYPE_CHECKING:
    from console.late import Late
    from widgets.sign_in import SignInPanel

CODE_WANTED = frozenset({"code_needed", "bad_code"})
RIGHTS_CHANGED = "rights_changed"

Follow = Callable[[Room | None], None]


class Reception(QObject):
    """Lets people in and out. ``opened`` carries the ``Room`` to follow, ``closed`` says that nobody is signed in."""

    opened = Signal(object)
    closed = Signal()
    line_altered = Signal()
    reloaded = Signal()
    """Everything was loaded anew: the first snapshot, or one after a hole in the feed."""

    def __init__(
        self,
        session: Session,
        panel: "Late[SignInPanel]",
        notices: NoticeHub,
        settings: Settings,
        words: Words,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._late_panel, self._notices, self._settings = session, panel, notices, settings
        self._words = words
        self._asked: SignInIntent | None = None

    def on_sign_in_requested(self, intent: SignInIntent) -> None:
        """Somebody wants to sign in; the address and the name are remembered once it worked."""
        self._asked = SignInIntent(intent.server, intent.user, "")
        self._session.sign_in(intent.server, intent.user, intent.password, intent.code)

    def on_signing_in(self) -> None:
        """A sign-in is on its way."""
        self._late_panel.then(lambda panel: panel.set_busy(True))

    def on_began(self, room: Room) -> None:
        """Signed in."""
        self._late_panel.then(lambda panel: panel.set_busy(False))
        self._late_panel.then(lambda panel: panel.clear_password())
        self._remember()
        self.opened.emit(room)

    def on_password_wanted(self) -> None:
        """The password is right, and has to be changed before anything else."""
        self._late_panel.then(lambda panel: panel.set_busy(False))
        self._late_panel.then(lambda panel: panel.clear_password())

    def on_refused(self, fault: Fault) -> None:
        """The sign-in did not work; where a one-time code was missing or wrong the password need not be typed again."""
        panel = self._late_panel.get()
        panel.set_busy(False)
        if fault.key in CODE_WANTED:
            panel.ask_code()
        panel.set_fault(partial(sentence, self._words, f"fault.{fault.key}", dict(fault.params)))

    def on_ended(self, fault: Fault | None) -> None:
        """The session is over: signed out, or no longer valid."""
        self.closed.emit()
        self._late_panel.then(lambda panel: panel.set_busy(False))
        if fault is not None:
            self.on_refused(fault)

    def on_delta(self, delta: Delta) -> None:
        """Tell when everything was loaded anew, and say so where that is because the rights are others now."""
        if delta.resync == RIGHTS_CHANGED:
            self._notices.info(f"fault.{RIGHTS_CHANGED}", replace="rights")
        if delta.whole or delta.reference:
            self.reloaded.emit()

    def on_line(self, line: LineReading) -> None:
        """Tell that the state of the line altered."""
        self.line_altered.emit()

    def on_fault(self, fault: Fault) -> None:
        """Something on the way went wrong without ending the session; the line's own state says when it is the line."""
        if fault.kind is not FaultKind.UNAVAILABLE:
            self._notices.fault(fault, replace=f"room-{fault.key}")

    def _remember(self) -> None:
        if self._asked is None:
            return
        asked, self._asked = self._asked, None
        try:
            self._settings.set("server_url", asked.server)
            self._settings.set("last_user", asked.user)
        except OSError:
            self._notices.warn("notice.settings_not_kept", replace="settings")
