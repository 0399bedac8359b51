"""An import from file to rows: reading, mapping and judging, all before anything is sent."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from client.api import ServiceClient
from console.exchange.addressdoubts import Doubts, FarChoice
from console.exchange.addresses import AddressFile
from console.exchange.cases import case_rows
from console.exchange.divisions import division_rows
from console.exchange.fixes import fix_rows
from console.exchange.grids import grid_rows
from console.exchange.mapping import Mapping, What, load_mapping
from console.exchange.readers import read_table
from console.exchange.rows import Row
from console.exchange.table import ReadOptions, Table
from domain.faults import Fault, FaultKind
from domain.places import Bounds


class ImportOrder(msgspec.Struct, frozen=True):
    """What is to be imported and how the file is declared. None means: as the mapping says.

    ``far`` is what becomes of addresses far from the town, None until somebody chose.
    """

    what: What
    file: Path
    mapping: str | None = None
    code_field: str | None = None
    name_field: str | None = None
    source: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    crs: str | None = None
    layer: str | None = None
    far: FarChoice | None = None
    dry_run: bool = False


class Intake(msgspec.Struct):
    """A file that was read and judged. ``parts`` gives its rows, the first time it is asked."""

    table: Table
    rows: list[Row[Any]]
    read: int = 0
    stream: AddressFile | None = None
    doubts: Doubts | None = None

    def parts(self) -> Iterable[Sequence[Row[Any]]]:
        """Return the rows as they are sent."""
        return [self.rows] if self.stream is None else self.stream.parts()


def mapping_of(order: ImportOrder) -> Mapping:
    """Return the mapping an order names, or the one of the same name as what it imports, with the order's own words."""
    mapping = load_mapping(order.mapping or order.what, order.what)
    columns = dict(mapping.columns)
    levels = mapping.levels
    if order.code_field is not None:
        columns["code"] = (order.code_field,)
    if order.name_field is not None:
        columns["name"] = (order.name_field,)
    if order.code_field is not None or order.name_field is not None:
        levels = ()  # whoever names the fields means one division a row
    return replace(
        mapping,
        columns=columns,
        levels=levels,
        source=order.source or mapping.source,
        encoding=order.encoding or mapping.encoding,
        delimiter=order.delimiter or mapping.delimiter,
        crs=order.crs or mapping.crs,
    )


def read_order(order: ImportOrder, mapping: Mapping, now: datetime, town: Bounds | None = None) -> Intake:
    """Return the rows of an order's file. ``now`` and the box of the town are the service's. Raises ``Fault``."""
    if order.what == "addresses":
        stream = AddressFile(order.file, mapping, town, order.far)
        judged = stream.judge()
        return Intake(judged.table, [], judged.rows, stream, judged.doubts)
    options = ReadOptions(mapping.encoding, mapping.delimiter, mapping.crs, order.layer)
    table = read_table(order.file, options)
    rows: dict[What, Callable[[], list[Row[Any]]]] = {
        "cases": lambda: case_rows(table, mapping),
        "grids": lambda: grid_rows(table, mapping),
        "divisions": lambda: division_rows(table, mapping),
        "positions": lambda: fix_rows(table, mapping, now),
    }
    made = rows[order.what]()
    return Intake(table, made, len(made))


async def town_box(client: ServiceClient) -> Bounds | None:
    """Return the box of the town; None where it has no grid, or its service is too old to say. Raises ``Fault``."""
    try:
        return (await client.import_area()).bounds
    except Fault as fault:
        if fault.key == "method_not_allowed":
            return None
        raise


async def service_now(client: ServiceClient) -> datetime:
    """Return the time of the service's town, which may be set elsewhere and run faster. Raises ``Fault``."""
    stated: Any = (await client.health()).get("now")
    if not isinstance(stated, str):
        raise Fault(FaultKind.UNAVAILABLE, "bad_reply")
    return datetime.fromisoformat(stated).astimezone(UTC)
