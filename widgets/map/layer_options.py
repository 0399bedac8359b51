"""The options of one layer, made from what it says of itself: strength, scales, styles, filters, and its legend."""

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from layers.contract import LayerItem
from layers.options import MOST_NAME, SCALE_STOPS, Filter, LayerOptions, Style
from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.elided_box import ElidedCheckBox
from widgets.common.flow import FlowLayout
from widgets.common.slider import Slider
from widgets.common.style import set_role
from widgets.map.legend import QWIDGETSIZE_MAX, Legend
from widgets.map.overlay import Card

WIDTH_PX, SIDES_PX = 300, 32
STEP = 5
NO_BOUND = 0


class LegendRows(Legend):
    """The rows of a legend without a card of their own, in line with what stands above them."""

    inset = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows alone."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_content(painter)
        painter.end()


class LayerOptionsCard(Card):
    """What can be chosen of a layer. ``chosen`` carries its key and the ``LayerOptions`` wanted."""

    chosen = Signal(str, object)
    moved = Signal(str, int)
    fit_wanted = Signal(str)
    remove_wanted = Signal(str)
    undo_wanted = Signal()
    closed = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget) -> None:
        super().__init__(words, theme, parent)
        self.setObjectName("map_layer_options")
        self._item: LayerItem | None = None
        self._filling = False
        self._shape: object = None
        self._controls: dict[QWidget, tuple[str, str, str]] = {}
        self._page = QWidget()
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("map_layer_options_page")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 8, 10)
        column.addWidget(self._scroll)
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    @property
    def item(self) -> LayerItem | None:
        """The layer whose options show."""
        return self._item if self.isVisible() else None

    def open_for(self, item: LayerItem) -> None:
        """Show the options of a layer."""
        self._item, self._shape = item, None
        self.refresh()
        self.show()
        self.raise_()
        self.take_keys()

    def take_keys(self) -> None:
        """Give the keys to the first of the options."""
        self._opacity.setFocus()

    def close_card(self) -> None:
        """Close."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def refresh(self) -> None:
        """Show what the layer's options are now, wherever they were chosen."""
        item = self._item
        if item is None:
            return
        rows = item.legend()
        shape = (
            item.key,
            item.title(),
            item.remark(),
            item.styles(),
            item.filters(),
            self.words.language,
        )  # not the legend: it alters by what is chosen here, and a control must not go while it is being clicked
        if shape != self._shape:
            self._shape = shape
            self._build(item)
        self._legend.set_rows(self.words("layer_tree.legend"), rows)
        self._legend.setFixedSize(self._legend.sizeHint())
        self._legend.setVisible(bool(rows))
        self._fill(item)

    def fit(self, most_height: int) -> None:
        """Take the height the options need, within a bound."""
        layout, wanted = self._page.layout(), self._page.sizeHint().height()
        if layout is not None and layout.hasHeightForWidth():  # lines that wrap ask for more than their hint
            wanted = layout.heightForWidth(WIDTH_PX - SIDES_PX)
        wanted += 24
        self.resize(WIDTH_PX, min(most_height, wanted))

    def set_theme(self, theme: Theme) -> None:
        """Take up another theme."""
        super().set_theme(theme)
        self._shape = None
        self.refresh()

    def retranslate(self) -> None:
        """Take up another language."""
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes, Ctrl+Z takes back; no other key goes to what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self._forget_name()
            self.close_card()
        elif event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.undo_wanted.emit()
        event.accept()

    def _forget_name(self) -> None:
        """Leave the name as it was, whatever was typed."""
        if self._item is not None and self._item.renamable:
            self._name.setText(self._item.title())

    # -- made from what the layer says -----------------------------------------------------------------------------

    def _build(self, item: LayerItem) -> None:
        words = self.words
        self._controls.clear()
        self._page = QWidget()
        grid = QGridLayout(self._page)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        title = QLabel(item.title())
        title.setWordWrap(True)
        set_role(title, "heading")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._button("close", words("map_select.close")), 0, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(head, 0, 0, 1, 2)
        if item.remark():
            remark = QLabel(item.remark())
            remark.setWordWrap(True)
            set_role(remark, "second")
            grid.addWidget(remark, 1, 0, 1, 2)
        if item.renamable:
            self._add_name(grid, item)
        self._opacity, self._percent = Slider(), QLabel()
        self._opacity.setObjectName("layer_opacity")
        self._opacity.setRange(0, 100)
        self._opacity.setSingleStep(STEP)
        self._opacity.setPageStep(4 * STEP)
        self._opacity.valueChanged.connect(self._on_opacity_changed)
        self._add(grid, words("layer_tree.opacity"), self._opacity, self._percent)
        for name in ("finest", "coarsest"):
            stops = Combo()
            stops.setObjectName(f"layer_{name}")
            stops.addItem(words(f"layer_tree.{name}.any"), NO_BOUND)
            for stop in SCALE_STOPS:
                stops.addItem(f"1:{stop:,}", stop)
            self._combo(stops, "scale", name)
            self._add(grid, words(f"layer_tree.{name}"), stops)
        for style in item.styles():
            self._add_style(grid, item, style)
        for kinds in item.filters():
            self._add_filter(grid, item, kinds)
        self._legend = LegendRows(words, self.theme, self._page)
        self._legend.bound(WIDTH_PX - SIDES_PX, QWIDGETSIZE_MAX)
        grid.addWidget(self._legend, grid.rowCount(), 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
        grid.addLayout(self._foot(item), grid.rowCount(), 0, 1, 2)
        grid.setRowStretch(grid.rowCount(), 1)
        self._put_page()

    def _add_name(self, grid: QGridLayout, item: LayerItem) -> None:
        """Let it be given another name; a name of nothing is refused."""
        name, told = QLineEdit(item.title()), QLabel(self.words("layer_tree.name.empty"))
        name.setObjectName("layer_name")
        name.setMaxLength(MOST_NAME)
        name.setToolTip(self.words("layer_tree.name.hint", n=MOST_NAME))
        name.editingFinished.connect(self._on_named)
        told.setObjectName("layer_name_told")
        told.setWordWrap(True)
        told.hide()
        set_role(told, "warning")
        self._controls[name] = "name", "", ""
        self._add(grid, self.words("layer_tree.name"), name)
        grid.addWidget(told, grid.rowCount(), 1)
        self._name, self._name_told = name, told

    def _put_page(self) -> None:
        """Show the page that was made. The one before goes when its press is over; the keys stay where they were."""
        held = self.window().focusWidget()
        name = held.objectName() if held is not None and self._scroll.isAncestorOf(held) else ""
        old = self._scroll.takeWidget()
        self._scroll.setWidget(self._page)
        if old is not None:
            old.hide()
            old.deleteLater()  # a list whose choice alters what can be chosen is still at work with that choice
        if name:
            self._page.show()
            next((one for one in self._controls if one.objectName() == name), self._opacity).setFocus()

    def _add_style(self, grid: QGridLayout, item: LayerItem, style: Style) -> None:
        choices = Combo()
        choices.setObjectName(f"layer_style_{style.name}")
        head = f"map.style.{_kind(item)}.{style.name}"
        texts = style.texts or tuple(self.words(f"{head}.{value}") for value in style.values)
        for value, text in zip(style.values, texts, strict=True):
            choices.addItem(text, value)
        self._combo(choices, "style", style.name)
        self._add(grid, self.words(head), choices)

    def _add_filter(self, grid: QGridLayout, item: LayerItem, kinds: Filter) -> None:
        head = f"map.filter.{_kind(item)}.{kinds.name}"
        label = QLabel(self.words(head))
        set_role(label, "second")
        grid.addWidget(label, grid.rowCount(), 0, 1, 2)
        texts: Sequence[str] = kinds.texts or tuple(self.words(f"{head}.{value}") for value in kinds.values)
        boxes = QGridLayout()  # of its own: names of kinds are longer than those of options
        for i, (value, text) in enumerate(zip(kinds.values, texts, strict=True)):
            box = ElidedCheckBox(text)
            box.setObjectName(f"layer_filter_{kinds.name}_{value}")
            box.toggled.connect(self._on_box_toggled)
            self._controls[box] = "filter", kinds.name, value
            boxes.addWidget(box, i // 2, i % 2)
        grid.addLayout(boxes, grid.rowCount(), 0, 1, 2)

    def _combo(self, combo: Combo, sort: str, name: str) -> None:
        combo.currentIndexChanged.connect(self._on_combo_chosen)
        self._controls[combo] = sort, name, ""

    def _add(self, grid: QGridLayout, text: str, control: QWidget, after: QWidget | None = None) -> None:
        label, row = QLabel(text), grid.rowCount()
        set_role(label, "second")
        label.setBuddy(control)
        control.setAccessibleName(text)
        grid.addWidget(label, row, 0)
        if after is None:
            grid.addWidget(control, row, 1)
            return
        both = QHBoxLayout()
        both.addWidget(control, 1)
        both.addWidget(after)
        grid.addLayout(both, row, 1)

    def _foot(self, item: LayerItem) -> FlowLayout:
        foot = FlowLayout(spacing_px=4)  # a second line where the words are long
        wanted = {"up": "↑", "down": "↓", "fit": self.words("layer_tree.fit"), "plain": self.words("layer_tree.plain")}
        if item.removable:
            wanted["remove"] = self.words("layer_tree.remove")
        if item.bounds() is None:
            del wanted["fit"]
        for name, text in wanted.items():
            button = self._button(name, text)
            button.setToolTip(self.words(f"layer_tree.{name}.hint"))
            button.setAccessibleName(button.toolTip())
            foot.addWidget(button)
        return foot

    def _button(self, name: str, text: str) -> Button:
        button = Button(text)
        button.setObjectName(f"layer_{name}")
        set_role(button, "quiet")
        button.clicked.connect(self._on_button_pressed)
        self._controls[button] = "button", name, ""
        return button

    def _fill(self, item: LayerItem) -> None:
        options = item.options
        self._filling = True
        self._opacity.setValue(options.opacity)
        self._percent.setText(f"{options.opacity} %")
        styles = {style.name: style for style in item.styles()}
        for control, (sort, name, value) in self._controls.items():
            if isinstance(control, Combo) and sort == "scale":
                wanted = options.finest if name == "finest" else options.coarsest
                control.setCurrentIndex(max(0, control.findData(wanted or NO_BOUND)))
            elif isinstance(control, Combo):
                control.setCurrentIndex(control.findData(options.style(styles[name])))
            elif isinstance(control, QCheckBox):
                control.setChecked(value not in options.hides(name))
        self._filling = False

    # -- what a person does ----------------------------------------------------------------------------------------

    def _choose(self, options: LayerOptions) -> None:
        if self._item is not None and not self._filling:
            self.chosen.emit(self._item.key, options)

    def _on_named(self) -> None:
        """A name was typed: Enter or going on takes it."""
        from layers.ownname import layer_name  # noqa: PLC0415 - not before something is named

        item = self._item
        if item is None or self.sender() is not self._name:
            return
        name = layer_name(self._name.text())
        self._name_told.setVisible(not name)
        if name and name != item.title():
            self._choose(replace(item.options, name=name))
        else:
            self._name.setText(item.title())

    def _on_opacity_changed(self, value: int) -> None:
        self._percent.setText(f"{value} %")
        if self._item is not None:
            self._choose(replace(self._item.options, opacity=value))

    def _on_combo_chosen(self, _index: int) -> None:
        control = self.sender()
        if self._item is None or self._filling or not isinstance(control, Combo):
            return
        sort, name, _ = self._controls[control]
        options, value = self._item.options, control.currentData()
        if sort == "style":
            self._choose(options.with_style(name, str(value)))
            return
        finest, coarsest = options.finest, options.coarsest
        if name == "finest":
            finest = value or None
            coarsest = max(coarsest, finest) if coarsest and finest else coarsest
        else:
            coarsest = value or None
            finest = min(finest, coarsest) if coarsest and finest else finest
        self._choose(replace(options, finest=finest, coarsest=coarsest))

    def _on_box_toggled(self, on: bool) -> None:
        control = self.sender()
        if self._item is not None and isinstance(control, QCheckBox):
            _, name, value = self._controls[control]
            self._choose(self._item.options.with_kind(name, value, shown=on))

    def _on_button_pressed(self) -> None:
        control, item = self.sender(), self._item
        if item is None or not isinstance(control, Button):
            return
        match self._controls[control][1]:
            case "up":
                self.moved.emit(item.key, 1)
            case "down":
                self.moved.emit(item.key, -1)
            case "fit":
                self.fit_wanted.emit(item.key)
            case "plain":
                self._choose(LayerOptions(visible=item.visible, name=item.options.name))
            case "remove":
                self.remove_wanted.emit(item.key)
            case "close":
                self.close_card()


def _kind(item: LayerItem) -> str:
    """Return what the words of a layer are under: several files, or base maps, have theirs in common."""
    return item.key.split(":", 1)[0]
