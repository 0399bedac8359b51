"""Colours of the theme as the raster wants them: ``0xAARRGGBB``, and mixes between two roles."""


def argb(colour: str, alpha: int = 255) -> int:
    """Return ``#rrggbb`` as a number with that alpha."""
    return alpha << 24 | int(colour[1:], 16)


OWN_COLOURS = ("accent", "staff", "cameras", "near", "within")
"""Roles of the theme that files and tracks of one's own may be drawn in."""
CLASS_COUNT = 5
CLASS_ALPHA = 150
"""How strongly classes of grids are filled: the base map shows through."""


def class_share(step: int) -> float:
    """Return how far the colour of a class of grids, 0 (least) to 4, lies from the ground to the accent."""
    return 0.12 + 0.18 * step


def mix(first: str, second: str, share: float) -> str:
    """Return the colour ``share`` (0..1) of the way from the first to the second."""
    a, b = int(first[1:], 16), int(second[1:], 16)
    channels = (round((a >> s & 255) * (1 - share) + (b >> s & 255) * share) for s in (16, 8, 0))
    return "#" + "".join(f"{c:02x}" for c in channels)
