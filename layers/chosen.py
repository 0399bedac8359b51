"""The ring round a thing of the register that is picked out, and its name, which gives way to no other."""

from layers.contract import CHOSEN_FIRST, Area, Label, LabelStyle, Look
from layers.raster.contract import U32, Frame, Raster
from layers.symbols import chosen_ring

FAR_OFF_PX = 1e6
"""What lies so many device pixels off is not drawn: its pixel is no number that could be counted in."""
BESIDE_PX = 15.0
Point = tuple[float, float]


class ChosenMark:
    """Draws and names it for one layer. UI thread."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._rings: dict[float, U32] = {}

    def restyle(self) -> None:
        """Take up another theme."""
        self._rings = {}

    def draw(self, raster: Raster, frame: Frame, area: Area, at: Point | None) -> None:
        """Ring a point of the plane."""
        if at is None:
            return
        ring = self._rings.get(area.ratio)
        if ring is None:
            ring = self._rings[area.ratio] = chosen_ring(self._look.theme, area.ratio)
        lay_round(raster, frame, area, at, ring)

    @staticmethod
    def named(title: str, at: Point, strength: int) -> tuple[Label, ...]:
        """Return the label that says what stands there; before all others."""
        return (Label(title, *at, LabelStyle.CHOSEN, CHOSEN_FIRST, BESIDE_PX, strength),) if title else ()


def lay_round(raster: Raster, frame: Frame, area: Area, at: Point, picture: U32) -> None:
    """Lay a picture over the frame, its middle at a point of the plane."""
    px, py = area.to_pixel(*at)
    if -FAR_OFF_PX < px < FAR_OFF_PX and -FAR_OFF_PX < py < FAR_OFF_PX:
        raster.blit(frame, picture, int(px) - picture.shape[1] // 2, int(py) - picture.shape[0] // 2)
