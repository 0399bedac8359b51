"""A planted name and telephone number goes through everything, good and bad, and is in no log, no figure, no export."""

import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import httpx
import pytest
from processes import issue_token, run_program

from benchmarks.faults.victim import free_port

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(180)]

NAME, PHONE = "欧阳试金", "13912345678"
"""Of the contact: kept beside the record, and never in an export."""
SAID = "上官验石"
"""In the words of the reports: those who see the case may read them."""
PLANTED = (NAME, PHONE, NAME.encode().hex(), "\\u6b27\\u9633", SAID)
CONTACT = {"name": NAME, "phone": PHONE}


def _clean(text: str, where: str, words: tuple[str, ...] = PLANTED) -> None:
    for word in words:
        assert word not in text, f"{word} is in {where}"


class _Running:
    """A service with a log file and figures, as a county runs it."""

    def __init__(self, folder: Path) -> None:
        self.database = str(folder / "town.db")
        self.log = folder / "service.log"
        self.figures = free_port()
        words = ["--database", self.database, "--port", "0", "--log", str(self.log)]
        words += ["--metrics", f"127.0.0.1:{self.figures}"]
        with (folder / "stderr").open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "service", "run", *words],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().removeprefix("ready ").strip()
        assert self.url

    def stop(self) -> str:
        """End the service; returns all it said on its way."""
        self.process.terminate()
        said, _ = self.process.communicate(timeout=30)
        return said


def _report(client: httpx.Client, number: int, **fields: Any) -> httpx.Response:
    body = {"channel": "hotline", "text": f"{SAID} 反映井盖缺失", "contact": CONTACT, **fields}
    return client.post("/v1/reports", json=body, headers={"Idempotency-Key": f"planted-{number:04d}"})


def _go_through_everything(client: httpx.Client, database: str) -> str:
    """Send the words in every way that is taken and in many that are refused; returns a case's number."""
    made = _report(client, 1)
    assert made.status_code == 201, made.text
    case_no = str(made.json()["case"]["case_no"])
    bad: list[dict[str, Any]] = [
        {"channel": NAME},
        {"kind": NAME},
        {"lon": PHONE},
        {"photos": [NAME]},
        {"contact": {"name": NAME, "phone": PHONE, NAME: PHONE}},
        {"contact": NAME},
        {"occurred_at": PHONE},
        {"text": f"{NAME}\x00"},
        {NAME: PHONE},
    ]
    for number, fields in enumerate(bad, 10):
        assert _report(client, number, **fields).status_code in {201, 400}
    for number in range(3):
        client.post("/v1/reports", content=f'{{"text": "{NAME}', headers={"Idempotency-Key": f"broken-{number:04d}"})
    client.get(f"/v1/cases/{NAME}")
    client.get("/v1/cases", params={"q": NAME, "since": PHONE})
    client.post("/v1/session", json={"user": NAME, "password": PHONE})
    client.get("/v1/me", headers={"Authorization": f"Bearer {PHONE}"})
    client.post(f"/v1/cases/{case_no}/contact", json={"reason": f"回电 {NAME}"})
    _make_the_writer_fail(client, database)
    return case_no


def _make_the_writer_fail(client: httpx.Client, database: str) -> None:
    """Let writing fail beneath the service, with the words in hand."""
    with sqlite3.connect(database) as beside:
        beside.execute("CREATE TRIGGER refuse BEFORE INSERT ON contact BEGIN SELECT RAISE(ABORT, 'refused'); END")
    beside.close()
    assert _report(client, 90).status_code >= 400
    with sqlite3.connect(database) as beside:
        beside.execute("DROP TRIGGER refuse")
    beside.close()
    assert _report(client, 91).status_code == 201


def test_planted_words_are_nowhere_they_should_not_be(tmp_path: Path) -> None:
    running = _Running(tmp_path)
    try:
        token = issue_token(running.database, "room", "acceptor", "duty_chief", "gateway")
        reader = issue_token(running.database, "script", "reader")
        head = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=running.url, headers=head, timeout=20, trust_env=False) as client:
            _go_through_everything(client, running.database)
        with urllib.request.urlopen(f"http://127.0.0.1:{running.figures}/metrics", timeout=10) as answer:
            _clean(answer.read().decode(), "the figures")
        (tmp_path / "token").write_text(reader)
        for ending in ("csv", "geojson", "gpkg"):
            out = tmp_path / f"out.{ending}"
            words = ["export", "cases", str(out), "--server", running.url, "--token-file", str(tmp_path / "token")]
            done = run_program("console", *words)
            assert done.returncode == 0, done.stderr
            _clean(out.read_bytes().decode("utf-8", "replace"), f"the export as {ending}", (NAME, PHONE))
            _clean(done.stdout + done.stderr, "what the export says")
    finally:
        said = running.stop()
    _clean(said, "standard output")
    _clean((tmp_path / "stderr").read_text(encoding="utf-8"), "standard error")
    logged = running.log.read_text(encoding="utf-8")
    assert "could not be stored" in logged, "the fault made on purpose is not in the log: the test looked at nothing"
    _clean(logged, "the diagnostic log")
