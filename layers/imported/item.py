"""Drawing of a file of one's own: one colour, areas faintly filled, and a name from a column where one is chosen."""

from collections.abc import Callable, Hashable, Sequence

import msgspec
import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from domain.contacts import without_contacts
from layers.colours import argb
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind
from layers.detail import DetailCache
from layers.geometry import feature_at
from layers.imported.model import Features, ImportedModel
from layers.options import Group, Style
from layers.owncolours import FAINT, OWN_COLOURS, colour_style, legend_title
from layers.raster.contract import Frame, Raster, Shapes, Sprites, make_sprites
from layers.symbols import odd_side, render

KEY_PREFIX = "file:"
FILLS = {"none": 0, "faint": FAINT, "strong": 140}
NO_NAMES = ""
WIDTH_PX, DOT_PX, DOT_EDGE_PX = 2.0, 9.0, 1.4
LABELS_MOST = 400
MOST_NAME = 40
"""Letters of a name on the map."""
LINES_SHOWN = 12
"""Attributes a card shows at most."""


class _Drawn(msgspec.Struct, frozen=True):
    """Everything a tile is drawn from; replaced as a whole."""

    areas: DetailCache
    lines: DetailCache
    features: Features


class ImportedItem(LayerItem):
    """The features of one file."""

    group = Group.OWN
    removable = True

    def __init__(self, model: ImportedModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self.key = KEY_PREFIX + model.ident
        self.labels_most = LABELS_MOST
        """Names at once; a map that chooses among them by itself may ask for more."""
        self._seen = -1
        self._drawn = self._made()
        self._dots: dict[tuple[str, float], Sprites] = {}

    def title(self) -> str:
        """See ``LayerItem``: the file's name."""
        return self._model.name

    def remark(self) -> str:
        """See ``LayerItem``."""
        return self._model.trouble or self._model.remark

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        if self._model.trouble:
            return self.look.words("own_layer.unreadable"), True
        return self.look.words("map.note.count", n=len(self._model.features.rows)), False

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``: colour, fill, and the column that names features."""
        words, columns = self.look.words, self._model.features.columns
        names = (NO_NAMES, *columns)
        return (
            colour_style(OWN_COLOURS, self._model.colour, words),
            Style("fill", tuple(FILLS), "faint", tuple(words(f"own_layer.fill.{f}") for f in FILLS)),
            Style("names", names, NO_NAMES, (words("own_layer.no_names"), *columns)),
        )

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self.options.styles, self.look.theme

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self.options.styles

    def prepare(self) -> None:
        """See ``LayerItem``."""
        if self._seen != self._model.revision:
            self._seen = self._model.revision
            self._drawn = self._made()

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._dots = {}

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``."""
        features = self._model.features
        boxes = [box for box in (features.areas.bounds(), features.lines.bounds()) if box is not None]
        if len(features.xs):
            xs, ys = features.xs, features.ys
            boxes.append((float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())))
        if not boxes:
            return None
        lows, highs = np.array(boxes)[:, :2].min(axis=0), np.array(boxes)[:, 2:].max(axis=0)
        return float(lows[0]), float(lows[1]), float(highs[0]), float(highs[1])

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``."""
        drawn, role = self._drawn, self.role
        colour = str(getattr(self.look.theme, role))
        self._areas(raster, frame, area, drawn.areas, argb(colour), argb(colour, self.fill_alpha))
        self._lines(raster, frame, area, drawn.lines, argb(colour))
        features = drawn.features
        if len(features.xs):
            xs = (features.xs - area.left).astype(np.float32)
            ys = (features.ys - area.top).astype(np.float32)
            codes = np.zeros(len(xs), np.uint16)
            raster.stamp(frame, xs, ys, codes, self._dot(role, area.ratio), area.placing((area.left, area.top)))

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``."""
        at, features = self._named_by(), self._model.features
        if at is None:
            return ()
        x0, y0, x1, y1 = area.bounds()
        xs, ys = features.label_xs, features.label_ys
        inside = np.flatnonzero((xs > x0) & (xs < x1) & (ys > y0) & (ys < y1))[: self.labels_most]
        named = ((_name(features.rows[i][at]), i) for i in inside.tolist())
        return [
            Label(text, float(xs[i]), float(ys[i]), LabelStyle.THING, 25.0, beside=9.0) for text, i in named if text
        ]

    @property
    def role(self) -> str:
        """The role of the theme it is drawn in."""
        return self._style(0)

    @property
    def fill_alpha(self) -> int:
        """How strongly areas are filled, of 255."""
        return FILLS[self._style(1)]

    def names(self) -> Sequence[str] | None:
        """Return what the map calls each feature, contacts masked; None where no column was chosen to be shown."""
        at = self._named_by()
        return None if at is None else [_name(row[at]) for row in self._model.features.rows]

    def _named_by(self) -> int | None:
        """Return which column names the features."""
        column = self._style(2)
        return None if column == NO_NAMES else self._model.features.columns.index(column)

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: the file by its name."""
        count = len(self._model.features.rows)
        return [LegendRow(f"own_file.{self.role}", legend_title(self._model.name), count)] if count else []

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest point or line, or else the area below."""
        features = self._model.features
        x, y = area.left + px * area.scale, area.top - py * area.scale
        row = self._point_at(x, y, (reach + DOT_PX / 2 * area.ratio) * area.scale)
        if row is None:
            row = _line_at(features.lines, features.line_rows, x, y, (reach + area.ratio) * area.scale)
        if row is None and self._style(1) != "none":
            found = feature_at(features.areas, x, y)
            row = None if found is None else int(features.area_rows[found])
        if row is None:
            return None
        say, fields = self.look.words, zip(features.columns, features.rows[row], strict=True)
        told = [say("own_layer.field", name=name, text=text) for name, text in fields if text]
        more = len(told) - LINES_SHOWN
        lines = told[:LINES_SHOWN] + ([self.look.words("own_layer.more", count=more)] if more > 0 else [])
        at = float(features.label_xs[row]), float(features.label_ys[row])
        return Picked(PickedKind.FEATURE, f"{self.key}#{row}", *at, title=self._model.name, lines=tuple(lines))

    def _point_at(self, x: float, y: float, limit: float) -> int | None:
        features = self._model.features
        if not len(features.xs):
            return None
        far = np.hypot(features.xs - x, features.ys - y)
        best = int(np.argmin(far))
        return int(features.point_rows[best]) if far[best] <= limit else None

    def _style(self, which: int) -> str:
        return self.options.style(self.styles()[which])

    def _areas(self, raster: Raster, frame: Frame, area: Area, detail: DetailCache, edge: int, fill: int) -> None:
        for shapes, which, _ in detail.seen(raster, area):
            place = area.placing(shapes.origin)
            if fill >> 24:
                raster.fill(frame, shapes, which, np.full(len(which), fill, np.uint32), place)
            raster.outline(frame, shapes, which, edge, place, closed=True)

    def _lines(self, raster: Raster, frame: Frame, area: Area, detail: DetailCache, colour: int) -> None:
        for shapes, which, _ in detail.seen(raster, area, 4):
            widths = np.full(len(which), WIDTH_PX * area.ratio, np.float32)
            raster.stroke(frame, shapes, which, colour, widths, area.placing(shapes.origin), closed=False)

    def _dot(self, role: str, ratio: float) -> Sprites:
        made = self._dots.get((role, ratio))
        if made is None:
            theme = self.look.theme

            def draw(painter: QPainter) -> None:
                painter.setPen(QPen(QColor(theme.map_ground), DOT_EDGE_PX))
                painter.setBrush(QColor(str(getattr(theme, role))))
                painter.drawEllipse(QPointF(0, 0), DOT_PX / 2, DOT_PX / 2)

            made = self._dots[role, ratio] = make_sprites(render(odd_side(DOT_PX + 3, ratio), ratio, draw)[None])
        return made

    def _made(self) -> _Drawn:
        features = self._model.features
        return _Drawn(DetailCache(features.areas, closed=True), DetailCache(features.lines, closed=False), features)


def _name(text: str) -> str:
    return without_contacts(text)[:MOST_NAME]


def _line_at(shapes: Shapes, rows: np.ndarray, x: float, y: float, limit: float) -> int | None:
    """Return the row of the nearest line within a distance (plane metres)."""
    best: tuple[float, int] | None = None
    ox, oy = x - shapes.origin[0], y - shapes.origin[1]
    for i in shapes.visible((x - limit, y - limit, x + limit, y + limit)).tolist():
        for ring in range(int(shapes.parts[i]), int(shapes.parts[i + 1])):
            a, b = int(shapes.rings[ring]), int(shapes.rings[ring + 1])
            far = _far_from(shapes.xs[a:b].astype(np.float64) - ox, shapes.ys[a:b].astype(np.float64) - oy)
            if far <= limit and (best is None or far < best[0]):
                best = far, int(rows[i])
    return None if best is None else best[1]


def _far_from(xs: np.ndarray, ys: np.ndarray) -> float:
    """Return how far a line passes from (0, 0)."""
    if len(xs) < 2:
        return float(np.hypot(xs, ys).min())
    dx, dy = np.diff(xs), np.diff(ys)
    length = np.maximum(dx * dx + dy * dy, 1e-12)
    share = np.clip(-(xs[:-1] * dx + ys[:-1] * dy) / length, 0.0, 1.0)
    return float(np.hypot(xs[:-1] + share * dx, ys[:-1] + share * dy).min())
