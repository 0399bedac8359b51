"""The mesh of an imported file of grids, checked before anything is sent; its faults as a file a map program opens."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely

from console.exchange.rows import Row
from console.mesh.check import check_mesh
from console.mesh.mesh import MeshGrid, Progress
from domain.mesh import MeshFault


def mesh_of(rows: Sequence[Row[Any]]) -> list[MeshGrid]:
    """Return the grids of a file's rows; a row that cannot be used is a grid without an area."""
    return [
        MeshGrid(str(row.record.number), "")
        if row.wire is None
        else MeshGrid(row.wire.code, row.wire.name, shapely.from_wkb(row.wire.wkb), row.wire.division or "")
        for row in rows
    ]


def check_rows(rows: Sequence[Row[Any]], progress: Progress) -> list[MeshFault]:
    """Return the faults of the mesh a file's rows make."""
    return check_mesh(mesh_of(rows), progress=progress)


def write_faults(source: Path, faults: Sequence[MeshFault]) -> Path:
    """Write ``FILE.faults.geojson`` beside the file: one feature a fault. Raises ``OSError``."""
    features = [
        {
            "type": "Feature",
            "properties": {"fault": fault.sort.value, "grids": ", ".join(fault.codes), "area_m2": round(fault.area_m2)},
            "geometry": json.loads(shapely.to_geojson(_shape(fault))),
        }
        for fault in faults
    ]
    path = source.with_name(f"{source.name}.faults.geojson")
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def _shape(fault: MeshFault) -> Any:
    return shapely.box(*fault.bounds) if fault.wkb is None else shapely.from_wkb(fault.wkb)
