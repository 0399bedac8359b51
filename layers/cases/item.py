"""Drawing of cases: lamps by shape, clusters with worst lamp and count, ended ones as dots, the chosen one ringed."""

from collections.abc import Callable, Hashable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from domain.clock import LAMP_ORDER
from layers.cases.fan import OpenedCluster
from layers.cases.inside import INSIDE, inside_text
from layers.cases.keeper import ClusterKeeper, Kept, Snapshot
from layers.cases.marks import MANY
from layers.cases.model import CaseMark, CasesModel, is_urgent
from layers.cases.pictures import CasePictures
from layers.chosen import lay_round
from layers.contract import Area, Focus, LayerItem, LegendRow, Look, Picked, PickedKind, Tells
from layers.local import LocalPlaces, local_to, nearest, squares_round
from layers.numbered import PlacedNumbers
from layers.options import Filter, Style
from layers.raster.contract import F32, F64, Frame, Marks, Raster
from layers.symbols import CASE_SIZE, SMALL_CASE_SIZE
from layers.table import MarkTable

MARKS = Style("marks", ("clusters", "single"), "clusters")
ENDED = Style("ended", ("auto", "shown", "hidden"), "auto")
"""``auto`` shows ended ones only while there is no open one."""
LAMPS = Filter("lamp", tuple(lamp.value for lamp in reversed(LAMP_ORDER)))
CLUSTER_PX, WIDE_CLUSTER_PX = 26.0, 60.0
MANY_CASES, CROWDED_A_CELL = 2000, 20.0
"""From so many cases on, and so many on average where one cluster would stand, clusters stand wide apart."""
SMALL_ABOVE = 1500
"""With more than this many unclustered cases the marks are small."""
MOST_MEMBERS = 500
"""Cases of a cluster that are named when it is picked, the worst first."""


class _Open(msgspec.Struct, frozen=True):
    """The open cases that are shown, with what they are clustered and drawn from."""

    key: Hashable
    table: MarkTable[CaseMark]
    of: Snapshot
    spread: float
    """Ground they lie on, square metres of the plane."""


class _Laid(msgspec.Struct, frozen=True):
    """Clusters as they lie on an area, kept as long as they do: cases by themselves with their slots, and the rest.

    ``xs, ys``: where all of them are on the plane.
    """

    key: Hashable
    of: Snapshot
    slots: npt.NDArray[np.intp]
    xs: F64
    ys: F64
    alone: Marks
    several: PlacedNumbers


class CasesItem(LayerItem):
    """Cases on the map."""

    key = "cases"
    noted = True

    def __init__(self, model: CasesModel, look: Look, *, clustered: bool = True) -> None:
        super().__init__(look)
        self._model = model
        self.clustered = clustered
        self._style = 0
        self._pictures = CasePictures(look)
        self._keeper = ClusterKeeper()
        self._keeper.arrived.connect(self._on_arrived)
        self._callbacks: list[Callable[[], None]] = []
        self._open: _Open | None = None
        self._laid: _Laid | None = None
        self._ended_seen = -1
        self._ended: tuple[F32, F32, tuple[float, float]] | None = None
        self._places = LocalPlaces()
        self._fanned = OpenedCluster(look)

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``LayerItem``; clusters that were being made count as a change too."""
        self._callbacks.append(callback)
        unsubscribe = self._model.subscribe(callback)

        def let_go() -> None:
            self._callbacks.remove(callback)
            unsubscribe()

        return let_go

    @property
    def ready(self) -> bool:
        """See ``LayerItem``."""
        return not self.clustered or self._keeper.ready

    def finish(self, area: Area) -> None:
        """See ``LayerItem``."""
        if self.clustered and len(self._shown().table):
            self._clusters_at(area, at_once=True)

    def close(self) -> None:
        """See ``LayerItem``."""
        self._keeper.stop()

    def _on_arrived(self) -> None:
        for callback in tuple(self._callbacks):
            callback()

    @property
    def tells(self) -> Tells:
        """See ``LayerItem``."""
        return Tells.THEN

    def styles(self) -> Sequence[Style]:
        """See ``LayerItem``."""
        return MARKS, INSIDE, ENDED

    def filters(self) -> Sequence[Filter]:
        """See ``LayerItem``: by lamp; texts are those of the lamps."""
        return (
            msgspec.structs.replace(LAMPS, texts=tuple(self.look.words(f"lamp.{value}") for value in LAMPS.values)),
        )

    def on_options(self) -> None:
        """See ``LayerItem``."""
        self.clustered = self.options.style(MARKS) == "clusters"

    def static_state(self) -> Hashable:
        """See ``LayerItem``."""
        drawn = self.ended_shown() and len(self._model.ended) > 0  # without any no tile is drawn for them
        return self._style, self._model.ended_revision if drawn else 0

    def live_state(self) -> Hashable:
        """See ``LayerItem``."""
        return (
            self._model.revision,
            self._style,
            self.clustered,
            self.options.hidden,
            self._keeper.key,
            self.options.style(INSIDE),
            self._opened().state,
        )

    def ended_shown(self) -> bool:
        """Return whether ended cases are drawn."""
        chosen = self.options.style(ENDED)
        return len(self._model.open) == 0 if chosen == "auto" else chosen == "shown"

    def restyle(self) -> None:
        """See ``LayerItem``."""
        self._style += 1
        self._pictures.restyle()
        self._fanned.restyle()

    def prepare(self) -> None:
        """See ``LayerItem``."""
        if not self.ended_shown():
            self._ended = None
            self._ended_seen = -1
        elif self._ended_seen != self._model.ended_revision:
            self._ended_seen = self._model.ended_revision
            xs, ys = self._model.ended.xs, self._model.ended.ys
            origin = (float(xs.mean()), float(ys.mean())) if len(xs) else (0.0, 0.0)
            self._ended = (xs - origin[0]).astype(np.float32), (ys - origin[1]).astype(np.float32), origin

    def bounds(self) -> tuple[float, float, float, float] | None:
        """See ``LayerItem``: all cases, open and ended."""
        found = [
            (float(table.xs.min()), float(table.ys.min()), float(table.xs.max()), float(table.ys.max()))
            for table in (self._model.open, self._model.ended)
            if len(table)
        ]
        if not found:
            return None
        left, low, right, high = zip(*found, strict=True)
        return min(left), min(low), max(right), max(high)

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """See ``LayerItem``: the ended ones."""
        ended = self._ended
        if ended is not None and len(ended[0]):
            codes = np.zeros(len(ended[0]), np.uint16)
            raster.stamp(frame, ended[0], ended[1], codes, self._pictures.dots(area.ratio), area.placing(ended[2]))

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """See ``LayerItem``: the open ones, then the chosen one over them."""
        table = self._shown().table
        if len(table) and not self.clustered:
            self._draw_all(raster, frame, area)
        elif len(table):
            self._draw_clustered(raster, frame, area)
        self._opened().draw(raster, frame, area)
        mark = self._model.mark(focus.case_no) if focus.case_no else None
        place = self._model.place(focus.case_no) if focus.case_no else None
        if mark is not None and place is not None:
            lay_round(raster, frame, area, place, self._pictures.ringed(mark, area.ratio))

    def obstacles(self, area: Area, focus: Focus) -> F64:
        """See ``LayerItem``: marks and clusters, unless they cover everything anyway."""
        table = self._shown().table
        if not len(table) or (not self.clustered and len(table) > SMALL_ABOVE):
            return super().obstacles(area, focus)
        laid = self._laid_on(area)
        return squares_round(area, laid.xs, laid.ys, CASE_SIZE)

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """See ``LayerItem``: the nearest open case or cluster, or else the nearest ended one shown."""
        x, y = area.left + px * area.scale, area.top - py * area.scale
        limit = (reach + CASE_SIZE / 2 * area.ratio) * area.scale
        fanned = self._opened().hit(area, x, y)
        if fanned is not None:
            return _picked(fanned, x, y)
        table = self._shown().table
        if len(table):
            found = self._pick_clustered(area, x, y, limit) if self.clustered else None
            near = None if self.clustered else nearest(table.xs, table.ys, x, y, limit)
            if near is not None:
                found = _picked(table.marks[near], *_at(table, near))
            if found is not None:
                return found
        if self.ended_shown() and len(self._model.ended):
            near = nearest(self._model.ended.xs, self._model.ended.ys, x, y, (reach + 3 * area.ratio) * area.scale)
            if near is not None:
                return _picked(self._model.ended.marks[near], *_at(self._model.ended, near))
        return None

    def _pick_clustered(self, area: Area, x: float, y: float, limit: float) -> Picked | None:
        """Return the cluster, or the case by itself, that is nearest to a point on the plane."""
        kept = self._clusters_at(area)
        alone, several, xs, ys = kept.near((x - limit, y - limit, x + limit, y + limit))
        near = nearest(xs, ys, x, y, limit)
        if near is None:
            return None
        if near >= len(alone):
            return self._picked_cluster(kept, int(several[near - len(alone)]))
        slot = int(alone[near])
        return _picked(kept.of.marks[slot], float(kept.of.xs[slot]), float(kept.of.ys[slot]))

    def open_fan(self, picked: Picked, area: Area) -> None:
        """Let the cases of a picked cluster stand around it until the scale alters, unless they do already."""
        fanned = self.fan_members()
        if fanned and picked.members[: len(fanned)] == fanned:
            return
        marks = [mark for number in picked.members if (mark := self._model.mark(number)) is not None]
        self._fanned.open((picked.x, picked.y), area.ground(), marks)
        self._on_arrived()

    def close_fan(self) -> None:
        """Let them stand in their cluster again."""
        if self._fanned.close():
            self._on_arrived()

    def fold_unless(self, picked: Picked | None) -> None:
        """Close an opened cluster, unless one of its cases was picked, or the cluster again."""
        if picked is None or not ({picked.ident, *picked.members} & set(self.fan_members())):
            self.close_fan()

    def fan_members(self) -> tuple[str, ...]:
        """Return the numbers of the cases that are fanned out."""
        return self._opened().members()

    def _opened(self) -> OpenedCluster:
        """Return the opened cluster with its cases as they are by now."""
        shown = self._shown()
        self._fanned.follow(shown.key, shown.table)
        return self._fanned

    def _write_inside(
        self, raster: Raster, frame: Frame, area: Area, marks: Sequence[CaseMark], places: tuple[F32, F32]
    ) -> None:
        """Write into the lamps what was chosen to be written there."""
        what = self.options.style(INSIDE)
        if what == INSIDE.default or not marks:
            return
        texts, now_s = self._pictures.texts(area.ratio), self._model.now_s
        codes = texts.codes([(inside_text(mark, what, now_s), mark.lamp) for mark in marks])
        raster.stamp(frame, *places, codes, texts.sprites(), area.placing((area.left, area.top)))

    def legend(self) -> Sequence[LegendRow]:
        """See ``LayerItem``: each lamp that is not left out with its count (paused and none where there are some),
        then urgent ones."""
        counts, hidden = self._model.counts(), self.options.hides(LAMPS.name)
        words = self.look.words
        shown = [*LAMP_ORDER[2:], *(lamp for lamp in LAMP_ORDER[:2] if counts[lamp])]
        rows = [
            LegendRow(f"lamp.{lamp.value}", words(f"lamp.{lamp.value}"), counts[lamp])
            for lamp in shown
            if lamp.value not in hidden
        ]
        urgent = int(np.count_nonzero(is_urgent(self._shown().table)))
        return [*rows, LegendRow("urgent", words("map.legend.urgent"), urgent)]

    def place(self, case_no: str) -> tuple[float, float] | None:
        """Return where a case stands on the plane."""
        return self._model.place(case_no)

    def note(self) -> tuple[str, bool]:
        """See ``LayerItem``."""
        return self.look.words("map.note.count", n=len(self._model.open)), False

    def open_count(self) -> int:
        """Return how many open cases are on the map: they have a place, and no filter leaves them out."""
        return len(self._shown().table)

    def placeless_count(self) -> int:
        """Return how many open cases have none, and so are not on the map."""
        return self._model.placeless

    def _draw_all(self, raster: Raster, frame: Frame, area: Area) -> None:
        table = self._shown().table
        size = SMALL_CASE_SIZE if len(table) > SMALL_ABOVE else CASE_SIZE
        sheet, corner = self._pictures.sheet(size, area.ratio), (area.left, area.top)
        shown = self._places.seen(raster, table.xs, table.ys, self._shown().of.codes, area, sheet.size)
        raster.stamp(frame, *shown, sheet, area.placing(corner))
        if size == CASE_SIZE:
            self._write_inside(raster, frame, area, table.marks, local_to(corner, table.xs, table.ys))

    def _draw_clustered(self, raster: Raster, frame: Frame, area: Area) -> None:
        laid = self._laid_on(area)
        raster.stamp(frame, *laid.alone)
        if self.options.style(INSIDE) != INSIDE.default:
            marks = [laid.of.marks[slot] for slot in laid.slots.tolist()]
            self._write_inside(raster, frame, area, marks, (laid.alone.xs, laid.alone.ys))
        self._pictures.clusters(area.ratio).lay(raster, frame, laid.several)

    def _laid_on(self, area: Area) -> _Laid:
        """Return where what is in view goes on an area; a frame asks twice."""
        kept = self._clusters_at(area)
        key = kept.key, area, self._style
        if self._laid is None or self._laid.key != key:
            self._laid = self._lay_out(key, kept, area)
        return self._laid

    def _lay_out(self, key: Hashable, kept: Kept, area: Area) -> _Laid:
        of, corner = kept.of, (area.left, area.top)
        sheet, marks = self._pictures.sheet(CASE_SIZE, area.ratio), self._pictures.clusters(area.ratio)
        slots = kept.alone_in(area.bounds(CASE_SIZE * area.ratio))
        xs, ys = local_to(corner, of.xs[slots], of.ys[slots])
        several = kept.several_in(area.bounds(marks.size))
        counts = kept.counts[several]
        kinds = 2 * kept.worst[several] + (counts >= MANY)
        numbered = marks.placed(area, kept.xs[several], kept.ys[several], kinds, counts)
        alone = Marks(xs, ys, of.codes[slots], sheet, area.placing(corner))
        all_xs, all_ys = (
            np.concatenate([each[slots], cluster[several]]) for each, cluster in ((of.xs, kept.xs), (of.ys, kept.ys))
        )
        return _Laid(key, of, slots, all_xs, all_ys, alone, numbered)

    def _clusters_at(self, area: Area, *, at_once: bool = False) -> Kept:
        """Return the clusters of a scale, or those of another while these are being made."""
        shown = self._shown()
        reach = reach_px(len(shown.table), shown.spread, area.ground()) * area.ground()
        return self._keeper.at((area.ground(), shown.key), shown.of, reach, at_once=at_once)

    def _shown(self) -> _Open:
        """Return the open cases that are not left out; those of the model itself where none is."""
        hidden = self.options.hides(LAMPS.name) if self.options.hidden else frozenset()
        key = (self._model.revision, hidden)
        if self._open is None or self._open.key != key:
            table, ranks = self._model.open, self._model.ranks()
            if hidden:
                left_out = np.array([lamp.value in hidden for lamp in LAMP_ORDER], bool)
                kept = np.flatnonzero(~left_out[ranks]) if len(ranks) else np.empty(0, np.intp)
                table, ranks = table.chosen(kept), ranks[kept]
            codes = (ranks + len(LAMP_ORDER) * is_urgent(table)).astype(np.uint16)
            spread = float(np.ptp(table.xs)) * float(np.ptp(table.ys)) if len(table) else 0.0
            self._open = _Open(key, table, Snapshot(table.marks, table.xs, table.ys, ranks, codes), spread)
        return self._open

    def _picked_cluster(self, kept: Kept, which: int) -> Picked:
        ranks = kept.of.ranks
        members = kept.members(which)
        worst_first = members[np.argsort(-ranks[members].astype(np.int64), kind="stable")[:MOST_MEMBERS]]
        marks = [kept.of.marks[slot] for slot in worst_first.tolist()]
        shown = tuple(m.title or m.case_no for m in marks[:4])
        title = self.look.words("map.cluster", count=len(members))
        numbers = tuple(m.case_no for m in marks)
        x, y = float(kept.xs[which]), float(kept.ys[which])
        return Picked(PickedKind.CLUSTER, numbers[0], x, y, title, shown, numbers)


def reach_px(count: int, spread: float, ground: float) -> float:
    """Return how far apart clusters stand at a scale, logical pixels: farther where nearly all ground bears cases."""
    crowded = count >= MANY_CASES and count * (CLUSTER_PX * ground) ** 2 > CROWDED_A_CELL * spread
    return WIDE_CLUSTER_PX if crowded else CLUSTER_PX


def _at(table: MarkTable[CaseMark], slot: int) -> tuple[float, float]:
    return float(table.xs[slot]), float(table.ys[slot])


def _picked(mark: CaseMark, x: float, y: float) -> Picked:
    return Picked(PickedKind.CASE, mark.case_no, x, y, mark.title or mark.case_no, mark.lines)
