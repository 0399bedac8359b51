"""``town.json`` of a town's directory, and what reads any of its files: a size that is bounded, faults that name it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from domain.faults import Fault, FaultKind, invalid
from domain.people import Staff, Unit, Vehicle
from domain.town import Town
from domain.wire import TownInfo

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_PEOPLE = 20_000

T = TypeVar("T")


class TownFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``town.json`` holds."""

    info: TownInfo
    units: Annotated[tuple[Unit, ...], msgspec.Meta(max_length=MAX_PEOPLE)]
    staff: Annotated[tuple[Staff, ...], msgspec.Meta(max_length=MAX_PEOPLE)]
    vehicles: Annotated[tuple[Vehicle, ...], msgspec.Meta(max_length=MAX_PEOPLE)]
    seed: int | None = None
    clock_start: datetime | None = None


class TownFolder:
    """A town in a directory, of which no more is read than is asked for. Its methods raise as ``read_town`` does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def info(self) -> TownInfo:
        """Return what the town says of itself."""
        return town_file(self._folder).info

    def whole(self) -> Town:
        """Return all of it."""
        from resources.town import read_town  # noqa: PLC0415 - a service that holds its town reads no shapes

        return read_town(self._folder)


def town_file(folder: Path) -> TownFile:
    """Return what ``town.json`` holds. Raises ``Fault``."""
    return decode(read_bytes(folder, "town.json"), TownFile, "town.json")


def read_bytes(folder: Path, name: str) -> bytes:
    """Return a file of the directory. Raises ``Fault``: missing, too large, unreadable."""
    path = folder / name
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise Fault(FaultKind.TOO_LARGE, "town_file_too_large", file=name, limit_mb=MAX_FILE_BYTES // 2**20)
        return path.read_bytes()
    except FileNotFoundError:
        raise Fault(FaultKind.NOT_FOUND, "town_file_missing", file=name) from None
    except OSError as error:
        raise invalid("town_file_unreadable", file=name, detail=error.strerror or "") from error


def decode(raw: bytes | msgspec.Raw, kind: type[T], where: str) -> T:
    """Return what some JSON holds. Raises ``Fault('town_file_unreadable')``, which names ``where``."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid("town_file_unreadable", file=where, detail=str(error)[:200]) from error
