"""Those of the desk whom the first picture does without: each is made when it is asked for, or soon after that picture.

What they stand around (alarms, the shift, messages, ...) is in the room's picture and register. Whoever is made while
somebody is signed in is told that everything is new, and so knows as much as if it had been there before.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer

from client.picture import Delta
from console.late import Late
from domain.register_runcard import RunCard

if TYPE_CHECKING:
    from console.alarms import AlarmDesk
    from console.books import BookDesk
    from console.desk import Desk
    from console.fencedesk import FenceDesk
    from console.idlelock import IdleLock
    from console.messages import MessageDesk
    from console.ownlayers import OwnLayers
    from console.plans import PlanDesk
    from console.preferences import Preferences
    from console.rollcall import RollCallDesk
    from console.savedviews import SavedViews
    from console.shiftdesk import ShiftDesk
    from console.whistle import WhistleDesk
    from widgets.book.book import Book

FOLLOWING = {
    "idle_lock": "console.idlelock",
    "alarms": "console.alarms",
    "fence_desk": "console.fencedesk",
    "messages": "console.messages",
    "roll_call": "console.rollcall",
    "whistle": "console.whistle",
    "plans": "console.plans",
    "shift_desk": "console.shiftdesk",
}
"""Those who follow the room, though nobody asks for them, and where their code is; the more urgent first."""


class Member(QObject):
    """One of the crew. What it does not care to hear of it leaves as it is here."""

    def take(self, delta: Delta) -> None:
        """Take in what altered in the picture."""

    def on_second(self) -> None:
        """A second has passed."""

    def on_closed(self) -> None:
        """Nobody is signed in any more."""


M = TypeVar("M", bound=Member)


class Crew:
    """The members of one desk, by name."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._members: list[Member] = []

    def missing(self) -> list[Late[Member]]:
        """Return those who follow the room and are not made yet, to be made soon."""
        names = [name for name in FOLLOWING if name not in vars(self)]
        return [Late(partial(getattr, self, name), FOLLOWING[name]) for name in names]

    def later(self, do: "Callable[[Crew], object]") -> Callable[[], None]:
        """Return what has a member do something, who is made then where there was no need before."""

        def run() -> None:
            do(self)

        return run

    def take(self, delta: Delta) -> None:
        """Tell everybody what altered."""
        for member in self._members:
            member.take(delta)

    def on_second(self) -> None:
        """Tell everybody that a second has passed."""
        for member in self._members:
            member.on_second()

    def on_closed(self) -> None:
        """Tell everybody that nobody is signed in any more."""
        for member in self._members:
            member.on_closed()

    # -- what the map asks of them ---------------------------------------------------------------------------------

    def on_layer_wanted(self) -> None:
        """Somebody wants to lay something of their own on the map."""
        self.own_layers.open_menu()

    def on_layer_unwanted(self, key: str) -> None:
        """Somebody wants a layer of their own off the map."""
        self.own_layers.on_remove_wanted(key)

    def on_files_dropped(self, paths: Sequence[str]) -> None:
        """Somebody let files go over the map."""
        self.own_layers.on_files_chosen(paths)

    def stop_waiting(self) -> bool:
        """Stop the reading of files somebody waits for; return whether any was being read."""
        return "own_layers" in vars(self) and self.own_layers.stop_reading()

    def _join(self, member: M) -> M:
        self._members.append(member)
        room = self._desk.session.room
        if room is not None and room.picture is not None:
            # Not at once: it may ask for others of the crew, who ask for it.
            QTimer.singleShot(0, member, lambda: member.take(Delta(whole=True)))
        return member

    # -- those who follow the room ---------------------------------------------------------------------------------

    @cached_property
    def idle_lock(self) -> "IdleLock":
        """Covers the desk of who has gone."""
        from console.idlelock import IdleLock  # noqa: PLC0415 - all of these: not before they are needed

        return self._join(IdleLock(self._desk))

    @cached_property
    def alarms(self) -> "AlarmDesk":
        """Calls for help, and what sounds."""
        from console.alarms import AlarmDesk  # noqa: PLC0415

        made = AlarmDesk(self._desk, self._desk.folders.cache / "tones")
        made.sos_waiting.connect(self.idle_lock.on_sos_waiting)
        return self._join(made)

    @cached_property
    def fence_desk(self) -> "FenceDesk":
        """Geofences: what they tell, and how they stand on the map."""
        from console.fencedesk import FenceDesk  # noqa: PLC0415

        made = FenceDesk(self._desk)
        self._desk.register.changed.connect(made.on_changed)
        made.fill()  # of what the register holds already it tells nobody again
        return self._join(made)

    @cached_property
    def messages(self) -> "MessageDesk":
        """Messages to units."""
        from console.messages import MessageDesk  # noqa: PLC0415

        made = MessageDesk(self._desk)
        self._desk.selection.unit_changed.connect(made.on_unit_changed)
        return self._join(made)

    @cached_property
    def roll_call(self) -> "RollCallDesk":
        """The roll call."""
        from console.rollcall import RollCallDesk  # noqa: PLC0415

        return self._join(RollCallDesk(self._desk))

    @cached_property
    def whistle(self) -> "WhistleDesk":
        """Whistles (吹哨)."""
        from console.whistle import WhistleDesk  # noqa: PLC0415

        made = WhistleDesk(self._desk)
        self._desk.intake.holds.taken_back.connect(made.taken_back)
        return self._join(made)

    @cached_property
    def plans(self) -> "PlanDesk":
        """Plans (预案) and the checklists made from them."""
        from console.plans import PlanDesk  # noqa: PLC0415

        made = PlanDesk(self._desk)
        self._desk.selection.case_changed.connect(made.on_case_changed)
        return self._join(made)

    @cached_property
    def shift_desk(self) -> "ShiftDesk":
        """Posts, handover sheets and the duty log."""
        from console.shiftdesk import ShiftDesk  # noqa: PLC0415

        return self._join(ShiftDesk(self._desk))

    # -- those who wait to be asked --------------------------------------------------------------------------------

    @cached_property
    def run_cards(self) -> "BookDesk":
        """The book of run cards."""
        from console.books import BookDesk  # noqa: PLC0415

        return self._join(BookDesk(self._desk, RunCard, self._run_card_book))

    def _run_card_book(self) -> "Book[RunCard]":
        from widgets.book.run_cards import RunCardBook  # noqa: PLC0415

        return RunCardBook(self._desk.names)

    @cached_property
    def own_layers(self) -> "OwnLayers":
        """Files and tracks that somebody laid on the map."""
        from console.ownlayers import OwnLayers  # noqa: PLC0415

        return self._join(OwnLayers(self._desk))

    @cached_property
    def saved_views(self) -> "SavedViews":
        """Views of the map that were kept."""
        from console.savedviews import SavedViews  # noqa: PLC0415

        return SavedViews(self._desk)

    @cached_property
    def preferences(self) -> "Preferences":
        """The settings."""
        from console.preferences import Preferences  # noqa: PLC0415

        return Preferences(self._desk)
