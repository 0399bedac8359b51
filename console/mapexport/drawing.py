"""The layers of a map drawn by folium for a page: each in its own colours and signs, as strongly as was chosen.

Runs in a worker thread. Everything a reader sees of the data is escaped: the page puts it into the document as HTML.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import msgspec

from console.mapexport.files import feature_collection
from console.mapexport.own import OwnLayer
from console.mapexport.readable import plain_moment
from console.mapexport.signs import class_of, thing_symbol
from console.mapexport.tables import Table
from domain.register_map import Form, HazardLevel, Ink
from domain.states import ENDED
from layers.colours import CLASS_ALPHA, class_share, mix
from layers.components.item import TROUBLE
from layers.fence_signs import fence_colour
from layers.grids.figures import classed
from layers.imported.item import DOT_EDGE_PX, DOT_PX
from layers.signs import hazard_colour, ink_colour, sensed_colour
from layers.states import FenceState, Sensed
from resources.theme import Theme
from resources.words import Words

CASE_FIELDS = (
    "title",
    "case_no",
    "state_name",
    "lamp_name",
    "channel_name",
    "opened_at",
    "due_at",
    "address",
    "grid_name",
)
THING_FIELDS = ("name", "unit", "fixed_at")
SIGN_PX = 22
DOTS = frozenset({"Point", "MultiPoint"})
ENDED_STATES = frozenset(state.value for state in ENDED)
Style = dict[str, Any]
Said = Mapping[str, Any]


class Drawer:
    """Draws layers in turn, each over those before, and keeps which signs the page needs for them."""

    def __init__(self, theme: Theme, words: Words, own: Mapping[str, OwnLayer]) -> None:
        self.symbols: set[str] = set()
        self._theme, self._words, self._own = theme, words, own
        self._strength, self._rank = 1.0, 0

    def draw(self, table: Table, title: str, opacity: float) -> Any:
        """Return the layer of a table as a folium group."""
        import folium  # noqa: PLC0415 - only an export needs it

        makers: dict[str, Callable[[Table, Any], None]] = {
            "basemap": self._base,
            "divisions": self._divisions,
            "grids": self._grids,
            "hazards": self._hazards,
            "geofences": self._fences,
            "drawings": self._drawings,
            "cameras": self._cameras,
            "components": self._components,
            "positions": self._things,
            "cases": self._cases,
        }
        self._strength = opacity
        self._rank += 1
        group = folium.FeatureGroup(name=escape(title))
        if len(table):
            makers.get(table.of, self._file)(_escaped(table), group)
        return group

    # -- areas and lines -------------------------------------------------------------------------------------------

    def _base(self, table: Table, group: Any) -> None:
        theme = self._theme
        colours = {"water": theme.map_water, "green": theme.map_green, "building": theme.map_building}

        def style(said: Said) -> Style:
            fill = colours.get(said["kind"])
            if fill is None:
                return {"color": theme.map_road, "weight": 4 if said["rank"] <= 1 else 2, "fill": False}
            return {"color": fill, "weight": 3 if said["kind"] == "water" else 1, "fillColor": fill, "fillOpacity": 1.0}

        self._shapes(_chosen(table, [kind != "place" for kind in table.columns["kind"]]), group, style)

    def _divisions(self, table: Table, group: Any) -> None:
        colour = mix(self._theme.map_grid_line, self._theme.text_second, 0.45)
        self._shapes(table, group, lambda _said: {"color": colour, "weight": 2, "fill": False})

    def _grids(self, table: Table, group: Any) -> None:
        theme = self._theme
        figures = dict(zip(table.columns["code"], table.columns.get("figure", ()), strict=False))
        classes = classed(figures).classes

        def style(said: Said) -> Style:
            plain = {"color": theme.map_grid_line, "weight": 1, "fillColor": theme.accent, "fillOpacity": 0.0}
            step = classes.get(said["code"])
            if step is None:
                return plain
            colour = mix(theme.map_ground, theme.accent, class_share(step))
            return plain | {"fillColor": colour, "fillOpacity": CLASS_ALPHA / 255}

        self._shapes(table, group, style, "name")

    def _hazards(self, table: Table, group: Any) -> None:
        def style(said: Said) -> Style:
            colour = hazard_colour(self._theme, HazardLevel(said["level"]))
            return {"color": colour, "weight": 2, "fillColor": colour, "fillOpacity": 0.2}

        self._shapes(table, group, style, "name", "level_name")

    def _fences(self, table: Table, group: Any) -> None:
        def style(said: Said) -> Style:
            state = FenceState(said["state"])
            colour = fence_colour(self._theme, state)
            dashes = {"dashArray": "4 6"} if state is FenceState.PAUSED else {}
            return {"color": colour, "weight": 2.5, "fillColor": colour, "fillOpacity": 0.08, **dashes}

        self._shapes(table, group, style, "name", "state_name")

    def _drawings(self, table: Table, group: Any) -> None:
        def style(said: Said) -> Style:
            colour = ink_colour(self._theme, Ink(said["ink"]))
            dashes = {"dashArray": "8 6"} if said["dashed"] else {}
            return {"color": colour, "weight": said["width_px"], "fillColor": colour, "fillOpacity": 0.18, **dashes}

        pins = [form == Form.POINT for form in table.columns["form"]]
        self._shapes(_chosen(table, [not pin for pin in pins]), group, style, "name")
        pinned = _chosen(table, pins)
        self._marks(pinned, group, [f"pin.{ink}" for ink in pinned.columns["ink"]], tip=("name",))

    def _file(self, table: Table, group: Any) -> None:
        """A layer of a file: in the colour, or those of its kinds, and as strongly filled as was chosen."""
        own = self._own[table.of]

        def style(said: Said) -> Style:
            colour = str(getattr(self._theme, own.roles.get(said.get("kind", ""), own.role)))
            return {"color": colour, "weight": 2, "fillColor": colour, "fillOpacity": own.fill / 255}

        told = tuple(column for column in ("name", "kind") if column in table.columns)
        self._shapes(table, group, style, *(told or ("title",)))

    # -- marks -----------------------------------------------------------------------------------------------------

    def _cameras(self, table: Table, group: Any) -> None:
        states = table.columns["state"]
        self._marks(table, group, ["camera_offline" if s == "offline" else "camera" for s in states], tip=("name",))

    def _components(self, table: Table, group: Any) -> None:
        columns = table.columns
        symbols = [f"component.{state}.{what}" for state, what in zip(columns["state"], columns["kind"], strict=True)]
        lines = _chosen(table, [not _is_point(shape) for shape in table.shapes])

        def style(said: Said) -> Style:
            state = Sensed(said["state"])
            return {"color": sensed_colour(self._theme, state), "weight": 4 if state in TROUBLE else 2}

        self._shapes(lines, group, style, "name", "state_name")
        self._marks(table, group, symbols, tip=("name", "state_name"))

    def _things(self, table: Table, group: Any) -> None:
        columns = table.columns
        told = zip(columns["vehicle"], columns["heading_deg"], columns["state"], columns["stale"], strict=True)
        symbols = [thing_symbol(vehicle=v, heading_deg=h, state=state, stale=stale) for v, h, state, stale in told]
        self._marks(_with(table, "fixed_at", _moments(columns["fixed_at"])), group, symbols, popup=THING_FIELDS)

    def _cases(self, table: Table, group: Any) -> None:
        """Cases by lamp; what is a code is shown by its name."""
        columns = table.columns
        told = zip(columns["state"], columns["lamp"], columns["urgent"], strict=True)
        symbols = [
            "case.ended" if state in ENDED_STATES else f"case.{lamp}{'.urgent' if urgent else ''}"
            for state, lamp, urgent in told
        ]
        for name in ("opened_at", "due_at"):
            table = _with(table, name, _moments(columns[name]))
        self._marks(table, group, symbols, popup=CASE_FIELDS)

    # -- what they are made with -----------------------------------------------------------------------------------

    def _shapes(self, table: Table, group: Any, style: Callable[[Said], Style], *said: str) -> None:
        """Draw the table's areas, lines and dots; ``said`` are the columns shown when pointed at."""
        import folium  # noqa: PLC0415

        if not len(table):
            return
        strength, ground = self._strength, self._theme.map_ground

        def styled(feature: Mapping[str, Any]) -> Style:
            made = style(feature["properties"])
            shape = feature["geometry"] or {}
            if shape.get("type") in DOTS:  # as on the map: filled whatever areas are, with an edge of ground
                made |= {"color": ground, "weight": DOT_EDGE_PX, "fillOpacity": 1.0}
            return made | {"opacity": strength, "fillOpacity": made.get("fillOpacity", 0.2) * strength}

        dot = folium.CircleMarker(radius=DOT_PX / 2, fill=True)
        tip = folium.GeoJsonTooltip(fields=list(said), labels=False) if said else None
        folium.GeoJson(_told(table), style_function=styled, marker=dot, tooltip=tip).add_to(group)

    def _marks(
        self,
        table: Table,
        group: Any,
        symbols: Sequence[str],
        *,
        popup: tuple[str, ...] = (),
        tip: tuple[str, ...] = (),
    ) -> None:
        """Draw the table's points with a sign each; a layer above lies over them as it does on the map."""
        import folium  # noqa: PLC0415

        placed = [_is_point(shape) for shape in table.shapes]
        for symbol in dict.fromkeys(symbols):
            part = _chosen(table, [at and of == symbol for at, of in zip(placed, symbols, strict=True)])
            if not len(part):
                continue
            self.symbols.add(symbol)
            icon = folium.DivIcon(
                icon_size=(SIGN_PX, SIGN_PX),
                icon_anchor=(SIGN_PX // 2, SIGN_PX // 2),
                class_name=f"onemap-sign {class_of(symbol)}",
            )
            mark = folium.Marker(icon=icon, opacity=self._strength, zIndexOffset=1000 * self._rank)
            names = [self._words(f"map_export.column.{field}") for field in popup]
            folium.GeoJson(
                _told(_only(part, popup or tip)),
                marker=mark,
                popup=folium.GeoJsonPopup(fields=list(popup), aliases=names) if popup else None,
                tooltip=folium.GeoJsonTooltip(fields=list(tip), labels=False) if tip else None,
            ).add_to(group)


def _escaped(table: Table) -> Table:
    columns = {
        name: [escape(value) if isinstance(value, str) else value for value in column]
        for name, column in table.columns.items()
    }
    return msgspec.structs.replace(table, columns=columns)


def _with(table: Table, name: str, column: list[Any]) -> Table:
    return msgspec.structs.replace(table, columns={**table.columns, name: column})


def _chosen(table: Table, keep: Sequence[bool]) -> Table:
    """Return some rows of a table."""
    which = [i for i, kept in enumerate(keep) if kept]
    columns = {name: [column[i] for i in which] for name, column in table.columns.items()}
    return Table(table.name, columns, [table.shapes[i] for i in which], table.layer)


def _only(table: Table, names: Sequence[str]) -> Table:
    return msgspec.structs.replace(table, columns={name: table.columns[name] for name in names})


def _told(table: Table) -> dict[str, Any]:
    """Return the features; what is not known of one is an empty text."""
    columns = {name: ["" if value is None else value for value in column] for name, column in table.columns.items()}
    return feature_collection(msgspec.structs.replace(table, columns=columns))


def _moments(column: Sequence[str | None]) -> list[str]:
    return [plain_moment(text) for text in column]


def _is_point(wkb: bytes | None) -> bool:
    import shapely  # noqa: PLC0415

    return wkb is not None and int(shapely.get_type_id(shapely.from_wkb(wkb))) == 0
