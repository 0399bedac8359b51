"""The address base: addresses by any fragment or by code, and those around a place."""

from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from domain.addresses import MAX_ASKED, MOST_AROUND_M, MOST_FOUND, AddressPage
from domain.faults import invalid
from domain.places import check_lon_lat
from service.access import Door
from service.http.codec import ApiRequest, reply, runtime_of
from service.http.guard import REFUSALS, through

if TYPE_CHECKING:
    from service.addresses.search import Place

Asked = Annotated[
    str,
    QueryParameter(
        min_length=1,
        max_length=MAX_ASKED,
        description="Fragments, apart by blanks; or a code, or six characters of its beginning and more",
    ),
]
Near = Annotated[str | None, QueryParameter(max_length=60, description="lon,lat in degrees: the nearest come first")]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_FOUND)]
Lon = Annotated[float, QueryParameter(ge=-180, le=180)]
Lat = Annotated[float, QueryParameter(ge=-90, le=90)]
Within = Annotated[float, QueryParameter(ge=1, le=MOST_AROUND_M, description="Metres at most")]


@get("/v1/addresses", opt=through(Door.READ), responses=REFUSALS)
async def get_addresses(request: ApiRequest, q: Asked, near: Near = None, limit: Limit = 20) -> Response[AddressPage]:
    """Return the addresses with the code ``q`` or one that begins so, then those that hold every fragment of it."""
    from service.addresses.search import find  # noqa: PLC0415 - numpy, which a start need not load

    place = None if near is None else _place(near)
    return reply(request, await runtime_of(request).read(partial(find, asked=q, near=place, limit=limit)))


@get("/v1/addresses/at", opt=through(Door.READ), responses=REFUSALS)
async def get_addresses_at(
    request: ApiRequest, lon: Lon, lat: Lat, within_m: Within = 200.0, limit: Limit = 5
) -> Response[AddressPage]:
    """Return the addresses nearest to a place, none further than ``within_m`` metres."""
    from service.addresses.search import around  # noqa: PLC0415

    check_lon_lat(lon, lat)
    return reply(
        request, await runtime_of(request).read(partial(around, lon=lon, lat=lat, within_m=within_m, limit=limit))
    )


def _place(text: str) -> "Place":
    """Return a place of the query. Raises ``Fault``."""
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        raise invalid("place_unreadable", value=text[:40]) from None
    if not (isfinite(lon) and isfinite(lat)):
        raise invalid("place_unreadable", value=text[:40])
    check_lon_lat(lon, lat)
    return lon, lat


HANDLERS = (get_addresses, get_addresses_at)
