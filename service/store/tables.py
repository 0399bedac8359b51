"""The tables of the store. Times are whole microseconds since 1970 (UTC); bodies are MessagePack of a domain type.

The migrations create them, and say which rows an index holds where it does not hold all; a test holds both to the same
columns and indexes.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)

metadata = MetaData()

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64-bit integer; plain INTEGER on SQLite, so that a primary key is the row id itself."""

meta = Table(
    "meta", metadata, Column("name", String(40), primary_key=True), Column("value", LargeBinary, nullable=False)
)

head = Table(
    "head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BIG, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("recorded_at", BIG, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("subject", String(16), nullable=False),
    Column("subject_id", String(128), nullable=False),
    Column("action", String(40), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("recorded_at", BIG, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(24)),
    Column("on_behalf_of", String(64)),
    Column("occurred_at", BIG),
    Column("payload", LargeBinary, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("change_by_subject", "subject_id", "subject", "version"),
)
"""Triggers refuse to alter or delete a row; only salt and payload of one named in ``erasing`` may be replaced."""
Index("change_beside_cases", change.c.seq)

erasing = Table("erasing", metadata, Column("seq", BIG, primary_key=True, autoincrement=False))
"""The changes an erasure is about to take something from; empty but within its transaction."""

audit_key = Table(
    "audit_key",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("public", LargeBinary, nullable=False),
    Column("added_seq", BIG, nullable=False),
    Column("added_at", BIG, nullable=False),
    Column("endorsed_by", String(64)),
    Column("endorsement", LargeBinary),
)
"""Public keys of the audit administrator; the one added last signs. ``endorsement`` is the word of the key before."""

signed_head = Table(
    "signed_head",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("key_id", String(64), primary_key=True),
    Column("epoch", String(64), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signed_at", String(40), nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("case_no", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(24), nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("source", String(64), nullable=False),
    Column("source_no", String(64), nullable=False),
    Column("placement", String(12), nullable=False),
    Column("grid_code", String(64)),
    Column("lon", Double),
    Column("lat", Double),
    Column("opened_at", BIG, nullable=False),
    Column("resume_at", BIG),
    Column("changed_seq", BIG, nullable=False),
    Column("watchers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("cases_by_change", "is_open", "changed_seq"),
    Index("cases_by_opening", "opened_at", "case_no"),
)
Index("cases_by_source", cases.c.source, cases.c.source_no, unique=True)
Index("cases_by_resumption", cases.c.resume_at)

contact = Table(
    "contact",
    metadata,
    Column("report_id", String(40), primary_key=True),
    Column("case_no", String(40), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("salt", LargeBinary),
)
"""Contacts of reporters. With its salt each gives the digest that stands in the change that brought it in."""

answered = Table(
    "answered",
    metadata,
    Column("actor", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("seq", BIG, nullable=False),
    Column("at", BIG, nullable=False, index=True),
)
"""Idempotency keys. The response is not kept twice: it is the change ``seq`` and the fold up to it."""

attachment = Table(
    "attachment",
    metadata,
    Column("attachment_id", String(40), primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("added_at", BIG, nullable=False),
    Column("full_jpeg", LargeBinary, nullable=False),
    Column("thumb_jpeg", LargeBinary, nullable=False),
    Column("used", SmallInteger, nullable=False, server_default="1"),
)
"""Photos. ``used`` is 0 until a change names the photo; one that stays so is let go after some days."""
Index("attachment_unused", attachment.c.added_at)

photo_case = Table(
    "photo_case",
    metadata,
    Column("attachment_id", String(40), primary_key=True),
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("case_no", String(40), nullable=False),
)
"""Which cases a photo came to, by which change: whoever may see one of them may see the photo."""

account = Table(
    "account",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("unit", String(64)),
    Column("staff", String(64)),
    Column("password_hash", Text),
    Column("added_at", BIG, nullable=False),
    Column("area", String(12), nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("disabled_at", BIG),
    Column("locked_at", BIG),
    Column("first_password", SmallInteger, nullable=False, server_default="0"),
)
"""``area`` is the head of the division codes it is for; ``first_password`` one that was given by somebody else."""

second_factor = Table(
    "second_factor",
    metadata,
    Column("account", String(64), primary_key=True),
    Column("secret", String(200), nullable=False),
    Column("confirmed", SmallInteger, nullable=False),
    Column("last_step", BIG, nullable=False),
    Column("added_at", BIG, nullable=False),
)
"""Secrets of one-time codes, sealed (``service.factor_key``). ``last_step`` is the last half minute a code was taken
for: each is taken once."""

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BIG, nullable=False, index=True),
    Column("until", BIG, nullable=False),
)
"""Failed sign-ins in a row, by the digest of an account's name or of an address (``service.pace``)."""

token = Table(
    "token",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("account", String(64), nullable=False, index=True),
    Column("roles", Text, nullable=False),
    Column("added_at", BIG, nullable=False),
    Column("expires_at", BIG, nullable=False),
    Column("revoked_at", BIG),
)
"""Opaque tokens, kept as SHA-256. ``expires_at`` is real time."""


def _bodies(name: str, key: str) -> Table:
    return Table(
        name,
        metadata,
        Column(key, String(128), primary_key=True),
        Column("body", LargeBinary, nullable=False),
    )


unit = _bodies("unit", "unit_id")
staff = _bodies("staff", "staff_id")
vehicle = _bodies("vehicle", "vehicle_id")
grid = _bodies("grid", "code")
division = _bodies("division", "code")
latest_position = _bodies("latest_position", "thing")

base_feature = Table(
    "base_feature",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

position_history = Table(
    "position_history",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("thing", String(128), primary_key=True),
    Column("source_at", BIG, primary_key=True),
    Column("fixed_at", BIG, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("entry", String(128), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("author", String(64), nullable=False),
    Column("area", String(12), nullable=False),
    Column("removed", SmallInteger, nullable=False),
    Column("expires_at", BIG),
    Column("changed_seq", BIG, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("entry_by_kind", "kind", "removed", "entry"),
)
"""The register: every entry as its last change left it. A removed one stays, so that its versions go on."""
Index("entry_by_expiry", entry.c.expires_at)

reading = Table(
    "reading",
    metadata,
    Column("kind", String(24), primary_key=True),
    Column("entry_id", String(64), primary_key=True),
    Column("at", BIG, nullable=False),
    Column("saved_at", BIG, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
)
"""The latest reading of each thing, over a restart and for other services of the same database."""

reading_history = Table(
    "reading_history",
    metadata,
    Column("kind", String(24), primary_key=True),
    Column("entry_id", String(64), primary_key=True),
    Column("at", BIG, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Index("reading_history_by_time", "at"),
)
"""A sample of past readings, kept for some days."""

fence_standing = Table(
    "fence_standing",
    metadata,
    Column("fence", String(64), primary_key=True),
    Column("thing", String(128), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
"""How each of our own on shift stands at each geofence, over a restart; gone with the shift."""

counter = Table(
    "counter",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The last case number given out for a local day ``yyyymmdd``."""

address = Table(
    "address",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("code", String(64).with_variant(String(64, collation="C"), "postgresql"), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("division", String(64), nullable=False),
    Column("source", String(64), nullable=False),
)
"""The address base. ``id`` says block and slot (``service.addresses``); the tables below are its index.

Codes are in the order of their bytes on either database, so that the index finds those that begin alike.
"""

address_block = Table(
    "address_block",
    metadata,
    Column("block", BIG, primary_key=True, autoincrement=False),
    Column("held", Integer, nullable=False),
    Column("places", LargeBinary, nullable=False),
)

address_gram = Table(
    "address_gram",
    metadata,
    Column("gram", BIG, primary_key=True, autoincrement=False),
    Column("id", Integer, nullable=False),
)


def _sets(name: str) -> Table:
    key = Column("key", BIG, primary_key=True, autoincrement=False)
    return Table(name, metadata, key, Column("held", LargeBinary, nullable=False))


address_cells = _sets("address_cells")
address_slots = _sets("address_slots")

grid_draft = Table(
    "grid_draft",
    metadata,
    Column("draft", String(64), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("at", BIG, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

grid_version = Table(
    "grid_version",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", BIG, nullable=False),
    Column("author", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("grids", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("altered", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""Meshes that are or were in force, whole, so that an earlier one can be published again."""
