"""Labels: none overlaps another, the important ones win, marks are kept clear; tiles cover an area without gaps."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from layers.contract import Area, Label, LabelStyle, Look
from layers.fading import FULL
from layers.labels import WIDEST_PX, LabelAtlas, Occupied, draw_labels
from layers.raster.contract import Frame
from layers.raster.qt import QtRaster
from resources.theme import load_theme
from resources.words import Words
from widgets.map.tiles import TILE, TileStore, tiles_over

AREA = Area(0.0, 400.0, 1.0, 600, 400)


class Noted(QtRaster):
    """Draws, and notes where."""

    def __init__(self) -> None:
        self.boxes: list[tuple[int, int, int, int]] = []

    def blit(self, frame: Frame, sprite: np.ndarray, x: int, y: int) -> None:
        self.boxes.append((x, y, x + sprite.shape[1], y + sprite.shape[0]))
        super().blit(frame, sprite, x, y)


def drawn(labels: list[Label], taken: Occupied) -> list[tuple[int, int, int, int]]:
    raster = Noted()
    atlas = LabelAtlas(Look(load_theme("dark"), Words()), 1.0)
    atlas.begin(budget=1000)
    draw_labels(raster, np.zeros((AREA.height, AREA.width), np.uint32), AREA, atlas, labels, taken)
    return raster.boxes


def apart(a: tuple[int, int, int, int], b: tuple[int, int, int, int], slack: int = 1) -> bool:
    return a[2] <= b[0] + slack or b[2] <= a[0] + slack or a[3] <= b[1] + slack or b[3] <= a[1] + slack


places = st.lists(
    st.tuples(st.floats(0, 600), st.floats(0, 400), st.sampled_from(list(LabelStyle)), st.booleans()), max_size=30
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places)
def test_no_label_lies_on_another(qtbot: QtBot, wanted: list[tuple[float, float, LabelStyle, bool]]) -> None:
    labels = [
        Label(f"清溪-{i}", x, y, style, float(i), beside=9.0 if aside else 0.0)
        for i, (x, y, style, aside) in enumerate(wanted)
    ]
    boxes = drawn(labels, Occupied())
    assert all(apart(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert bool(boxes) == bool(labels)


def test_a_very_long_name_is_shortened(qtbot: QtBot) -> None:
    for name in ("滑坡隐患点警戒线" * 12, "Longnamewithoutanybreak" * 8):
        (box,) = drawn([Label(name, 300, 200, LabelStyle.DIVISION, 1.0)], Occupied())
        assert box[2] - box[0] <= WIDEST_PX + 10


def test_the_more_important_label_is_the_one_that_stays(qtbot: QtBot) -> None:
    road = Label("人民路", 300, 200, LabelStyle.ROAD, 30.0)
    water = Label("清溪", 300, 200, LabelStyle.WATER, 8.0)
    assert drawn([road, water], Occupied()) == drawn([water], Occupied())


def test_a_grid_name_makes_way_for_a_mark_but_a_village_name_stays(qtbot: QtBot) -> None:
    def beside_mark(style: LabelStyle, around: float) -> list[tuple[int, int, int, int]]:
        taken = Occupied()
        taken.block(300, 200, around)
        return drawn([Label("横山村", 300, 200, style, 1.0)], taken)

    free = drawn([Label("横山村", 300, 200, LabelStyle.GRID, 1.0)], Occupied())
    moved = beside_mark(LabelStyle.GRID, 8)
    assert len(moved) == 1
    assert moved != free
    assert beside_mark(LabelStyle.GRID, 150) == []
    assert len(beside_mark(LabelStyle.DIVISION, 150)) == 1


def test_labels_beyond_the_budget_of_a_frame_follow_in_the_next(qtbot: QtBot) -> None:
    atlas = LabelAtlas(Look(load_theme("dark"), Words()), 1.0)
    labels = [Label(f"{i}", 20.0 + 50 * i, 200, LabelStyle.ROAD, float(i)) for i in range(10)]
    raster = Noted()
    frame = np.zeros((AREA.height, AREA.width), np.uint32)
    counts = []
    for _ in range(3):
        raster.boxes.clear()
        atlas.begin(budget=4)
        draw_labels(raster, frame, AREA, atlas, labels, Occupied())
        counts.append((len(raster.boxes), atlas.wanting))
    assert counts == [(4, True), (8, True), (10, False)]


@given(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7), st.integers(1, 4000), st.integers(1, 3000), st.integers(0, 2))
def test_tiles_cover_every_pixel_of_an_area_once(x: float, y: float, width: int, height: int, margin: int) -> None:
    area = Area(round(x) * 2.0, round(y) * 2.0, 2.0, width, height)
    placed = tiles_over(area, margin)
    assert len({key for key, _, _ in placed}) == len(placed)
    covered = np.zeros((height, width), np.uint8)
    for key, left, top in placed:
        assert key.area().left == area.left + left * area.scale
        assert key.area().top == area.top - top * area.scale
        covered[max(0, top) : max(0, top + TILE), max(0, left) : max(0, left + TILE)] += 1
    assert covered.min() == covered.max() == 1


def test_labels_made_together_are_what_each_is_alone(qtbot: QtBot) -> None:
    look = Look(load_theme("dark"), Words())
    wanted = [(f"清溪-{i}gjÅ", style, FULL) for i in range(20) for style in LabelStyle]
    for ratio in (1.0, 1.5):
        together, alone = LabelAtlas(look, ratio), LabelAtlas(look, ratio)
        together.begin(budget=len(wanted) - 3)
        alone.begin(budget=1000)
        made = together.sprites(wanted)
        assert [sprite is None for sprite in made] == [i >= len(wanted) - 3 for i in range(len(wanted))]
        assert together.wanting
        for (text, style, _), sprite in zip(wanted, made, strict=True):
            assert sprite is None or np.array_equal(sprite, alone.sprite(text, style))


def test_the_first_tiles_drawn_in_one_go_are_what_each_is_alone(qtbot: QtBot) -> None:
    area = Area(-300.0, 700.0, 2.0, 1300, 900)
    keys = [key for key, _, _ in tiles_over(area)]

    def render(frame: Frame, at: Area) -> None:
        across = at.left + at.scale * np.arange(at.width)
        down = at.top - at.scale * np.arange(at.height)
        frame[...] = (down[:, None] * 7 + across[None, :] * 3).astype(np.int64).astype(np.uint32)

    renders: list[tuple[int, int]] = []

    def counted(frame: Frame, at: Area) -> None:
        renders.append(frame.shape)
        render(frame, at)

    store = TileStore()
    try:
        with qtbot.waitSignal(store.tiles_arrived, timeout=5000):
            store.want(keys, counted)
        assert len(renders) == 1 < len(keys)
        for key in keys:
            tile, fresh = store.find(key)
            alone = np.empty((TILE, TILE), np.uint32)
            render(alone, key.area())
            assert fresh
            assert tile is not None
            assert np.array_equal(tile, alone)
        store.renew()
        with qtbot.waitSignal(store.tiles_arrived, timeout=5000):
            store.want(keys, counted)
        assert renders[1] == (TILE, TILE), "a later picture comes in tile by tile"
    finally:
        store.stop()
