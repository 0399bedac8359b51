"""What is no address of a service is refused before anything is opened."""

import pytest

from console.__main__ import EXIT_FAULT, main
from console.access import check_server
from domain.faults import Fault


@pytest.mark.parametrize(
    "url",
    ["notaurl", "", "127.0.0.1:8765", "ftp://room", "http://", "http://room:port", "http://room:0x", "http://[::1"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Fault, match="bad_server_url"):
        check_server(url)


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:8765", "https://room.example/", " http://[::1]:80 "])
def test_an_address_is_taken(url: str | None) -> None:
    check_server(url)


def test_the_console_says_so_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["console", "--server", "notaurl", "--seconds", "60"]) == EXIT_FAULT
    assert "notaurl" in capsys.readouterr().err
