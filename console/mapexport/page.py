"""One interactive page of the map that opens without a network: folium writes it, Leaflet is put into it.

Runs in a worker thread. Everything a reader sees of the data is escaped: the page puts it into the document as HTML.
The page's own policy forbids it to fetch anything. What folium cannot do is in ``resources/page``.
"""

import json
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import msgspec

from console.exchange.export import replacing
from console.mapexport.drawing import Drawer
from console.mapexport.names import FINEST_ZOOM, PageName
from console.mapexport.own import OwnLayer
from console.mapexport.pictures import PagePicture
from console.mapexport.signs import class_of, sign_styles
from console.mapexport.tables import Table
from domain.faults import invalid
from domain.wire_feed import ViewBox
from layers.contract import LegendRow
from layers.labels import label_types
from resources.files import read_text
from resources.theme import Theme, load_theme
from resources.words import Words, shortened

MOST_ON_PAGE = 20_000
"""Cases, people and features of files on one page: a browser grows slow with more."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
MARK_STEP_PX, MARK_TURN, MARK_PX, MOST_MARK = (60, 200), -24, 17, 60
"""Room around the watermark, how it is turned, about how wide a letter of it is, and how many it has."""


class PageText(msgspec.Struct, frozen=True):
    """What the page says of itself: its title, the line under it, the lines below, and who made it when."""

    title: str
    subtitle: str
    lines: tuple[str, ...]
    mark: str


class PageMap(msgspec.Struct, frozen=True):
    """What the page shows: tables from the ground up; by layer its title, opacity and names; the rows of the legend.

    ``view`` is what is looked at, None for all there is; ``own`` are the layers of files, ``pictures`` those that are
    shown as pictures, each in its place among the others: ``titles`` have them all from the ground up.
    """

    tables: tuple[Table, ...]
    titles: Mapping[str, str]
    strengths: Mapping[str, float] = {}
    names: Mapping[str, Sequence[PageName]] = {}
    legend: tuple[LegendRow, ...] = ()
    own: tuple[OwnLayer, ...] = ()
    pictures: tuple[PagePicture, ...] = ()
    view: ViewBox | None = None


def write_page(out: Path, shown: PageMap, text: PageText, words: Words) -> None:
    """Write the page. Raises OSError; ``Fault`` if there is too much for a browser."""
    count = sum(len(table) for table in shown.tables if table.layer or table.name in ("cases", "positions"))
    if count > MOST_ON_PAGE:
        raise invalid("map_export_too_many", count=count, limit=MOST_ON_PAGE)
    written = page(shown, text, words)
    with replacing(out) as path:
        path.write_text(written, encoding="utf-8", newline="\n")


def page(shown: PageMap, text: PageText, words: Words) -> str:
    """Return the page as HTML."""
    import folium  # noqa: PLC0415 - only an export needs it

    theme = load_theme("light")
    chart = folium.Map(
        tiles=None,
        prefer_canvas=True,
        control_scale=True,
        attribution_control=False,
        max_zoom=FINEST_ZOOM,
        zoom_snap=0.25,
    )
    chart.default_js, chart.default_css = [], []  # they would be fetched
    drawer = Drawer(theme, words, {layer.key: layer for layer in shown.own})
    groups: dict[str, Any] = {}
    titles = Counter[str]()
    tables = {table.of: table for table in shown.tables}
    for key, name in shown.titles.items():
        titles[name] += 1
        title = name if titles[name] == 1 else f"{name} ({titles[name]})"  # the list of layers goes by their titles
        if key in tables:
            groups[key] = drawer.draw(tables[key], title, shown.strengths.get(key, 1.0))
        else:
            groups[key] = folium.FeatureGroup(name=escape(title))
        groups[key].add_to(chart)
    small: Any = folium.JsCode("innerWidth < ONEMAP_SMALL")
    folium.LayerControl(collapsed=small).add_to(chart)
    _script(_call(chart, groups, shown, theme, words)).add_to(chart)
    figure: Any = chart.get_root()
    symbols = drawer.symbols | {row.symbol for row in shown.legend}
    for order, head in enumerate(_head(theme, text.title, sign_styles(symbols, theme))):
        figure.header.add_child(folium.Element(head), name=f"onemap_{order}", index=order)
    over = _title(text) + _legend(shown.legend, words) + _watermark(text.mark)
    figure.html.add_child(folium.Element(over))
    return str(figure.render())


def _head(theme: Theme, title: str, signs: str) -> tuple[str, ...]:
    roles = {"panel", "text", "text_second", "line", "map_ground"}
    colours = "".join(f"--{role.replace('_', '-')}:{getattr(theme, role)};" for role in sorted(roles))
    style = f":root{{{colours}}}{read_text('page/map.css')}{signs}"
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{escape(title)}</title>',
        f"<style>{_leaflet_style()}</style><style>{style}</style>",
        f"<script>{_leaflet('leaflet.js')}</script><script>{read_text('page/map.js')}</script>",
    )


def _title(text: PageText) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in (text.subtitle, *text.lines) if line)
    return f'<details class="onemap-card onemap-title" open><summary>{escape(text.title)}</summary>{said}</details>'


def _legend(rows: Sequence[LegendRow], words: Words) -> str:
    """Return the legend, the same rows as on paper; nothing where no layer has any."""
    if not rows:
        return ""
    told = "".join(f'<li><i class="{class_of(row.symbol)}"></i>{escape(row.said())}</li>' for row in rows)
    heading = escape(words("map_export.legend"))
    return f'<details class="onemap-card onemap-legend" open><summary>{heading}</summary><ul>{told}</ul></details>'


def _watermark(mark: str) -> str:
    """Return who and when across the whole map, so that a picture of a part of it still says where it came from."""
    said = escape(shortened(mark, MOST_MARK))
    wide, high = min(len(mark), MOST_MARK) * MARK_PX + MARK_STEP_PX[0], MARK_STEP_PX[1]
    places = ((0, 40), (wide // 2, 40 + high // 2), (wide // 2 - wide, 40 + high // 2))
    lines = "".join(f'<text x="{x}" y="{y}">{said}</text>' for x, y in places)
    return (
        '<svg class="onemap-mark" aria-hidden="true"><defs><pattern id="onemap-mark" patternUnits="userSpaceOnUse"'
        f' width="{wide}" height="{high}" patternTransform="rotate({MARK_TURN})">{lines}</pattern></defs>'
        '<rect width="100%" height="100%" fill="url(#onemap-mark)"/></svg>'
    )


def _call(chart: Any, groups: Mapping[str, Any], shown: PageMap, theme: Theme, words: Words) -> str:
    """Return the call of what ``map.js`` does once all layers are there."""
    pictures = {picture.layer: _picture(picture, shown.strengths.get(picture.layer, 1.0)) for picture in shown.pictures}
    layers = ",".join(
        f"{{group:{group.get_name()},names:{_data(shown.names.get(key, ()))},picture:{_data(pictures.get(key))}}}"
        for key, group in groups.items()
    )
    types = {
        style.value: {"size": kind.size, "weight": int(kind.weight), "spacing": kind.spacing, "colour": kind.colour}
        for style, kind in label_types(theme).items()
    }
    controls = {
        "zoom-in": words("map.tool.zoom_in"),
        "zoom-out": words("map.tool.zoom_out"),
        "layers-toggle": words("map_export.layers"),
    }
    told = (
        f"lang:{_data(words.language)},controls:{_data(controls)},names:{_data(types)},bounds:{_data(_bounds(shown))}"
    )
    return f"onemap({chart.get_name()},{{layers:[{layers}],{told}}});"


def _picture(picture: PagePicture, strength: float) -> Mapping[str, object]:
    """Return a picture as ``map.js`` takes it."""
    west, south, east, north = picture.bounds
    return {
        "url": f"data:{picture.kind};base64,{b64encode(picture.content).decode('ascii')}",
        "bounds": [[south, west], [north, east]],
        "strength": strength,
        "ground": picture.ground,
    }


def _data(value: object) -> str:
    """Return a value as it may stand in a script: no text of it can end the script."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).replace("<", "\\u003c")


def _script(call: str) -> Any:
    """Return a script that stands after those of the map and its layers."""
    import folium  # noqa: PLC0415
    from folium.template import Template  # noqa: PLC0415

    made: Any = folium.MacroElement
    element = made()
    element._template = Template("{% macro script(this, kwargs) %}{{ this.call }}{% endmacro %}")
    element.call = call
    return element


def _leaflet_folder() -> Path:
    from xstatic.pkg import leaflet  # noqa: PLC0415 - only an export needs it

    return Path(leaflet.BASE_DIR)


def _leaflet(name: str) -> str:
    return (_leaflet_folder() / name).read_text(encoding="utf-8")


def _leaflet_style() -> str:
    """Return Leaflet's style with its pictures in it."""
    folder = _leaflet_folder()

    def inline(found: re.Match[str]) -> str:
        data = (folder / "images" / found[1]).read_bytes()
        return f"url(data:image/png;base64,{b64encode(data).decode('ascii')})"

    return re.sub(r"url\(images/([a-z0-9-]+\.png)\)", inline, _leaflet("leaflet.css"))


def _bounds(shown: PageMap) -> list[list[float]] | None:
    """Return the south-west and north-east corners of the view, of grids and cases, or of all; lat before lon."""
    import shapely  # noqa: PLC0415

    if shown.view is not None:
        return [[shown.view.south, shown.view.west], [shown.view.north, shown.view.east]]
    for names in (("grids", "cases"), tuple(table.name for table in shown.tables)):
        shapes = [wkb for table in shown.tables if table.name in names for wkb in table.shapes if wkb is not None]
        if shapes:
            west, south, east, north = (float(v) for v in shapely.total_bounds(shapely.from_wkb(shapes)))
            return [[south, west], [north, east]]
    return None
