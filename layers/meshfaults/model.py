"""Where the faults of a mesh are. See ``layers`` for how models are used."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from domain.mesh import MeshFault
from layers.geometry import POLYGONS, read_wkb, to_shapes
from layers.observed import Observed
from layers.raster.contract import Shapes, no_shapes


class FaultShapes(msgspec.Struct, frozen=True):
    """Faults ready to be drawn. ``grave`` are those the mesh cannot be taken with; ``index_of`` their places in it."""

    areas: Shapes
    grave: npt.NDArray[np.bool_]
    index_of: dict[int, int]


def read_faults(faults: Sequence[MeshFault]) -> FaultShapes:
    """Return faults as shapes: the part that is wrong, or the grid's box. Pure: may run in any thread."""
    import shapely  # noqa: PLC0415 - kept off the start path

    boxes = [shapely.to_wkb(shapely.box(*fault.bounds)) for fault in faults]
    areas, kept = to_shapes(read_wkb([f.wkb or box for f, box in zip(faults, boxes, strict=True)]), POLYGONS)
    grave = np.array([faults[i].must_be_mended for i in kept.tolist()], np.bool_)
    return FaultShapes(areas, grave, {int(fault): i for i, fault in enumerate(kept.tolist())})


class MeshFaultsModel(Observed):
    """The faults that are shown, and the one that is looked at. ``turn`` counts how often others came."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes = FaultShapes(no_shapes(), np.zeros(0, np.bool_), {})
        self.chosen: int | None = None
        self.turn = 0

    def put(self, shapes: FaultShapes) -> None:
        """Show these faults; none is looked at."""
        self.shapes, self.chosen = shapes, None
        self.turn += 1
        self._changed()

    def choose(self, fault: int | None) -> None:
        """Look at one of them, by its place in what was given."""
        self.chosen = None if fault is None else self.shapes.index_of.get(fault)
        self._changed()
