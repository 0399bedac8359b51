"""A tampered-with, oversized, wrong-typed, duplicate, forbidden or stale request gets a 4xx with a message key and
changes nothing: not the log, not the case.

The cases of the table stand in one service: ``reported`` waits for acceptance, ``handling`` is with the sanitation
unit, ``closed`` is over. ``{reported}`` and so on in a path stand for their numbers.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from homes import STORES, home_on
from served import key, send_report, serve_town
from stages import TOLD, Stage, set_stage

WORDS = Path(__file__).parents[2] / "resources" / "locale" / "en"


@dataclass
class Bad:
    """One bad request and the refusal it must get."""

    name: str
    status: int
    key: str
    who: str = "room"
    method: str = "POST"
    path: str = "/v1/reports"
    body: Any = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


def report(**changed: Any) -> dict[str, Any]:
    """Return a good report with some fields changed."""
    return {**TOLD, **changed}


def act(case: str, action: str, *, who: str = "room", **body: Any) -> dict[str, Any]:
    """Return the fields of a command on a case."""
    sent = {"action": action, "version": f"@{case}", "args": {}, **body}
    return {"who": who, "path": f"/v1/cases/{{{case}}}/commands", "body": sent}


def file_as(kind: str) -> dict[str, Any]:
    """Return the fields of a command that files the accepted case under a kind."""
    return act("accepted", "file", args={"condition": "c1", "kind": kind})


FIX = {"thing": "s-li", "lon": 120.8, "lat": 29.55, "fixed_at": "2026-03-03T00:30:00Z"}
ENDLESS_FIX = {**FIX, "thing": "s" * 65}
ROW = {
    "source": "x",
    "source_no": "1",
    "state": "closed",
    "kind": "Noise",
    "title": "Noise",
    "opened_at": "2025-01-01T00:00:00-05:00",
    "closed_at": "2025-01-02T00:00:00-05:00",
}

BAD = [
    # who asks
    Bad("no token", 401, "token_missing", who="nobody", body=report()),
    Bad("made-up token", 401, "token_unknown", who="nobody", body=report(), headers={"Authorization": "Bearer x"}),
    Bad("endless token", 401, "token_unknown", who="nobody", headers={"Authorization": "Bearer " + "x" * 5000}),
    Bad("another scheme", 401, "token_missing", who="nobody", headers={"Authorization": "Basic eDp5"}),
    Bad("expired token", 401, "token_expired", who="expired", method="GET", path="/v1/me"),
    Bad(
        "wrong password",
        401,
        "bad_credentials",
        who="nobody",
        path="/v1/session",
        body={"user": "chief", "password": "no"},
    ),
    Bad(
        "unknown user", 401, "bad_credentials", who="nobody", path="/v1/session", body={"user": "who", "password": "no"}
    ),
    Bad("empty password", 400, "validation", who="nobody", path="/v1/session", body={"user": "chief", "password": ""}),
    Bad("later wire", 400, "wire_too_new", method="GET", path="/v1/me", headers={"OneMap-Wire": "99"}),
    # may they
    Bad("reader reports", 403, "role_may_not", who="reader", body=report()),
    Bad("importer reads", 403, "role_may_not", who="importer", method="GET", path="/v1/snapshot"),
    Bad("room imports", 403, "role_may_not", path="/v1/import/cases", body={"cases": [ROW]}),
    Bad("handler exports", 403, "role_may_not", who="handler", method="GET", path="/v1/export/cases"),
    Bad("room sends positions", 403, "role_may_not", path="/v1/positions", body={"positions": [FIX]}),
    Bad(
        "handler sends another's position",
        403,
        "not_your_position",
        who="handler",
        path="/v1/positions",
        body={"positions": [FIX]},
    ),
    Bad(
        "inspector reveals",
        403,
        "role_may_not",
        who="inspector",
        path="/v1/cases/{handling}/contact",
        body={"reason": "好奇"},
    ),
    Bad("room acts for a phone", 403, "not_a_gateway", body=report(), headers={"OneMap-On-Behalf-Of": "s-li"}),
    Bad(
        "gateway for nobody",
        400,
        "unknown_staff",
        who="gateway",
        body=report(),
        headers={"OneMap-On-Behalf-Of": "s-nobody"},
    ),
    Bad(
        "handler's phone reports",
        403,
        "role_may_not",
        who="gateway",
        body=report(),
        headers={"OneMap-On-Behalf-Of": "s-zhao"},
    ),
    Bad("grid worker reports a hotline call", 403, "channel_not_yours", who="worker", body=report()),
    Bad("acceptor reports for a grid worker", 403, "channel_not_yours", body=report(channel="grid_worker")),
    Bad("worker reports without a photo", 400, "report_wants_photo", who="worker", body=report(channel="grid_worker")),
    Bad(
        "worker's phone reports without a photo",
        400,
        "report_wants_photo",
        who="gateway",
        body=report(channel="grid_worker"),
        headers={"OneMap-On-Behalf-Of": "s-li"},
    ),
    Bad(
        "gateway tells of a worker's report without a photo",
        400,
        "report_wants_photo",
        who="gateway",
        body=report(channel="grid_worker", photos=[]),
    ),
    Bad("an endless photo id", 400, "validation", body=report(photos=["a" * 65])),
    Bad("an endless thing", 400, "validation", who="gateway", path="/v1/positions", body={"positions": [ENDLESS_FIX]}),
    Bad(
        "an endless division of a grid",
        400,
        "validation",
        who="importer",
        path="/v1/import/grids",
        body={"grids": [{"code": "g", "name": "g", "wkb": "A" * 12, "division": "1" * 65}]},
    ),
    Bad("too many arguments", 400, "validation", **act("reported", "note", args={f"a{n}": "" for n in range(33)})),
    Bad("filed under an endless kind", 413, "argument_too_long", **file_as("01-02" + "x" * 60)),
    Bad("filed under a kind nobody knows", 400, "unknown_kind", **file_as("01-02x")),
    Bad("filed under a kind out of use", 400, "condition_not_for_kind", **file_as("05-02")),
    Bad("report of channel import", 400, "channel_not_for_reports", who="gateway", body=report(channel="import")),
    Bad("worker sees another's case", 404, "unknown_case", who="handler", method="GET", path="/v1/cases/{reported}"),
    Bad(
        "worker reads another's timeline",
        404,
        "unknown_case",
        who="handler",
        method="GET",
        path="/v1/cases/{reported}/changes",
    ),
    # the report itself
    Bad("no body", 400, "validation", raw=b""),
    Bad("no JSON", 400, "body_unreadable", raw=b"{not json"),
    Bad("cut short", 400, "body_unreadable", raw=json.dumps(report()).encode()[:-3]),
    Bad("a list", 400, "validation", body=[]),
    Bad("not UTF-8", 400, "body_unreadable", raw=b'{"channel":"hotline","text":"\xff\xfe"}'),
    Bad(
        "a form", 400, "content_type_unknown", raw=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"}
    ),
    Bad(
        "nested deep",
        400,
        "body_unreadable",
        path="/v1/cases/{reported}/commands",
        raw=b'{"action":"note","version":1,"args":{"a":' + b"[" * 20_000,
    ),
    Bad("too large", 413, "body_too_large", raw=b'{"channel":"hotline","text":"' + b"a" * 70_000 + b'"}'),
    Bad("no text", 400, "validation", body={"channel": "hotline"}),
    Bad("empty text", 400, "validation", body=report(text="")),
    Bad("blank text", 400, "argument_missing", body=report(text="  \n ")),
    Bad("long text", 400, "validation", body=report(text="长" * 4001)),
    Bad("a NUL in the text", 400, "text_with_nul", body=report(text="a\x00b")),
    Bad("a NUL in the source", 400, "text_with_nul", body=report(source="s", source_no="\\\x00")),
    Bad("a NUL in the address", 400, "text_with_nul", method="GET", path="/v1/cases/a%00b"),
    Bad("a NUL in a query", 400, "text_with_nul", method="GET", path="/v1/cases?q=%00"),
    Bad("text is a number", 400, "validation", body=report(text=7)),
    Bad("unknown field", 400, "validation", body=report(state="closed")),
    Bad("unknown channel", 400, "validation", body=report(channel="pigeon")),
    Bad("unknown kind", 400, "unknown_kind", body=report(kind="77-77")),
    Bad("disabled kind", 400, "kind_disabled", body=report(kind="05-02")),
    Bad("place in quotes", 400, "validation", body=report(lon="120.8")),
    Bad("place off the world", 400, "validation", body=report(lat=91)),
    Bad("place is true", 400, "validation", body=report(lon=True)),
    Bad("place is not a number", 400, "body_unreadable", raw=b'{"channel":"hotline","text":"a","lon":NaN,"lat":1}'),
    Bad("half a place", 400, "half_a_place", body=report(lat=None)),
    Bad("time without offset", 400, "moment_without_offset", body=report(occurred_at="2026-03-03T08:00:00")),
    Bad("time to come", 400, "occurred_out_of_bounds", body=report(occurred_at="2030-01-01T00:00:00Z")),
    Bad("time long past", 400, "occurred_out_of_bounds", body=report(occurred_at="1999-01-01T00:00:00Z")),
    Bad("time is nonsense", 400, "validation", body=report(occurred_at="yesterday")),
    Bad("photo nobody sent", 400, "unknown_attachment", body=report(photos=["a-none"])),
    Bad("too many photos", 400, "validation", body=report(photos=["p"] * 13)),
    Bad("self-handled by hotline", 400, "self_handled_by_grid_worker", body=report(self_handled=True)),
    Bad("after-photos of nothing", 400, "after_photos_without_handling", body=report(after_photos=["p"])),
    Bad("long phone number", 400, "validation", body=report(contact={"name": "a", "phone": "1" * 33})),
    Bad("same source number", 409, "duplicate_report", body=report(source="12345", source_no="twin")),
    # idempotency keys
    Bad("no key", 400, "idempotency_key_missing", body=report(), headers={"Idempotency-Key": ""}),
    Bad("short key", 400, "idempotency_key_bad", body=report(), headers={"Idempotency-Key": "abc"}),
    Bad("long key", 400, "idempotency_key_bad", body=report(), headers={"Idempotency-Key": "k" * 65}),
    Bad(
        "key of another report",
        422,
        "idempotency_key_reused",
        body=report(text="别的"),
        headers={"Idempotency-Key": "used-key-1"},
    ),
    # commands
    Bad(
        "unknown case",
        404,
        "unknown_case",
        path="/v1/cases/330699103-19990101-0001/commands",
        body={"action": "accept", "version": 1},
    ),
    Bad("unknown action", 400, "unknown_action", **act("reported", "explode")),
    Bad("a report as a command", 400, "unknown_action", **act("reported", "report")),
    Bad("stale", 409, "stale_version", **act("handling", "note", version=1, args={"text": "x"})),
    Bad("from the future", 409, "stale_version", **act("reported", "accept", version=99)),
    Bad("negative version", 400, "validation", **act("reported", "accept", version=-1)),
    Bad("version beyond 64 bits", 400, "validation", **act("reported", "accept", version=2**70)),
    Bad("version in quotes", 400, "validation", **act("reported", "accept", version="1")),
    Bad("wrong state", 409, "wrong_state", **act("reported", "close", args={"closing": []})),
    Bad("closed case accepted again", 409, "wrong_state", **act("closed", "accept")),
    Bad("wrong role", 403, "role_may_not", **act("reported", "accept", who="inspector")),
    Bad(
        "another unit signs off",
        404,
        "unknown_case",
        **act("handling", "feedback", who="stranger", args={"text": "done", "photos": ["p"]}),
    ),
    Bad("reason missing", 400, "argument_missing", **act("reported", "reject")),
    Bad("reason of another list", 400, "unknown_reason", **act("reported", "reject", args={"reason": "weather"})),
    Bad("reason is a list", 400, "argument_wrong_type", **act("reported", "reject", args={"reason": ["duplicate"]})),
    Bad("stray argument", 400, "unknown_argument", **act("reported", "accept", args={"state": "closed"})),
    Bad("endless note", 413, "argument_too_long", **act("handling", "note", args={"text": "长" * 4001})),
    Bad(
        "feedback without photos",
        400,
        "argument_missing",
        **act("handling", "feedback", who="handler", args={"text": "好了"}),
    ),
    Bad(
        "feedback with a made-up photo",
        400,
        "unknown_attachment",
        **act("handling", "feedback", who="handler", args={"text": "好了", "photos": ["a-x"]}),
    ),
    Bad(
        "suspended for ever",
        400,
        "suspension_end_out_of_bounds",
        **act(
            "handling",
            "request_suspension",
            who="handler",
            args={"reason": "seasonal", "until": "2099-01-01T00:00:00Z"},
        ),
    ),
    Bad(
        "suspended until naive",
        400,
        "moment_without_offset",
        **act("handling", "request_suspension", who="handler", args={"reason": "seasonal", "until": "2026-04-01"}),
    ),
    Bad(
        "level to none",
        400,
        "unknown_choice",
        **act("handling", "supervise", args={"level": "none", "reason": "overdue"}),
    ),
    Bad(
        "command without key",
        400,
        "idempotency_key_missing",
        **act("reported", "accept"),
        headers={"Idempotency-Key": ""},
    ),
    # photos
    Bad(
        "empty photo",
        400,
        "photo_not_readable",
        path="/v1/attachments",
        raw=b"",
        headers={"Content-Type": "image/jpeg"},
    ),
    Bad(
        "text as photo",
        400,
        "photo_not_readable",
        path="/v1/attachments",
        raw=b"hello",
        headers={"Content-Type": "image/jpeg"},
    ),
    Bad(
        "photo of 13 MB",
        413,
        "body_too_large",
        path="/v1/attachments",
        raw=b"x" * (13 << 20),
        headers={"Content-Type": "image/jpeg"},
    ),
    Bad("photo nobody kept", 404, "unknown_attachment", method="GET", path="/v1/attachments/a-none"),
    Bad("photo of another size", 400, "validation", method="GET", path="/v1/attachments/{photo}?size=huge"),
    # contacts
    Bad("reveal without reason", 400, "validation", path="/v1/cases/{handling}/contact", body={}),
    Bad(
        "reveal with a blank reason",
        400,
        "argument_missing",
        path="/v1/cases/{handling}/contact",
        body={"reason": "   "},
    ),
    Bad("reveal where none was left", 404, "no_contact", path="/v1/cases/{reported}/contact", body={"reason": "回访"}),
    # positions
    Bad(
        "unknown thing",
        400,
        "unknown_thing",
        who="gateway",
        path="/v1/positions",
        body={"positions": [FIX, {**FIX, "thing": "s-ghost"}]},
    ),
    Bad(
        "off shift",
        409,
        "off_shift",
        who="gateway",
        path="/v1/positions",
        body={"positions": [{**FIX, "thing": "s-off"}]},
    ),
    Bad(
        "fix to come",
        400,
        "fix_out_of_bounds",
        who="gateway",
        path="/v1/positions",
        body={"positions": [{**FIX, "fixed_at": "2026-03-04T00:30:00Z"}]},
    ),
    Bad(
        "faster than sound",
        400,
        "validation",
        who="gateway",
        path="/v1/positions",
        body={"positions": [{**FIX, "speed_mps": 400}]},
    ),
    Bad("too many fixes", 400, "validation", who="gateway", path="/v1/positions", body={"positions": [FIX] * 1001}),
    # import, pages, addresses
    Bad("import of people", 404, "no_such_import", who="importer", path="/v1/import/people", body={}),
    Bad("two lists at once", 400, "wrong_list", who="importer", path="/v1/import/grids", body={"cases": [ROW]}),
    Bad(
        "row without a number",
        400,
        "validation",
        who="importer",
        path="/v1/import/cases",
        body={"cases": [{**ROW, "source_no": ""}]},
    ),
    Bad("page too long", 400, "validation", method="GET", path="/v1/cases?limit=501"),
    Bad("page mark is nonsense", 400, "cursor_bad", method="GET", path="/v1/cases?after=abc"),
    Bad("state nobody knows", 400, "validation", method="GET", path="/v1/cases?state=lost"),
    Bad("since nonsense", 400, "not_a_moment", method="GET", path="/v1/cases?since=soon"),
    Bad("no such address", 404, "no_such_address", method="GET", path="/v1/elsewhere"),
    Bad("method not taken", 405, "method_not_allowed", method="PUT", path="/v1/reports"),
]


@pytest.fixture(scope="module", params=STORES)
def stage(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    with home_on(request.param, folder, request) as home, serve_town(home) as served:
        yield set_stage(served)


def _send(stage: Stage, bad: Bad) -> httpx.Response:
    names = {name: case.case_no for name, case in stage.cases.items()} | {"photo": stage.photo}
    path = bad.path
    for name, value in names.items():
        path = path.replace("{" + name + "}", value)
    body = bad.body
    if isinstance(body, dict) and isinstance(body.get("version"), str) and body["version"].startswith("@"):
        body = {**body, "version": stage.cases[body["version"][1:]].version}
    headers = {"Idempotency-Key": key(), "Content-Type": "application/json", **bad.headers}
    if headers["Idempotency-Key"] == "":
        del headers["Idempotency-Key"]
    content = bad.raw if bad.raw is not None else (b"" if body is None else json.dumps(body).encode())
    return stage.clients[bad.who].request(bad.method, path, content=content, headers=headers)


def _kept(stage: Stage) -> tuple[int, list[str]]:
    cases = [stage.clients["room"].get(f"/v1/cases/{case.case_no}").text for case in stage.cases.values()]
    return stage.served.head(), cases


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_refused_with_a_key_and_nothing_changes(stage: Stage, bad: Bad) -> None:
    before = _kept(stage)
    response = _send(stage, bad)
    assert (response.status_code, response.json().get("key")) == (bad.status, bad.key), response.text
    assert _kept(stage) == before


def test_a_grid_workers_own_report_with_a_photo_is_taken(stage: Stage) -> None:
    seen = send_report(stage.clients["worker"], channel="grid_worker", photos=[stage.photo])
    assert seen.case.photos == (stage.photo,)


def test_every_refusal_has_a_sentence() -> None:
    words = {k for file in WORDS.glob("*.json") for k in json.loads(file.read_text(encoding="utf-8"))}
    missing = {bad.key for bad in BAD if f"fault.{bad.key}" not in words}
    assert not missing


def test_the_table_is_long_enough_and_names_each_case_once() -> None:
    assert len(BAD) >= 60
    assert len({bad.name for bad in BAD}) == len(BAD)


def test_the_faults_come_as_messagepack_where_asked(stage: Stage) -> None:
    import msgspec

    from domain.wire import FaultBody

    response = stage.clients["nobody"].get("/v1/me", headers={"Accept": "application/msgpack"})
    assert msgspec.msgpack.decode(response.content, type=FaultBody) == FaultBody("token_missing")
