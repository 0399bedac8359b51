"""What the words of a report suggest, each with its reason and the key that asks for another: kind, place, urgency.

What a person puts in by hand is never replaced; what was only suggested follows the words as they are typed.
"""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from domain.gist import Gist, Guess, Why
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names

NONE: tuple[Guess, ...] = ()


class Facet(StrEnum):
    """What is suggested, in the order of the keys."""

    KIND = "kind"
    PLACE = "place"
    URGENT = "urgent"


KEYS: dict[Facet, Qt.Key] = {Facet.KIND: Qt.Key.Key_F2, Facet.PLACE: Qt.Key.Key_F3, Facet.URGENT: Qt.Key.Key_F4}


class Offer:
    """The suggestions for one facet: which stands, and whether the person has put in something else."""

    def __init__(self) -> None:
        self.guesses: Sequence[Guess] = NONE
        self.by_hand = False
        self._at = 0
        self._refused = False

    @property
    def standing(self) -> Guess | None:
        """The suggestion that stands; None where there is none, or the person wants none."""
        return None if self._refused or self._at >= len(self.guesses) else self.guesses[self._at]

    @property
    def others(self) -> int:
        """How many more there are to go to."""
        return max(0, len(self.guesses) - (self.standing is not None))

    def take(self, guesses: Sequence[Guess]) -> None:
        """Take what the words suggest now; one that was gone to stays while it is among them."""
        before = self.standing
        self.guesses = guesses
        gone_to = self._at > 0 and before is not None
        values = [guess.value for guess in guesses]
        self._at = values.index(before.value) if gone_to and before is not None and before.value in values else 0
        self._refused = self._refused and bool(guesses)

    def next(self) -> None:
        """Go to the next suggestion; after the last comes none, then the first again."""
        self.by_hand = False
        if self._refused:
            self._refused, self._at = False, 0
        elif self._at + 1 < len(self.guesses):
            self._at += 1
        else:
            self._refused = True

    def clear(self) -> None:
        """Begin anew."""
        self.guesses, self.by_hand, self._at, self._refused = NONE, False, 0, False


class GistStrip(QWidget):
    """Three lines below the words of a report. ``altered`` names the facet whose suggestion is another now."""

    altered = Signal(str)

    def __init__(self, names: Names, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self.offers = {facet: Offer() for facet in Facet}
        self._lines: dict[Facet, tuple[QLabel, QLabel]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for row, facet in enumerate(Facet):
            key, said = QLabel(KEYS[facet].name.removeprefix("Key_")), WrappedLabel()
            key.setObjectName("key_cap")
            set_role(key, "second")
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(said, row, 1)
            self._lines[facet] = key, said
        self.retranslate()

    def show_gist(self, gist: Gist) -> None:
        """Show what the words suggest now."""
        found: dict[Facet, Sequence[Guess]] = {
            Facet.KIND: gist.kinds,
            Facet.PLACE: gist.places,
            Facet.URGENT: NONE if gist.urgent is None else (gist.urgent,),
        }
        for facet, guesses in found.items():
            offer = self.offers[facet]
            before = offer.standing
            offer.take(guesses)
            if not offer.by_hand and offer.standing != before:
                self.altered.emit(facet)
        self.retranslate()

    def press(self, key: int) -> bool:
        """Go to the next suggestion of a key's facet; return whether the key is one of ours."""
        facet = next((facet for facet, ours in KEYS.items() if ours == key), None)
        if facet is None:
            return False
        if self.offers[facet].guesses:
            self.offers[facet].next()
            self.altered.emit(facet)
            self.retranslate()
        return True

    def by_hand(self, facet: Facet) -> None:
        """The person has put in something else: leave it alone from here on."""
        self.offers[facet].by_hand = True
        self.retranslate()

    def clear(self) -> None:
        """Begin anew."""
        for offer in self.offers.values():
            offer.clear()
        self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        for facet, (_, line) in self._lines.items():
            offer = self.offers[facet]
            line.setText(self._line(facet, offer))
            set_role(line, "body" if offer.standing is not None and not offer.by_hand else "second")

    def _line(self, facet: Facet, offer: Offer) -> str:
        words = self._names.words
        head = words(f"gist.{facet}")
        if offer.by_hand:
            return words("gist.by_hand", what=head)
        guess = offer.standing
        if guess is None:
            return words("gist.refused" if offer.guesses else f"gist.none.{facet}", what=head)
        said = words("desk.and").join(words("gist.quoted", word=word) for word in guess.said)
        line = words(
            "gist.line", what=head, value=self._value(facet, guess), why=words(f"gist.why.{guess.why}", said=said)
        )
        return f"{line} · {words('gist.more', n=offer.others)}" if offer.others else line

    def _value(self, facet: Facet, guess: Guess) -> str:
        if facet is Facet.KIND:
            return self._names.kind(guess.value)
        return self._names.words("desk.report.urgent") if guess.why is Why.URGENT else guess.value
