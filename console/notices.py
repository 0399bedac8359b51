"""The notice hub: whatever a person should read, however it came about, goes through here to the notice strip.

A notice carries a word key and values, never a sentence; a value that is itself a word key is looked up too. One with
the same ``replace`` name takes the other's place. A notice goes by itself once there was time to read it, for a fault
more of it, and not while the pointer or the keys are on the notices. Where something has still to be decided (an order
was refused, something waits for a person) it ``stays`` until it is put away.
"""

from itertools import count

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from domain.faults import Fault
from resources.words import Value, Words, sentence
from widgets.notices import Notice as ShownNotice
from widgets.notices import NoticeStrip, Severity

FAULT_TIMES = 3
"""How many times as long as others a fault is there to be read."""
LETTERS_A_SECOND = 5
HELD_MS = 2000
"""How long a notice is left once nothing holds it any more."""


class Notice(msgspec.Struct, frozen=True):
    """Something to read. ``action`` names a desk action offered beside it.

    What ``stays`` is there until somebody puts it away, what is ``lasting`` until it is withdrawn.
    """

    severity: Severity
    key: str
    values: dict[str, Value] = msgspec.field(default_factory=dict)
    replace: str = ""
    action: str = ""
    lasting: bool = False
    stays: bool = False


class NoticeHub(QObject):
    """Takes notices in and tells whoever shows them."""

    posted = Signal(object)
    withdrawn = Signal(str)

    def post(self, notice: Notice) -> None:
        """Show a notice."""
        self.posted.emit(notice)

    def info(self, key: str, replace: str = "", **values: Value) -> None:
        """Show a piece of information."""
        self.post(Notice(Severity.INFO, key, dict(values), replace))

    def warn(self, key: str, replace: str = "", **values: Value) -> None:
        """Show a warning."""
        self.post(Notice(Severity.WARNING, key, dict(values), replace))

    def fault(self, fault: Fault, replace: str = "") -> None:
        """Show what went wrong."""
        self.post(Notice(Severity.FAULT, f"fault.{fault.key}", dict(fault.params), replace))

    def refused(self, fault: Fault, replace: str = "") -> None:
        """Show why an order was not carried out: it stays, as somebody has to decide what to do instead."""
        self.post(Notice(Severity.FAULT, f"fault.{fault.key}", dict(fault.params), replace, stays=True))

    def withdraw(self, replace: str) -> None:
        """Take away the notice of that name, if it still shows."""
        self.withdrawn.emit(replace)


class NoticeFeed(QObject):
    """Puts the hub's notices on the strip, in the language in use, and takes them away when their time is over."""

    action_requested = Signal(str)
    """The name of the desk action that was asked for on a notice."""

    def __init__(
        self, hub: NoticeHub, strip: NoticeStrip, words: Words, stay_s: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._hub = hub
        self._strip = strip
        self._words = words
        self.stay_s = stay_s
        self._standing: dict[str, Notice] = {}
        self._timers: dict[str, QTimer] = {}
        self._numbers = count()
        hub.posted.connect(self.show_notice)
        hub.withdrawn.connect(self.withdraw)
        strip.dismissed.connect(self.withdraw)
        strip.action_requested.connect(self._on_action)

    def standing(self) -> list[Notice]:
        """Return the notices that show."""
        return list(self._standing.values())

    def show_notice(self, notice: Notice) -> None:
        """Show a notice."""
        name = notice.replace or f"notice-{next(self._numbers)}"
        self.withdraw(name)
        self._standing[name] = notice
        shown = self._shown(name, notice)
        self._strip.show_notice(shown)
        if not notice.stays and not notice.lasting:
            timer = QTimer(self)
            timer.setSingleShot(True)
            timer.setObjectName(name)
            timer.timeout.connect(self._on_time_over)
            self._timers[name] = timer
            timer.start(self._time_for(shown) * 1000)

    def withdraw(self, name: str) -> None:
        """Take a notice away, if it still shows."""
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        if self._standing.pop(name, None) is not None:
            self._strip.withdraw(name)

    def dismiss_latest(self) -> None:
        """Put away the newest notice that can be put away."""
        for name in reversed(self._standing):
            if not self._standing[name].lasting:
                self.withdraw(name)
                return

    def retranslate(self) -> None:
        """Look the texts up again."""
        for name, notice in self._standing.items():
            self._strip.show_notice(self._shown(name, notice))

    def put_away(self) -> None:
        """Take away what was told to whoever leaves the desk; what lasts is about the computer."""
        for name in [name for name, notice in self._standing.items() if not notice.lasting]:
            self.withdraw(name)

    def stop(self) -> None:
        """Take all notices and their timers away, and show no more: what is told while a desk closes has no window."""
        self._hub.posted.disconnect(self.show_notice)
        self._hub.withdrawn.disconnect(self.withdraw)
        for name in list(self._standing):
            self.withdraw(name)

    def _shown(self, name: str, notice: Notice) -> ShownNotice:
        return ShownNotice(
            key=name,
            severity=notice.severity,
            text=sentence(self._words, notice.key, notice.values),
            action=notice.action,
            action_text=self._words(f"menu.{notice.action}") if notice.action else "",
            lasting=notice.lasting,
        )

    def _time_for(self, shown: ShownNotice) -> int:
        """Return how many seconds a notice is there: a fault is longer, and has to be read whole."""
        if shown.severity is not Severity.FAULT:
            return self.stay_s
        return max(FAULT_TIMES * self.stay_s, len(shown.text) // LETTERS_A_SECOND)

    def _on_time_over(self) -> None:
        timer = self.sender()
        if not isinstance(timer, QTimer):
            return
        if self._strip.is_held():
            timer.start(HELD_MS)
        else:
            self.withdraw(timer.objectName())

    def _on_action(self, name: str) -> None:
        notice = self._standing.get(name)
        if notice is not None:
            self.withdraw(name)
            self.action_requested.emit(notice.action)
