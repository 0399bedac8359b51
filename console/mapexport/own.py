"""Layers of files that somebody opened, as tables: where each feature lies, of which layer, and no more.

A file is not the room's: its columns may hold anything, also names, telephones and addresses of members of the public,
and no one has checked them. The room hands out no contacts and keeps no register of persons (domain.md 7), so columns
stay here. The one exception is what the map writes beside a feature, and what its legend calls the kind of one, because
somebody chose it there. In those, as in the layer's name, contacts are masked already.

Tracks of files go out as lines, without their times. Tracks of the logged history do not: they were read for a stated
reason and are let go after a short while, which a file would outlast.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from console.mapexport.tables import Shown, Table, touching
from layers.contract import LayerItem
from layers.observed import Observed

if TYPE_CHECKING:
    from layers.imported.item import ImportedItem
    from layers.imported.model import ImportedModel

Text = TypeVar("Text", str, bytes)


class OwnLayer(msgspec.Struct, frozen=True):
    """A layer of one's own as it is shown: key, title, colour (role of the theme), fill (of 255), shapes and names.

    ``names`` is None where the map shows none. ``kinds`` is what the legend calls each feature's kind, None where it
    tells none apart; ``roles`` has the colours of kinds.
    """

    key: str
    title: str
    role: str
    fill: int
    wkbs: tuple[bytes, ...]
    names: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    roles: Mapping[str, str] = {}


class _Feature(msgspec.Struct, frozen=True):
    wkb: bytes
    name: str
    kind: str


def own_layers(shown: Iterable[tuple[LayerItem, Observed]]) -> list[OwnLayer]:
    """Return what of these layers is of files and may go out. UI thread."""
    from layers.imported.item import ImportedItem  # noqa: PLC0415 - not before a map is exported
    from layers.imported.model import ImportedModel  # noqa: PLC0415
    from layers.tracks.item import TrackItem  # noqa: PLC0415
    from layers.tracks.model import TrackModel  # noqa: PLC0415

    found = []
    for item, model in shown:
        title = item.title()
        if isinstance(item, ImportedItem) and isinstance(model, ImportedModel):
            found.append(_of_file(item, model))
        elif isinstance(item, TrackItem) and isinstance(model, TrackModel) and not model.guarded:
            found.append(OwnLayer(item.key, title, item.role, 0, tuple(_lines(model.lines()))))
    return [layer for layer in found if layer.wkbs]


def _of_file(item: "ImportedItem", model: "ImportedModel") -> OwnLayer:
    names, kinds, shown = item.names(), item.kinds(), item.shown_rows().tolist()

    def of_shown(each: Iterable[Text]) -> tuple[Text, ...]:
        return tuple(compress(each, shown))

    return OwnLayer(
        item.key,
        item.title(),
        item.role,
        item.fill_alpha,
        of_shown(model.features.wkbs),
        None if names is None else of_shown(names),
        None if kinds is None else of_shown(kinds),
        dict(zip(item.kind_texts(), item.roles, strict=True)),
    )


def own_tables(shown: Shown, own: Sequence[OwnLayer]) -> list[Table]:
    """Return a table for each layer, named by it and unlike any other, with what of it is in view."""
    made: list[Table] = []
    for layer in own:
        nothing = ("",) * len(layer.wkbs)
        told = zip(layer.wkbs, layer.names or nothing, layer.kinds or nothing, strict=True)
        kept = touching(shown.view, [_Feature(*each) for each in told])
        columns: dict[str, list[Any]] = {"title": [layer.title] * len(kept)}
        if layer.names is not None:
            columns["name"] = [feature.name for feature in kept]
        if layer.kinds is not None:
            columns["kind"] = [feature.kind for feature in kept]
        name = _table_name(layer, [table.name for table in made])
        made.append(Table(name, columns, [feature.wkb for feature in kept], layer.key))
    return made


def _table_name(layer: OwnLayer, taken: Collection[str]) -> str:
    """Return a name no program stumbles over and that no table of the room has: those have no such beginning."""
    plain = re.sub(r"\W+", "_", layer.title).strip("_")
    stem = f"{layer.key.split(':', 1)[0]}_{plain}"
    lower = {name.casefold() for name in taken}
    return next(
        name for n in range(1, len(taken) + 2) if (name := stem if n == 1 else f"{stem}_{n}").casefold() not in lower
    )


def _lines(lines: Iterable[Sequence[tuple[float, float]]]) -> Iterable[bytes]:
    import shapely  # noqa: PLC0415 - only an export needs it

    for points in lines:
        shape = shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])
        yield bytes(shapely.to_wkb(shape))
