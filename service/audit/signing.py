"""Signing the present head: beside the database, or on the administrator's own machine over HTTP.

Whoever signs computes first that the head follows, link by link, from the last head in the copy; without a copy from
the last one signed with the same key; else from the very beginning. A log that was rewritten is never signed.
"""

import contextlib
import ssl
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import msgspec

from domain.change import GENESIS, link_hash
from domain.faults import Fault, FaultKind, conflict, invalid
from domain.wire import FaultBody
from domain.wire_audit import MAX_LINKS, HeadToSign, KnownKey, Link, LinkPage, PublicKey, SignedHead
from service.audit.heads import append_copy, is_signed_by, newest, read_copy, sign_head
from service.audit.keys import Signer
from service.audit.trail import head_to_sign, links
from service.clock import real_now
from service.starting import opened, write_once
from service.store.engine import Store
from service.write.auditing import add_key, keep_head
from service.write.work import SYSTEM

TIMEOUT_S = 30.0
MAX_ANSWER = 64 * 1024 * 1024
T = TypeVar("T")


class Place(Protocol):
    """Where the log is."""

    def head(self) -> HeadToSign:
        """Return where the log stands."""
        ...

    def links(self, after: int) -> tuple[Link, ...]:
        """Return the links that follow a number, some thousand of them."""
        ...

    def keep(self, head: SignedHead) -> None:
        """Have a signed head kept."""
        ...

    def register(self, public: bytes, endorsement: bytes | None, *, lost: bool) -> None:
        """Register a public key."""
        ...


@contextlib.contextmanager
def place_of(database: str | None, service: str | None, token: str, ca: Path | None) -> Iterator[Place]:
    """Open the database, or the way to the service. Raises ``Fault``."""
    if service is None:
        with opened(database or "", exclusive=False) as store:
            yield _Database(store)
        return
    if not token:
        raise Fault(FaultKind.UNAUTHENTICATED, "token_missing")
    trust: ssl.SSLContext | bool = True
    if ca is not None:
        try:
            trust = ssl.create_default_context(cafile=str(ca))
        except OSError:
            raise invalid("key_file_unreadable", path=str(ca)) from None
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=service, headers=headers, timeout=TIMEOUT_S, verify=trust, trust_env=False) as client:
        yield _Service(client)


def sign_present_head(place: Place, signer: Signer, copy: Path | None) -> SignedHead:
    """Sign where the log stands, have it kept, and append it to the copy.

    Raises ``Fault('log_rewritten')`` where the log does not follow from what was signed before.
    """
    present = place.head()
    last = newest(read_copy(copy)) if copy is not None and copy.exists() else None
    if last is None and present.signed is not None and is_signed_by(present.signed, signer.public):
        last = present.signed
    _follow(place, last, present)
    moment = real_now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = sign_head(signer, present.epoch, present.seq, present.hash, moment)
    place.keep(signed)
    if copy is not None:
        try:
            append_copy(copy, signed)
        except OSError:
            raise Fault(FaultKind.UNAVAILABLE, "copy_not_written", path=str(copy)) from None
    return signed


def _follow(place: Place, last: SignedHead | None, present: HeadToSign) -> None:
    """Compute the present head from the last signed one; from the very beginning where none was signed."""
    at, link = (0, GENESIS) if last is None else (last.seq, last.hash)
    if at > present.seq:
        raise conflict("log_rewritten", seq=at)
    while at < present.seq:
        found = place.links(at)
        if not found:
            raise conflict("log_rewritten", seq=at + 1)
        for one in found[: present.seq - at]:
            at += 1
            link = link_hash(link, one.envelope, one.digest)
            if _number(one.envelope) != at:
                raise conflict("log_rewritten", seq=at)
    if link != present.hash:
        raise conflict("log_rewritten", seq=0 if last is None else last.seq)


def _number(envelope: bytes) -> Any:
    try:
        return msgspec.json.decode(envelope)[0]
    except (msgspec.DecodeError, IndexError, KeyError, TypeError):
        return None


class _Database:
    """The log in a database at hand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def head(self) -> HeadToSign:
        with self._store.reading.begin() as connection:
            return head_to_sign(connection)

    def links(self, after: int) -> tuple[Link, ...]:
        with self._store.reading.begin() as connection:
            return links(connection, after, MAX_LINKS).links

    def keep(self, head: SignedHead) -> None:
        write_once(self._store, lambda work: keep_head(work, head, SYSTEM))

    def register(self, public: bytes, endorsement: bytes | None, *, lost: bool) -> None:
        write_once(self._store, lambda work: add_key(work, public, endorsement, SYSTEM, lost=lost))


class _Service:
    """The log behind a running service."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def head(self) -> HeadToSign:
        return self._ask("GET", "/v1/audit/head", HeadToSign)

    def links(self, after: int) -> tuple[Link, ...]:
        return self._ask("GET", f"/v1/audit/links?after={after}", LinkPage).links

    def keep(self, head: SignedHead) -> None:
        self._ask("POST", "/v1/audit/heads", SignedHead, head)

    def register(self, public: bytes, endorsement: bytes | None, *, lost: bool) -> None:
        if lost:
            raise invalid("key_lost_needs_database")
        self._ask("POST", "/v1/audit/keys", KnownKey, PublicKey(public, endorsement))

    def _ask(self, method: str, path: str, kind: type[T], body: Any = None) -> T:
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            answer = self._client.request(method, path, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Fault(FaultKind.UNAVAILABLE, "service_not_reached") from None
        try:
            if answer.is_success:
                return msgspec.json.decode(answer.content, type=kind)
            fault = msgspec.json.decode(answer.content, type=FaultBody)
        except msgspec.MsgspecError:
            raise Fault(FaultKind.UNAVAILABLE, "service_not_reached") from None
        raise Fault(FaultKind.CONFLICT, fault.key, **fault.params)
