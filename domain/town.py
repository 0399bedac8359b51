"""A town as it is handed to a service for the first time: what ``--town DIR`` holds (read by ``resources.town``)."""

from datetime import datetime

import msgspec

from domain.people import Staff, Unit, Vehicle
from domain.places import BaseFeature, Division, Grid
from domain.wire import ImportedAddress, TownInfo


class Town(msgspec.Struct, frozen=True):
    """Everything a service needs to know of a town before the first report.

    ``seed`` and ``clock_start`` are set for synthetic towns only: the clock starts at ``clock_start`` (a weekday
    morning) and may run faster than real time.
    """

    info: TownInfo
    divisions: tuple[Division, ...]
    grids: tuple[Grid, ...]
    base: tuple[BaseFeature, ...]
    units: tuple[Unit, ...]
    staff: tuple[Staff, ...]
    vehicles: tuple[Vehicle, ...]
    seed: int | None = None
    clock_start: datetime | None = None
    addresses: tuple[ImportedAddress, ...] = ()
