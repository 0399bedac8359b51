"""What a person may choose of a layer, as data: shown or not, how strong, at which scales, which style, what of it.

Every layer has the ``LayerOptions``. What else there is to choose an item says by ``styles()`` and ``filters()``: the
tree of layers makes the controls from that, so a new layer gets its controls for free. An item looks its own choices up
with ``options.style(...)`` and ``options.hides(...)`` and says in ``static_state`` or ``live_state`` what they alter.

Scales are denominators (``1 : 25 000``) of the standard's pixel of 0.28 mm on the ground's own metres (OGC 07-057r7).
"""

from enum import StrEnum
from typing import Annotated

import msgspec

PIXEL_M = 0.00028
"""Side of the standardised rendering pixel, metres (OGC 07-057r7, 6.1)."""
SCALE_STOPS = (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000)
"""Denominators a scale range is chosen from."""
MOST_CHOICES = 64
"""Styles, and hidden kinds, that are kept for one layer."""
MOST_TEXT = 120
MOST_NAME = 60
"""Letters of a name that a layer was given."""

Key = Annotated[str, msgspec.Meta(max_length=MOST_TEXT)]
Pair = tuple[Key, Key]
Pairs = Annotated[tuple[Pair, ...], msgspec.Meta(max_length=MOST_CHOICES)]
Denominator = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


class Group(StrEnum):
    """Where a layer stands in the tree, from the ground up; words ``layer_tree.group.<value>``."""

    BASE = "base"
    AREAS = "areas"
    OWN = "own"
    WORK = "work"


GROUPS = tuple(Group)


class Style(msgspec.Struct, frozen=True):
    """One thing to be chosen from a few. Words: ``map.style.<layer>.<name>`` and ``….<value>``, or ``texts``."""

    name: str
    values: tuple[str, ...]
    default: str
    texts: tuple[str, ...] = ()


class Filter(msgspec.Struct, frozen=True):
    """Kinds, each shown or left out. Words: ``map.filter.<layer>.<name>`` and ``….<value>``, or ``texts``."""

    name: str
    values: tuple[str, ...]
    texts: tuple[str, ...] = ()


class LayerOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is chosen of one layer. ``finest`` and ``coarsest`` bound the scales it shows at, both included."""

    visible: bool = True
    opacity: Annotated[int, msgspec.Meta(ge=0, le=100)] = 100
    finest: Denominator | None = None
    coarsest: Denominator | None = None
    styles: Pairs = ()
    hidden: Pairs = ()
    name: Annotated[str, msgspec.Meta(max_length=MOST_NAME)] = ""
    """What it was named, of a layer that can be; empty where it goes by its own name."""

    def style(self, style: Style) -> str:
        """Return the value chosen of a style; its default where none, or none there is any more, was chosen."""
        chosen = dict(self.styles).get(style.name, style.default)
        return chosen if chosen in style.values else style.default

    def hides(self, name: str) -> frozenset[str]:
        """Return the values of a filter that are left out."""
        return frozenset(value for key, value in self.hidden if key == name)

    def with_style(self, name: str, value: str) -> "LayerOptions":
        """Return these options with another value of a style."""
        kept = tuple(pair for pair in self.styles if pair[0] != name)
        return msgspec.structs.replace(self, styles=(*kept, (name, value))[-MOST_CHOICES:])

    def with_kind(self, name: str, value: str, *, shown: bool) -> "LayerOptions":
        """Return these options with one kind shown or left out."""
        kept = tuple(pair for pair in self.hidden if pair != (name, value))
        hidden = kept if shown else (*kept, (name, value))
        return msgspec.structs.replace(self, hidden=tuple(sorted(hidden))[:MOST_CHOICES])

    def shows_at(self, denominator: float) -> bool:
        """Return whether the layer shows at a scale; a hair beyond a bound still counts as on it."""
        if self.finest is not None and denominator < self.finest * 0.999:
            return False
        return self.coarsest is None or denominator <= self.coarsest * 1.001


class LayerState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is chosen of all layers: options by layer, and their order, from the ground up."""

    options: dict[Key, LayerOptions] = {}
    order: Annotated[tuple[Key, ...], msgspec.Meta(max_length=1000)] = ()
