"""The commands that care for the record, as a person would type them, beside a running service and without one."""

import json
import sqlite3
from pathlib import Path

import pytest
from processes import Service, issue_token, run_program
from served import key
from towns import make_town

from resources.town import write_town

pytestmark = pytest.mark.end2end

PHONE, WORDS, PASSPHRASE = "13900007777", "南门张家门口有垃圾没人收", "a long enough passphrase"


@pytest.fixture
def service(tmp_path: Path) -> Service:
    folder = tmp_path / "town"
    folder.mkdir()
    write_town(make_town(), folder)
    return Service(str(tmp_path / "town.db"), folder)


def report(service: Service, token: str) -> str:
    import httpx

    body = {"channel": "hotline", "text": WORDS, "contact": {"name": "张", "phone": PHONE}}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key()}
    answer = httpx.post(f"{service.url}/v1/reports", json=body, headers=headers, trust_env=False, timeout=20)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case"]["case_no"])


def said(*words: str, code: int = 0, stdin: str | None = None) -> list[str]:
    done = run_program("service", *words, stdin=stdin)
    assert done.returncode == code, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    return done.stdout.splitlines()


def test_a_record_is_signed_verified_erased_pruned_and_compacted(tmp_path: Path, service: Service) -> None:
    database, private, copy = service.database, tmp_path / "audit.key", tmp_path / "heads.txt"
    token = issue_token(database, "room", "acceptor")
    service.start()
    try:
        case_no = report(service, token)
        phrase = f"{PASSPHRASE}\n"
        made = said(
            "audit", "keygen", "--database", database, "--out", str(private), "--passphrase-stdin", stdin=phrase
        )
        public = made[-1]
        sign = ("audit", "sign", "--database", database, "--key", str(private), "--copy", str(copy))
        said(*sign, "--passphrase-stdin", stdin=phrase)
        assert said("audit", "keys", "--database", database)[0].split()[1] == public
        verify = ("verify", "--database", database, "--heads", str(copy), "--public", public)
        verdict = json.loads(said(*verify)[-1])
        assert (verdict["broken"], verdict["first_break"], verdict["cases"]) == (0, None, 1)
        assert verdict["signed_until"] > 0
        erase = ("erase", "--database", database, "--case", case_no, "--reason", "本人要求")
        erased = json.loads(said(*erase, "--what", "contact", "report_text")[-1])
        assert (erased["values"], erased["contacts"]) == (2, 1)
        assert json.loads(said(*verify)[-1])["erased"] == 1
        pruned = json.loads(said("prune", "--database", database, "--dry-run")[-1])
        assert pruned["gone"] == 0
        assert set(pruned["due"].values()) == {0}
        assert json.loads(said("prune", "--database", database)[-1])["gone"] == 0
        refused = run_program("service", "compact", "--database", database)
        assert (refused.returncode, "town.db" in refused.stderr) == (2, True)
        report(service, token)
    finally:
        assert service.stop() == 0
    said("compact", "--database", database)
    kept = b"".join(f.read_bytes() for f in tmp_path.iterdir() if f.name.startswith("town.db"))
    assert kept.count(WORDS.encode()) > 0  # of the second report
    assert json.loads(said(*verify)[-1])["broken"] == 0


def test_what_was_tampered_with_is_said_and_where(tmp_path: Path, service: Service) -> None:
    token = issue_token(service.database, "room", "acceptor")
    service.start()
    try:
        for _ in range(3):
            report(service, token)
    finally:
        service.stop()
    with sqlite3.connect(service.database) as connection:
        connection.execute("DROP TRIGGER change_stays")
        connection.execute("UPDATE change SET actor = 'somebody' WHERE seq = 4")
    connection.close()
    lines = said("verify", "--database", service.database, code=1)
    verdict = json.loads(lines[-1])
    assert (verdict["broken"], verdict["first_break"], verdict["what"]) == (1, 4, "link")
    assert "4" in lines[0]
    assert PHONE not in "".join(lines)


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (["verify", "--heads", "{folder}/none"], "", "none"),
        (["verify", "--public", "12"], "", "64"),
        (["audit", "keygen", "--out", "{folder}/k", "--passphrase-stdin"], "short\n", "10"),
        (["audit", "sign", "--key", "{folder}/none", "--passphrase-stdin"], "x\n", "none"),
        (["erase", "--case", "nr-1", "--what", "contact", "--reason", "because"], "", "nr-1"),
        (["erase", "--case", "nr-1", "--what", "all", "--reason", "because"], "", "all"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path, words: list[str], stdin: str, said: str) -> None:
    command = [w.replace("{folder}", str(tmp_path)) for w in words]
    at = 2 if command[0] == "audit" else 1
    done = run_program("service", *command[:at], "--database", str(tmp_path / "d.db"), *command[at:], stdin=stdin)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "k").exists()
