"""The views that can be drawn: a registry, so that later views join with a line. Nothing here imports Qt."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """A view by the object name of the widget that is grabbed; empty for the whole window.

    ``with_case`` says that a case is selected first.
    """

    widget: str
    with_case: bool = True


VIEWS: dict[str, View] = {
    "desk": View(""),
    "map": View("dock-map", with_case=False),
    "case": View("dock-card"),
}

SCENE_NAMES = (
    "components",
    "cameras",
    "hazards",
    "heat",
    "grids",
    "staff",
    "cases",
    "layer-options",
    "base-map",
    "base-maps-sheet",
    "own-file",
    "track",
    "track-sheet",
    "saved-views",
    "select",
    "identify",
    "redline",
    "fences",
    "fence-sheet",
    "playback",
    "measure-distance",
    "measure-area",
    "buffer",
    "select-area",
    "search",
    "coordinates",
    "found",
    "grid-keeper",
    "map-export",
    "all-layers",
    "run-card",
    "run-cards",
    "run-card-form",
    "correct",
    "whistle",
    "whistle-form",
    "plans",
    "checklist",
)
"""Every scene of ``scenes`` and ``layerscenes`` by its name, for the help; those import much."""
