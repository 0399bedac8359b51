"""Reading the file a mesh comes in."""

from pathlib import Path

from console.exchange.readers import read_table
from console.exchange.table import ReadOptions, Table
from console.mesh.drafting import check_table
from domain.faults import Fault, FaultKind
from widgets.grid_keeper.wants import SUFFIXES, FileWanted


def table_of(wanted: FileWanted) -> Table:
    """Return what is in a file, which holds areas in degrees. Raises ``Fault``. Any thread."""
    path = Path(wanted.path)
    if path.suffix.lower() not in SUFFIXES:
        raise Fault(FaultKind.INVALID, "file_kind_unknown", file=path.name, known=" ".join(SUFFIXES))
    options = ReadOptions(
        crs=wanted.crs or None,
        attributes=wanted.encoding or None,
        layer=wanted.layer or None,
        overrules=wanted.overrules,
    )
    table = read_table(path, options)
    check_table(table)
    return table
