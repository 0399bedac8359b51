"""The window's own pixels, where the system hands them out: drawing straight on them saves copying a frame there."""

from collections.abc import Iterable
from typing import cast

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPaintEngine, QPainter, QRegion, QTransform

from layers.contract import Area
from layers.raster.contract import I32, Surface

FORMATS = (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied)
"""Pixels as a frame has them; opaque ones are the same in both."""
BOXES_MOST = 64
"""A region in more pieces than this is left to Qt."""


def painted_on(painter: QPainter, area: Area, region: QRegion) -> Surface | None:
    """Return the pixels a painter on a widget paints, and only those, for an ``area`` that fills the widget.

    ``region`` is that of the paint event, in whose boxes alone Qt lets anything be painted. None where the pixels are
    not to be had, or not as a frame has them: then an image is to be painted. They are good until the painter ends
    (Qt shares an image with nobody while it is being painted).
    """
    engine = painter.paintEngine()
    image = engine.paintDevice() if engine.type() == QPaintEngine.Type.Raster else None
    ratio, matrix = round(area.ratio), painter.deviceTransform()
    if not isinstance(image, QImage) or image.format() not in FORMATS:
        return None
    if area.ratio != ratio or matrix != QTransform(ratio, 0, 0, ratio, matrix.dx(), matrix.dy()):
        return None
    left, top, stride = round(matrix.dx()), round(matrix.dy()), image.bytesPerLine() // 4
    boxes = _boxes_of(region, ratio, area)
    within = 0 <= left <= image.width() - area.width and 0 <= top <= image.height() - area.height
    if not within or len(boxes) > BOXES_MOST:
        return None
    pixels = np.frombuffer(image.bits(), np.uint32)
    first = top * stride + left
    flat = pixels[first : first + (area.height - 1) * stride + area.width]
    return Surface(flat, stride, area.height, area.width, boxes)


def _boxes_of(region: QRegion, ratio: int, area: Area) -> I32:
    """Return the boxes of a region in device pixels; box by box, as there are few."""
    width, height, found = area.width, area.height, list[int]()
    for box in cast("Iterable[QRect]", region):
        x, y, wide, high = box.x(), box.y(), box.width(), box.height()
        left, top, right, bottom = x * ratio, y * ratio, (x + wide) * ratio, (y + high) * ratio
        found += (
            min(max(0, left), width), min(max(0, top), height), min(max(0, right), width), min(max(0, bottom), height),
        )  # fmt: skip
    return np.array(found, np.int32).reshape(-1, 4)
