"""Drawing of a file of one's own: in one colour or by the kinds of a column, and named by a column that is chosen."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial

import msgspec
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from domain.contacts import without_contacts
from layers.colours import argb
from layers.contract import Area, Focus, Label, LabelStyle, LayerItem, LegendRow, Look, Picked, PickedKind
from layers.detail import DetailCache
from layers.geometry import feature_at
from layers.imported.kinds import Kinds
from layers.imported.model import Features, ImportedModel
from layers.options import Filter, Group, Style
from layers.owncolours import FAINT, OWN_COLOURS, colour_style, legend_title
from layers.raster.contract import I32, U16, U32, Frame, Raster, Shapes, Sprites, make_sprites
from layers.symbols import odd_side, render

KEY_PREFIX = "file:"
FILLS = {"none": 0, "faint": FAINT, "strong": 140}
NO_NAMES = NO_KINDS = ""
KIND, REST = "kind", "…"
WIDTH_PX, DOT_PX, DOT_EDGE_PX = 2.0, 9.0, 1.4
LABELS_MOST = 400
MOST_NAME = 40
"""Letters of a name on the map."""
LINES_SHOWN = 12
"""Attributes a card shows at most."""


class _Drawn(msgspec.Struct, frozen=True):
    """Everything a tile is drawn from; replaced as a whole.

    ``codes``: the kind of each row, 0 where none is told apart. ``roles``: those of the theme that kinds are drawn in.
    """

    areas: DetailCache
    lines: DetailCache
    features: Features
    codes: U16
    roles: tuple[str, ...]


class ImportedItem(LayerItem):
    """The features of one file."""

    group = Group.OWN
    removable = True
    renamable = True

    def __init__(self, model: ImportedModel, look: Look) -> None:
        super().__init__(look)
        self._model = model
        self.key = KEY_PREFIX + model.ident
        self.labels_most = LABELS_MOST
        """Names at once; a map that chooses among them by itself may ask for more."""
        self._asked: Hashable = None
        self._seen: Hashable = None
        self._drawn = self._made()
        self._dots: dict[tuple[tuple[str, ...], float], Sprites] = {}

    def title(self) -> str:
        """See ``LayerItem``: the name it was given, or the file's."""
        return self.options.name or self._model.name

    def remark(self) -> str:
        """See ``LayerItem``."""
        return self._model.trouble or self._model.remark

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        if self._model.trouble:
            return self.look.words("own_layer.unreadable"), True
        return self.look.words("map.note.count", n=len(self._model.features.rows)), False

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``: colour, fill, and the columns that name features and tell their kinds apart."""
        words, columns = self.look.words, self._model.features.columns
        names, kinds = (NO_NAMES, *columns), tuple(self._model.features.kinds)
        return (
            colour_style(OWN_COLOURS, self._model.colour, words),
            Style("fill", tuple(FILLS), "faint", tuple(words(f"own_layer.fill.{f}") for f in FILLS)),
            Style("names", names, NO_NAMES, (words("own_layer.no_names"), *columns)),
            Style(KIND, (NO_KINDS, *kinds), NO_KINDS, (words("own_layer.no_kinds"), *kinds)),
        )

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: the kinds of the column that tells them apart."""
        kinds = self._kinds()
        return () if kinds is None else (Filter(KIND, self._kind_keys(kinds), self.kind_texts()),)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``."""
        return self._model.subscribe(callback)

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self.options.styles, self.options.hidden, self.look.theme

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return self._model.revision, self.options.styles, self.options.hidden

    def prepare(self) -> None:
        """See ``LayerItem``."""
        asked = self._model.revision, self.options
        if asked == self._asked:  # every frame asks
            return
        self._asked = asked
        seen = self._model.revision, self._style(3), self.options.hidden
        if self._seen != seen:
            self._seen = seen
            self._drawn = self._made()
        elif self._drawn.roles != self.roles:
            self._drawn = msgspec.structs.replace(self._drawn, roles=self.roles)

    def on_options(self) -> None:
        """See ``LayerItem``: what is left out is not picked either."""
        self.prepare()

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
        drawn, features = self._drawn, self._drawn.features
        colours = np.array([argb(str(getattr(self.look.theme, role))) for role in drawn.roles], np.uint32)
        self._areas(raster, frame, area, drawn, colours)
        self._lines(raster, frame, area, drawn, colours)
        if len(features.xs):
            xs = (features.xs - area.left).astype(np.float32)
            ys = (features.ys - area.top).astype(np.float32)
            dots = self._dots_of(drawn.roles, area.ratio)
            raster.stamp(frame, xs, ys, drawn.codes[features.point_rows], dots, area.placing((area.left, area.top)))

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """See ``LayerItem``."""
        at, features = self._named_by(), self._drawn.features
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
        """The role of the theme it is drawn in, or its first kind is."""
        return self._style(0)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of its kinds; its own where it tells none apart."""
        first, kinds = OWN_COLOURS.index(self.role), self._kinds()
        count = 1 if kinds is None else len(kinds.texts)
        return tuple(OWN_COLOURS[(first + i) % len(OWN_COLOURS)] for i in range(count))

    def kinds(self) -> Sequence[str] | None:
        """Return what the legend calls the kind of each feature; None where it tells none apart."""
        kinds, texts = self._kinds(), self.kind_texts()
        return None if kinds is None else [texts[code] for code in kinds.codes.tolist()]

    def kind_texts(self) -> tuple[str, ...]:
        """Return what the legend calls its kinds, in the order of ``roles``; one empty text where it tells none."""
        kinds = self._kinds()
        if kinds is None:
            return ("",)
        texts = [text or self.look.words("own_layer.kind_empty") for text in kinds.texts]
        if kinds.rest:
            texts[-1] = self.look.words("own_layer.kind_rest")
        return tuple(texts)

    def shown_rows(self) -> npt.NDArray[np.bool_]:
        """Return which features are not left out."""
        kinds, count = self._kinds(), len(self._model.features.rows)
        hidden = self.options.hides(KIND)
        if kinds is None or not hidden:
            return np.ones(count, np.bool_)
        return np.array([key not in hidden for key in self._kind_keys(kinds)])[kinds.codes]

    def _kinds(self) -> Kinds | None:
        return self._model.features.kinds.get(self._style(3))

    def _kind_keys(self, kinds: Kinds) -> tuple[str, ...]:
        """Return what each kind is kept by: of one column only, as another is chosen by and by."""
        texts = (*kinds.texts[:-1], REST) if kinds.rest else kinds.texts
        return tuple(f"{self._style(3)}={text}" for text in texts)

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
        """See ``LayerItem``: the file by its name, or its kinds that are not left out."""
        count, kinds = len(self._model.features.rows), self._kinds()
        if kinds is None:
            return [LegendRow(f"own_file.{self.role}", legend_title(self.title()), count)] if count else []
        hidden = self.options.hides(KIND)
        told = zip(self._kind_keys(kinds), self.roles, self.kind_texts(), kinds.counts(), strict=True)
        return [
            LegendRow(f"own_file.{role}", legend_title(text), rows)
            for key, role, text, rows in told
            if key not in hidden
        ]

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest point or line, or else the area below."""
        features = self._drawn.features
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
        return Picked(PickedKind.FEATURE, f"{self.key}#{row}", *at, title=self.title(), lines=tuple(lines))

    def _point_at(self, x: float, y: float, limit: float) -> int | None:
        features = self._drawn.features
        if not len(features.xs):
            return None
        far = np.hypot(features.xs - x, features.ys - y)
        best = int(np.argmin(far))
        return int(features.point_rows[best]) if far[best] <= limit else None

    def _style(self, which: int) -> str:
        return self.options.style(self.styles()[which])

    def _areas(self, raster: Raster, frame: Frame, area: Area, drawn: _Drawn, colours: U32) -> None:
        fills = (colours & np.uint32(0xFFFFFF)) | np.uint32(self.fill_alpha << 24)
        for shapes, which, numbers in drawn.areas.seen(raster, area):
            place, codes = area.placing(shapes.origin), drawn.codes[drawn.features.area_rows[numbers]]
            if self.fill_alpha:
                raster.fill(frame, shapes, which, fills[codes], place)
            for code, some in _by_code(codes, which):
                raster.outline(frame, shapes, some, int(colours[code]), place, closed=True)

    def _lines(self, raster: Raster, frame: Frame, area: Area, drawn: _Drawn, colours: U32) -> None:
        for shapes, which, numbers in drawn.lines.seen(raster, area, 4):
            place = area.placing(shapes.origin)
            for code, some in _by_code(drawn.codes[drawn.features.line_rows[numbers]], which):
                widths = np.full(len(some), WIDTH_PX * area.ratio, np.float32)
                raster.stroke(frame, shapes, some, int(colours[code]), widths, place, closed=False)

    def _dots_of(self, roles: tuple[str, ...], ratio: float) -> Sprites:
        made = self._dots.get((roles, ratio))
        if made is None:
            theme = self.look.theme

            def draw(painter: QPainter, role: str) -> None:
                painter.setPen(QPen(QColor(theme.map_ground), DOT_EDGE_PX))
                painter.setBrush(QColor(str(getattr(theme, role))))
                painter.drawEllipse(QPointF(0, 0), DOT_PX / 2, DOT_PX / 2)

            pictures = [render(odd_side(DOT_PX + 3, ratio), ratio, partial(draw, role=role)) for role in roles]
            made = self._dots[roles, ratio] = make_sprites(np.stack(pictures))
        return made

    def _made(self) -> _Drawn:
        features, kinds, shown = self._model.features, self._kinds(), self.shown_rows()
        if not shown.all():
            features = features.only(shown)
        codes = np.zeros(len(features.rows), np.uint16) if kinds is None else kinds.codes.astype(np.uint16)
        areas, lines = DetailCache(features.areas, closed=True), DetailCache(features.lines, closed=False)
        return _Drawn(areas, lines, features, codes, self.roles)


def _by_code(codes: U16, which: I32) -> Iterator[tuple[int, I32]]:
    """Yield features code by code, in order."""
    for code in np.unique(codes).tolist():
        yield code, which[codes == code]


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
