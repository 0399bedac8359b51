"""A slider that goes where it is clicked, and is dragged on from there; Qt's own goes a page towards it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider

HIGH_PX = 32
"""Height of what can be taken hold of: that of a button."""


class Slider(QSlider):
    """A horizontal slider. Keys and wheel step as in Qt's own."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setMinimumHeight(HIGH_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there, and take hold of the handle that now is there."""
        if event.button() is Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            groove, handle = (
                self.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)
                for part in (QStyle.SubControl.SC_SliderGroove, QStyle.SubControl.SC_SliderHandle)
            )
            at = event.position().toPoint()
            if not handle.contains(at):
                far = at.x() - groove.x() - handle.width() // 2
                room = groove.width() - handle.width()
                self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), far, room))
        super().mousePressEvent(event)
