"""The coordinate systems a file may be in that names none its coordinates can be of, as they are offered. No Qt."""

AS_IT_STANDS = "wgs84"
"""Read so, coordinates stay the numbers they are in the file."""
DEGREES = (AS_IT_STANDS, "gcj02", "bd09")
WEB_MERCATOR = "EPSG:3857"
USUAL_LON = 120.0
"""Of a town nobody knows the place of."""


def systems_around(lon: float) -> tuple[str, ...]:
    """Return the systems to be offered near a longitude: degrees, planes of the three nearest meridians, Web Mercator.

    Planes are CGCS2000 in 3° zones without and then with the zone before the easting, and in the 6° zone there.
    """
    middle = min(132, max(78, 3 * round(lon / 3)))
    meridians = sorted((middle - 3, middle, middle + 3), key=lambda meridian: abs(meridian - lon))
    plain = tuple(f"EPSG:{4534 + (meridian - 75) // 3}" for meridian in meridians)
    zoned = tuple(f"EPSG:{4513 + meridian // 3 - 25}" for meridian in meridians)
    wide = f"EPSG:{4491 + min(23, max(13, int(lon // 6) + 1)) - 13}"
    return (*DEGREES, *plain, *zoned, wide, WEB_MERCATOR)
