"""What the layer list says beside each layer: live, how old, or that it is the town's own data."""

from datetime import datetime

from client.line import LineReading, LineState
from console.mapfeed import MapModels
from domain.units import POSITION_STALE_AFTER
from resources.words import Words
from widgets.durations import age_text
from widgets.map.view import MapView

SHAPES = ("grids", "divisions", "basemap")


class LayerNotes:
    """Tells the map how fresh its layers are, once a second."""

    def __init__(self, view: MapView, words: Words) -> None:
        self._view = view
        self._words = words

    def show(self, line: LineReading, now: datetime, models: MapModels) -> None:
        """Show what holds at ``now`` (service time)."""
        words, live = self._words, line.state is LineState.LIVE
        heard = 0.0 if line.heard_age_s is None else line.heard_age_s
        cases = words("layer_note.live") if live else age_text(heard, words)
        self._view.set_layer_note("cases", cases, stale=not live)
        age = models.positions.newest_age_s()
        stale = age is None or age > POSITION_STALE_AFTER.total_seconds() or not live
        positions = words("layer_note.none") if age is None else age_text(age, words)
        self._view.set_layer_note("positions", positions, stale=stale)
        for key in SHAPES:
            self._view.set_layer_note(key, words("layer_note.local"))
