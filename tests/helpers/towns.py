"""A small made-up town for tests of the service: four square grids, three units, five people, two vehicles."""

from datetime import UTC, datetime, timedelta

from shapely import box, to_wkb

from domain.case import CaseKind, Condition, Rules
from domain.clock import Limit, LimitUnit, WorkCalendar
from domain.ids import DivisionCode, GridCode, StaffId, ThingId, UnitId
from domain.people import Role, Shift, Staff, Unit, UnitKind, Vehicle
from domain.places import BaseFeature, BaseKind, Division, DivisionLevel, Grid
from domain.states import CaseState
from domain.town import Town
from domain.wire import TownInfo

MORNING = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)
"""A Tuesday, 08:30 in Shanghai."""

TOWN = DivisionCode("330699103")
VILLAGE = DivisionCode("330699103001")
WEST, SOUTH, SIDE = 120.80, 29.55, 0.01
"""South-west corner and side of a grid, degrees."""

INSIDE = (120.805, 29.555)
OUTSIDE = (121.5, 29.555)

SANITATION, REPAIR, PATROL = UnitId("u-sanitation"), UnitId("u-repair"), UnitId("u-patrol")
LI, WANG, ZHAO, OFF = StaffId("s-li"), StaffId("s-wang"), StaffId("s-zhao"), StaffId("s-off")
VAN = ThingId("v-van")


def grid_code(column: int, row: int) -> GridCode:
    """Return the code of the grid at a place in the 2 x 2 square."""
    return GridCode(f"{VILLAGE}{1 + column + 2 * row:03d}")


def square(column: int, row: int) -> bytes:
    """Return the WKB of the grid at a place in the square."""
    x, y = WEST + column * SIDE, SOUTH + row * SIDE
    shape: bytes = to_wkb(box(x, y, x + SIDE, y + SIDE))
    return shape


def make_info(*, synthetic: bool = True) -> TownInfo:
    """Return what the town is called and how it works."""
    minutes = Limit(30, LimitUnit.MINUTE)
    return TownInfo(
        division=TOWN,
        name_zh="测试镇",
        name_en="Test Town",
        synthetic=synthetic,
        calendar=WorkCalendar(),
        rules=Rules(stage={CaseState.REPORTED: minutes, CaseState.PENDING_FILE: minutes}),
        kinds=(
            CaseKind("01", "市容环境", "Streets"),
            CaseKind("01-02", "暴露垃圾", "Rubbish", parent="01"),
            CaseKind("01-99", "其他", "Other", parent="01"),
            CaseKind("05-02", "停用类别", "Disabled", enabled=False),
            CaseKind("99", "其他", "Other"),
        ),
        conditions=(
            Condition(
                "c1", "01", "一般", "Ordinary", Limit(4, LimitUnit.WORK_HOUR), ("已清理", "现场整洁"), ("a", "b")
            ),
            Condition("c2", "05", "别类", "Of another kind", Limit(1, LimitUnit.WORK_DAY)),
        ),
    )


def make_town(*, synthetic: bool = True) -> Town:
    """Return the whole town; its shifts run from an hour before ``MORNING`` for ten hours."""
    shift = Shift(MORNING - timedelta(hours=1), MORNING + timedelta(hours=9))
    grids = tuple(
        Grid(grid_code(c, r), f"第{1 + c + 2 * r}网格", square(c, r), division=VILLAGE, synthetic=synthetic)
        for r in range(2)
        for c in range(2)
    )
    worker, handler = frozenset({Role.GRID_WORKER}), frozenset({Role.HANDLER})
    return Town(
        info=make_info(synthetic=synthetic),
        divisions=(
            Division(TOWN, "测试镇", DivisionLevel.TOWN, synthetic=synthetic),
            Division(VILLAGE, "一村", DivisionLevel.VILLAGE, parent=TOWN, synthetic=synthetic),
        ),
        grids=grids,
        base=(BaseFeature(BaseKind.GREEN, square(0, 0), "公园"),),
        units=(
            Unit(SANITATION, "环卫所", UnitKind.DEPARTMENT, ("01",), synthetic=synthetic),
            Unit(REPAIR, "市政维修队", UnitKind.TEAM, ("05",), synthetic=synthetic),
            Unit(PATROL, "网格巡查组", UnitKind.TEAM, synthetic=synthetic),
        ),
        staff=(
            Staff(LI, "李网格", PATROL, worker, grid_code(0, 0), shift, synthetic),
            Staff(WANG, "王网格", PATROL, worker, grid_code(1, 1), shift, synthetic),
            Staff(ZHAO, "赵师傅", SANITATION, handler, None, shift, synthetic),
            Staff(OFF, "下班的人", REPAIR, handler, None, None, synthetic),
        ),
        vehicles=(Vehicle(VAN, "环卫车", SANITATION, shift, synthetic),),
        seed=7 if synthetic else None,
        clock_start=MORNING if synthetic else None,
    )


class GivenTown:
    """A town as a service is started with it."""

    def __init__(self, town: Town | None = None) -> None:
        self._town = town or make_town()

    def info(self) -> TownInfo:
        """Return what it says of itself."""
        return self._town.info

    def whole(self) -> Town:
        """Return it."""
        return self._town
