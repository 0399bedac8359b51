"""Every statement that changes the store, built once (building them per call costs four times the throughput).

``FLUSH_ORDER`` is the order a transaction's rows are written in: what is born before what alters it.
"""

from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert, literal_column, text, update

from service.store import tables as t

SET_HEAD = update(t.head).values(seq=bindparam("seq"), hash=bindparam("hash"), recorded_at=bindparam("recorded_at"))
ADD_HEAD = insert(t.head)
ADD_CHANGE = insert(t.change)
ADD_CASE = insert(t.cases)
SET_CASE = (
    update(t.cases)
    .where(t.cases.c.case_no == bindparam("which"))
    .values({column.name: bindparam(column.name) for column in t.cases.c if not column.primary_key})
)
ADD_CONTACT = insert(t.contact)
DROP_CONTACT = delete(t.contact).where(t.contact.c.report_id == bindparam("which"))
PERMIT_ERASING = insert(t.erasing)
ERASE_VALUES = (
    update(t.change)
    .where(t.change.c.seq == bindparam("which"))
    .values(payload=bindparam("payload"), salt=bindparam("salt"))
)
END_ERASING = delete(t.erasing).where(t.erasing.c.seq == bindparam("which"))
ADD_AUDIT_KEY = insert(t.audit_key)
ADD_SIGNED_HEAD = insert(t.signed_head)
PRUNE_TRACK = delete(t.position_history).where(
    t.position_history.c.source == bindparam("source"),
    t.position_history.c.thing == bindparam("thing"),
    t.position_history.c.fixed_at < bindparam("before"),
)
USE_ATTACHMENT = (
    update(t.attachment).where(t.attachment.c.attachment_id == bindparam("which")).values(used=literal_column("1"))
)
ADD_PHOTO_CASE = insert(t.photo_case)
DROP_ATTACHMENT = delete(t.attachment).where(
    t.attachment.c.attachment_id == bindparam("which"), t.attachment.c.used == literal_column("0")
)
ADD_ANSWERED = insert(t.answered)
PRUNE_ANSWERED = delete(t.answered).where(t.answered.c.at < bindparam("before"))
ADD_ATTACHMENT = insert(t.attachment)
KEEP_COUNTER = text(
    "INSERT INTO counter (day, last) VALUES (:day, :last) ON CONFLICT (day) DO UPDATE SET last = excluded.last"
)
DROP_META = delete(t.meta).where(t.meta.c.name == bindparam("which"))
ADD_META = insert(t.meta)
DROP_ACCOUNT = delete(t.account).where(t.account.c.account == bindparam("which"))
ADD_ACCOUNT = insert(t.account)
KEEP_FAILURE = text(
    "INSERT INTO sign_in_failure (mark, failures, last_at, until) VALUES (:mark, :failures, :last_at, :until)"
    " ON CONFLICT (mark) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until = excluded.until"
)
DROP_FAILURE = delete(t.sign_in_failure).where(t.sign_in_failure.c.mark == bindparam("which"))
PRUNE_FAILURES = delete(t.sign_in_failure).where(t.sign_in_failure.c.last_at < bindparam("before"))
ADD_TOKEN = insert(t.token)
REVOKE_TOKEN = update(t.token).where(t.token.c.hash == bindparam("which")).values(revoked_at=bindparam("revoked_at"))
REVOKE_TOKENS_OF = (
    update(t.token)
    .where(
        t.token.c.account == bindparam("which"), t.token.c.hash != bindparam("spared"), t.token.c.revoked_at.is_(None)
    )
    .values(revoked_at=bindparam("revoked_at"))
)
SET_TOKEN_ROLES = (
    update(t.token)
    .where(t.token.c.account == bindparam("which"), t.token.c.revoked_at.is_(None))
    .values(roles=bindparam("roles"))
)
DROP_FACTOR = delete(t.second_factor).where(t.second_factor.c.account == bindparam("which"))
ADD_FACTOR = insert(t.second_factor)
PRUNE_TOKENS = delete(t.token).where(t.token.c.expires_at < bindparam("before"))
DROP_UNIT = delete(t.unit).where(t.unit.c.unit_id == bindparam("which"))
ADD_UNIT = insert(t.unit)
DROP_STAFF = delete(t.staff).where(t.staff.c.staff_id == bindparam("which"))
ADD_STAFF = insert(t.staff)
DROP_VEHICLE = delete(t.vehicle).where(t.vehicle.c.vehicle_id == bindparam("which"))
ADD_VEHICLE = insert(t.vehicle)
DROP_GRID = delete(t.grid).where(t.grid.c.code == bindparam("which"))
ADD_GRID = insert(t.grid)
DROP_DIVISION = delete(t.division).where(t.division.c.code == bindparam("which"))
ADD_DIVISION = insert(t.division)
ADD_BASE = insert(t.base_feature)
DROP_POSITION = delete(t.latest_position).where(t.latest_position.c.thing == bindparam("which"))
KEEP_POSITION = text(
    "INSERT INTO latest_position (thing, body) VALUES (:thing, :body)"
    " ON CONFLICT (thing) DO UPDATE SET body = excluded.body"
)
ADD_FIX = insert(t.position_history)
KEEP_SAMPLE = text(
    "INSERT INTO position_history (source, thing, source_at, fixed_at, lon, lat)"
    " VALUES (:source, :thing, :source_at, :fixed_at, :lon, :lat) ON CONFLICT DO NOTHING"
)
DROP_ENTRY = delete(t.entry).where(t.entry.c.entry == bindparam("which"))
ADD_ENTRY = insert(t.entry)
KEEP_READING = text(
    "INSERT INTO reading (kind, entry_id, at, saved_at, body) VALUES (:kind, :entry_id, :at, :saved_at, :body)"
    " ON CONFLICT (kind, entry_id) DO UPDATE SET at = excluded.at, saved_at = excluded.saved_at, body = excluded.body"
)
DROP_READING = delete(t.reading).where(
    t.reading.c.kind == bindparam("which_kind"), t.reading.c.entry_id == bindparam("which")
)
KEEP_READING_SAMPLE = text(
    "INSERT INTO reading_history (kind, entry_id, at, body) VALUES (:kind, :entry_id, :at, :body)"
    " ON CONFLICT DO NOTHING"
)
PRUNE_READINGS = delete(t.reading_history).where(t.reading_history.c.at < bindparam("before"))
DROP_STANDING = delete(t.fence_standing).where(
    t.fence_standing.c.fence == bindparam("which_fence"), t.fence_standing.c.thing == bindparam("which")
)
KEEP_STANDING = text(
    "INSERT INTO fence_standing (fence, thing, body) VALUES (:fence, :thing, :body)"
    " ON CONFLICT (fence, thing) DO UPDATE SET body = excluded.body"
)
DROP_ADDRESS = delete(t.address).where(t.address.c.id == bindparam("which"))
ADD_ADDRESS = insert(t.address)
KEEP_ADDRESS_BLOCK = text(
    "INSERT INTO address_block (block, held, places) VALUES (:block, :held, :places)"
    " ON CONFLICT (block) DO UPDATE SET held = excluded.held, places = excluded.places"
)
ADD_ADDRESS_GRAM = insert(t.address_gram)
KEEP_ADDRESS_CELLS = text(
    "INSERT INTO address_cells (key, held) VALUES (:key, :held) ON CONFLICT (key) DO UPDATE SET held = excluded.held"
)
KEEP_ADDRESS_SLOTS = text(
    "INSERT INTO address_slots (key, held) VALUES (:key, :held) ON CONFLICT (key) DO UPDATE SET held = excluded.held"
)
DROP_DRAFT = delete(t.grid_draft).where(t.grid_draft.c.draft == bindparam("which"))
PRUNE_DRAFTS = delete(t.grid_draft).where(t.grid_draft.c.at < bindparam("before"))
KEEP_DRAFT = text(
    "INSERT INTO grid_draft (draft, code, at, body) VALUES (:draft, :code, :at, :body)"
    " ON CONFLICT (draft, code) DO UPDATE SET at = excluded.at, body = excluded.body"
)
ADD_GRID_VERSION = insert(t.grid_version)
PRUNE_GRID_VERSIONS = delete(t.grid_version).where(t.grid_version.c.version < bindparam("before"))

FLUSH_ORDER: tuple[Executable, ...] = (
    ADD_HEAD,
    ADD_CHANGE,
    ADD_CASE,
    SET_CASE,
    ADD_CONTACT,
    PERMIT_ERASING,
    ERASE_VALUES,
    END_ERASING,
    DROP_CONTACT,
    ADD_AUDIT_KEY,
    ADD_SIGNED_HEAD,
    PRUNE_TRACK,
    DROP_ATTACHMENT,
    ADD_ANSWERED,
    PRUNE_ANSWERED,
    ADD_ATTACHMENT,
    USE_ATTACHMENT,
    ADD_PHOTO_CASE,
    KEEP_COUNTER,
    DROP_META,
    ADD_META,
    DROP_ACCOUNT,
    ADD_ACCOUNT,
    DROP_FACTOR,
    ADD_FACTOR,
    PRUNE_FAILURES,
    DROP_FAILURE,
    KEEP_FAILURE,
    REVOKE_TOKENS_OF,
    SET_TOKEN_ROLES,
    ADD_TOKEN,
    REVOKE_TOKEN,
    PRUNE_TOKENS,
    DROP_UNIT,
    ADD_UNIT,
    DROP_STAFF,
    ADD_STAFF,
    DROP_VEHICLE,
    ADD_VEHICLE,
    DROP_GRID,
    ADD_GRID,
    DROP_DIVISION,
    ADD_DIVISION,
    ADD_BASE,
    DROP_POSITION,
    KEEP_POSITION,
    ADD_FIX,
    KEEP_SAMPLE,
    DROP_ENTRY,
    ADD_ENTRY,
    DROP_READING,
    KEEP_READING,
    KEEP_READING_SAMPLE,
    PRUNE_READINGS,
    DROP_STANDING,
    KEEP_STANDING,
    DROP_ADDRESS,
    ADD_ADDRESS,
    KEEP_ADDRESS_BLOCK,
    ADD_ADDRESS_GRAM,
    KEEP_ADDRESS_CELLS,
    KEEP_ADDRESS_SLOTS,
    DROP_DRAFT,
    PRUNE_DRAFTS,
    KEEP_DRAFT,
    ADD_GRID_VERSION,
    PRUNE_GRID_VERSIONS,
    SET_HEAD,
)

ONE_PER_KEY: dict[Executable, str] = {
    ADD_META: "name",
    ADD_ACCOUNT: "account",
    ADD_FACTOR: "account",
    ADD_UNIT: "unit_id",
    ADD_STAFF: "staff_id",
    ADD_VEHICLE: "vehicle_id",
    ADD_GRID: "code",
    ADD_DIVISION: "code",
    ADD_ENTRY: "entry",
}
"""Rows that replace each other: of several for one key in a transaction only the last is written."""

Rows = dict[Executable, list[dict[str, Any]]]
