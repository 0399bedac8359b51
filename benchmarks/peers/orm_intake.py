"""The peer of the intake benchmark: FastAPI, SQLAlchemy's ORM and asyncpg on PostgreSQL, as such services are written.

It does what our service does for a report, one transaction a request: who holds the token and may he report, the body
validated, the idempotency key looked up, the head of the log locked, the change hashed onto the one before, the case
and the answered key written, the head moved, and the answer given after the commit. It finds no grid and feeds nobody.

Run by ``benchmarks.peers.orm_peer`` in a Python that has it: ``orm_intake.py DATABASE_URL TOKEN KIND``.
"""

import asyncio
import datetime as dt
import hashlib
import os
import socket
import sys
import uuid
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, String, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

POOL = 16


class Base(DeclarativeBase):
    """The tables."""


class Account(Base):
    """Who may do what."""

    __tablename__ = "account"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    roles: Mapped[list[str]] = mapped_column(JSONB)


class Token(Base):
    """A token, by its digest."""

    __tablename__ = "token"
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_name: Mapped[str] = mapped_column(ForeignKey(Account.name))
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    account: Mapped[Account] = relationship(lazy="joined")


class Kind(Base):
    """A kind of case."""

    __tablename__ = "kind"
    code: Mapped[str] = mapped_column(String(64), primary_key=True)


class Head(Base):
    """Where the log stands."""

    __tablename__ = "head"
    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Change(Base):
    """An entry of the log."""

    __tablename__ = "change"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    subject_id: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index("change_by_subject", "subject_id", "seq"),)


class Case(Base):
    """A case."""

    __tablename__ = "cases"
    case_no: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(64))
    source_no: Mapped[str] = mapped_column(String(64))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    opened_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    changed_seq: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        Index("cases_by_source", "source", "source_no", unique=True),
        Index("cases_by_change", "state", "changed_seq"),
        Index("cases_by_opening", "opened_at", "case_no"),
    )


class Answered(Base):
    """An idempotency key."""

    __tablename__ = "answered"
    actor: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request: Mapped[bytes] = mapped_column(LargeBinary)
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), index=True)


class NewReport(BaseModel):
    """A report as it comes in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    channel: str
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    title: Annotated[str, Field(max_length=200)] = ""
    kind: Annotated[str, Field(max_length=64)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    urgent: bool = False
    self_handled: bool = False
    occurred_at: str | None = None
    source: Annotated[str, Field(max_length=64)] = ""
    source_no: Annotated[str, Field(max_length=64)] = ""
    source_due: str | None = None
    callback: bool = False
    callback_by: str | None = None
    contact: None = None
    photos: list[str] = []
    after_photos: list[str] = []


class CaseOut(BaseModel):
    """A case as it is answered."""

    model_config = ConfigDict(from_attributes=True)
    case_no: str
    version: int
    state: str
    kind: str
    text: str
    address: str
    source: str
    source_no: str
    lon: float | None
    lat: float | None
    opened_at: dt.datetime
    changed_seq: int


engine = create_async_engine(sys.argv[1], pool_size=POOL, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


async def session() -> Any:
    """Give a session for one request."""
    async with sessions() as made:
        yield made


Session = Annotated[AsyncSession, Depends(session)]


async def reporter(db: Session, authorization: Annotated[str, Header()]) -> Account:
    """Return who asks, if he may report."""
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).digest()
    token = await db.get(Token, digest)
    if token is None or token.expires_at <= dt.datetime.now(dt.UTC):
        raise HTTPException(401, "token_unknown")
    if "gateway" not in token.account.roles:
        raise HTTPException(403, "role_may_not")
    return token.account


@app.post("/v1/reports", status_code=201)
async def post_report(
    request: Request,
    report: NewReport,
    db: Session,
    account: Annotated[Account, Depends(reporter)],
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
) -> CaseOut:
    """Bring in a report; it opens a case."""
    asked = hashlib.sha256(await request.body()).digest()
    if await db.get(Kind, report.kind) is None:
        raise HTTPException(400, "unknown_kind")
    head = (await db.execute(select(Head).with_for_update())).scalar_one()
    before = await db.get(Answered, (account.name, idempotency_key))
    if before is not None:
        if before.request != asked:
            raise HTTPException(422, "idempotency_key_reused")
        found = (await db.execute(select(Case).where(Case.changed_seq == before.seq))).scalar_one()
        return CaseOut.model_validate(found)
    now = dt.datetime.now(dt.UTC)
    seq = head.seq + 1
    case = Case(
        case_no=f"330699103-{now:%Y%m%d}-{seq:04d}",
        version=1,
        state="reported",
        opened_at=now,
        changed_seq=seq,
        **report.model_dump(include={"kind", "text", "address", "source", "source_no", "lon", "lat"}),
    )
    payload, salt = report.model_dump_json().encode(), os.urandom(16)
    digest = hashlib.sha256(salt + payload).digest()
    link = hashlib.sha256(head.hash + f"{seq}|{case.case_no}|report|{account.name}|{now}".encode() + digest).digest()
    db.add(
        Change(
            seq=seq,
            subject_id=case.case_no,
            action="report",
            actor=account.name,
            recorded_at=now,
            payload=payload,
            salt=salt,
            digest=digest,
            hash=link,
        )
    )
    db.add(case)
    db.add(Answered(actor=account.name, key=idempotency_key, request=asked, seq=seq, at=now))
    head.seq, head.hash = seq, link
    await db.commit()
    return CaseOut.model_validate(case)


async def found(token: str, kind: str) -> None:
    """Make the tables and who may report."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as db:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=8)
        account = Account(name=f"bench-{uuid.uuid4().hex[:8]}", roles=["gateway"])
        db.add_all([account, Kind(code=kind), Head(id=1, seq=0, hash=b"\x00" * 32)])
        await db.flush()
        db.add(Token(hash=hashlib.sha256(token.encode()).digest(), account_name=account.name, expires_at=until))
        await db.commit()


async def main() -> None:
    """Serve until ended."""
    await found(sys.argv[2], sys.argv[3])
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    print(f"ready http://127.0.0.1:{sock.getsockname()[1]}", flush=True)
    await server.serve(sockets=[sock])


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
