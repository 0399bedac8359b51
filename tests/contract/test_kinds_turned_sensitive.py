"""A kind that turns sensitive closes what was said in its older cases, for whoever may not read such things."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from listening import listening
from served import ALL_ROOM, Served, command, key, send_report, serve_town

from domain.case import Case
from domain.people import Role
from service.access import MASK

TITLE, WORDS, ADDRESS, NOTE = "两家争执", "两家为院墙争执多年，夜里又吵", "河东路3号", "已劝过一次"
SAID = (TITLE, WORDS, ADDRESS, NOTE)


class Street:
    """An older case of a kind like any other, somebody of the room, and an inspector, who reads no sensitive things."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.room = served.client(served.token("room", *ALL_ROOM))
        self.token = served.token("inspector", Role.INSPECTOR)
        self.inspector = served.client(self.token)
        told = send_report(self.room, kind="01-02", title=TITLE, text=WORDS, address=ADDRESS, source_no="A-7").case
        self.case: Case = command(self.room, told, "note", text=NOTE).case
        self.other = send_report(self.room, kind="01-99", title="两家争执停车位").case
        self._keeper = served.client(served.token("keeper", Role.SYSTEM_ADMIN))

    def turn(self, *, sensitive: bool) -> None:
        now = self._keeper.get("/v1/admin/settings").json()
        kind = next(k for k in now["kinds"] if k["code"] == "01-02")
        asked = {n: kind[n] for n in ("name_zh", "name_en", "parent")} | {"enabled": True, "sensitive": sensitive}
        answer = self._keeper.put(
            "/v1/admin/kinds/01-02", json=asked | {"revision": now["revision"]}, headers={"Idempotency-Key": key()}
        )
        assert answer.status_code == 200, answer.text

    def read(self, client: httpx.Client) -> list[str]:
        """Return everything somebody can read of the case, by every way there is."""
        paths = ("", "/changes")
        told = [client.get(f"/v1/cases/{self.case.case_no}{path}").json() for path in paths]
        for path, name in (("/v1/cases", "cases"), ("/v1/snapshot", "cases"), ("/v1/log", "changes")):
            answer = client.get(path)
            assert answer.status_code == 200, answer.text
            told.append([x for x in answer.json()[name] if self.case.case_no in json.dumps(x)])
        return [json.dumps(x, ensure_ascii=False) for x in told]

    def search(self, client: httpx.Client, text: str, limit: int = 100) -> list[str]:
        answer = client.get("/v1/cases", params={"q": text, "limit": limit})
        return [c["case_no"] for c in answer.json()["cases"]]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with serve_town(tmp_path) as served:
        yield Street(served)


def test_what_was_said_is_closed_and_opened_again(street: Street) -> None:
    case_no, other = street.case.case_no, street.other.case_no
    assert all(TITLE in told or WORDS in told for told in street.read(street.inspector))
    assert street.search(street.inspector, TITLE) == [other, case_no]
    street.turn(sensitive=True)
    for told in street.read(street.inspector):
        assert case_no in told
        assert MASK in told
        assert not [said for said in SAID if said in told]
    assert all(TITLE in told or WORDS in told for told in street.read(street.room))
    street.turn(sensitive=False)
    assert all(TITLE in told or WORDS in told for told in street.read(street.inspector))


def test_what_is_closed_cannot_be_searched_for(street: Street) -> None:
    case_no, other = street.case.case_no, street.other.case_no
    later = [send_report(street.room, kind="01-02", title=TITLE).case.case_no for _ in range(3)]
    street.turn(sensitive=True)
    assert street.search(street.inspector, TITLE) == [other]
    assert street.search(street.inspector, TITLE, limit=1) == [other], "the page is filled from further back"
    assert street.search(street.inspector, ADDRESS) == []
    assert street.search(street.inspector, case_no) == [case_no]
    assert street.search(street.inspector, "a-7") == [case_no]
    assert street.search(street.room, TITLE) == [*reversed(later), other, case_no]


def test_an_open_feed_of_whoever_may_not_read_it_ends_and_others_go_on(street: Street) -> None:
    head = street.served.head()
    with listening(street.served, street.token, head) as closed:
        assert closed.next() is not None
        with listening(street.served, street.served.token("room2", *ALL_ROOM), street.served.head()) as going_on:
            assert going_on.next() is not None
            street.turn(sensitive=True)
            closed.rest()
            assert closed.ended is not None
            assert closed.ended[1] == "rights_changed"
            seq = send_report(street.room).change.seq
            assert going_on.until(seq)
