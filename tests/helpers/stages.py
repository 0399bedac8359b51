"""What requests are made against: a service whose people are signed in and whose cases stand in known states."""

from dataclasses import dataclass
from typing import Any

import httpx
from served import ALL_ROOM, Served, command, send_report

from domain.case import Case
from domain.people import Role

TOLD = {"channel": "hotline", "text": "路口有垃圾", "kind": "01-02", "lon": 120.805, "lat": 29.555}
"""A good report."""


@dataclass
class Stage:
    """A service with cases in known states and a client for each sort of person."""

    served: Served
    clients: dict[str, httpx.Client]
    cases: dict[str, Case]
    photo: str


def set_stage(served: Served) -> Stage:
    """Return a service with its people signed in and its cases in their states."""
    served.account("chief", "a good password", *ALL_ROOM)
    served.account("zhao", "a good password", Role.HANDLER, unit=_unit("u-sanitation"), staff=_staff("s-zhao"))
    served.account("stranger", "a good password", Role.HANDLER, unit=_unit("u-repair"))
    served.account("li", "a good password", Role.GRID_WORKER, staff=_staff("s-li"))
    tokens = {
        "room": served.token("room", *ALL_ROOM),
        "reader": served.token("reader", Role.READER),
        "importer": served.token("importer", Role.IMPORTER),
        "inspector": served.token("inspector", Role.INSPECTOR),
        "gateway": served.token("gateway", Role.GATEWAY),
        "nobody": "",
    }
    clients = {name: served.client(token) for name, token in tokens.items()}
    for name, user in (("handler", "zhao"), ("stranger", "stranger"), ("worker", "li"), ("expired", "chief")):
        signed = clients["nobody"].post("/v1/session", json={"user": user, "password": "a good password"})
        clients[name] = served.client(signed.json()["token"])
    _expire(served, clients["expired"].headers["Authorization"])
    room = clients["room"]
    photo = room.post("/v1/attachments", content=_jpeg(), headers={"Content-Type": "image/jpeg"}).json()[
        "attachment_id"
    ]
    cases = {"reported": send_report(room, source="12345", source_no="twin", lon=121.5).case}
    used = room.post("/v1/reports", json=TOLD, headers={"Idempotency-Key": "used-key-1"})
    assert used.status_code == 201
    cases["accepted"] = command(room, send_report(room).case, "accept").case
    cases["handling"] = _to_handling(room, clients["handler"], photo)
    cases["closed"] = _to_closed(room, clients["handler"], photo)
    return Stage(served, clients, cases, photo)


def _unit(name: str) -> Any:
    return name


def _staff(name: str) -> Any:
    return name


def _expire(served: Served, authorization: str) -> None:
    from sqlalchemy import update

    from service.store import tables as t
    from service.tokens import token_hash

    hashed = token_hash(authorization.split()[1])
    with served.store.writing.begin() as connection:
        connection.execute(update(t.token).where(t.token.c.hash == hashed).values(expires_at=1))


def _jpeg() -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 90)).save(out, "JPEG")
    return out.getvalue()


def _to_handling(room: httpx.Client, handler: httpx.Client, photo: str) -> Case:
    case = send_report(room, contact={"name": "张女士", "phone": "13800001111"}).case
    case = command(room, case, "accept").case
    case = command(room, case, "file", condition="c1").case
    case = command(room, case, "dispatch", unit="u-sanitation").case
    return command(handler, case, "sign").case


def _to_closed(room: httpx.Client, handler: httpx.Client, photo: str) -> Case:
    case = _to_handling(room, handler, photo)
    case = command(handler, case, "feedback", text="已清理", photos=[photo]).case
    case = command(room, case, "skip_check", text="电话回访").case
    return command(room, case, "close", closing=["已清理", "现场整洁"]).case
