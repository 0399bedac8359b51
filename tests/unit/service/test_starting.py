"""How a service starts: the town it is given and the one it holds, and who calls before it can answer."""

import asyncio
import socket
from pathlib import Path

import pytest
from homes import new_database
from msgspec.structs import replace
from towns import GivenTown, make_town

from domain.faults import Fault
from domain.ids import DivisionCode
from resources.town import write_town
from resources.townfile import TownFolder
from service.listening import listen
from service.starting import GivenTown as AnyTown
from service.starting import make_runtime, opened


def start(folder: Path, town: AnyTown | None) -> DivisionCode:
    """Start and end a service on the database of a folder; returns the code of its town."""
    with opened(new_database(folder), exclusive=False, serving=True) as store:
        runtime = make_runtime(store, town, None)

        async def run() -> None:
            runtime.start()
            await runtime.stop()

        asyncio.run(run())
        return runtime.world.info.division


def test_a_town_that_is_held_need_not_be_whole_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "town"
    write_town(make_town(), folder)
    first = start(tmp_path, TownFolder(folder))
    (folder / "grids.geojson").unlink()
    assert start(tmp_path, TownFolder(folder)) == first


def test_another_town_than_the_one_held_is_refused(tmp_path: Path) -> None:
    held = make_town()
    start(tmp_path, GivenTown(held))
    other = replace(held, info=replace(held.info, division=DivisionCode("330699104")))
    with pytest.raises(Fault, match="other_town"):
        start(tmp_path, GivenTown(other))


def test_who_calls_before_the_service_is_there_waits_in_line() -> None:
    with (
        listen("127.0.0.1", 0) as sock,
        socket.create_connection(sock.getsockname(), timeout=5) as early,
    ):
        early.sendall(b"hello")
        taken, _ = sock.accept()
        with taken:
            assert taken.recv(5) == b"hello"


def test_a_port_that_is_taken_is_said_before_anything_is_loaded() -> None:
    with listen("127.0.0.1", 0) as sock, pytest.raises(Fault, match="address_in_use"):
        listen("127.0.0.1", sock.getsockname()[1])
