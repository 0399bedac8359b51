"""One interactive page of the map that opens without a network: folium writes it, Leaflet is put into it.

Runs in a worker thread. Everything a reader sees of the data is escaped: the page puts it into the document as HTML.
The page's own policy forbids it to fetch anything.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from console.exchange.export import replacing
from console.mapexport.files import feature_collection
from console.mapexport.tables import Table
from domain.clock import Lamp
from domain.faults import invalid
from domain.register_map import HazardLevel, Ink
from layers.signs import hazard_colour, ink_colour
from resources.theme import Theme, load_theme
from resources.words import Words

MOST_ON_PAGE = 20_000
"""Cases and people on one page: a browser grows slow with more."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
SIGN_PX = 16


def write_page(out: Path, tables: list[Table], title: str, lines: tuple[str, ...], words: Words) -> None:
    """Write the page with a title and the lines under it (who, when, what). Raises OSError; ``Fault`` if too much."""
    count = sum(len(table) for table in tables if table.name in ("cases", "positions"))
    if count > MOST_ON_PAGE:
        raise invalid("map_export_too_many", count=count, limit=MOST_ON_PAGE)
    text = page(tables, title, lines, words)
    with replacing(out) as path:
        path.write_text(text, encoding="utf-8", newline="\n")


def page(tables: list[Table], title: str, lines: tuple[str, ...], words: Words) -> str:
    """Return the page as HTML."""
    import folium  # noqa: PLC0415 - only an export needs it

    theme = load_theme("light")
    chart = folium.Map(tiles=None, prefer_canvas=True, control_scale=True, attribution_control=False)
    chart.default_js, chart.default_css = [], []  # they would be fetched
    by_name = {table.name: table for table in tables}
    drawers: dict[str, Callable[[Table, Theme, Words], Any]] = {
        "basemap": _base,
        "divisions": _divisions,
        "grids": _grids,
        "hazards": _entries,
        "geofences": _entries,
        "drawings": _entries,
        "cameras": _entries,
        "components": _entries,
        "positions": _things,
        "cases": _cases,
    }
    for name, draw in drawers.items():  # from the ground up
        if name in by_name and len(by_name[name]):
            draw(_escaped(by_name[name]), theme, words).add_to(chart)
    bounds = _bounds(tables)
    if bounds is not None:
        chart.fit_bounds(bounds)
    folium.LayerControl(collapsed=False).add_to(chart)
    figure: Any = chart.get_root()
    for order, head in enumerate(_head(theme, title)):
        figure.header.add_child(folium.Element(head), name=f"onemap_{order}", index=order)
    figure.html.add_child(folium.Element(_caption(title, lines)))
    return str(figure.render())


def _head(theme: Theme, title: str) -> tuple[str, ...]:
    style = (
        f".leaflet-container{{background:{theme.map_ground};"
        f"font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif}}"
        f".onemap{{position:fixed;left:56px;top:12px;z-index:1000;background:{theme.panel};color:{theme.text};"
        f"border:1px solid {theme.line};border-radius:6px;padding:8px 12px;max-width:60%}}"
        ".leaflet-control-scale-line:nth-child(2){display:none}"  # feet
        f".onemap h1{{font-size:17px;margin:0 0 2px}}.onemap p{{font-size:13px;margin:0;color:{theme.text_second}}}"
    )
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{escape(title)}</title>',
        f"<style>{_leaflet_style()}</style><style>{style}</style>",
        f"<script>{_leaflet('leaflet.js')}</script>",
    )


def _caption(title: str, lines: tuple[str, ...]) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<div class="onemap"><h1>{escape(title)}</h1>{said}</div>'


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


def _escaped(table: Table) -> Table:
    columns = {
        name: [escape(value) if isinstance(value, str) else value for value in column]
        for name, column in table.columns.items()
    }
    return Table(table.name, columns, table.shapes)


def _bounds(tables: list[Table]) -> list[list[float]] | None:
    """Return the south-west and north-east corners of grids and cases, or of all; lat before lon, as Leaflet does."""
    import shapely  # noqa: PLC0415

    for names in (("grids", "cases"), tuple(table.name for table in tables)):
        shapes = [wkb for table in tables if table.name in names for wkb in table.shapes if wkb is not None]
        if shapes:
            west, south, east, north = (float(v) for v in shapely.total_bounds(shapely.from_wkb(shapes)))
            return [[south, west], [north, east]]
    return None


def _group(name: str, words: Words) -> Any:
    import folium  # noqa: PLC0415

    return folium.FeatureGroup(name=escape(words(f"map.layer.{name}")))


def _shapes(table: Table, words: Words, style: Callable[[Mapping[str, Any]], dict[str, Any]], *said: str) -> Any:
    """Return a group with the table's areas and lines; ``said`` are the columns shown when pointed at."""
    import folium  # noqa: PLC0415

    group = _group(table.name, words)
    tip = folium.GeoJsonTooltip(fields=list(said), labels=False) if said else None
    folium.GeoJson(feature_collection(table), style_function=style, tooltip=tip).add_to(group)
    return group


def _base(table: Table, theme: Theme, words: Words) -> Any:
    colours = {"water": theme.map_water, "green": theme.map_green, "building": theme.map_building}

    def style(feature: Mapping[str, Any]) -> dict[str, Any]:
        kind = feature["properties"]["kind"]
        fill = colours.get(kind)
        if fill is None:
            return {"color": theme.map_road, "weight": 4 if feature["properties"]["rank"] <= 1 else 2, "fill": False}
        return {"color": fill, "weight": 1 if kind != "water" else 3, "fillColor": fill, "fillOpacity": 1.0}

    drawn = [i for i, kind in enumerate(table.columns["kind"]) if kind != "place"]
    kept = Table(
        table.name,
        {name: [column[i] for i in drawn] for name, column in table.columns.items()},
        [table.shapes[i] for i in drawn],
    )
    return _shapes(kept, words, style)


def _divisions(table: Table, theme: Theme, words: Words) -> Any:
    def style(_feature: Mapping[str, Any]) -> dict[str, Any]:
        return {"color": theme.text_second, "weight": 2.5, "fill": False}

    return _shapes(table, words, style)


def _grids(table: Table, theme: Theme, words: Words) -> Any:
    def style(_feature: Mapping[str, Any]) -> dict[str, Any]:
        return {"color": theme.text_second, "weight": 1, "fillColor": theme.accent, "fillOpacity": 0.04}

    return _shapes(table, words, style, "name")


def _entries(table: Table, theme: Theme, words: Words) -> Any:
    """What is lasting on the map, in its own colours: what it is called stands where it is pointed at."""
    import folium  # noqa: PLC0415

    def style(feature: Mapping[str, Any]) -> dict[str, Any]:
        colour = _colour_of(table.name, feature["properties"], theme)
        return {"color": colour, "weight": 2.5, "fillColor": colour, "fillOpacity": 0.12}

    group = _group(table.name, words)
    dot = folium.CircleMarker(radius=5, fill=True, fill_opacity=0.9)
    tip = folium.GeoJsonTooltip(fields=["name"], labels=False)
    folium.GeoJson(feature_collection(table), style_function=style, marker=dot, tooltip=tip).add_to(group)
    return group


def _colour_of(layer: str, said: Mapping[str, Any], theme: Theme) -> str:
    """Return the colour the map draws an entry of the register in."""
    if layer == "hazards":
        return hazard_colour(theme, HazardLevel(said["level"]))
    if layer == "drawings":
        return ink_colour(theme, Ink(said["ink"]))
    return {"geofences": theme.accent, "cameras": theme.cameras}.get(layer, theme.text_second)


def _things(table: Table, theme: Theme, words: Words) -> Any:
    fields = ("name", "unit", "fixed_at")
    sign = f'<path d="M8 1 L14 15 L8 12 L2 15 Z" fill="{theme.staff}" stroke="{theme.map_ground}"/>'
    group = _group(table.name, words)
    _marks(table, sign, fields, words).add_to(group)
    return group


def _cases(table: Table, theme: Theme, words: Words) -> Any:
    """A set of marks for each lamp; states and channels are shown by name."""
    columns = dict(table.columns)
    columns["state"] = [escape(words(f"state.{value}")) for value in columns["state"]]
    columns["channel"] = [escape(words(f"channel.{value}")) for value in columns["channel"]]
    columns["lamp_name"] = [escape(words(f"lamp.{value}")) for value in columns["lamp"]]
    placed = [i for i, wkb in enumerate(table.shapes) if wkb is not None]
    group = _group(table.name, words)
    fields = ("title", "case_no", "state", "lamp_name", "channel", "opened_at", "due_at", "address", "grid_code")
    for lamp, sign in _signs(theme).items():
        which = [i for i in placed if columns["lamp"][i] == lamp]
        if which:
            part = Table(
                table.name,
                {name: [_shown(columns[name][i]) for i in which] for name in fields},
                [table.shapes[i] for i in which],
            )
            _marks(part, sign, fields, words).add_to(group)
    return group


def _shown(value: Any) -> Any:
    return "" if value is None else value


def _marks(table: Table, sign: str, fields: tuple[str, ...], words: Words) -> Any:
    import folium  # noqa: PLC0415

    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIGN_PX}" height="{SIGN_PX}">{sign}</svg>'
    icon = folium.DivIcon(html=svg, icon_size=(SIGN_PX, SIGN_PX), icon_anchor=(SIGN_PX // 2, SIGN_PX // 2))
    names = [words(f"map_export.column.{field}") for field in fields]
    popup = folium.GeoJsonPopup(fields=list(fields), aliases=names)
    return folium.GeoJson(feature_collection(table), marker=folium.Marker(icon=icon), popup=popup)


def _signs(theme: Theme) -> dict[str, str]:
    """Return the shapes of the lamps, the same as on the map (look.md)."""
    rim = f'stroke="{theme.map_ground}" stroke-width="1.2"'
    return {
        Lamp.NONE.value: f'<circle cx="8" cy="8" r="4" fill="{theme.map_ground}" stroke="{theme.text_second}"/>',
        Lamp.PAUSED.value: f'<path d="M3 2h4v12h-4z M9 2h4v12h-4z" fill="{theme.paused}" {rim}/>',
        Lamp.WITHIN.value: f'<circle cx="8" cy="8" r="6.5" fill="{theme.within}" {rim}/>',
        Lamp.NEAR.value: f'<path d="M8 1 L15.5 14 L.5 14 Z" fill="{theme.near}" {rim}/>',
        Lamp.OVERDUE.value: f'<rect x="2" y="2" width="12" height="12" fill="{theme.overdue}" {rim}/>',
    }
