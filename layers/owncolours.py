"""How layers of one's own look: in colours told apart also by the colour-blind, on both themes, that mean no lamp."""

from collections import Counter
from collections.abc import Iterable

from layers.options import Style
from resources.words import Words, shortened

OWN_COLOURS = ("accent", "own_magenta", "own_pink", "own_violet", "own_plum")
"""Roles of the theme, in the order in which they are given out."""
TRACK_COLOURS = ("staff", *OWN_COLOURS)
"""Those of tracks, the first that of one read from the history."""
FAINT = 44
"""How strongly an area is filled that is filled faintly, of 255."""
MOST_TITLE = 16


def legend_title(name: str) -> str:
    """Return what the legend calls a file or track: so much of its name that the legend stays narrow."""
    return shortened(name, MOST_TITLE)


def colour_style(colours: tuple[str, ...], first: str, words: Words) -> Style:
    """Return the choice of a colour; ``first`` is drawn until another is chosen."""
    return Style("colour", colours, first, tuple(words(f"own_layer.colour.{name}") for name in colours))


def next_colour(taken: Iterable[str]) -> str:
    """Return the colour that the fewest layers have, the first of those."""
    counts = Counter(taken)
    return min(OWN_COLOURS, key=lambda name: counts[name])
