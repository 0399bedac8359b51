"""What the layer list says beside each layer: live, how old, or that it is the town's own data."""

from datetime import datetime

from console.mapfeed import MapModels
from domain.units import POSITION_STALE_AFTER
from layers.ages import age_text
from resources.words import Words
from widgets.map.view import MapView

SHAPES = ("grids", "divisions", "basemap")


class LayerNotes:
    """Tells the map how fresh its layers are, once a second."""

    def __init__(self, view: MapView, words: Words) -> None:
        self._view = view
        self._words = words

    def show(self, silent_since: datetime | None, now: datetime, models: MapModels) -> None:
        """Show what holds at ``now``; both are service time, whose clock may run faster than ours."""
        words, live = self._words, silent_since is None
        cases = words("layer_note.live")
        if silent_since is not None:
            cases = age_text((now - silent_since).total_seconds(), words)
        self._view.set_layer_note("cases", cases, stale=not live)
        age = models.positions.newest_age_s()
        stale = age is None or age > POSITION_STALE_AFTER.total_seconds() or not live
        positions = words("layer_note.none") if age is None else age_text(age, words)
        self._view.set_layer_note("positions", positions, stale=stale)
        for key in SHAPES:
            self._view.set_layer_note(key, words("layer_note.local"))
