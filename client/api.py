"""The service's endpoints as methods. Every refusal is a ``domain.faults.Fault`` with the service's key."""

import ssl
from collections.abc import AsyncIterator
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

from client.early import EarlyReplies
from client.register import RegisterCalls
from client.timekeeping import ServiceTime
from client.transport import MSGPACK, Reply, Transport, decode_apart, encode
from domain.addresses import AddressPage
from domain.case import Case, NewReport
from domain.command import Command
from domain.ids import AttachmentId, CaseNo, StaffId
from domain.places import Position
from domain.similar import Told
from domain.states import CaseState
from domain.wire import (
    BEHALF_HEADER,
    AttachmentInfo,
    CasePage,
    ChangePage,
    ExportPage,
    Geometry,
    ImportBatch,
    ImportResult,
    Me,
    Outcome,
    PositionBatch,
    RevealedContact,
    RevealRequest,
    Session,
    SignIn,
    SimilarCases,
    Snapshot,
    TownArea,
)

if TYPE_CHECKING:
    from domain.exporting import ExportLogged, MapExport
    from domain.wire_tracks import TrackSheaf

T = TypeVar("T")

ImportWhat = Literal["cases", "grids", "divisions", "positions", "addresses"]
PhotoSize = Literal["full", "thumb"]

LONG_READ_S = 90.0
MAX_PHOTO_REPLY = 32 * 1024 * 1024


def new_key() -> str:
    """Return a fresh idempotency key: one per thing a person wants done, kept while it is asked again."""
    return uuid4().hex


class ServiceClient:
    """A session with one service. Close it with ``aclose`` or use it as an async context."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        ca_file: str | None = None,
        early: EarlyReplies | None = None,
    ) -> None:
        """Raises ``Fault('bad_server_url')`` and ``Fault('bad_token')``; connects on the first request.

        ``early`` are replies asked for beforehand with the same address and token.
        """
        self._line = Transport(base_url, ca_file=ca_file, early=early)
        self._line.token = token

    @property
    def base_url(self) -> str:
        """The service's address, ``http(s)://host[:port]/``."""
        return self._line.base.url()

    @property
    def feed_url(self) -> str:
        """The address of the live feed."""
        return self._line.base.feed_url("/v1/feed")

    @property
    def token(self) -> str | None:
        """The token in use."""
        return self._line.token

    @property
    def line(self) -> Transport:
        """The line, for the parts of the wire that stand elsewhere (``client.admin``)."""
        return self._line

    @property
    def time(self) -> ServiceTime:
        """The service's real time as measured on this line."""
        return self._line.time

    @property
    def register(self) -> RegisterCalls:
        """The register's calls on this line."""
        return RegisterCalls(self._line)

    async def tls(self) -> ssl.SSLContext | None:
        """Return the TLS context of this line, None without TLS."""
        return await self._line.tls()

    async def aclose(self) -> None:
        """Close all connections. The session at the service stays; ``sign_out`` ends it."""
        await self._line.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # -- session ---------------------------------------------------------------------------------------------------

    async def sign_in(self, user: str, password: str, code: str = "") -> Session:
        """Sign in and use the new token from here on; ``code`` is the one-time code of an account that has one."""
        session = await self._post("/v1/session", SignIn(user=user, password=password, code=code), Session)
        self._line.token = session.token
        return session

    async def sign_out(self) -> None:
        """End the session at the service and forget the token."""
        await self._line.exchange("DELETE", "/v1/session")
        self._line.token = None

    async def me(self) -> Me:
        """Return who the token belongs to."""
        return await self._get("/v1/me", Me)

    async def health(self) -> dict[str, Any]:
        """Return what the service says of itself; needs no token."""
        return await self._get("/v1/health", dict[str, Any])

    # -- the picture -----------------------------------------------------------------------------------------------

    async def snapshot(self) -> Snapshot:
        """Return everything but geometry."""
        return await self._get("/v1/snapshot", Snapshot, read_timeout=LONG_READ_S)

    async def geometry(self, tag: str | None = None) -> Geometry | None:
        """Return what the map is drawn from; None where it is still what ``tag`` named."""
        known = {} if tag is None else {"If-None-Match": f'"{tag}"'}
        reply = await self._line.exchange("GET", "/v1/geometry", headers=known, read_timeout=LONG_READ_S)
        return None if reply.status == 304 else await decode_apart(reply, Geometry)

    async def all_positions(self) -> tuple[Position, ...]:
        """Return the latest fix of everything on shift."""
        return (await self._get("/v1/positions", PositionBatch)).positions

    # -- cases -----------------------------------------------------------------------------------------------------

    async def case(self, case_no: CaseNo) -> Case:
        """Return one case."""
        return await self._get(_case_path(case_no), Case)

    async def cases(
        self,
        *,
        state: CaseState | None = None,
        q: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> CasePage:
        """Return a page of cases, newest first."""
        since_text = None if since is None else since.isoformat()
        params = {"state": state, "q": q, "since": since_text, "limit": limit, "after": after}
        reply = await self._line.exchange("GET", "/v1/cases", params=params)
        return await decode_apart(reply, CasePage)

    async def similar(self, told: Told, *, but: CaseNo | None = None) -> SimilarCases:
        """Return the cases that are likely the same as what is told, without one that is known to be."""
        params = {
            "kind": told.kind,
            "at": told.at.isoformat(),
            "lon": None if told.lon is None else repr(told.lon),
            "lat": None if told.lat is None else repr(told.lat),
            "address": told.address or None,
            "but": but,
        }
        reply = await self._line.exchange("GET", "/v1/similar", params=params)
        return await decode_apart(reply, SimilarCases)

    async def changes(self, case_no: CaseNo) -> ChangePage:
        """Return the timeline of a case."""
        return await self._get(f"{_case_path(case_no)}/changes", ChangePage)

    async def report(self, report: NewReport, *, key: str, behalf: StaffId | None = None) -> Outcome:
        """Send a report. Under the same ``key`` it is taken once, however often it is sent."""
        return await self._post("/v1/reports", report, Outcome, key=key, behalf=behalf)

    async def command(self, case_no: CaseNo, command: Command, *, key: str, behalf: StaffId | None = None) -> Outcome:
        """Ask for something to be done to a case. Under the same ``key`` it is done once."""
        return await self._post(f"{_case_path(case_no)}/commands", command, Outcome, key=key, behalf=behalf)

    async def send_kept(self, path: str, body: bytes, *, key: str, method: str = "POST") -> Reply:
        """Send a body byte for byte as it went out first, so that the service knows it again by its key."""
        return await self._line.exchange(method, path, body=body or None, content_type=MSGPACK, key=key)

    async def reveal(self, case_no: CaseNo, reason: str) -> list[RevealedContact]:
        """Return the reporters' contacts of a case; that they were seen, and why, is logged."""
        path = f"{_case_path(case_no)}/contact"
        return await self._post(path, RevealRequest(reason=reason), list[RevealedContact], key=new_key())

    async def upload(self, image: bytes, mime: str, *, behalf: StaffId | None = None) -> AttachmentInfo:
        """Keep a photo and return what became of it."""
        headers = {} if behalf is None else {BEHALF_HEADER: behalf}
        reply = await self._line.exchange(
            "POST", "/v1/attachments", body=image, content_type=mime, headers=headers, key=new_key()
        )
        return await decode_apart(reply, AttachmentInfo)

    async def photo(self, attachment_id: AttachmentId, size: PhotoSize = "thumb") -> bytes:
        """Return a photo as JPEG."""
        reply = await self._line.exchange(
            "GET",
            f"/v1/attachments/{quote(attachment_id, safe='')}",
            params={"size": size},
            headers={"Accept": "image/jpeg"},
            most=MAX_PHOTO_REPLY,
        )
        return reply.body

    # -- telemetry, import, export ---------------------------------------------------------------------------------

    async def positions(self, batch: PositionBatch) -> None:
        """Send latest fixes. They are not logged: the next batch replaces them, so none is sent twice."""
        await self._line.exchange("POST", "/v1/positions", body=encode(batch), read_timeout=10.0)

    async def track_sheaves(self, reason: str, since: datetime, until: datetime) -> AsyncIterator["TrackSheaf"]:
        """Yield everybody's tracks of a stretch, page by page; who asks and why is logged first, once."""
        from domain.wire_tracks import TrackSheaf  # noqa: PLC0415 - kept off the start path

        page, reading = "", 0
        while True:
            stretch = {"since": since.isoformat(), "until": until.isoformat()}
            params = {"reason": reason, **stretch, "page": page or None, "reading": reading or None}
            reply = await self._line.exchange("GET", "/v1/tracks", params=params, read_timeout=LONG_READ_S)
            sheaf = await decode_apart(reply, TrackSheaf)
            yield sheaf
            if sheaf.after is None:
                return
            page, reading = sheaf.after.isoformat(), sheaf.reading

    async def import_rows(self, what: ImportWhat, batch: ImportBatch, *, key: str | None = None) -> ImportResult:
        """Send a batch of rows; the answer has one result per row, in order."""
        return await self._post(
            f"/v1/import/{what}", batch, ImportResult, key=key or new_key(), read_timeout=LONG_READ_S
        )

    async def import_area(self) -> TownArea:
        """Return the box the town lies in."""
        return await self._get("/v1/import/area", TownArea)

    async def export_cases(
        self, *, since: datetime | None = None, state: CaseState | None = None, after: str | None = None
    ) -> ExportPage:
        """Return a page of the export; the first one is logged as an export."""
        params = {"since": None if since is None else since.isoformat(), "state": state, "after": after}
        reply = await self._line.exchange("GET", "/v1/export/cases", params=params, read_timeout=LONG_READ_S)
        return await decode_apart(reply, ExportPage)

    async def log_map_export(self, export: "MapExport") -> "ExportLogged":
        """Say that what the map shows goes into a file. Raises the ``Fault`` of who may not or cannot."""
        from domain.exporting import ExportLogged  # noqa: PLC0415 - kept off the start path

        return await self._post("/v1/exports", export, ExportLogged, key=new_key())

    # -- the address base ------------------------------------------------------------------------------------------

    async def addresses(self, asked: str, *, near: tuple[float, float] | None = None, limit: int = 20) -> AddressPage:
        """Return the addresses that hold every fragment of what is asked, best first; ``near`` is lon, lat."""
        place = None if near is None else f"{near[0]},{near[1]}"
        reply = await self._line.exchange("GET", "/v1/addresses", params={"q": asked, "near": place, "limit": limit})
        return await decode_apart(reply, AddressPage)

    async def addresses_at(self, lon: float, lat: float, *, within_m: float = 200.0, limit: int = 5) -> AddressPage:
        """Return the addresses nearest to a place."""
        params = {"lon": str(lon), "lat": str(lat), "within_m": str(within_m), "limit": str(limit)}
        reply = await self._line.exchange("GET", "/v1/addresses/at", params=params)
        return await decode_apart(reply, AddressPage)

    # -- in common -------------------------------------------------------------------------------------------------

    async def _get(self, path: str, kind: type[T], *, read_timeout: float = 20.0) -> T:
        reply = await self._line.exchange("GET", path, read_timeout=read_timeout)
        return await decode_apart(reply, kind)

    async def _post(
        self,
        path: str,
        value: Any,
        kind: type[T],
        *,
        key: str | None = None,
        behalf: StaffId | None = None,
        read_timeout: float = 20.0,
    ) -> T:
        headers = {} if behalf is None else {BEHALF_HEADER: behalf}
        reply = await self._line.exchange(
            "POST", path, body=encode(value), content_type=MSGPACK, headers=headers, key=key, read_timeout=read_timeout
        )
        return await decode_apart(reply, kind)


def _case_path(case_no: CaseNo) -> str:
    return f"/v1/cases/{quote(case_no, safe='')}"
