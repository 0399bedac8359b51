"""The address of a service as a person gives it, and the one form of a date a reply may state."""

from datetime import UTC, datetime

import pytest

from client.address import parse_address
from client.timekeeping import read_http_date
from domain.faults import Fault


@pytest.mark.parametrize(
    ("text", "url", "feed", "port"),
    [
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/", "ws://127.0.0.1:8765/v1/feed", 8765),
        (" https://Room.Example/ ", "https://room.example/", "wss://room.example/v1/feed", 443),
        ("http://[::1]:80", "http://[::1]/", "ws://[::1]/v1/feed", 80),
        ("http://指挥.example:99", "http://xn--xuuoc.example:99/", "ws://xn--xuuoc.example:99/v1/feed", 99),
    ],
)
def test_an_address_and_what_is_made_of_it(text: str, url: str, feed: str, port: int) -> None:
    address = parse_address(text)
    assert (address.url(), address.feed_url("/v1/feed"), address.port_number) == (url, feed, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "room",
        "ftp://a",
        "http://",
        "http://a:0",
        "http://a:x",
        "http://a:99999",
        "http://[::1",
        "http://a b",
        "http://a\r\nX: y",
        "http://a/b",
        "http://a?q",
        "http://a#f",
        "http://u@a",
        "http://%0d",
        "http://" + "a" * 300,
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(Fault, match="bad_server_url"):
        parse_address(text)


def test_a_date_is_read_in_its_one_form() -> None:
    assert read_http_date("Tue, 24 Nov 2026 20:02:15 GMT") == datetime(2026, 11, 24, 20, 2, 15, tzinfo=UTC)
    for other in (
        "",
        "Tuesday, 24-Nov-26 20:02:15 GMT",
        "Tue, 31 Feb 2026 00:00:00 GMT",
        "Tue, 24 Nov 2026 25:02:15 GMT",
    ):
        assert read_http_date(other) is None
