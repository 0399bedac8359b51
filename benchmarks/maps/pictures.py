"""What QGIS is told to draw, and whether its picture and ours show the same areas."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from benchmarks.harness import Rows, Sense, single
from benchmarks.maps.ours import SIZE, OurMap
from benchmarks.peers.qgis_peer import QgisPeer

SAME = (
    "{} areas alone, area in both pictures",
    "{} areas alone, of these another class",
    "{} with all marks, area in both pictures",
    "{} with all marks, of these another class",
)
SAME_AIM = "0 px"


def qgis_spec(ours: OurMap, look: dict[str, list[str]]) -> dict[str, object]:
    """Return what QGIS is told to draw: the same view, colours and sizes."""
    line = {"outline_color": look["line"][0], "outline_width": "1", "outline_width_unit": "Pixel"}
    rim = {
        "outline_color": look["ground"][0],
        "outline_width": "1",
        "outline_width_unit": "Pixel",
        "size_unit": "Pixel",
    }
    shapes = ("circle", "triangle", "square")
    area = ours.view.camera.area()
    return {
        "size": SIZE,
        "extent": area.bounds(),
        "ground": look["ground"][0],
        "area_styles": [{"color": colour, **line} for colour in look["areas"]],
        "case_styles": [
            {"name": shape, "color": colour, "size": size, **rim}
            for shape, size, colour in zip(shapes, ("6.9", "8", "6.2"), look["cases"], strict=True)
        ],
        "staff_styles": [
            {"name": "square" if i == 3 else "triangle", "color": colour, "size": "8", **rim}
            for i, colour in enumerate(look["staff"])
        ],
    }


def same_classes(ours: OurMap, peer: QgisPeer, look: dict[str, list[str]], folder: Path) -> tuple[int, ...]:
    """Return how many pixels are area in both pictures and in how many the class differs: areas alone, then all.

    With marks on it a pixel counts where it shows what it shows without them: a rim may mix to another area's colour.
    """
    shown = {"save": _classes(ours.picture(), look), "areas": _classes(ours.picture(marks=False), look)}
    drawn = {}
    for command in shown:
        peer.ask(f"{command} {folder / command}.png")
        drawn[command] = _classes(QImage(str(folder / f"{command}.png")), look)
    alone = (shown["areas"] >= 0) & (drawn["areas"] >= 0)
    both = alone & (shown["save"] == shown["areas"]) & (drawn["save"] == drawn["areas"])
    differs = shown["areas"] != drawn["areas"]
    return tuple(int(np.count_nonzero(where)) for where in (alone, alone & differs, both, both & differs))


def _classes(image: QImage, look: dict[str, list[str]]) -> npt.NDArray[np.int8]:
    """Return the class of each pixel whose colour is that of an area, -1 elsewhere."""
    pixels = _pixels(image)
    classes: npt.NDArray[np.int8] = np.full(pixels.shape, -1, np.int8)
    for value, colour in enumerate(look["areas"]):
        classes[pixels == int(colour[1:], 16)] = value
    return classes


def _pixels(image: QImage) -> npt.NDArray[np.uint32]:
    shown = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(shown.constBits(), np.uint32).reshape(shown.height(), shown.width())
    return flat & np.uint32(0xFFFFFF)


def class_rows(ours: OurMap, peer: QgisPeer, look: dict[str, list[str]], folder: Path, land: str, name: str) -> Rows:
    """Return the rows of ``same_classes``."""
    counts = same_classes(ours, peer, look, folder)
    return [
        single(what.format(land), "px", figure, None, f"{name}, same view", Sense.FIGURE, 1, SAME_AIM * (i % 2))
        for i, (what, figure) in enumerate(zip(SAME, counts, strict=True))
    ]
