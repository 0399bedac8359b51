"""What the grid keeper says is to be done next, or was found."""

from domain.wire_grids import GridDifference
from resources.words import Words
from widgets.grid_keeper.columns import ColumnChoice
from widgets.grid_keeper.fault_list import FaultList

MOST_NAMED = 4


def next_text(words: Words, choice: ColumnChoice) -> str:
    """Return what is to be done before anything was checked."""
    columns = choice.chosen()
    if not choice.offered:
        return f"{words('mesh.about')}\n{words('mesh.next.file')}"
    return words("mesh.next.check" if columns.code and columns.name else "mesh.next.columns")


def found_text(words: Words, faults: FaultList) -> str:
    """Return what is to be done about what a check found."""
    if faults.takeable:
        return words("mesh.sound")
    return words("mesh.unsound" if faults.decided() else "mesh.elsewhere")


def difference_text(words: Words, found: GridDifference) -> str:
    """Return what publishing would alter."""
    values = {name: getattr(found, name) for name in ("grids", "cases", "outside")}
    counts = {"added": len(found.added), "removed": len(found.removed), "altered": found.altered_in_all}
    said = words("mesh.difference", **values, **counts)
    most = ", ".join(f"{one.code} {one.share:.1%}" for one in found.altered[:MOST_NAMED])
    return f"{said}\n{words('mesh.difference.most', grids=most)}" if most else said
