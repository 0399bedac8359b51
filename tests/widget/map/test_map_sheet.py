"""The printed sheet of the map: read at arm's length on A3, in the hand on A4, and nothing runs out of its strip."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.camera import Camera
from layers.contract import LegendRow
from layers.mercator import ground_scale, to_plane
from resources.theme import Theme, load_theme
from resources.words import Words
from tests.helpers.map_scene import pixels
from widgets.map.legend import Legend
from widgets.map.overlay import BODY_PX
from widgets.map.papers import PAGES, Page, Paper
from widgets.map.scale_bar import LONGEST_PX, round_distance
from widgets.map.sheet import lay_legend, record_side

POINT_PX = 96 / 72
X, Y = to_plane(120.805, 29.555)
CAMERA = Camera(X, Y, 7.0, 800, 600)
USUAL = [LegendRow("case.normal", f"Component: sort {n}", 84) for n in range(12)]
ALL = [LegendRow("case.normal", f"Component: sort {n}", 84) for n in range(27)]
LONG = [LegendRow("case.normal", "现场踏勘" * 15, 1204), *USUAL]


@pytest.fixture(params=list(Paper))
def page(request: pytest.FixtureRequest) -> Page:
    return PAGES[request.param]


@pytest.fixture(params=["zh-CN", "en"])
def words(request: pytest.FixtureRequest) -> Words:
    return Words(request.param)


@pytest.fixture
def theme() -> Theme:
    return load_theme("light")


@pytest.fixture
def legend(qtbot: QtBot, words: Words, theme: Theme) -> Iterator[Legend]:
    holder = QWidget()
    qtbot.addWidget(holder)
    yield Legend(words, theme, holder)
    holder.close()


def side(page: Page, rows: list[LegendRow], theme: Theme, words: Words) -> np.ndarray:
    """Return the pixels of what stands beside the map, with as much beside and below it as it must not reach into."""
    width, height = page.side, page.map_size()[1]
    image = QImage(width + 60, height + 60, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    painter.drawPicture(0, 0, record_side(page, CAMERA, rows, theme, words, ""))
    painter.end()
    return pixels(image)


def test_the_usual_legend_is_read_at_the_distance_its_paper_is_held(page: Page, legend: Legend) -> None:
    letters = lay_legend(legend, page, USUAL, "图例") * BODY_PX / POINT_PX
    assert letters >= (13 if page is PAGES[Paper.A3] else 10), "in points, as print shops count letters"
    assert len(legend._shown) == len(USUAL)


def test_a_legend_of_every_layer_is_smaller_and_whole(page: Page, legend: Legend) -> None:
    letters = lay_legend(legend, page, ALL, "图例") * BODY_PX / POINT_PX
    assert [row.said() for row in legend._shown] == [row.said() for row in ALL]
    assert letters >= 8


def test_more_rows_than_could_be_read_are_counted(page: Page, legend: Legend) -> None:
    rows = ALL * 4
    drawn = lay_legend(legend, page, rows, "图例")
    assert drawn * BODY_PX == page.least_px
    left = len(rows) - len(legend._shown) + 1
    assert legend._shown[-1].text == legend.words("map.legend.more", n=left)


def test_a_long_name_is_cut_before_its_count(page: Page, legend: Legend) -> None:
    lay_legend(legend, page, LONG, "图例")
    said = legend._shown[0].said()
    assert said.endswith("… 1204")
    assert said.startswith("现场踏勘")


@pytest.mark.parametrize("rows", [USUAL, ALL, ALL * 4, LONG])
def test_nothing_beside_the_map_runs_out_of_its_strip(
    qtbot: QtBot, page: Page, rows: list[LegendRow], theme: Theme, words: Words
) -> None:
    seen = side(page, rows, theme, words)
    down, across = np.nonzero((seen != 255).any(axis=2))
    assert across.max() < page.side + 1
    assert down.max() < page.map_size()[1] + 1
    assert down.max() > page.map_size()[1] / 3


def test_the_scale_bar_is_as_long_as_the_ground_it_tells_of(
    qtbot: QtBot, page: Page, theme: Theme, words: Words
) -> None:
    ground_m = CAMERA.scale * ground_scale(CAMERA.y)
    most = ground_m * LONGEST_PX * page.text_px / 12
    seen = side(page, USUAL, theme, words)[: 3 * page.text_px]
    dark = np.abs(seen.astype(int) - np.array([int(theme.text_second[i : i + 2], 16) for i in (5, 3, 1)])).max(axis=2)
    runs = [max(map(len, "".join("x" if on else " " for on in row).split()), default=0) for row in dark < 60]
    assert max(runs) == pytest.approx(round_distance(most) / ground_m, abs=4)
