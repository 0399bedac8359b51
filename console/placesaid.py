"""Places in words: how coordinates were read, and what a place is in the systems people ask for it in."""

from console.systemask import km_text
from domain.addresses import Address
from domain.coordinates import Candidate, from_wgs84, system_named
from domain.coordinates.systems import BD09, GCJ02, WGS84, System, plane
from domain.places import FAR_FROM_TOWN_M, distance_m
from resources.words import Words
from widgets.map.identify_card import PlaceSaid


def in_systems(lon: float, lat: float, words: Words) -> tuple[PlaceSaid, ...]:
    """Return a place in degrees, in the shifted degrees of phone maps, and in metres of the nearest 3° plane."""
    said = []
    for system in (WGS84, GCJ02, BD09, plane(3 * round(lon / 3))):
        x, y = from_wgs84(lon, lat, system)
        # surveyors write the northing first; phone maps, like we do, the longitude
        numbers = f"{y:.1f}, {x:.1f}" if system.is_plane else f"{x:.6f}, {y:.6f}"
        said.append(PlaceSaid(_short(system, words), numbers, _source(system, words)))
    return tuple(said)


def address_said(address: Address | None, words: Words) -> PlaceSaid:
    """Return the address of a place, with how far off it is; or that none is near."""
    how = words("identify.address")
    if address is None:
        return PlaceSaid(how, "", words("identify.no_address"))
    return PlaceSaid(how, address.text, words("address.metres_away", n=round(address.distance_m or 0.0)))


def reading(candidate: Candidate, words: Words, near: tuple[float, float] | None) -> str:
    """Return how coordinates were read, so that the wrong reading is not taken for the right one."""
    away = 0.0 if near is None else distance_m(candidate.lon, candidate.lat, *near)
    far = [words("own_layer.falls.away", km=km_text(away))] if away > FAR_FROM_TOWN_M else []
    if candidate.assumed and candidate.system.is_shifted:
        return " · ".join([*far, words("coordinates.if", source=_source(candidate.system, words))])
    how = words(f"coordinates.reading.{candidate.reading}", system=_name(candidate.system, words))
    return " · ".join([*far, how, *([words("coordinates.assumed")] if candidate.assumed else [])])


def _name(system: System, words: Words) -> str:
    if system.zone is not None:
        return words("coordinates.zoned", zone=system.zone)
    if system.is_plane:
        return words("coordinates.plane", meridian=system.meridian or 0)
    return system.name if system_named(system.name) is not None else words("own_layer.system.epsg_3857")


def _short(system: System, words: Words) -> str:
    if system.is_plane:
        return words("coordinates.short.plane", meridian=system.meridian or 0)
    return words(f"coordinates.short.{_key(system)}")


def _source(system: System, words: Words) -> str:
    if system.is_plane:
        return words("coordinates.plane_north_first", meridian=system.meridian or 0)
    return words(f"coordinates.source.{_key(system)}")


def _key(system: System) -> str:
    return system.name.replace("-", "").lower()
