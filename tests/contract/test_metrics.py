"""What monitoring reads: figures of the running service, and nothing about anybody."""

import urllib.request
from pathlib import Path

import pytest
from served import send_report, serve_town

from domain.faults import Fault
from domain.people import Role
from service.care.metrics import parse_address, serve_metrics

NAME, PHONE = "欧阳试金", "13912345678"


def _scrape(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert NAME not in text
    assert PHONE not in text
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_figures_follow_the_service_and_name_nobody(tmp_path: Path) -> None:
    with serve_town(tmp_path) as served:
        server = serve_metrics(served.runtime, "127.0.0.1", 0)
        try:
            before = _scrape(server.server_port)
            gate = served.client(served.token("gate", Role.GATEWAY))
            for _ in range(5):
                send_report(gate, text=f"{NAME} {PHONE}", contact={"name": NAME, "phone": PHONE})
            after = _scrape(server.server_port)
        finally:
            server.shutdown()
            server.server_close()
    assert after["onemap_jobs_total"] - before["onemap_jobs_total"] >= 5
    assert after["onemap_head"] - before["onemap_head"] >= 5
    assert after["onemap_writing_well"] == 1
    assert after['onemap_store_bytes{file="record"}'] > 0


@pytest.mark.parametrize("text", ["", "9100", "host:", "host:x", "host:99999", ":9100", "h:٣"])
def test_an_address_that_is_none_is_said(text: str) -> None:
    with pytest.raises(Fault, match="metrics_address_bad"):
        parse_address(text)


def test_an_address_in_use_is_said(tmp_path: Path) -> None:
    with serve_town(tmp_path) as served:
        port = int(served.url.rsplit(":", 1)[1])
        with pytest.raises(Fault, match="address_in_use"):
            serve_metrics(served.runtime, "127.0.0.1", port)
    assert parse_address("[::1]:9100") == ("::1", 9100)
