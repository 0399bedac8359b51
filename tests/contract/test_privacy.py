"""What the law asks: contacts beside the log only, reveals logged, photos without metadata, passwords hashed."""

from io import BytesIO

import httpx
import pytest
from log_checks import check_store, everything_kept
from PIL import Image, TiffImagePlugin
from served import ALL_ROOM, Served, command, send_report
from sqlalchemy import LargeBinary, select

from domain.people import Role
from service.store.tables import contact, metadata

PHONE, NAME = "13900007777", "欧阳某某"


@pytest.fixture
def room(own_service: Served) -> httpx.Client:
    return own_service.client(own_service.token("room", *ALL_ROOM))


def test_a_contact_is_in_its_own_table_and_nowhere_else(own_service: Served, room: httpx.Client) -> None:
    case = send_report(room, contact={"name": NAME, "phone": PHONE}).case
    assert case.reports[0].has_contact
    command(room, case, "accept")
    for path in (f"/v1/cases/{case.case_no}", f"/v1/cases/{case.case_no}/changes", "/v1/cases", "/v1/snapshot"):
        assert PHONE not in room.get(path).text
        assert NAME not in room.get(path).text
    found = {}
    with own_service.store.reading.begin() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                text = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
                if PHONE.encode() in text or NAME.encode() in text:
                    found[table.name] = found.get(table.name, 0) + 1
    assert found == {"contact": 1}


def test_a_reveal_is_logged_with_its_reason_and_without_what_was_seen(own_service: Served, room: httpx.Client) -> None:
    case = send_report(room, contact={"name": NAME, "phone": PHONE}).case
    head = own_service.head()
    shown = room.post(f"/v1/cases/{case.case_no}/contact", json={"reason": "回访核实"})
    assert shown.json()[0]["contact"] == {"name": NAME, "phone": PHONE}
    assert own_service.head() == head + 1
    with own_service.store.reading.begin() as connection:
        from service.store import reads

        change = reads.change(connection, head + 1)
    assert (change.subject, change.action, change.actor) == ("reading", "contact_revealed", "room")
    assert change.data["reason"] == "回访核实"
    assert PHONE not in str(change)


def test_erasing_a_contact_leaves_the_chain_whole(own_service: Served, room: httpx.Client) -> None:
    send_report(room, contact={"name": NAME, "phone": PHONE})
    with own_service.store.writing.begin() as connection:
        connection.execute(contact.delete())
    assert check_store(own_service.store) == own_service.head()


def test_a_contact_follows_its_report_into_the_case_it_is_merged_into(own_service: Served, room: httpx.Client) -> None:
    into = send_report(room).case
    case = send_report(room, contact={"name": NAME, "phone": PHONE}).case
    for action, args in (("accept", {}), ("file", {"condition": "c1"}), ("merge", {"into": into.case_no})):
        case = command(room, case, action, **args).case
    shown = room.post(f"/v1/cases/{into.case_no}/contact", json={"reason": "回访"})
    assert [r["contact"]["phone"] for r in shown.json()] == [PHONE]


def _photo_with_place(kind: str) -> bytes:
    image = Image.new("RGB", (800, 600), (10, 200, 30))
    image.paste((250, 0, 0), (0, 0, 400, 600))
    exif = Image.Exif()
    exif[0x010F] = "SecretCameraMaker"
    exif[0x0112] = 6
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = (
        "N",
        (TiffImagePlugin.IFDRational(29), TiffImagePlugin.IFDRational(33), TiffImagePlugin.IFDRational(1)),
    )
    out = BytesIO()
    image.save(out, kind, exif=exif.tobytes(), quality=90, comment=b"SecretComment") if kind == "JPEG" else image.save(
        out, kind, exif=exif.tobytes()
    )
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_its_metadata_and_stands_upright(own_service: Served, room: httpx.Client, kind: str) -> None:
    sent = _photo_with_place(kind)
    assert b"SecretCameraMaker" in sent
    info = room.post("/v1/attachments", content=sent, headers={"Content-Type": "image/jpeg"}).json()
    assert (info["width"], info["height"]) == (600, 800)
    for size, longest in (("full", 800), ("thumb", 320)):
        answer = room.get(f"/v1/attachments/{info['attachment_id']}", params={"size": size})
        assert answer.headers["content-type"] == "image/jpeg"
        kept = Image.open(BytesIO(answer.content))
        assert max(kept.size) == longest
        assert not kept.getexif()
        assert "comment" not in kept.info
        assert b"Secret" not in answer.content
        red, green, _ = kept.convert("RGB").getpixel((kept.width // 2, 5))
        assert red > green


def test_a_photo_of_too_many_pixels_is_refused(own_service: Served, room: httpx.Client) -> None:
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    answer = room.post("/v1/attachments", content=out.getvalue(), headers={"Content-Type": "image/png"})
    assert (answer.status_code, answer.json()["key"]) == (413, "photo_too_many_pixels")


def test_a_large_photo_is_kept_at_the_size_the_room_needs(own_service: Served, room: httpx.Client) -> None:
    out = BytesIO()
    Image.new("RGB", (4000, 3000), (1, 2, 3)).save(out, "JPEG")
    info = room.post("/v1/attachments", content=out.getvalue(), headers={"Content-Type": "image/jpeg"}).json()
    assert (info["width"], info["height"]) == (2048, 1536)


def test_a_case_may_hold_photos_that_were_sent_before(own_service: Served, room: httpx.Client) -> None:
    info = room.post("/v1/attachments", content=_photo_with_place("JPEG"), headers={"Content-Type": "image/jpeg"})
    photo = info.json()["attachment_id"]
    assert send_report(room, photos=[photo]).case.photos == (photo,)


def test_neither_passwords_nor_tokens_are_in_the_database(own_service: Served) -> None:
    own_service.account("chief", "correct horse battery", *ALL_ROOM)
    body = {"user": "chief", "password": "correct horse battery"}
    token = own_service.client().post("/v1/session", json=body).json()["token"]
    other = own_service.token("script", Role.READER)
    send_report(own_service.client(own_service.token("room", *ALL_ROOM)), text="污水")
    everything = everything_kept(own_service.store)
    assert "污水".encode() in everything
    for secret in ("correct horse battery", token, other):
        assert secret.encode() not in everything
    assert metadata.tables["token"].c.hash.type.__class__ is LargeBinary
