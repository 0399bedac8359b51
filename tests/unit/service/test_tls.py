"""The private authority: a console that was given it trusts the service, and nobody else."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.faults import Fault
from service.care.tls import CA, CA_KEY, SERVER_KEY, init, renew, served_files

NOW = datetime.now(UTC)


async def _shake_hands(folder: Path, authority: Path, host: str) -> str | None:
    """Serve with the files of a folder, call it as ``host``; returns the TLS version spoken."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(*served_files(folder))
    asking = ssl.create_default_context(cafile=str(authority))

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=serving) as server:
        port = server.sockets[0].getsockname()[1]
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=asking, server_hostname=host)
        spoken = writer.get_extra_info("ssl_object").version()
        writer.close()
        return str(spoken)


async def test_a_console_with_the_authority_trusts_the_service(tmp_path: Path) -> None:
    init(tmp_path, ["onemap.town", "127.0.0.1"], 90, NOW)
    for host in ("onemap.town", "127.0.0.1"):
        assert await _shake_hands(tmp_path, tmp_path / CA, host) == "TLSv1.3"


async def test_another_authority_or_another_name_is_not_trusted(tmp_path: Path) -> None:
    init(tmp_path / "ours", ["onemap.town"], 90, NOW)
    init(tmp_path / "theirs", ["onemap.town"], 90, NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        await _shake_hands(tmp_path / "theirs", tmp_path / "ours" / CA, "onemap.town")
    with pytest.raises(ssl.SSLCertVerificationError):
        await _shake_hands(tmp_path / "ours", tmp_path / "ours" / CA, "other.town")


async def test_a_renewed_certificate_is_trusted_by_the_same_consoles(tmp_path: Path) -> None:
    init(tmp_path, ["old.town"], 90, NOW)
    made = renew(tmp_path, ["new.town"], 30, NOW)
    assert made.valid_until - NOW <= timedelta(days=30)
    assert await _shake_hands(tmp_path, tmp_path / CA, "new.town") == "TLSv1.3"


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    init(tmp_path, ["onemap.town"], 90, NOW)
    for name in (CA_KEY, SERVER_KEY):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    init(tmp_path, ["onemap.town"], 90, NOW)
    with pytest.raises(Fault, match="tls_exists"):
        init(tmp_path, ["onemap.town"], 90, NOW)
    with pytest.raises(Fault, match="tls_no_authority"):
        renew(tmp_path / "empty", ["onemap.town"], 90, NOW)
    with pytest.raises(Fault, match="tls_missing"):
        served_files(tmp_path / "empty")
    for hosts in ([], [""], ["镇"], ["a" * 300], ["a"] * 51):
        with pytest.raises(Fault, match="tls_hosts_bad"):
            renew(tmp_path, hosts, 90, NOW)
    for days in (0, 826):
        with pytest.raises(Fault, match="tls_days_bad"):
            renew(tmp_path, ["onemap.town"], days, NOW)
