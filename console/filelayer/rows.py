"""The rows of a table with places: each is used, has no place, or is named with what is wrong with it; none is lost."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from console.exchange.rows import read_coordinate
from console.exchange.shapes import moves, place_to_wgs84
from console.exchange.table import Record, Table
from domain.faults import Fault, invalid

LON_NAMES = ("lon", "lng", "long", "longitude", "经度", "easting", "东坐标", "x")
LAT_NAMES = ("lat", "latitude", "纬度", "northing", "北坐标", "y")
"""``x`` and ``y`` come last: where surveyors name them, x is the northing."""
MOST_LINES = 5
"""Lines of bad rows that are named; the rest are counted."""
ASTRAY = frozenset({"coordinates_out_of_range", "not_in_plane"})
"""What coordinates of another system than the one in use are refused with."""

Place = tuple[float, float]
T = TypeVar("T")


class Used(NamedTuple, Generic[T]):
    """What the rows that can be used came to, and how many are left out."""

    found: list[T]
    left_out: int


class Places:
    """Reads the place of each row of a table, in degrees. Raises ``Fault``: no columns of places, no such system."""

    def __init__(self, table: Table, crs: str | None) -> None:
        lon, lat = column_of(table, LON_NAMES), column_of(table, LAT_NAMES)
        if lon is None or lat is None:
            raise invalid("file_without_places", columns=", ".join(table.columns)[:200])
        moves(None, crs)  # a system nobody knows is the file's fault, not each row's
        self._names, self._crs = (lon, lat), crs

    def raw(self, record: Record) -> Place | None:
        """Return the two numbers of a row as they stand, None where it says nothing of a place. Raises ``Fault``."""
        texts = [record.fields.get(name, "") for name in self._names]
        if not any(texts):
            return None
        x, y = (read_coordinate(name, text) for name, text in zip(self._names, texts, strict=True))
        return x, y

    def of(self, record: Record) -> Place | None:
        """Return lon and lat of a row, None where it says nothing of a place. Raises ``Fault``."""
        place = self.raw(record)
        return None if place is None else place_to_wgs84(*place, self._crs)


def raw_places(table: Table) -> list[Place]:
    """Return the places of a table as they stand: corners of its shapes, or its columns. Raises ``Fault``: none."""
    import shapely  # noqa: PLC0415 - not in the program that only asks

    if table.place == "feature":
        shapes = [record.geometry for record in table.records if record.geometry is not None]
        found = [(float(x), float(y)) for x, y in shapely.get_coordinates(shapes)]
    else:
        found = list(_readable(table))
    if not found:
        raise invalid("file_without_shapes", count=len(table.records))
    return found


def _readable(table: Table) -> Iterator[Place]:
    places = Places(table, None)
    for record in table.records:
        try:
            place = None if record.fault is not None else places.raw(record)
        except Fault:
            continue
        if place is not None:
            yield place


def used_rows(records: Sequence[Record], judge: Callable[[Record], T | None], *, rest: bool) -> Used[T]:
    """Return what ``judge`` makes of each row; None is a row without a place, a ``Fault`` a bad one.

    Raises ``Fault``: most coordinates belong to another system, or rows are bad. With ``rest`` bad rows are left out.
    """
    found: list[T] = []
    bad: list[tuple[int, Fault]] = []
    for record in records:
        try:
            if record.fault is not None:
                raise record.fault
            one = judge(record)
        except Fault as fault:
            bad.append((record.number, fault))
        else:
            if one is not None:
                found.append(one)
    astray = [fault for _, fault in bad if fault.key in ASTRAY]
    if len(astray) > len(found):
        raise invalid("file_not_degrees")
    if bad and not (rest and found):
        raise _rows_bad(bad, len(found), len(records) - len(found) - len(bad))
    return Used(found, len(records) - len(found))


def column_of(table: Table, names: tuple[str, ...]) -> str | None:
    """Return the column of a table that has one of these names, the first of them first."""
    known = {column.strip().lower(): column for column in table.columns}
    return next((known[name] for name in names if name in known), None)


def _rows_bad(bad: list[tuple[int, Fault]], rest: int, placeless: int) -> Fault:
    """Return the fault that names the first bad lines, what is wrong with the first of them, and how many are good.

    ``placeless`` rows say nothing of a place: they are not shown either.
    """
    line, fault = bad[0]
    lines = ", ".join(str(number) for number, _ in bad[:MOST_LINES]) + (" …" if len(bad) > MOST_LINES else "")
    why = {**fault.params, "wrong": f"fault.{fault.key}", "placeless": placeless}
    key = "file_rows_bad_and_placeless" if placeless else "file_rows_bad"
    return invalid(key, **{**why, "count": len(bad), "lines": lines, "rest": rest, "line": line})
