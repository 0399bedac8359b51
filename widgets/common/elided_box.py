"""A check box that shortens its words with an ellipsis instead of widening what it stands on."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from widgets.common.tips import plain_tip

LEAST_PX = 60
"""The sign and a few letters."""


class ElidedCheckBox(QCheckBox):
    """One line of words, cut at the right where they do not fit; whole on hover and for who hears them read out."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # Qt's own asks for all its words
        self.setToolTip(plain_tip(text))

    def minimumSizeHint(self) -> QSize:
        """Let the box become as narrow as a few letters."""
        whole = super().minimumSizeHint()
        return QSize(min(LEAST_PX, whole.width()), whole.height())

    def fitted(self) -> str:
        """Return the words as they are shown."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self).width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign and what fits of the words."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.fitted()
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.end()
