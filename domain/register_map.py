"""Registers that stand on the map: cameras, components and sensors, hazards, drawings, saved views."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.faults import invalid
from domain.ids import CaseNo, UnitId
from domain.places import Lat, Lon
from domain.register_shapes import (
    MAX_POINTS,
    Body,
    Degrees,
    Metres,
    Name,
    Note,
    Path,
    Ring,
    Short,
    Spot,
    check_ring,
)


class Camera(Body, frozen=True):
    """A site camera (domain.md section 7: places only, no recognition).

    ``heading_deg`` is where it looks, None for one that turns; ``angle_deg`` how wide. ``device_no`` is its number in
    the video network (GB/T 28181: 20 digits).
    """

    name: Name
    lon: Lon
    lat: Lat
    heading_deg: Degrees | None = None
    angle_deg: Annotated[float, Meta(gt=0, le=360)] = 60.0
    range_m: Metres = 80.0
    device_no: Annotated[str, Meta(max_length=20)] = ""
    unit: UnitId | None = None
    note: Note = ""
    synthetic: bool = False

    def place(self) -> Spot:
        """See ``Body``."""
        return self.lon, self.lat


class ComponentKind(StrEnum):
    """What sort of component; names are ``component.<value>``. Each has a sign of its own on the map."""

    MANHOLE = "manhole"  # 井盖
    PIPE = "pipe"  # 管线
    CHARGER = "charger"  # 充电桩
    CYLINDER = "cylinder"  # 气瓶
    HYDRANT = "hydrant"  # 消火栓
    LAMP = "lamp"  # 路灯
    WATER_LEVEL = "water_level"  # 水位
    GAS = "gas"  # 燃气浓度
    SMOKE = "smoke"  # 烟感
    OTHER = "other"


class Condition(StrEnum):
    """In what state a component was found (部件状态, domain.md 4.2); names are ``condition.<value>``."""

    INTACT = "intact"  # 完好
    DAMAGED = "damaged"  # 破损
    LOST = "lost"  # 丢失
    DISUSED = "disused"  # 废弃
    MOVED = "moved"  # 移除


class Component(Body, frozen=True):
    """A thing of the town: a cover, a pipe (with its ``path``), a charger, a cylinder, a sensor.

    ``code`` is its number in the owner's own books. ``sensed`` says that readings are expected of it, and
    ``silent_after_s`` after how long without one it counts as offline.
    """

    name: Name
    what: ComponentKind
    lon: Lon
    lat: Lat
    path: Path | None = None
    code: Short = ""
    condition: Condition = Condition.INTACT
    owner: Short = ""
    unit: UnitId | None = None
    sensed: bool = False
    silent_after_s: Annotated[int, Meta(ge=10, le=86_400)] = 900
    note: Note = ""
    synthetic: bool = False

    def place(self) -> Spot:
        """See ``Body``."""
        return self.lon, self.lat


class HazardLevel(StrEnum):
    """How grave; names are ``hazard_level.<value>``."""

    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class HazardKind(StrEnum):
    """What threatens; names are ``hazard.<value>``."""

    FLOOD = "flood"
    LANDSLIDE = "landslide"
    FIRE = "fire"
    GAS = "gas"
    COLLAPSE = "collapse"
    WORKS = "works"
    OTHER = "other"


class Hazard(Body, frozen=True):
    """An area of danger."""

    name: Name
    level: HazardLevel
    ring: Ring
    what: HazardKind = HazardKind.OTHER
    note: Note = ""
    synthetic: bool = False

    def check(self) -> None:
        """See ``Body``."""
        check_ring(self.ring)

    def place(self) -> Spot:
        """See ``Body``."""
        return self.ring[0]


class Form(StrEnum):
    """What a drawing is; names are ``drawing.<value>``."""

    POINT = "point"
    LINE = "line"
    AREA = "area"
    TEXT = "text"


class Ink(StrEnum):
    """The colour of a drawing, by name; which colour that is, the theme says. Names are ``ink.<value>``."""

    BLUE = "blue"
    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"


_FEWEST = {Form.POINT: 1, Form.TEXT: 1, Form.LINE: 2, Form.AREA: 3}


class Drawing(Body, frozen=True):
    """Something drawn on the map for everybody: a point, a line, an area or a text. ``label`` stands beside it."""

    form: Form
    points: Annotated[tuple[Spot, ...], Meta(min_length=1, max_length=MAX_POINTS)]
    label: Annotated[str, Meta(max_length=200)] = ""
    ink: Ink = Ink.BLUE
    width_px: Annotated[float, Meta(ge=1, le=12)] = 2.5
    dashed: bool = False
    arrow: bool = False
    case_no: CaseNo | None = None
    synthetic: bool = False

    def check(self) -> None:
        """See ``Body``."""
        fewest = _FEWEST[self.form]
        if len(self.points) < fewest or (fewest == 1 and len(self.points) > 1):
            raise invalid("drawing_points", form=self.form.value, points=len(self.points))
        if self.form is Form.AREA:
            check_ring(self.points)
        if self.form is Form.TEXT and not self.label.strip():
            raise invalid("argument_missing", argument="label")

    def place(self) -> Spot:
        """See ``Body``."""
        return self.points[0]


class SavedLayer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one layer was shown; ``order`` is its place from the ground up, ``style`` and ``filters`` what was chosen."""

    key: Annotated[str, Meta(min_length=1, max_length=80)]
    visible: bool = True
    opacity: Annotated[float, Meta(ge=0, le=1)] = 1.0
    style: Annotated[str, Meta(max_length=200)] = ""
    filters: Annotated[str, Meta(max_length=1_000)] = ""


class SavedView(Body, frozen=True):
    """A view of the map to come back to: ``scale`` is plane metres a logical pixel, ``layers`` from the ground up."""

    name: Name
    lon: Lon
    lat: Lat
    scale: Annotated[float, Meta(gt=0, le=1_000_000)]
    layers: Annotated[tuple[SavedLayer, ...], Meta(max_length=200)] = ()
    note: Note = ""


class SharedView(SavedView, frozen=True):
    """A view that everybody of the room sees."""

    def place(self) -> Spot:
        """See ``Body``: the middle of the view, which says for which division it is."""
        return self.lon, self.lat
