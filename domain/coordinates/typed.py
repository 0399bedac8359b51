"""Coordinates as people type and paste them: what they may mean, each reading said.

Taken are degrees (decimal, or degrees, minutes and seconds), hemispheres in letters or in Chinese, planes of
Gauss-Krüger with and without a zone, Web Mercator, a system before or after the numbers (``gcj: ``, ``百度``,
``EPSG:4549``), in either order. Where the text leaves something open there is a candidate for each reading; those
nearest to where the reader works come first.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from domain.coordinates import gauss
from domain.coordinates.systems import BD09, GCJ02, WGS84, System, check_plane, plane, system_named, to_wgs84
from domain.faults import Fault
from domain.places import distance_m

MAX_TYPED = 200
"""Characters that are looked at; a longer text is no pair of coordinates."""
MOST_CANDIDATES = 6
WEB_MERCATOR = System("Web Mercator")
_WEB_RADIUS_M = 6_378_137.0
_CHINA = (72.0, 2.0, 138.5, 56.0)
_LEAST_EASTING_M = 150_000.0
"""Further west no zone of six degrees reaches, at no latitude of China."""


class Reading(StrEnum):
    """How two numbers were read."""

    MARKED = "marked"  # the text itself says which is which
    LON_LAT = "lon_lat"
    LAT_LON = "lat_lon"
    EAST_NORTH = "east_north"
    NORTH_EAST = "north_east"


class Candidate(msgspec.Struct, frozen=True):
    """One thing a text may mean: a place in WGS-84, the system it was given in, and how it was read.

    ``assumed`` says that the text itself leaves order, zone or system open.
    """

    lon: float
    lat: float
    system: System
    reading: Reading
    assumed: bool = False


class _Value(msgspec.Struct, frozen=True):
    """One of the two values: a number, and the axis the text gives it (``lon`` or ``lat``), empty for none."""

    number: float
    axis: str = ""


_SYSTEM_WORDS = (
    (GCJ02, r"GCJ-?02|GCJ|高德|腾讯|火星坐标|火星"),
    (BD09, r"BD-?09(?:LL)?|BAIDU|百度|BD"),
    (WGS84, r"WGS-?84|GPS|CGCS-?2000|天地图|大地2000|国家2000|2000坐标"),
)
_EPSG_WORD = re.compile(r"EPSG:\s*\d{4,5}")
_AXIS_WORDS = (
    (r"东经|经度|LONGITUDE|LNG|LON(?=[^A-Z])|EASTING|横坐标", "E"),
    (r"北纬|纬度|LATITUDE|LAT(?=[^A-Z])|NORTHING|纵坐标", "N"),
    (r"西经", "W"),
    (r"南纬", "S"),
)
_NUMBER = (
    r"(?P<sign>[-+])?(?P<degrees>\d{1,10}(?:\.\d{1,15})?)"
    r"(?:\s*[°度](?:\s*(?P<minutes>\d{1,2}(?:\.\d{1,12})?)\s*['′’分](?!['′]))?"
    r"(?:\s*(?P<seconds>\d{1,2}(?:\.\d{1,10})?)\s*(?:[\"″”秒]|''|′′))?)?"
)
_SPACED = r"(?P<degrees>\d{1,3})\s+(?P<minutes>\d{1,2})\s+(?P<seconds>\d{1,2}(?:\.\d{1,10})?)"
_LED = r"(?P<letter>[NSEW])\s*[:=]?\s*"
_FOLLOWED = r"(?:\s*(?P<letter>[NSEW])(?![A-Z]))?"
_LETTER_FIRST = tuple(re.compile(_LED + number) for number in (_NUMBER, _SPACED))
_LETTER_LAST = tuple(re.compile(number + _FOLLOWED) for number in (_NUMBER, _SPACED))
_BETWEEN = re.compile(r"[\s,;/|、]*")


def read_typed(text: str, near: tuple[float, float] | None = None, *, shifted: bool = False) -> tuple[Candidate, ...]:
    """Return what a text may mean as a place, the likeliest first; nothing where it is no pair of coordinates.

    ``near`` (lon, lat) is where the reader works: it decides between readings, and gives the zone of a plane that was
    typed without one. With ``shifted``, degrees in China that name no system are offered as GCJ-02 and BD-09 too, after
    everything else: what is copied from a map on a phone is in one of them, and looks the same.
    """
    if not text or len(text) > MAX_TYPED:
        return ()
    rest, system = _system_in(_plain(text))
    values = _values(rest)
    if values is None:
        return ()
    found: dict[tuple[float, float, str], Candidate] = {}
    for candidate in _readings(values, system, near):
        if _possible(candidate):
            found.setdefault((round(candidate.lon, 7), round(candidate.lat, 7), candidate.system.name), candidate)
    best = sorted(found.values(), key=lambda c: _rank(c, near))[:MOST_CANDIDATES]
    if shifted and system is None and best and best[0].system == WGS84 and _in_china(best[0].lon, best[0].lat):
        best += [_shifted(best[0], other) for other in (GCJ02, BD09)]
    return tuple(best)


def _shifted(candidate: Candidate, system: System) -> Candidate:
    """Return what the same degrees mean in another system."""
    lon, lat = to_wgs84(candidate.lon, candidate.lat, system)
    return Candidate(lon, lat, system, candidate.reading, assumed=True)


def _plain(text: str) -> str:
    """Return a text in one spelling: half-width, upper case, hemispheres as letters before their number."""
    plain = unicodedata.normalize("NFKC", text).upper().replace("º", "°").replace("˚", "°").replace("`", "'")
    for words, letter in _AXIS_WORDS:
        plain = re.sub(words, f" {letter} ", plain)
    return re.sub(r"[()\[\]{}]|POINT", " ", plain).strip()


def _system_in(text: str) -> tuple[str, System | None]:
    """Return the text without the system it names, and that system."""
    epsg = _EPSG_WORD.search(text)
    if epsg is not None:
        named = system_named(epsg[0].replace(" ", ""))
        return text.replace(epsg[0], " ", 1).strip(" :,"), named
    for system, words in _SYSTEM_WORDS:
        found = re.search(rf"(?<![A-Z])(?:{words})(?![A-Z])", text)
        if found is not None:
            return (text[: found.start()] + " " + text[found.end() :]).strip(" :,坐标"), system
    return text, None


def _values(text: str) -> tuple[_Value, _Value] | None:
    """Return the two values a text consists of, None where it does not."""
    for pattern in _LETTER_FIRST if text[:1] in tuple("NSEW") else _LETTER_LAST:
        first = pattern.match(text)
        if first is None:
            continue
        gap = _BETWEEN.match(text, first.end())
        second = None if gap is None else pattern.match(text, gap.end())
        if gap is None or second is None or text[second.end() :].strip(" ,;"):
            continue
        if not gap[0] and not first["letter"] and text[first.end() - 1].isdigit():
            continue  # one number, cut in two
        pair = _value(first), _value(second)
        if pair[0] is not None and pair[1] is not None:
            return pair[0], pair[1]
    return None


def _value(match: re.Match[str]) -> _Value | None:
    parts = match.groupdict()
    minutes, seconds = float(parts["minutes"] or 0), float(parts["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    number = float(parts["degrees"]) + minutes / 60 + seconds / 3600
    letter = parts["letter"]
    if (letter in ("S", "W")) is not (parts.get("sign") == "-"):
        number = -number
    return _Value(number, "" if letter is None else "lon" if letter in "EW" else "lat")


def _readings(
    values: tuple[_Value, _Value], system: System | None, near: tuple[float, float] | None
) -> Iterator[Candidate]:
    first, second = values
    if first.axis and first.axis == second.axis:
        return
    marked = bool(first.axis or second.axis)
    swapped = first.axis == "lat" or second.axis == "lon"
    if max(abs(first.number), abs(second.number)) <= 180.0 and (system is None or not system.is_plane):
        yield from _degrees(first.number, second.number, system or WGS84, marked=marked, swapped=swapped)
        return
    for east, north, reading in (
        (first.number, second.number, Reading.EAST_NORTH),
        (second.number, first.number, Reading.NORTH_EAST),
    ):
        if marked and swapped is not (reading is Reading.NORTH_EAST):
            continue
        yield from _metres(east, north, Reading.MARKED if marked else reading, system, near)


def _degrees(first: float, second: float, system: System, *, marked: bool, swapped: bool) -> Iterator[Candidate]:
    orders = [(first, second, Reading.LON_LAT), (second, first, Reading.LAT_LON)]
    fitting = [(lon, lat, order) for lon, lat, order in orders if abs(lat) <= 90.0]
    for lon, lat, order in fitting:
        if marked and swapped is not (order is Reading.LAT_LON):
            continue
        true_lon, true_lat = to_wgs84(lon, lat, system)
        assumed = not marked and len(fitting) > 1
        yield Candidate(true_lon, true_lat, system, Reading.MARKED if marked else order, assumed)


def _metres(
    east: float, north: float, reading: Reading, system: System | None, near: tuple[float, float] | None
) -> Iterator[Candidate]:
    if system is not None and not system.is_plane:
        return
    for choice, assumed in [(system, False)] if system is not None else _planes(east, near):
        try:
            check_plane(east, north, choice)
        except Fault:
            continue
        lon, lat = to_wgs84(east, north, choice)
        if not assumed or _in_china(lon, lat):
            yield Candidate(lon, lat, choice, reading, assumed)
    if system is None and max(abs(east), abs(north)) <= math.pi * _WEB_RADIUS_M:
        lon = math.degrees(east / _WEB_RADIUS_M)
        lat = math.degrees(math.atan(math.sinh(north / _WEB_RADIUS_M)))
        if _in_china(lon, lat):
            yield Candidate(lon, lat, WEB_MERCATOR, reading, assumed=True)


def _planes(east: float, near: tuple[float, float] | None) -> list[tuple[System, bool]]:
    """Return the planes an easting may belong to: by the zone before it, or those around the reader's place."""
    zone = int(east // 1e6)
    if zone in gauss.ZONES_3 or zone in gauss.ZONES_6:
        return [(plane(gauss.meridian_of(zone), zone=zone), False)]
    if near is None or not _LEAST_EASTING_M < east < 1e6 - _LEAST_EASTING_M:
        return []
    thirds, sixths = 3 * round(near[0] / 3), 6 * math.floor(near[0] / 6) + 3
    return [(plane(meridian), True) for meridian in dict.fromkeys((thirds, sixths))]


def _possible(candidate: Candidate) -> bool:
    lon, lat = candidate.lon, candidate.lat
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180.0 and abs(lat) <= 90.0


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = _CHINA
    return west <= lon <= east and south <= lat <= north


def _rank(candidate: Candidate, near: tuple[float, float] | None) -> tuple[float, ...]:
    at_home = _in_china(candidate.lon, candidate.lat)
    # A reading a whole county away is no better for being nearer than another one: tens of kilometres count, not less.
    away = 0.0 if near is None else round(distance_m(candidate.lon, candidate.lat, *near) / 20_000.0)
    return (away, not at_home, candidate.system == WEB_MERCATOR, candidate.assumed)
