"""Where only marks moved only their cells are painted; whatever happens in between, the window shows all as it is."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from layers.camera import Camera
from layers.options import LayerOptions
from layers.raster.compiled import CompiledRaster
from layers.raster.contract import CELL_HIGH, CELL_WIDE, Marks, Placing, make_sprites
from resources.theme import Theme
from tests.helpers.map_scene import NOW, Scene, case_mark, make_scene, thing_mark, wait_settled
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
        lambda: paint(scene),
        lambda: paint(scene),
    )
    for _ in range(30):
        for _ in range(int(rng.integers(2, 7))):
            happenings[int(rng.choice(len(happenings), p=_chances(len(happenings))))]()
        qtbot.waitUntil(lambda: view.settled and view.idle and not view._is_moving(), timeout=15_000)
        QApplication.processEvents()  # what was shown or hidden just now is painted as well
        straight = shown(view)
        view.repaint()
        np.testing.assert_array_equal(straight, shown(view))
    assert any(share < 0.9 for share in painted.shares)


def _chances(count: int) -> np.ndarray:
    """People move more often than anything else happens."""
    weights = np.ones(count)
    weights[:2] = 6
    return weights / weights.sum()


def some_marks(rng: np.random.Generator, size: int, count: int, height: int, width: int) -> Marks:
    sprites = make_sprites(np.full((1, size, size), 0xFFFFFFFF, np.uint32))
    xs, ys = (rng.uniform(-40, side + 40, count).astype(np.float32) for side in (width, height))
    return Marks(xs, ys, np.zeros(count, np.uint16), sprites, Placing(1.0, 0.0, float(height)))


def test_every_pixel_that_alters_lies_in_the_cells_told_of_and_no_cell_does_where_nothing_altered() -> None:
    rng, raster = np.random.default_rng(1), CompiledRaster()
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
        boxes = raster.moved(before, after, 4, 10)
        assert boxes is not None
        told = np.zeros((height, width), np.bool_)
        for left, row, right in boxes.tolist():
            told[row * CELL_HIGH : (row + 1) * CELL_HIGH, left * CELL_WIDE : right * CELL_WIDE] = True
        assert not ((frames[0] != frames[1]) & ~told).any()
        assert len(raster.moved(before, before, 4, 10)) == 0


def test_many_scattered_cells_are_told_of_row_by_row() -> None:
    raster, nowhere = CompiledRaster(), np.float32(-1e6)
    row, column = np.divmod(np.arange(60 * 12), 12)
    xs, ys = ((column * 5 + 0.5) * CELL_WIDE).astype(np.float32), (-(row + 0.5) * CELL_HIGH).astype(np.float32)
    sprites = make_sprites(np.ones((1, 3, 3), np.uint32))
    after = Marks(xs, ys, np.zeros(len(xs), np.uint16), sprites, Placing(1.0, 0.0, 0.0))
    before = after._replace(xs=np.full_like(xs, nowhere))
    assert raster.moved(before, after, 60, 60) is None, "too many for it to pay"
    many = [part._replace(xs=part.xs[:360], ys=part.ys[:360], codes=part.codes[:360]) for part in (before, after)]
    assert raster.moved(*many, 60, 60).tolist() == [[0, at, 56] for at in range(30)]
    more = [part._replace(xs=part.xs[:72], ys=part.ys[:72], codes=part.codes[:72]) for part in (before, after)]
    assert raster.moved(*more, 60, 60).tolist() == [[0, at, 56] for at in range(6)], "joined as far as need be"
    few = [column[:36].tolist(), row[:36].tolist()]
    some = [part._replace(xs=part.xs[:36], ys=part.ys[:36], codes=part.codes[:36]) for part in (before, after)]
    expected = [[across * 5, down, across * 5 + 1] for across, down in zip(*few, strict=True)]
    assert raster.moved(*some, 60, 60).tolist() == expected


def test_where_many_moved_nobody_looks_for_a_while_and_then_again(qtbot: QtBot, scene: Scene) -> None:
    rng, view = np.random.default_rng(5), scene.view
    lons, lats = rng.uniform(120.69, 120.75, 500), rng.uniform(29.69, 29.74, 500)
    scene.positions.update([thing_mark(f"q{i}", lons[i], lats[i]) for i in range(500)])
    view.choose("positions", LayerOptions().with_style("crowds", "single"))
    wait_settled(qtbot, view)
    slots = scene.positions.slots([f"q{i}" for i in range(500)])
    painted = Painted(view)
    for step in range(2):
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


def test_where_anything_else_differs_all_is_painted(scene: Scene) -> None:
    view = scene.view
    area, raster, item = view._area(), view.rasters.raster, view.item("positions")
    assert item is not None
    marks = item.shown_marks(raster, area, view.chosen)
    assert marks is not None
    moved = MovedMarks()
    assert moved.region("key", marks, raster, area) is None, "nothing is known of before"
    assert moved.region("key", marks, raster, area) == QRegion()
    assert moved.region("other", marks, raster, area) is None
    assert moved.region("other", None, raster, area) is None
    assert moved.region("other", marks, raster, area) is None, "of what was before nothing is known"
    again = marks._replace(xs=marks.xs + 90.0)
    assert moved.region("other", again, raster, area) not in (None, QRegion())
    coarser = area.__class__(area.left, area.top, area.scale, area.width, area.height, 2.0)
    whole = moved.region("other", marks, raster, coarser)
    assert whole is not None
    assert QRegion(0, 0, WIDTH // 2 + CELL_WIDE, HEIGHT // 2 + CELL_HIGH).contains(whole.boundingRect())
    assert moved.region("other", marks._replace(sprites=make_sprites(marks.sprites.pixels)), raster, area) is None
