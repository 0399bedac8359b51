"""Which item draws which model: one line a layer. The order is the drawing order, from the ground up."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from layers.basemap.item import BasemapItem
from layers.basemap.model import BasemapModel
from layers.cameras.item import CamerasItem
from layers.cameras.model import CamerasModel
from layers.cases.item import CasesItem
from layers.cases.model import CasesModel
from layers.components.item import ComponentsItem
from layers.components.model import ComponentsModel
from layers.contract import LayerItem, Look
from layers.divisions.item import DivisionsItem
from layers.divisions.model import DivisionsModel
from layers.drawings.item import DrawingsItem
from layers.drawings.model import DrawingsModel
from layers.geofences.item import GeofencesItem
from layers.geofences.model import GeofencesModel
from layers.grids.item import GridsItem
from layers.grids.model import GridsModel
from layers.hazards.item import HazardsItem
from layers.hazards.model import HazardsModel
from layers.heat.item import HeatItem
from layers.heat.model import HeatModel
from layers.observed import Observed
from layers.positions.item import PositionsItem
from layers.positions.model import PositionsModel
from layers.trail.item import TrailItem
from layers.trail.model import TrailModel

ITEMS: dict[type[Observed], Callable[[Any, Look], LayerItem]] = {
    BasemapModel: BasemapItem,
    GridsModel: GridsItem,
    DivisionsModel: DivisionsItem,
    HeatModel: HeatItem,
    HazardsModel: HazardsItem,
    GeofencesModel: GeofencesItem,
    DrawingsModel: DrawingsItem,
    CamerasModel: CamerasItem,
    ComponentsModel: ComponentsItem,
    TrailModel: TrailItem,
    PositionsModel: PositionsItem,
    CasesModel: CasesItem,
}

LATER: dict[str, tuple[str, str]] = {
    "TilesModel": ("layers.tiles.item", "TilesItem"),
    "ImportedModel": ("layers.imported.item", "ImportedItem"),
    "TrackModel": ("layers.tracks.item", "TrackItem"),
    "MeshFaultsModel": ("layers.meshfaults.item", "MeshFaultsItem"),
}
"""Items by the name of their model that the first window does without: module and class, imported when wanted."""


def make_item(model: Observed, look: Look) -> LayerItem:
    """Return the item that draws a model. Raises KeyError for a model no layer knows."""
    for kind in type(model).__mro__:
        if kind in ITEMS:
            return ITEMS[kind](model, look)
        if kind.__name__ in LATER:
            module, name = LATER[kind.__name__]
            made: LayerItem = getattr(import_module(module), name)(model, look)
            return made
    raise KeyError(type(model).__name__)
