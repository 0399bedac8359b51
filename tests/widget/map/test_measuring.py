"""Measuring by mouse and by keyboard on the real map."""

from typing import cast

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from layers.basemap.model import BasemapModel
from layers.cameras.model import CamerasModel
from layers.cases.model import CasesModel
from layers.components.model import ComponentsModel
from layers.divisions.model import DivisionsModel
from layers.drawings.model import DrawingsModel
from layers.geodesy import length_m
from layers.geofences.model import GeofencesModel
from layers.grids.model import GridsModel
from layers.hazards.model import HazardsModel
from layers.heat.model import HeatModel
from layers.mercator import to_degrees
from layers.positions.model import PositionsModel
from resources.theme import load_theme
from resources.words import Language, Words
from widgets.map.captions import LINE_PX, MORE_PX
from widgets.map.guests import MapGuest
from widgets.map.measuring import area_text, distance_text, place_reading, reading
from widgets.map.pick_card import PickedRow
from widgets.map.playback_bar import PlaybackBar
from widgets.map.sketch import Sketch, SketchKind
from widgets.map.view import MapView

MANY = (CasesModel, PositionsModel, GridsModel, BasemapModel, DivisionsModel, ComponentsModel, CamerasModel,
        HazardsModel, DrawingsModel, GeofencesModel, HeatModel)  # fmt: skip
WIDE = (1400, 600)


@pytest.fixture
def view(qtbot) -> MapView:
    view = MapView(Words("zh-CN"), load_theme("dark"))
    view.resize(800, 600)
    view.show()
    qtbot.addWidget(view, before_close_func=lambda closing: closing.stop())
    return view


def _click(view: MapView, x: int, y: int) -> None:
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(x, y))


def _point_at(view: MapView, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    view.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier))


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


def test_a_double_click_at_the_last_corner_ends_the_line_and_does_not_zoom(view: MapView) -> None:
    sketch = Sketch(SketchKind.LINE, view)
    view.begin_sketch(sketch, hint="", measuring=True)
    _click(view, 200, 300)
    _click(view, 400, 300)
    before = view.camera
    _click(view, 400, 300)  # what the hand does in a double click: a click that ends it, ...
    assert sketch.done
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))  # ... and the second one
    assert view.camera == before
    _click(view, 300, 200)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    assert view.camera.scale < before.scale, "elsewhere it comes closer as always"


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


@pytest.mark.parametrize("kind", [SketchKind.LINE, SketchKind.AREA])
def test_enter_ends_what_was_drawn_by_clicks_and_adds_no_corner(view: MapView, kind: SketchKind) -> None:
    sketch = Sketch(kind, view)
    view.begin_sketch(sketch, hint="")
    _click(view, 100, 100)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert (len(sketch.points), sketch.done) == (1, False), "there is nothing to end yet"
    for at in ((200, 100), (200, 200)):
        _click(view, *at)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert (len(sketch.points), sketch.done) == (3, True)


def test_who_goes_on_by_keyboard_after_a_click_sets_the_next_corner_at_the_cross(view: MapView) -> None:
    sketch = Sketch(SketchKind.LINE, view)
    view.begin_sketch(sketch, hint="")
    for at in ((100, 100), (200, 100)):
        _click(view, *at)
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert (len(sketch.points), sketch.done) == (3, False)


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
    ("square_m", "said"),
    [(812.4, "812 平方米"), (23_150.2, "23,150 平方米"), (123_456.0, "12.3 公顷"), (5_430_000.0, "5.43 平方公里")],
)
def test_areas_have_no_more_digits_than_are_true(square_m: float, said: str) -> None:
    assert area_text(square_m, Words("zh-CN")) == said


class Listening(MapGuest):
    """A guest that is asked about keys."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Z:
            self.heard.append(event.key())
        return False


def test_undo_takes_back_a_corner_and_nothing_that_others_did(view: MapView) -> None:
    guest = Listening()
    view.add_guest(guest)
    sketch = Sketch(SketchKind.AREA, view)
    view.begin_sketch(sketch, hint="")
    for x, y in ((100, 100), (200, 100)):
        _click(view, x, y)
    for left in (1, 0, 0):
        QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(sketch.points) == left
    assert not guest.heard
    view.end_sketch()
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert guest.heard


def test_a_rectangle_is_drawn_by_dragging_and_the_map_stays_where_it_is(view: MapView) -> None:
    before = view.camera
    sketch = Sketch(SketchKind.RECT, view)
    view.begin_sketch(sketch, hint="")
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, pos=QPoint(200, 150))
    for x, y in ((220, 160), (300, 250), (400, 300)):
        QTest.mouseMove(view, QPoint(x, y))
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(x, y), QPointF(x, y), left, left, Qt.KeyboardModifier.NoModifier
        )
        view.mouseMoveEvent(event)
    lon, lat = to_degrees(*before.to_plane(400, 300))
    assert f"{lon:.6f}, {lat:.6f}" in view.overlays.coordinates.text()
    QTest.mouseRelease(view, left, pos=QPoint(400, 300))
    assert sketch.done
    assert view.camera == before
    corners = [tuple(round(v) for v in before.to_screen(*point)) for point in sketch.points]
    assert corners == [(200, 150), (400, 300)]


def test_the_place_under_a_pointer_that_stands_still_is_told_anew_when_the_map_moves(view: MapView) -> None:
    over = view.overlays
    _point_at(view, QPointF(300, 200))
    before = over.coordinates.text()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    after = over.coordinates.text()
    lon, lat = to_degrees(*view.camera.to_plane(300, 200))
    assert after != before
    assert f"{lon:.6f}" in after
    assert f"{lat:.6f}" in after


def test_escape_on_the_map_puts_the_card_away(view: MapView) -> None:
    card = view.overlays.pick_card
    view.overlays.show_picked("清溪-01", [PickedRow("责任人", "张三")])
    assert card.isVisible()
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_the_arrows_step_a_playback_and_never_end_at_the_button_that_leaves(view: MapView) -> None:
    bar = PlaybackBar(Words("zh-CN"), load_theme("dark"), view, (1, 10))
    steps: list[int] = []
    bar.step_requested.connect(steps.append)
    bar.show()
    bar.play.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(bar.play, key)
    assert steps == [-1, -1, 1]
    assert bar.focusWidget() is bar.play


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    ("size", "most_px"), [((640, 700), 240), ((640, 500), 76), ((724, 546), 76), ((1000, 420), 48)]
)
def test_on_a_low_map_the_bar_of_a_playback_is_low_and_all_of_it_can_be_used(
    view: MapView, size: tuple[int, int], most_px: int, language: Language
) -> None:
    bar = PlaybackBar(Words(language), load_theme("dark"), view, (1, 10))
    view.resize(1000, 420)
    bar.place(0)  # it was another one before
    view.resize(*size)
    bar.show()
    bar.place(0)
    roomy = size[1] == 700
    assert (bar.title.isVisible(), bar.note.isVisible()) == (roomy, roomy)
    assert bar.toolTip() == bar.note.text(), "on a low map it is told on hover"
    assert bar.height() <= most_px
    assert (bar.height() > 76) == roomy
    assert view.rect().contains(bar.geometry())
    parts = [bar.slider, bar.speed, *bar.findChildren(QAbstractButton)]
    assert len(parts) == 7
    for one in parts:
        assert one.isVisible()
        assert bar.rect().contains(one.geometry())
        assert one.width() >= one.minimumSizeHint().width(), "nothing of it is cut"
        assert not [other for other in parts if other is not one and other.geometry().intersects(one.geometry())]
    assert bar.slider.width() >= 280
    bar._back.setFocus()
    tabbed = [view.window().focusWidget()]
    for _ in parts[1:]:
        QTest.keyClick(tabbed[-1], Qt.Key.Key_Tab)
        tabbed.append(view.window().focusWidget())
    assert set(tabbed) == set(parts), "each is reached by keyboard"


@pytest.mark.parametrize(
    ("at", "where"),
    [
        ((300, 300), (314, 270)),  # upper right
        ((560, 300), (446, 270)),  # the list of layers is there: upper left
        ((300, 60), (314, 70)),  # a card above: below
        ((560, 60), (446, 70)),
        ((2, 598), (16, 568)),
    ],
)
def test_what_is_measured_stands_where_nothing_covers_it(at: tuple[int, int], where: tuple[int, int]) -> None:
    covered = QRegion(QRect(600, 0, 200, 600)) + QRegion(QRect(0, 0, 600, 50))
    box = place_reading(QPointF(*at), QSizeF(100, 20), QSizeF(800, 600), covered)
    assert box == QRectF(*where, 100, 20)
    everything = QRegion(QRect(0, 0, 800, 600))
    assert place_reading(QPointF(300, 300), QSizeF(100, 20), QSizeF(800, 600), everything).topLeft() == QPointF(
        314, 270
    )


def test_what_is_measured_is_read_beside_the_list_of_layers(view: MapView) -> None:
    view.resize(1000, 600)
    view.overlays.feed()
    tree = view.overlays.layer_tree
    assert tree.isVisible()
    beside = QPoint(tree.x() - 6, tree.geometry().bottom() - 10)
    upper_left = QRect(beside - QPoint(60, 30), beside - QPoint(20, 14))
    view.begin_sketch(Sketch(SketchKind.LINE, view), hint="", measuring=True)
    before = view.grab(upper_left).toImage()
    _click(view, 100, 500)  # the line comes from below
    _click(view, beside.x(), beside.y())
    assert view.grab(upper_left).toImage() != before


def test_a_long_hint_has_a_line_of_its_own_rather_than_to_run_into_the_source_of_the_map(view: MapView) -> None:
    over = view.overlays
    view.resize(900, 600)
    hint = "在地图上点一下放一个点，双击结束，退格撤回一点，Esc 取消" * 2
    view.begin_sketch(Sketch(SketchKind.LINE, view), hint=hint, measuring=True)
    QTest.mouseMove(view, QPoint(300, 200))
    assert over.coordinates.text().startswith(f"{hint}\n")
    assert over.coordinates.geometry().bottom() <= over.scale_bar.y(), "too long for the foot it stands above it"
    view.end_sketch()
    assert "\n" not in over.coordinates.text()
    assert not over.coordinates.geometry().intersects(over.attribution.geometry())


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_hint_wider_than_the_map_has_room_for_is_read_whole_in_several_lines(view: MapView, language: str) -> None:
    over, words = view.overlays, view._look.words
    words.use(cast(Language, language))
    view.resize(400, 570)
    view.begin_sketch(Sketch(SketchKind.LINE, view), hint=words("map_tools.hint.line"), measuring=True)
    caption = over.coordinates
    assert view.rect().contains(caption.geometry())
    metrics = QFontMetricsF(caption.font())
    lines = round((caption.height() - LINE_PX) / MORE_PX) + 1
    assert lines > 1
    assert lines * (caption.width() - 16) > 0.8 * metrics.horizontalAdvance(caption.text())
    assert not caption.geometry().intersects(over.legend.geometry())


@pytest.mark.parametrize("size", [(640, 500), (724, 546), (1000, 420), (900, 600), WIDE])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_nothing_at_the_foot_of_the_map_lies_on_anything_else(
    view: MapView, size: tuple[int, int], language: str
) -> None:
    words, over = view._look.words, view.overlays
    words.use(cast(Language, language))
    view.set_layers([model() for model in MANY])
    view.retranslate()
    view.resize(*size)
    over.feed()
    listed = over.layer_tree.height()
    view.begin_sketch(Sketch(SketchKind.LINE, view), hint=words("map_tools.hint.line"), measuring=True)
    for at in (QPointF(size[0] // 2, 200), QPointF(size[0] // 2 + 5, 260)):
        _point_at(view, at)
        assert "," in over.coordinates.text()
        over.feed()
        for other in (over.attribution, over.scale_bar, over.legend, over.layer_tree):
            lies = other.isVisible() and over.coordinates.geometry().intersects(other.geometry())
            assert not lies, (other.objectName(), over.coordinates.geometry(), other.geometry())
    assert over.layer_tree.isVisible()
    assert over.layer_tree.height() > 150, "some of it can still be read"
    view.end_sketch()
    assert over.coordinates.geometry().bottom() > over.scale_bar.geometry().bottom() or size != WIDE
    over.coordinates.clear()
    assert over.layer_tree.height() == listed, "it has its room again"
