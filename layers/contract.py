"""What a layer is to the map: the area it draws, the labels, hits and legend rows it gives, and the base of every item.

A layer has two halves of drawing. ``draw_tile`` is for what stands still: it is called from worker threads, for
tiles of 512 pixels or for a whole frame, and must only read values that are replaced and never changed in place.
``draw_live`` is for what moves: it is called in the UI thread on every frame. Both go through a ``Raster``.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from enum import StrEnum
from math import isfinite

import msgspec
import numpy as np
import numpy.typing as npt

from layers.fading import FULL, FadedRaster, faded_onto
from layers.options import Filter, Group, LayerOptions, Style
from layers.raster.contract import F64, Frame, Marks, Placing, Raster
from resources.theme import Theme
from resources.words import Words

Ints = npt.NDArray[np.int32]

HEADINGS = 24
"""Directions in which the sprite of a moving thing is drawn: one every 15 degrees."""


class Area(msgspec.Struct, frozen=True):
    """A rectangle of pixels on the plane: ``left, top`` of pixel (0, 0) and ``scale`` in metres, size in device pixels.

    ``ratio`` is device pixels per logical pixel: sizes of symbols and lines are given in logical pixels.
    """

    left: float
    top: float
    scale: float
    width: int
    height: int
    ratio: float = 1.0

    def placing(self, origin: tuple[float, float]) -> Placing:
        """Return how coordinates local to ``origin`` become pixels here."""
        per_metre = 1.0 / self.scale
        return Placing(per_metre, (origin[0] - self.left) * per_metre, (self.top - origin[1]) * per_metre)

    def to_pixel(self, x: float, y: float) -> tuple[float, float]:
        """Return the device pixel of a point on the plane."""
        return (x - self.left) / self.scale, (self.top - y) / self.scale

    def bounds(self, margin_px: float = 0.0) -> tuple[float, float, float, float]:
        """Return x0, y0, x1, y1 on the plane, grown by a margin in device pixels."""
        m = margin_px * self.scale
        return (
            self.left - m,
            self.top - self.height * self.scale - m,
            self.left + self.width * self.scale + m,
            self.top + m,
        )

    def ground(self) -> float:
        """Return plane metres a *logical* pixel: what decides which details are shown."""
        return self.scale * self.ratio


class LabelStyle(StrEnum):
    """How a label is set; sizes and weights are in ``layers.labels``."""

    TOWN = "town"
    DIVISION = "division"
    PLACE = "place"
    WATER = "water"
    ROAD = "road"
    GRID = "grid"
    THING = "thing"
    STALE = "stale"
    CHOSEN = "chosen"


CHOSEN_FIRST = -1.0
"""The priority of the name of what is chosen: before all others."""


class Label(msgspec.Struct, frozen=True):
    """A label wanted at a point on the plane. Lower ``priority`` is placed first; one that would overlap is left out.

    ``beside`` puts it to the right of the point (in logical pixels from it) instead of over it. It is drawn at so many
    hundredths of its ``strength``.
    """

    text: str
    x: float
    y: float
    style: LabelStyle
    priority: float
    beside: float = 0.0
    strength: int = FULL


class PickedKind(StrEnum):
    """What sort of thing was hit."""

    CASE = "case"
    CLUSTER = "cluster"
    CROWD = "crowd"
    THING = "thing"
    GRID = "grid"
    DIVISION = "division"  # by its name
    FEATURE = "feature"  # of a file of one's own, or of a track
    ENTRY = "entry"  # of the register; its id is what its changes are about


class Picked(msgspec.Struct, frozen=True):
    """A hit: what, its id, where it is (plane metres), and what a card says of it.

    ``members`` are the case numbers in a cluster.
    """

    kind: PickedKind
    ident: str
    x: float
    y: float
    title: str = ""
    lines: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class LegendRow(msgspec.Struct, frozen=True):
    """A row of the legend: the sprite or line it explains (a key of ``layers.symbols``), its words and a count."""

    symbol: str
    text: str
    count: int | None = None

    def said(self) -> str:
        """Return its words with the count."""
        return self.text if self.count is None else f"{self.text} {self.count}"


class Focus(msgspec.Struct, frozen=True):
    """What the person at the desk is looking at. Points are on the plane."""

    case_no: str | None = None
    case_at: tuple[float, float] | None = None
    thing: str | None = None
    grid: str | None = None
    entry: str | None = None
    hovered: Picked | None = None


class Look(msgspec.Struct):
    """The theme, the words and the font family (the program's own where empty) every item draws with.

    ``past`` is the moment that is played back on the map, None where it shows what is now.
    """

    theme: Theme
    words: Words
    family: str = ""
    past: datetime | None = None


class Tells(StrEnum):
    """What time a layer tells of while a past moment is played back on the map."""

    ALWAYS = "always"  # it is the same then and now, as the ground is
    THEN = "then"
    NOW = "now"


PALE = 45
"""Hundredths of its strength that are left to a layer of what is now while the past is played back."""


class LayerItem:
    """The drawing of one layer; subclasses override what they have. See the module for which thread calls what."""

    key = ""
    """Name of the layer; its words are under ``map.layer.<key>``."""
    moving = False
    """Whether the live half is drawn anew on every frame, over all that is not."""
    noted = False
    """Whether ``draw_live`` draws through the raster alone: only then can it be noted, and laid over what moves."""
    group = Group.WORK
    """Where it stands in the tree of layers."""
    removable = False
    """Whether the person at the desk may take it away."""
    renamable = False
    """Whether it can be given another name (``LayerOptions.name``), which ``title`` then says."""
    preset = LayerOptions()
    """What holds of it until something is chosen."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.options = self.preset
        """What is chosen of it; replaced by ``choose``, never changed in place."""
        self._faded: FadedRaster | None = None

    @property
    def visible(self) -> bool:
        """Whether it is to be shown where its scales allow it."""
        return self.options.visible

    @property
    def tells(self) -> Tells:
        """What time it tells of while the past is played back."""
        return Tells.ALWAYS

    @property
    def strength(self) -> int:
        """How strongly it is drawn, in hundredths: as chosen, and paler where it is not of the time played back."""
        return self.options.opacity * self.name_strength // FULL

    @property
    def name_strength(self) -> int:
        """How strongly its names are drawn, in hundredths: as pale as it is where it is not of the time played back."""
        return PALE if self.look.past is not None and self.tells is Tells.NOW else FULL

    # -- what there is to choose (layers.options) ------------------------------------------------------------------

    def title(self) -> str:
        """Return the name of the layer."""
        return self.look.words(f"map.layer.{self.key}")

    def styles(self) -> Sequence[Style]:
        """Return what can be chosen of how it looks."""
        return ()

    def filters(self) -> Sequence[Filter]:
        """Return what of it can be left out."""
        return ()

    def choose(self, options: LayerOptions) -> None:
        """Take up what was chosen. UI thread."""
        self.options = options
        self.on_options()

    def on_options(self) -> None:
        """Take up other ``options``, for items that keep something made from them."""

    def tile_state(self) -> Hashable:
        """Return a value that differs when the tiles must be drawn again, the strength included."""
        return id(self), self.strength, self.static_state()

    def mark_state(self) -> Hashable:
        """Return a value that differs when the live half must be drawn again, the strength included."""
        return id(self), self.strength, self.live_state()

    def spoilt(self) -> Sequence[tuple[float, float, float, float]]:
        """Return the boxes on the plane in which what stands still has changed since this was last asked. UI thread.

        For layers that arrive piece by piece: ``static_state`` stays the same and no other tile is drawn again.
        """
        return ()

    def paint_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """Draw what stands still as strongly as was chosen. Any thread."""
        strength = self.strength
        if strength >= FULL:
            self.draw_tile(raster, frame, area)
        else:
            faded_onto(frame, strength, lambda: self.draw_tile(raster, frame, area))

    def paint_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """Draw what moves or is picked out as strongly as was chosen. UI thread."""
        faded = self._fading()
        self.draw_live(raster if faded is None else faded.over(raster), frame, area, focus)

    def shown_marks(self, raster: Raster, area: Area, focus: Focus) -> Marks | None:
        """Return the marks that ``paint_live`` of a moving layer is, or None where it draws anything else."""
        marks, faded = self.marks(raster, area, focus), self._fading()
        return marks if marks is None or faded is None else marks._replace(sprites=faded.faded(marks.sprites))

    def _fading(self) -> FadedRaster | None:
        """Return what draws marks as faintly as they are to be, None at full strength; its sheets are kept."""
        strength = self.strength
        if strength >= FULL:
            self._faded = None
        elif self._faded is None or self._faded.opacity != strength:
            self._faded = FadedRaster(strength)
        return self._faded

    # -- what a layer draws and says -------------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever the model changed, until the returned function is called."""
        return callback

    def static_state(self) -> Hashable:
        """Return a value that differs when the tiles must be drawn again. UI thread."""
        return 0

    def live_state(self) -> Hashable:
        """Return a value that differs when the live half must be drawn again. Not asked of a moving layer."""
        return 0

    @property
    def owing(self) -> bool:
        """Whether something was left out of the last frame so that it came in time; the next will have it."""
        return False

    @property
    def ready(self) -> bool:
        """Whether what it draws is of what the model holds, and nothing of it is still on its way."""
        return not self.owing

    def finish(self, area: Area) -> None:
        """Make at once what would else be on its way, for a picture of an area that is drawn at once. UI thread."""

    def prepare(self) -> None:
        """Take up what the model has become. UI thread, before tiles are asked for."""

    def restyle(self) -> None:
        """Take up another theme or language from ``look``."""

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return what the layer covers on the plane, or None where it has nothing."""
        return None

    def draw_tile(self, raster: Raster, frame: Frame, area: Area) -> None:
        """Draw what stands still. Any thread; only values that are never changed in place."""

    def draw_live(self, raster: Raster, frame: Frame, area: Area, focus: Focus) -> None:
        """Draw what moves or is picked out. UI thread."""

    def marks(self, raster: Raster, area: Area, focus: Focus) -> Marks | None:
        """Return the marks that ``draw_live`` of a moving layer is, or None where it draws anything else."""
        return None

    def labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """Return the labels that stand still wanted in an area."""
        return ()

    def live_labels(self, area: Area, focus: Focus) -> Sequence[Label]:
        """Return the labels that go with what moves."""
        return ()

    def obstacles(self, area: Area, focus: Focus) -> F64:
        """Return where labels that stand still should not lie (count, 3): device pixel x, y, and how far around."""
        return np.empty((0, 3))

    def pick(self, area: Area, px: float, py: float, reach: float) -> Picked | None:
        """Return what is drawn at a device pixel, within ``reach`` device pixels."""
        return None

    def legend(self) -> Sequence[LegendRow]:
        """Return the rows this layer adds to the legend."""
        return ()

    def note(self) -> tuple[str, bool]:
        """Return what the list of layers says beside this one (how many, how old), and whether that is a warning."""
        return "", False

    def remark(self) -> str:
        """Return what its options say under its name: where it is from, or why it fails; empty for nothing."""
        return ""

    def close(self) -> None:
        """Let go of the model."""


def usable(lon: float, lat: float) -> bool:
    """Return whether a coordinate can be drawn."""
    return isfinite(lon) and isfinite(lat) and -180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0
