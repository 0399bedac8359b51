"""What a mesh is checked against and drafted with of what a console knows of its room: divisions and staff."""

from typing import Any

import shapely

from client.room import Room
from domain.ids import StaffId


def homes(room: Room | None) -> dict[str, Any]:
    """Return the areas of the town and its divisions, by code."""
    if room is None or room.geometry is None or room.picture is None:
        return {}
    town = room.picture.town.division
    inside = [d for d in room.geometry.divisions if d.wkb is not None and d.code.startswith(town)]
    return {d.code: shapely.make_valid(shapely.from_wkb(d.wkb)) for d in inside}


def known_divisions(room: Room | None) -> frozenset[str]:
    """Return the codes of the town's divisions, those without an area among them."""
    geometry = None if room is None else room.geometry
    return frozenset() if geometry is None else frozenset(d.code for d in geometry.divisions)


def staff_by_name(room: Room | None) -> dict[str, StaffId]:
    """Return the staff by id, and by name where only one is called so."""
    picture = None if room is None else room.picture
    if picture is None:
        return {}
    by_name: dict[str, list[StaffId]] = {}
    for member in picture.members.values():
        by_name.setdefault(member.name, []).append(member.staff_id)
    single = {name: ids[0] for name, ids in by_name.items() if len(ids) == 1}
    return single | {str(staff): staff for staff in picture.members}
