"""Where only marks moved only their cells are painted; whatever happens in between, the window shows all as it is."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from domain.register_map import ComponentKind
from layers.camera import Camera
from layers.cameras.model import CameraMark, CamerasModel
from layers.components.model import ComponentMark, ComponentsModel
from layers.options import LayerOptions
from layers.raster.cells import CompiledCells
from layers.raster.compiled import CompiledRaster
from layers.raster.contract import CELL_HIGH, CELL_WIDE, Marks, Mask, Placing, make_sprites
from layers.states import Sensed
from layers.tiles.matrix import Plane, TileGrid, ladder, level_for, tiles_over
from layers.tiles.model import TilesModel
from resources.theme import Theme, load_theme
from tests.helpers.map_scene import NOW, Scene, case_mark, make_scene, picture, thing_mark, wait_settled
from tests.widget.map.test_map_surface import shown
from widgets.map.guests import MapGuest, paint_ring
from widgets.map.moved import RESTS, MovedMarks

WIDTH, HEIGHT = 800, 600
STAFF = 60


class Glass(QWidget):
    """Something one can see the map through."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(200, 60, 0, 90))
        painter.end()


class Painted(QObject):
    """What share of the map each paint was of."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.shares: list[float] = []
        view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            boxes = [box.width() * box.height() for box in event.region()]
            self.shares.append(sum(boxes) / WIDTH / HEIGHT)
        return False


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    found = make_scene(qtbot)
    found.view._rasters.compile()
    found.view.set_overlays(False)
    found.view.resize(WIDTH, HEIGHT)
    rng = np.random.default_rng(7)
    lons, lats = rng.uniform(120.69, 120.75, STAFF), rng.uniform(29.69, 29.74, STAFF)
    found.positions.replace([thing_mark(f"p{i}", lons[i], lats[i]) for i in range(STAFF)])
    wait_settled(qtbot, found.view)
    for _ in range(2):
        found.view.repaint()
    return found


def walk(scene: Scene, rng: np.random.Generator, count: int) -> None:
    """Move some people a little."""
    who = rng.choice(STAFF, count, replace=False)
    table = scene.positions.table
    slots = table.slots([f"p{i}" for i in who])
    lons, lats = rng.uniform(120.69, 120.75, count), rng.uniform(29.69, 29.74, count)
    scene.positions.move(slots, lons, lats, NOW.timestamp())


def paint(scene: Scene) -> None:
    """Paint what there is to paint now."""
    QApplication.sendPostedEvents(scene.view, QEvent.Type.UpdateRequest)


def test_who_moved_is_painted_and_the_rest_of_the_map_is_left(qtbot: QtBot, scene: Scene) -> None:
    rng, painted = np.random.default_rng(3), Painted(scene.view)
    for _ in range(2):  # after anything else has changed it is first seen where everybody is
        walk(scene, rng, 2)
        paint(scene)
    painted.shares.clear()
    for _ in range(5):
        walk(scene, rng, 2)
        paint(scene)
    assert len(painted.shares) == 5
    assert max(painted.shares) < 0.9, "sixty people are not everywhere"
    straight = shown(scene.view)
    scene.view.repaint()
    assert painted.shares[-1] == 1.0
    np.testing.assert_array_equal(straight, shown(scene.view))


class Rings(MapGuest):
    """Wide rings round some, as a choice on the map has them."""

    moves_along = True

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def paint(self, painter: QPainter, camera: Camera, theme: Theme) -> None:
        for i in range(5):
            place = self._scene.positions.place(f"p{i}")
            assert place is not None
            paint_ring(painter, QPointF(*camera.to_screen(*place)), theme, 60.0)


def test_a_ring_that_goes_along_with_somebody_leaves_nothing_behind(qtbot: QtBot, scene: Scene) -> None:
    rng, view = np.random.default_rng(3), scene.view
    view.add_guest(Rings(scene))
    view.repaint()
    for _ in range(4):
        walk(scene, rng, 20)
        paint(scene)
        straight = shown(view)
        view.repaint()
        np.testing.assert_array_equal(straight, shown(view))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_between_moves_the_window_shows_what_a_whole_paint_would(
    qtbot: QtBot, scene: Scene, seed: int
) -> None:
    rng, view, painted = np.random.default_rng(seed), scene.view, Painted(scene.view)
    glass = Glass(view)
    glass.setGeometry(50, 60, 300, 200)

    def hide_or_show() -> None:
        glass.setVisible(not glass.isVisible())

    def described() -> None:
        i = int(rng.integers(STAFF))
        old = int(rng.choice([0, 0, 400]))
        scene.positions.update([thing_mark(f"p{i}", 120.7 + rng.uniform(0, 0.04), 29.71, age_s=old)])

    happenings = (
        lambda: walk(scene, rng, int(rng.integers(1, STAFF))),
        lambda: walk(scene, rng, 3),
        hide_or_show,
        lambda: glass.move(int(rng.integers(700)), int(rng.integers(500))),
        lambda: view.update(QRect(int(rng.integers(700)), int(rng.integers(500)), 90, 120)),
        described,
        lambda: scene.positions.remove([f"p{int(rng.integers(STAFF))}"]),
        lambda: scene.positions.update([thing_mark(f"p{i}", 120.71, 29.7 + i / 5000) for i in range(STAFF)]),
        lambda: scene.cases.update([case_mark(str(rng.choice(["near", "west", "east"])))]),
        lambda: view.select_case(str(rng.choice(["near", "west"]))),
        lambda: view.select_case(None),
        lambda: view.set_layer_visible("cases", bool(rng.integers(2))),
        lambda: view.choose("positions", LayerOptions(opacity=int(rng.choice([60, 100])))),
        lambda: view.pan(int(rng.integers(-9, 9)), 4),
        lambda: view.set_theme(load_theme(str(rng.choice(["dark", "light"])))),
        lambda: view.select_grid(str(rng.choice(["g11", "g21"]))),
        lambda: view.select_thing(f"p{int(rng.integers(STAFF))}"),
        lambda: view.select_thing(None),
        lambda: paint(scene),
        lambda: paint(scene),
    )
    for _ in range(30):
        for _ in range(int(rng.integers(2, 7))):
            happenings[int(rng.choice(len(happenings), p=_chances(len(happenings))))]()
        QApplication.processEvents()  # tiles are asked for
        qtbot.waitUntil(lambda: view.settled and view.idle and not view._is_moving(), timeout=15_000)
        QApplication.processEvents()  # what was shown or hidden just now is painted as well
        straight = shown(view)
        view.repaint()
        np.testing.assert_array_equal(straight, shown(view))
    assert any(share < 0.9 for share in painted.shares)


def test_the_name_of_an_alarm_stays_while_people_walk(qtbot: QtBot, scene: Scene) -> None:
    view, rng, components = scene.view, np.random.default_rng(1), ComponentsModel()
    view.add_layer(components)
    components.replace([ComponentMark("c", 120.72, 29.715, ComponentKind.GAS, Sensed.ALARM, title="燃气探测器")])
    view.choose("positions", LayerOptions().with_style("names", "chosen"))
    view.look_closely(120.72, 29.715, 4.0)
    wait_settled(qtbot, view)
    item = view.item("components")
    assert item is not None
    assert item.live_labels(view._area(), view.chosen)
    for _ in range(5):
        walk(scene, rng, 3)
        paint(scene)
        view.repaint()  # as where something that lay over all of it goes
        straight = shown(view)
        view.refresh()
        paint(scene)
        np.testing.assert_array_equal(straight, shown(view))


@pytest.mark.parametrize("chosen", [False, True])
def test_cameras_put_above_people_are_laid_over_who_walks_without_drawing_them_anew(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch, chosen: bool
) -> None:
    view, rng, cameras = scene.view, np.random.default_rng(2), CamerasModel()
    marks = [CameraMark(f"c{i}", 120.71 + i / 200, 29.715, 90.0 * i, 80.0, 900.0, online=i != 1) for i in range(4)]
    cameras.replace(marks)
    view.set_layers([scene.grids, scene.positions, cameras], as_given=True)
    assert [item.key for item in view.items][-2:] == ["positions", "cameras"]
    view.choose("positions", LayerOptions().with_style("names", "chosen"))
    before = len(np.unique(picture(view).reshape(-1, 3), axis=0))
    if chosen:
        view.select_entry("c0")
    wait_settled(qtbot, view)
    again, kept = [], []
    draw_again, show_moving = view._frame.draw_again, view._frame._show_moving
    monkeypatch.setattr(view._frame, "draw_again", lambda *given: again.append(done := draw_again(*given)) or done)
    monkeypatch.setattr(view._frame, "_show_moving", lambda *given: kept.append(done := show_moving(*given)) or done)
    for _ in range(4):
        walk(scene, rng, STAFF)
        paint(scene)
        straight = shown(view)
        assert kept[-1], "what is over the people is kept"
        with monkeypatch.context() as patch:
            patch.setattr(view._frame, "_show_moving", lambda *_: False)  # all drawn in order
            view.refresh()
            paint(scene)
            np.testing.assert_array_equal(straight, shown(view))
        view.refresh()
        paint(scene)
    assert any(again), "the name of the chosen one is kept with what is over the people"
    assert (len(np.unique(picture(view).reshape(-1, 3), axis=0)) > before) or not chosen


def test_a_piece_of_a_base_map_that_comes_in_is_seen_though_somebody_walks_meanwhile(
    qtbot: QtBot, scene: Scene
) -> None:
    view, rng, grid = scene.view, np.random.default_rng(1), TileGrid(Plane.MERCATOR, ladder(Plane.MERCATOR, 8, 15))
    base = TilesModel("a", "A", grid)
    view.add_layer(base)
    area = view._area()
    pieces = tiles_over(grid, level_for(grid, area.scale), area.bounds())
    base.put({pieces[0]: np.full((256, 256), 0xFF00FF00, np.uint32)})
    wait_settled(qtbot, view)
    for piece in pieces[1:3]:
        for _ in range(3):
            walk(scene, rng, 2)
            paint(scene)
        assert view._frame._last is not None
        green = count_green(view)
        base.put({piece: np.full((256, 256), 0xFF00FF00, np.uint32)})
        qtbot.waitUntil(lambda green=green: count_green(view) > green, timeout=5000)


def count_green(view: QWidget) -> int:
    picture = shown(view)
    return int(((picture[..., 1] > 150) & (picture[..., 0] < 90) & (picture[..., 2] < 90)).sum())


def _chances(count: int) -> np.ndarray:
    """People move more often than anything else happens."""
    weights = np.ones(count)
    weights[:2] = 6
    return weights / weights.sum()


def some_marks(rng: np.random.Generator, size: int, count: int, height: int, width: int) -> Marks:
    sprites = make_sprites(np.full((1, size, size), 0xFFFFFFFF, np.uint32))
    xs, ys = (rng.uniform(-40, side + 40, count).astype(np.float32) for side in (width, height))
    return Marks(xs, ys, np.zeros(count, np.uint16), sprites, Placing(1.0, 0.0, float(height)))


def blank() -> Mask:
    """No cell of a frame of 3 and a bit by 9 and a bit, and of what lies round it."""
    return np.zeros((4 + 2, 10 + 2), np.bool_)


def pixels_of(mask: Mask, height: int, width: int) -> Mask:
    """The pixels of a frame that lie in cells that are set."""
    return mask[1:-1, 1:-1].repeat(CELL_HIGH, axis=0).repeat(CELL_WIDE, axis=1)[:height, :width]


def test_every_pixel_that_alters_lies_in_the_cells_told_of_and_no_cell_does_where_nothing_altered() -> None:
    rng, raster, finder = np.random.default_rng(1), CompiledRaster(), CompiledCells()
    height, width = 3 * CELL_HIGH + 20, 9 * CELL_WIDE + 5
    for turn in range(80):
        size, count = int(rng.choice([1, 7, 16, 41, 70])), int(rng.integers(0, 12))
        before = some_marks(rng, size, count, height, width)
        other = some_marks(rng, size, count if turn % 2 else count + 1, height, width)
        stay = rng.random(count) < 0.7
        after = before._replace(xs=other.xs.copy(), ys=other.ys.copy(), codes=other.codes)
        after.xs[:count][stay], after.ys[:count][stay] = before.xs[stay], before.ys[stay]
        frames = [np.zeros((height, width), np.uint32) for _ in range(2)]
        for frame, marks in zip(frames, (before, after), strict=True):
            raster.stamp(frame, *marks)
        told, same = blank(), blank()
        finder.touch_altered(before, after, told)
        assert not ((frames[0] != frames[1]) & ~pixels_of(told, height, width)).any()
        finder.touch_altered(before, before, same)
        assert not same.any()


def test_marks_lie_within_the_cells_round_them_until_one_has_left_these() -> None:
    rng, raster, finder = np.random.default_rng(2), CompiledRaster(), CompiledCells()
    height, width = 3 * CELL_HIGH + 20, 9 * CELL_WIDE + 5
    left = 0
    for _ in range(200):
        size, margin = int(rng.choice([1, 7, 16, 41, 70])), int(rng.integers(0, 9))
        marks, round_them = some_marks(rng, size, 4, height, width), blank()
        frame = np.zeros((height, width), np.uint32)
        finder.touch(marks, margin, round_them)
        assert finder.lie_within(marks, round_them)
        by = [rng.uniform(-margin, margin, 4).astype(np.float32).round() for _ in range(2)]
        walked = marks._replace(xs=marks.xs + by[0], ys=marks.ys + by[1])
        assert finder.lie_within(walked, round_them), "so far they may go"
        far = marks._replace(xs=marks.xs + 60 * np.float32(rng.normal()), ys=marks.ys)
        raster.stamp(frame, *far)
        seen_outside = bool(((frame != 0) & ~pixels_of(round_them, height, width)).any())
        assert not (seen_outside and finder.lie_within(far, round_them))
        left += seen_outside
    assert left > 20


def test_many_scattered_cells_are_joined_row_by_row_as_far_as_need_be() -> None:
    finder, scattered = CompiledCells(), np.zeros((60, 60), np.bool_)
    scattered[:, ::5] = True  # twelve in each row, four free cells in between
    for rows, most, runs_left in ((3, 48, 12), (6, 48, 1), (60, 60, 1)):
        mask = scattered[:rows].copy()
        finder.join(mask, most)
        runs = int(np.count_nonzero(mask[:, 1:] & ~mask[:, :-1]) + np.count_nonzero(mask[:, 0]))
        assert runs == rows * runs_left
        assert not (scattered[:rows] & ~mask).any()
        assert not mask[:, 56:].any(), "nothing but what lies between"
    single = np.array([[True, False, True, False, False, True]])
    finder.join(single, 48)
    assert single.tolist() == [[True, True, True, False, False, True]], "a gap of one always"


def show_many(qtbot: QtBot, scene: Scene, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Put many more people on the map, drawn one by one; return where they stand in the table."""
    scene.positions.update([thing_mark(f"q{i}", lons[i], lats[i]) for i in range(len(lons))])
    scene.view.choose("positions", LayerOptions().with_style("crowds", "single"))
    wait_settled(qtbot, scene.view)
    return scene.positions.slots([f"q{i}" for i in range(len(lons))])


def test_where_many_walk_everywhere_nobody_looks_for_a_while_and_then_again(qtbot: QtBot, scene: Scene) -> None:
    rng, view = np.random.default_rng(5), scene.view
    lons, lats = rng.uniform(120.67, 120.77, 3000), rng.uniform(29.68, 29.75, 3000)
    slots = show_many(qtbot, scene, lons, lats)
    painted = Painted(view)
    for step in range(3):
        scene.positions.move(slots, lons + 0.0002 * step, lats, NOW.timestamp())
        paint(scene)
    painted.shares.clear()
    for _ in range(RESTS + 8):
        walk(scene, rng, 1)
        paint(scene)
    assert painted.shares[0] == 1.0
    assert min(painted.shares[RESTS:]) < 0.5
    straight = shown(view)
    view.repaint()
    np.testing.assert_array_equal(straight, shown(view))


def test_where_many_walk_about_the_cells_round_them_are_painted_until_somebody_leaves_these(
    qtbot: QtBot, scene: Scene
) -> None:
    rng, view = np.random.default_rng(5), scene.view
    lons, lats = rng.uniform(120.69, 120.715, 500), rng.uniform(29.69, 29.74, 500)
    slots = show_many(qtbot, scene, lons, lats)
    painted, homes = Painted(view), []

    def move(*, away: bool = False) -> None:
        to = lons + rng.normal(0, 2e-4, 500)  # some two pixels
        to[0] = 120.757 if away else to[0]  # where nobody is
        scene.positions.move(slots, to, lats, NOW.timestamp())
        homes.append(view._frame._moved._home)
        paint(scene)
        straight = shown(view)
        view.repaint()
        np.testing.assert_array_equal(straight, shown(view))
        painted.shares.pop()

    for _ in range(5):
        move()
    assert homes[-1] is homes[-2] is not None, "it serves again"
    assert 0.2 < painted.shares[-1] < 0.8
    move(away=True)
    assert painted.shares[-1] > 0.99, "one has left"
    for _ in range(2 * RESTS):
        move()
    assert painted.shares[-1] < 0.8
    assert None in homes[-2 * RESTS :], "now and then it is looked anew who moves"


def test_where_anything_else_differs_all_is_painted(scene: Scene) -> None:
    view = scene.view
    area, raster, item = view._area(), view.rasters.raster, view.item("positions")
    assert item is not None
    marks = item.shown_marks(raster, area, view.chosen)
    assert marks is not None
    moved, finder = MovedMarks(), view.rasters.cells
    assert moved.region(marks, finder, area) is None, "nothing is known of before"
    assert moved.region(marks, finder, area) == QRegion()
    moved.forget()
    assert moved.region(marks, finder, area) is None
    assert moved.region(None, finder, area) is None
    assert moved.region(marks, finder, area) is None, "of what was before nothing is known"
    again = marks._replace(xs=marks.xs + np.where(np.arange(len(marks.xs)) < 3, np.float32(90), np.float32(0)))
    assert moved.region(again, finder, area) not in (None, QRegion())
    for ratio in (2.0, 1.5):
        coarser = area.__class__(area.left, area.top, area.scale, area.width, area.height, ratio)
        part = moved.region(marks if ratio > 1.9 else again, finder, coarser)
        assert part is not None
        wide, high = WIDTH / ratio + CELL_WIDE, HEIGHT / ratio + CELL_HIGH
        assert QRegion(0, 0, round(wide), round(high)).contains(part.boundingRect())
    assert moved.region(marks._replace(sprites=make_sprites(marks.sprites.pixels)), finder, area) is None
    assert moved.region(marks, None, area) is None, "without a compiler nobody tells"
