"""Measuring by mouse and by keyboard on the real map."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from layers.geodesy import length_m
from layers.mercator import to_degrees
from resources.theme import load_theme
from resources.words import Words
from widgets.map.measuring import area_text, distance_text, reading
from widgets.map.sketch import Sketch, SketchKind
from widgets.map.view import MapView


@pytest.fixture
def view(qtbot) -> MapView:
    view = MapView(Words("zh-CN"), load_theme("dark"))
    view.resize(800, 600)
    view.show()
    qtbot.addWidget(view, before_close_func=lambda closing: closing.stop())
    return view


def _click(view: MapView, x: int, y: int) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def test_a_line_is_measured_point_by_point_and_ends_by_a_double_click(view: MapView) -> None:
    sketch = Sketch(SketchKind.LINE, view)
    view.begin_sketch(sketch, hint="", measuring=True)
    for x, y in ((200, 300), (400, 300), (400, 200)):
        _click(view, x, y)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
    assert sketch.done
    assert len(sketch.points) == 3
    plane = [view.camera.to_plane(x, y) for x, y in ((200, 300), (400, 300), (400, 200))]
    assert reading(sketch, Words("zh-CN")) == distance_text(length_m([to_degrees(*p) for p in plane]), Words("zh-CN"))
    before = view.camera
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.sketch is None
    assert view.camera == before, "a double click that ends a line does not zoom"


def test_by_keyboard_enter_sets_points_at_the_cross_and_backspace_takes_back(view: MapView) -> None:
    sketch = Sketch(SketchKind.AREA, view)
    view.begin_sketch(sketch, hint="", measuring=True)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(view, Qt.Key.Key_Return)
        QTest.keyClick(view, key)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert len(sketch.points) == 4
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    assert len(sketch.points) == 3
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.keyClick(view, Qt.Key.Key_Return)  # the same place once more
    assert sketch.done
    assert "周长" in reading(sketch, Words("zh-CN"))


def test_two_points_are_no_area_and_escape_gives_up(view: MapView) -> None:
    sketch = Sketch(SketchKind.AREA, view)
    view.begin_sketch(sketch, hint="", measuring=True)
    _click(view, 100, 100)
    _click(view, 200, 100)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert not sketch.done
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.sketch is None


def test_a_rectangle_needs_two_corners_and_gives_four(view: MapView) -> None:
    sketch = Sketch(SketchKind.RECT, view)
    view.begin_sketch(sketch, hint="")
    _click(view, 100, 100)
    _click(view, 300, 200)
    assert sketch.done
    assert len(sketch.degrees()) == 4


@pytest.mark.parametrize(
    ("square_m", "said"), [(812.4, "812 平方米"), (123_456.0, "12.3 公顷"), (5_430_000.0, "5.43 平方公里")]
)
def test_areas_have_no_more_digits_than_are_true(square_m: float, said: str) -> None:
    assert area_text(square_m, Words("zh-CN")) == said
