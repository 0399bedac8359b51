"""From what was typed in on the sheet of base maps to a declaration."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import msgspec

from console.tilesource.capabilities import Offer
from console.tilesource.declared import PACKS, BaseMap, check
from domain.faults import invalid
from widgets.base_map_form import Draft


def declared(draft: Draft, offers: Sequence[Offer], taken: Collection[str]) -> BaseMap:
    """Return what was typed in as a declaration. ``taken`` are the ids of other base maps. Raises ``Fault``."""
    if not draft.name:
        raise invalid("base_map_name_missing")
    if not draft.address:
        raise invalid("base_map_address", address="")
    if draft.kind == "wmts" and not 0 <= draft.offer < len(offers):
        raise invalid("base_map_layer_missing")
    made = BaseMap(free_ident(draft.name, taken), draft.name, "xyz", draft.address, attribution=draft.attribution)
    changes: dict[str, Any] = {"kind": draft.kind, "system": draft.system}
    if draft.kind == "wmts":
        offer = offers[draft.offer]
        changes |= {"address": offer.address, "plane": offer.plane, "levels": offer.levels, "bounds": offer.bounds}
    elif draft.kind in PACKS:
        changes["address"] = str(Path(draft.address).absolute())
    source = msgspec.structs.replace(made, **changes)
    check(source)
    return source


def free_ident(name: str, taken: Collection[str]) -> str:
    """Return an id no other base map has, from its name where that has letters we know."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "map"
    return next(ident for n in range(1, 100) if (ident := stem if n == 1 else f"{stem}-{n}") not in taken)
