"""The program itself: its commands, its ready line, its end, and what is left after it was killed."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from log_checks import check_store
from processes import Service, issue_token, run_program
from served import key
from towns import make_town

from resources.town import write_town
from service.store.engine import Store

pytestmark = pytest.mark.end2end


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    write_town(make_town(), folder)
    return folder


def client(service: Service, token: str) -> httpx.Client:
    return httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {token}"}, timeout=10, trust_env=False)


def test_serves_says_so_and_stops_with_zero(tmp_path: Path, town: Path) -> None:
    database = f"sqlite:///{tmp_path / 'a.db'}"
    command = [sys.executable, "-m", "service", "run", "--database", database, "--port", "0", "--town", str(town)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = process.stdout.readline().split()
        assert ready[0] == "ready"
        assert httpx.get(f"{ready[1]}/v1/health", trust_env=False).json()["status"] == "ok"
        second = run_program("service", "run", "--database", database, "--port", "0")
        assert second.returncode == 2
        assert "a.db" in second.stderr
        assert "Traceback" not in second.stderr
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "--port", "0", "--town", "nowhere"], "town.json"),
        (["run", "--port", "70000", "--town", "{town}"], "70000"),
        (["run", "--port", "0", "--town", "{town}", "--speed", "1e9"], "1000"),
        (["token", "--user", "x", "--roles", "emperor"], "emperor"),
        (["token", "--user", "x", "--roles", "system"], "system"),
        (["token", "--user", " x", "--roles", "reader"], "64"),
        (["token", "--user", "x", "--roles", "reader", "--hours", "9000"], "8760"),
        (["account", "--user", "x", "--name", "X", "--roles", "reader", "--password-stdin"], "10"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path, town: Path, words: list[str], said: str) -> None:
    filled = [word.replace("{town}", str(town)) for word in words]
    done = run_program("service", filled[0], "--database", str(tmp_path / "b.db"), *filled[1:], stdin="short\n")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_speed_is_refused_for_a_real_town(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    write_town(make_town(synthetic=False), folder)
    done = run_program(
        "service", "run", "--database", str(tmp_path / "c.db"), "--port", "0", "--town", str(folder), "--speed", "2"
    )
    assert done.returncode == 2
    assert "synthetic" in done.stderr or "虚构" in done.stderr


def test_token_prints_only_the_token(tmp_path: Path) -> None:
    made = run_program("service", "token", "--database", str(tmp_path / "d.db"), "--user", "s", "--roles", "reader")
    assert len(made.stdout.split()) == 1
    assert made.stdout == made.stdout.strip() + "\n"


def test_the_clock_goes_on_where_it_stood(tmp_path: Path, town: Path) -> None:
    database = str(tmp_path / "e.db")
    token = issue_token(database, "room", "acceptor", "reader")
    service = Service(database, town, speed=60).start()
    with client(service, token) as room:
        body = {"channel": "hotline", "text": "先来的"}
        first = room.post("/v1/reports", json=body, headers={"Idempotency-Key": key()}).json()
    service.kill()
    service = Service(database, town).start()
    with client(service, token) as room:
        clock = room.get("/v1/snapshot").json()["clock"]
        second = room.post("/v1/reports", json=body, headers={"Idempotency-Key": key()}).json()
    service.stop()
    assert clock["speed"] == 1.0
    assert first["case"]["opened_at"] < clock["service_origin"] < second["case"]["opened_at"]
    assert second["case"]["opened_at"].startswith("2026-03-03T00:")


def test_killed_under_load_loses_nothing_it_answered_and_doubles_nothing(tmp_path: Path, town: Path) -> None:
    database = str(tmp_path / "f.db")
    token = issue_token(database, "gate", "gateway", "reader", "acceptor")
    service = Service(database, town).start()
    answered: dict[str, str] = {}
    for _ in range(3):
        senders = [_Sender(service.url, token, answered) for _ in range(6)]
        while sum(s.sent for s in senders) < 120:
            threading.Event().wait(0.01)
        service.kill()
        for sender in senders:
            sender.stop()
        service = Service(database, town).start()
        with client(service, token) as again:
            for which in [w for s in senders for w in s.unanswered]:
                body = {"channel": "hotline", "text": which}
                answer = again.post("/v1/reports", json=body, headers={"Idempotency-Key": which})
                assert answer.status_code == 201
                answered[which] = answer.json()["case"]["case_no"]
    assert len(set(answered.values())) == len(answered) > 300
    with client(service, token) as reader:
        for which, case_no in answered.items():
            assert reader.get(f"/v1/cases/{case_no}").json()["reports"][0]["text"] == which
        rows, after = 0, ""
        while after is not None:
            page = reader.get("/v1/export/cases", params={"after": after} if after else {}).json()
            rows, after = rows + len(page["rows"]), page["after"]
    service.stop()
    assert rows == len(answered)
    store = Store(database)
    check_store(store)
    store.close()


class _Sender:
    """Sends reports one after the other until the line breaks."""

    def __init__(self, url: str, token: str, answered: dict[str, str]) -> None:
        self.sent = 0
        self.unanswered: list[str] = []
        self._url, self._token, self._answered = url, token, answered
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        with httpx.Client(base_url=self._url, headers=headers, timeout=10, trust_env=False) as client:
            while not self._stopping.is_set():
                which = key()
                try:
                    body = {"channel": "hotline", "text": which}
                    answer = client.post("/v1/reports", json=body, headers={"Idempotency-Key": which})
                except httpx.TransportError:
                    self.unanswered.append(which)
                    return
                assert answer.status_code == 201
                self._answered[which] = answer.json()["case"]["case_no"]
                self.sent += 1
