"""What a WMTS says it has (OGC 07-057r7): its layers in the matrix sets we can lay down, ready to be declared.

The document comes from a stranger: it is bounded in bytes, a DOCTYPE (and with it every entity) is refused, and so are
more layers, sets or levels than any map server has. Both kinds of address are understood: templates (REST) and
key-value requests (KVP).
"""

import re
from collections.abc import Iterator
from math import isfinite
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree

import msgspec

from console.tilesource.declared import KEY_MARK
from domain.faults import invalid
from layers.mercator import HALF_WORLD_M, MAX_LAT
from layers.options import PIXEL_M
from layers.tiles.matrix import DEGREE_M, WORLD, Box, Level, Plane

MAX_BYTES = 6 * 2**20
MOST_LAYERS, MOST_SETS, MOST_LEVELS = 400, 100, 30
NAMESPACE = re.compile(r"{[^}]*}")
MERCATOR = ("3857", "900913", "102100", "102113", "3785")
DEGREES = ("4326", "4490", "CRS84")
PICTURES = ("image/png", "image/jpeg", "image/jpg", "image/webp", "image/png8", "tiles")

MOST_OFF = 0.1
"""A set that spans the world to so much of it is taken to span it exactly."""

Element = ElementTree.Element


class Offer(msgspec.Struct, frozen=True):
    """A layer in one matrix set: what to call it, and the address of its tiles (``console.tilesource.declared``)."""

    layer: str
    title: str
    matrix_set: str
    plane: Plane
    levels: tuple[Level, ...]
    address: str
    bounds: Box


def capabilities_address(address: str, key: str) -> str:
    """Return where a WMTS says what it has, from any address of it. May hold a key."""
    parts = urlsplit(address.strip().replace(KEY_MARK, key))
    if parts.path.lower().endswith(".xml"):
        return urlunsplit(parts)
    ours = ("service", "request", "version")
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in ours]
    asked = [("SERVICE", "WMTS"), ("REQUEST", "GetCapabilities"), ("VERSION", "1.0.0"), *kept]
    return urlunsplit(parts._replace(query=urlencode(asked)))


def read_capabilities(content: bytes, address: str) -> tuple[Offer, ...]:
    """Return what is on offer. ``address`` is the one it was asked at, ``{key}`` and all.

    Raises ``Fault``: ``wmts_unreadable``, ``wmts_nothing`` where no layer is in a set or picture format we know.
    """
    if len(content) > MAX_BYTES or b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise invalid("wmts_unreadable", reason="DOCTYPE" if len(content) <= MAX_BYTES else str(len(content)))
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise invalid("wmts_unreadable", reason=str(error)[:80]) from None
    if _plain(root.tag) != "Capabilities":
        raise invalid("wmts_unreadable", reason=_plain(root.tag)[:80])
    contents = _child(root, "Contents")
    if contents is None:
        raise invalid("wmts_nothing")
    sets = dict(_sets(contents))
    offers = [offer for layer in _children(contents, "Layer", MOST_LAYERS) for offer in _offers(layer, sets, address)]
    if not offers:
        raise invalid("wmts_nothing")
    return tuple(offers)


# -- matrix sets -------------------------------------------------------------------------------------------------------


def _sets(contents: Element) -> Iterator[tuple[str, tuple[Plane, tuple[Level, ...]]]]:
    for given in _children(contents, "TileMatrixSet", MOST_SETS):
        name, crs = _text(given, "Identifier"), _text(given, "SupportedCRS")
        code = re.split(r"[:/#]", crs)[-1].upper()
        plane = Plane.MERCATOR if code in MERCATOR else Plane.DEGREES if code in DEGREES else None
        if plane is None or not name:
            continue
        found = [_level(matrix, plane, code) for matrix in _children(given, "TileMatrix", MOST_LEVELS)]
        levels = sorted((level for level in found if level is not None), key=lambda level: -level.side)
        if levels:
            yield name, (plane, _true_to_the_world(tuple(levels), plane))


def _true_to_the_world(levels: tuple[Level, ...], plane: Plane) -> tuple[Level, ...]:
    """Return levels with sides that fit the world, where the whole world is what they span.

    Several servers (Tianditu's "c" set among them) reckon with a pixel of 1/96 inch instead of the standard's 0.28 mm,
    so that the world would be a twentieth too wide.
    """
    world = 360.0 if plane is Plane.DEGREES else 2 * HALF_WORLD_M
    spans = [level.side * level.columns / world for level in levels if abs(level.left + world / 2) < world / 1000]
    off = next((span for span in spans if abs(span - 1.0) < MOST_OFF), 1.0)
    return tuple(msgspec.structs.replace(level, side=level.side / off) for level in levels)


def _level(matrix: Element, plane: Plane, code: str) -> Level | None:
    try:
        denominator = float(_text(matrix, "ScaleDenominator"))
        width, height = int(_text(matrix, "TileWidth")), int(_text(matrix, "TileHeight"))
        first, second = (float(part) for part in _text(matrix, "TopLeftCorner").split())
        columns, rows = int(_text(matrix, "MatrixWidth")), int(_text(matrix, "MatrixHeight"))
    except ValueError:
        return None
    metres = denominator * PIXEL_M * width
    if not all(isfinite(v) for v in (metres, first, second)) or width != height or width not in (256, 512):
        return None
    if metres <= 0 or not 1 <= columns <= 2**30 or not 1 <= rows <= 2**30:
        return None
    left, top = first, second
    if plane is Plane.DEGREES and _latitude_first(first, second, code):
        left, top = second, first
    side = metres if plane is Plane.MERCATOR else metres / DEGREE_M
    return Level(_text(matrix, "Identifier")[:120], left, top, side, columns, rows, width)


def _latitude_first(first: float, second: float, code: str) -> bool:
    """Return whether a corner is given as lat, lon. The standard says so for EPSG codes; not every server heeds it."""
    if abs(first) > 90:
        return False
    return True if abs(second) > 90 else code != "CRS84"


# -- layers ------------------------------------------------------------------------------------------------------------


def _offers(layer: Element, sets: dict[str, tuple[Plane, tuple[Level, ...]]], address: str) -> Iterator[Offer]:
    name = _text(layer, "Identifier")
    formats = [(f.text or "").strip() for f in _children(layer, "Format", 20)]
    picture = next((f for f in formats if f.lower() in PICTURES), "" if formats else PICTURES[0])
    if not name or not picture:
        return
    style = next((_text(s, "Identifier") for s in _children(layer, "Style", 20)), "") or "default"
    for link in _children(layer, "TileMatrixSetLink", 20):
        matrix_set = _text(link, "TileMatrixSet")
        if matrix_set in sets:
            plane, levels = sets[matrix_set]
            tiles = _template(layer, picture, style, matrix_set) or _request(address, name, style, matrix_set, picture)
            title = (_text(layer, "Title") or name)[:60]
            yield Offer(name[:120], title, matrix_set[:120], plane, levels, tiles, _bounds(layer))


def _template(layer: Element, picture: str, style: str, matrix_set: str) -> str:
    """Return the template of a layer's tiles as we write it, empty where it has none."""
    for resource in _children(layer, "ResourceURL", 20):
        if resource.get("resourceType") == "tile" and resource.get("format", picture) == picture:
            template = resource.get("template", "")
            for mark, ours in (("TileMatrixSet", matrix_set), ("TileMatrix", "{z}"), ("TileRow", "{y}")):
                template = re.sub("{" + mark + "}", ours, template, flags=re.IGNORECASE)
            template = re.sub("{TileCol}", "{x}", template, flags=re.IGNORECASE)
            template = re.sub("{Style}", style, template, flags=re.IGNORECASE)
            if "{z}" in template and "{x}" in template and "{y}" in template and len(template) <= 2000:
                return template
    return ""


def _request(address: str, layer: str, style: str, matrix_set: str, picture: str) -> str:
    parts = urlsplit(address.strip())
    ours = ("service", "request", "version", "layer", "style", "tilematrixset", "format", "tilematrix")
    kept = [(n, v) for n, v in parse_qsl(parts.query) if n.lower() not in (*ours, "tilerow", "tilecol")]
    asked = [("SERVICE", "WMTS"), ("REQUEST", "GetTile"), ("VERSION", "1.0.0"), ("LAYER", layer), ("STYLE", style)]
    asked += [("TILEMATRIXSET", matrix_set), ("FORMAT", picture), *kept]
    query = urlencode(asked, safe="{}") + "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    return urlunsplit(parts._replace(query=query))


def _bounds(layer: Element) -> Box:
    box = _child(layer, "WGS84BoundingBox")
    if box is None:
        return WORLD
    try:
        west, south = (float(part) for part in _text(box, "LowerCorner").split())
        east, north = (float(part) for part in _text(box, "UpperCorner").split())
    except ValueError:
        return WORLD
    inside = max(-180.0, west), max(-MAX_LAT, south), min(180.0, east), min(MAX_LAT, north)
    return inside if inside[0] < inside[2] and inside[1] < inside[3] else WORLD


# -- XML without its prefixes ------------------------------------------------------------------------------------------


def _plain(tag: str) -> str:
    return NAMESPACE.sub("", tag)


def _children(parent: Element, name: str, most: int) -> list[Element]:
    found = [child for child in parent if _plain(str(child.tag)) == name]
    if len(found) > most:
        raise invalid("wmts_unreadable", reason=f"{name}: {len(found)}")
    return found


def _child(parent: Element, name: str) -> Element | None:
    return next((child for child in parent if _plain(str(child.tag)) == name), None)


def _text(parent: Element, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None or child.text is None else child.text.strip()
