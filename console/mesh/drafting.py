"""From the table of a file to a mesh, and from a mesh to what is sent."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from console.exchange.shapes import area_wkb, shape_word
from console.exchange.table import Table
from console.mesh.check import may_be_degrees
from console.mesh.mesh import MeshGrid
from domain.faults import Fault, FaultKind, invalid
from domain.ids import DivisionCode, StaffId
from domain.mesh import MeshFault
from domain.wire_grids import DraftGrid
from widgets.grid_keeper.wants import Columns

GUESSES = {
    "code": ("code", "grid_code", "gridcode", "wgbm", "bm", "网格编码", "编码", "id"),
    "name": ("name", "grid_name", "gridname", "wgmc", "mc", "网格名称", "名称"),
    "division": ("division", "village_code", "xzqhdm", "行政区划代码", "区划代码"),
    "responsible": ("responsible", "staff", "wgy", "网格员", "网格员编号"),
}
"""What columns are usually called, in lower case."""


def check_table(table: Table) -> None:
    """Raise ``Fault`` where a file holds no mesh: nothing at all, nothing with an area, or no degrees."""
    if not table.records:
        raise invalid("mesh_file_empty")
    shapes = [r.geometry for r in table.records if r.geometry is not None and not r.geometry.is_empty]
    if not any(shape.geom_type in ("Polygon", "MultiPolygon") for shape in shapes):
        found = shape_word(shapes[0]) if shapes else "shape.none"
        raise invalid("mesh_without_areas", found=found)
    if not may_be_degrees(shapely.total_bounds(np.array(shapes, object))):
        raise invalid("file_not_degrees")


def mark_of(fault: MeshFault) -> tuple[Any, ...]:
    """Return what a fault is recognised by after others were mended."""
    return fault.sort, fault.codes, round(fault.area_m2), tuple(round(v, 6) for v in fault.bounds)


def guess_columns(columns: Sequence[str]) -> Columns:
    """Return which columns are likely what."""
    by_name = {name.lower(): name for name in reversed(columns)}
    found = {field: next((by_name[n] for n in names if n in by_name), "") for field, names in GUESSES.items()}
    return Columns(**found)


def grids_of(table: Table, columns: Columns) -> list[MeshGrid]:
    """Return the grids of a table by the columns that were chosen."""
    return [
        MeshGrid(
            record.fields.get(columns.code, "").strip(),
            (record.fields.get(columns.name, "").strip() or record.fields.get(columns.code, "").strip())[:100],
            record.geometry,
            record.fields.get(columns.division, "").strip()[:64],
            record.fields.get(columns.responsible, "").strip()[:64],
        )
        for record in table.records
    ]


def draft_of(grids: Sequence[MeshGrid], staff: dict[str, StaffId]) -> list[DraftGrid]:
    """Return the mesh as it is sent. Raises ``Fault``: an area that cannot be, staff that nobody knows."""
    unknown = sorted({g.responsible for g in grids if g.responsible and g.responsible not in staff})
    if unknown:
        raise Fault(FaultKind.INVALID, "unknown_staff", staff=", ".join(unknown[:5]))
    return [
        DraftGrid(
            code=grid.code,
            name=grid.name,
            wkb=area_wkb(grid.shape),
            division=DivisionCode(grid.division) if grid.division else None,
            responsible=staff[grid.responsible] if grid.responsible else None,
        )
        for grid in grids
    ]
