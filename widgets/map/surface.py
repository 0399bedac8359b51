"""The window's own pixels, where the system hands them out: drawing straight on them saves copying a frame there."""

from collections.abc import Iterable
from typing import cast

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from layers.contract import Area
from layers.raster.contract import I32, Surface

FORMATS = (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied)
"""Pixels as a frame has them; opaque ones are the same in both."""
BOXES_MOST = 64
"""A region in more pieces than this is left to Qt."""


class WindowPixels:
    """Finds the pixels that a painter on a widget paints; the boxes of a region that is painted again are kept."""

    def __init__(self) -> None:
        self._boxes: tuple[QRegion, Area, I32] | None = None

    def painted_on(self, painter: QPainter, area: Area, region: QRegion) -> Surface | None:
        """Return the pixels a painter paints, and only those, for an ``area`` that fills the widget.

        ``region`` is that of the paint event, in whose boxes alone Qt lets anything be painted. None where the pixels
        are not to be had, or not as a frame has them: then an image is to be painted. They are good until the painter
        ends (Qt shares an image with nobody while it is being painted).
        """
        image, ratio, matrix = painter.paintEngine().paintDevice(), round(area.ratio), painter.deviceTransform()
        if not isinstance(image, QImage) or image.format() not in FORMATS:
            return None
        left, top, stride = round(matrix.dx()), round(matrix.dy()), image.bytesPerLine() // 4
        if area.ratio != ratio or matrix != QTransform(ratio, 0, 0, ratio, matrix.dx(), matrix.dy()):
            return None
        boxes = self._boxes_of(region, area)
        within = 0 <= left <= image.width() - area.width and 0 <= top <= image.height() - area.height
        if not within or len(boxes) > BOXES_MOST:
            return None
        pixels = np.frombuffer(image.bits(), np.uint32)
        first = top * stride + left
        flat = pixels[first : first + (area.height - 1) * stride + area.width]
        return Surface(flat, stride, area.height, area.width, boxes)

    def _boxes_of(self, region: QRegion, area: Area) -> I32:
        """Return the boxes of a region in device pixels."""
        kept = self._boxes
        if kept is not None and kept[1] == area and kept[0] == region:
            return kept[2]
        boxes = [_box_of(box, round(area.ratio), area) for box in cast("Iterable[QRect]", region)]
        found = np.array(boxes, np.int32).reshape(-1, 4)
        self._boxes = QRegion(region), area, found
        return found


def _box_of(box: QRect, ratio: int, area: Area) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what of a box lies on an area, device pixels."""
    left, top, width, height = box.x(), box.y(), area.width, area.height
    right, bottom = (left + box.width()) * ratio, (top + box.height()) * ratio
    return (
        min(max(0, left * ratio), width), min(max(0, top * ratio), height),
        min(max(0, right), width), min(max(0, bottom), height),
    )  # fmt: skip
