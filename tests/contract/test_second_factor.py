"""One-time codes: asked for once they were shown to work, taken once, counted when wrong, and reset by another."""

import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyotp
import pytest
from offices import OWN, Office
from served import Served, serve_town
from sqlalchemy import insert, select
from stores import settled_store

from domain.faults import Fault
from domain.people import Role
from service.clock import real_now
from service.factor_key import SEALED, FactorKey
from service.store import tables as t
from service.totp import STEP_S, step_of


@pytest.fixture
def office(own_service: Served) -> Iterator[Office]:
    return Office(own_service)


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(real_now().timestamp()) // STEP_S + steps)


def _with_factor(office: Office) -> tuple[httpx.Client, str]:
    client = office.working("zhou", Role.ACCEPTOR)
    secret: str = client.post("/v1/me/totp", json={"password": OWN}).json()["secret"]
    assert client.post("/v1/me/totp/confirm", json={"code": _code(secret, -1)}).status_code == 204
    return client, secret


def _sign_in(office: Office, code: str = "", password: str = OWN) -> tuple[int, str]:
    body = {"user": "zhou", "password": password, "code": code}
    answer = office.served.client().post("/v1/session", json=body)
    return answer.status_code, answer.json().get("key", "")


def test_a_code_is_asked_for_and_taken_once(office: Office) -> None:
    _, secret = _with_factor(office)
    assert office.account("zhou")["totp"]
    assert _sign_in(office) == (401, "code_needed")
    code = _code(secret)
    assert _sign_in(office, code) == (201, "")
    assert _sign_in(office, code) == (401, "bad_code")
    assert _sign_in(office, _code(secret, -1)) == (401, "bad_code"), "older than the one taken"
    assert _sign_in(office, _code(secret, 1)) == (201, "")


def test_a_right_code_does_not_help_a_wrong_password(office: Office) -> None:
    _, secret = _with_factor(office)
    assert _sign_in(office, _code(secret), "wrong password 1") == (401, "bad_credentials")


def test_wrong_codes_are_slowed_down_like_wrong_passwords(office: Office) -> None:
    _with_factor(office)
    answers = [_sign_in(office, "000000") for _ in range(6)]
    assert answers[:5] == [(401, "bad_code")] * 5
    assert answers[5] == (429, "sign_in_throttled")


def test_a_factor_that_was_not_confirmed_does_not_count(office: Office) -> None:
    client = office.working("zhou", Role.ACCEPTOR)
    shown = client.post("/v1/me/totp", json={"password": OWN}).json()
    assert shown["uri"].startswith("otpauth://totp/OneMap:zhou?secret=" + shown["secret"])
    assert _sign_in(office) == (201, "")
    assert client.post("/v1/me/totp/confirm", json={"code": "000000"}).json()["key"] == "bad_code"
    assert client.post("/v1/me/totp", json={"password": "not mine at all"}).json()["key"] == "bad_credentials"


def test_it_is_shown_once_and_reset_by_the_security_administrator_alone(office: Office) -> None:
    client, _ = _with_factor(office)
    assert client.post("/v1/me/totp", json={"password": OWN}).json()["key"] == "factor_there"
    seen = office.account("zhou")["version"]
    body = {"version": seen, "reason": "手机丢失"}
    assert office.ask("sys", "POST", "accounts/zhou/totp-reset", body).json()["key"] == "role_may_not"
    assert office.ask("sec", "POST", "accounts/zhou/totp-reset", body).status_code == 200
    assert client.get("/v1/me").status_code == 401
    assert _sign_in(office) == (201, "")
    assert not office.account("zhou")["totp"]


def test_unlocking_forgives_wrong_passwords(office: Office) -> None:
    office.working("zhou", Role.ACCEPTOR)
    for _ in range(5):
        _sign_in(office, password="wrong password 1")
    assert _sign_in(office) == (429, "sign_in_throttled")
    body = {"version": office.account("zhou")["version"], "reason": "本人在场"}
    assert office.ask("sec", "POST", "accounts/zhou/unlock", body).status_code == 200
    assert _sign_in(office) == (201, "")


def test_a_code_is_right_half_a_minute_either_way() -> None:
    secret, now = pyotp.random_base32(), real_now()
    here = int(now.timestamp()) // STEP_S
    codes = {n: pyotp.TOTP(secret).generate_otp(here + n) for n in range(-3, 4)}
    right = {n for n, code in codes.items() if step_of(secret, code, now, 0) is not None}
    assert right >= {-1, 0, 1}
    assert all(codes[n] in (codes[-1], codes[0], codes[1]) for n in right)
    assert step_of(secret, codes[0], now, here) is None


def _kept(office: Office) -> str:
    with office.served.store.reading.begin() as connection:
        return str(connection.execute(select(t.second_factor.c.secret)).scalar_one())


def test_the_secret_is_in_no_row_of_the_database(office: Office) -> None:
    _, secret = _with_factor(office)
    kept = _kept(office)
    assert kept.startswith(SEALED)
    assert secret not in kept
    assert secret.encode() not in base64.b64decode(kept.removeprefix(SEALED))


def test_a_secret_opens_with_its_own_key_and_account_alone(home: Path, tmp_path: Path) -> None:
    with settled_store(home) as (store, _), store.writing.begin() as connection:
        key = FactorKey(tmp_path / "a.key")
        kept = key.seal("zhou", "SECRET", connection)
        connection.execute(insert(t.second_factor), _row("zhou", kept))
        assert (tmp_path / "a.key").stat().st_mode & 0o077 == 0
        assert FactorKey(tmp_path / "a.key").open("zhou", kept) == "SECRET"
        (tmp_path / "b.key").write_bytes(b"x" * 32)
        for path, account, fault in (
            (tmp_path / "a.key", "wang", "factor_key_other"),
            (tmp_path / "b.key", "zhou", "factor_key_other"),
            (tmp_path / "gone.key", "zhou", "factor_key_missing"),
            (None, "zhou", "factor_key_unnamed"),
        ):
            with pytest.raises(Fault) as refused:
                FactorKey(path).open(account, kept)
            assert refused.value.key == fault
        for name in ("b.key", "gone.key"):
            with pytest.raises(Fault):
                FactorKey(tmp_path / name).seal("wang", "OTHER", connection)
        assert not (tmp_path / "gone.key").exists(), "a second key is never made beside secrets of a first"


@pytest.mark.logs_expected("service.starting")
def test_what_was_kept_in_plain_is_sealed_at_the_next_start(home: Path) -> None:
    with settled_store(home) as (store, _), store.writing.begin() as connection:
        connection.execute(
            insert(t.second_factor), [_row("zhou", "JBSWY3DPEHPK3PXP"), _row("wang", "KRSXG5CTMVRXEZLU")]
        )
    with serve_town(home) as served, served.store.reading.begin() as connection:
        kept = {row.account: row.secret for row in connection.execute(select(t.second_factor))}
        assert all(secret.startswith(SEALED) for secret in kept.values())
        assert served.runtime.factor_key.open("zhou", kept["zhou"]) == "JBSWY3DPEHPK3PXP"
        assert served.runtime.factor_key.open("wang", kept["wang"]) == "KRSXG5CTMVRXEZLU"


@pytest.mark.logs_expected("service.starting")
def test_a_missing_key_keeps_out_who_needs_it_and_says_so(home: Path) -> None:
    with serve_town(home) as served:
        office = Office(served)
        _, secret = _with_factor(office)
    (home / "factor.key").unlink()
    with serve_town(home) as served:
        body = {"user": "zhou", "password": OWN, "code": _code(secret)}
        answer = served.client().post("/v1/session", json=body)
        assert (answer.status_code, answer.json()["key"]) == (503, "factor_key_missing")
        assert served.client().get("/v1/ready").status_code == 200


def _row(account: str, secret: str) -> dict[str, object]:
    return {"account": account, "secret": secret, "confirmed": 1, "last_step": 0, "added_at": 0}
