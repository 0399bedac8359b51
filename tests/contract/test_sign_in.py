"""Signing in and out, accounts made beside the running service, and roles that are taken away again."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from served import ALL_ROOM, Served

from domain.people import Role

PASSWORD = "a good password"


def sign_in(service: Served, user: str, password: str = PASSWORD) -> tuple[int, dict[str, object]]:
    answer = service.client().post("/v1/session", json={"user": user, "password": password})
    return answer.status_code, answer.json()


def test_an_account_made_beside_the_running_service_signs_in(own_service: Served) -> None:
    own_service.account("zhao", PASSWORD, Role.HANDLER, unit="u-sanitation", staff="s-zhao")  # type: ignore[arg-type]
    status, session = sign_in(own_service, "zhao")
    assert status == 201
    assert session["me"] == {
        "account": "zhao",
        "name": "zhao",
        "roles": ["handler"],
        "unit": "u-sanitation",
        "staff": "s-zhao",
        "area": "",
        "must_change_password": False,
    }
    me = own_service.client(str(session["token"])).get("/v1/me")
    assert me.json() == session["me"]


def test_failures_slow_down_and_the_right_password_then_waits_too(own_service: Served) -> None:
    own_service.account("chief", PASSWORD, *ALL_ROOM)
    answers = [sign_in(own_service, "chief", "wrong password") for _ in range(6)]
    assert [a[0] for a in answers] == [401] * 5 + [429]
    assert answers[-1][1]["key"] == "sign_in_throttled"
    assert sign_in(own_service, "chief")[0] == 429
    time.sleep(1.1)
    assert sign_in(own_service, "chief")[0] == 201


def test_a_flood_of_sign_ins_is_bounded_and_the_rest_of_the_service_stays_quick(own_service: Served) -> None:
    reader = own_service.client(own_service.token("reader", Role.READER))
    clients = [own_service.client() for _ in range(40)]
    with ThreadPoolExecutor(40) as pool:
        waiting = [
            pool.submit(c.post, "/v1/session", json={"user": f"u{i}", "password": "x"}) for i, c in enumerate(clients)
        ]
        started = time.monotonic()
        assert reader.get("/v1/me").status_code == 200
        assert time.monotonic() - started < 2
        answers = [f.result() for f in waiting]
    keys = {a.json()["key"] for a in answers}
    assert keys <= {"bad_credentials", "sign_in_busy"}
    assert {a.status_code for a in answers} <= {401, 429}


def test_an_unknown_user_takes_as_long_as_a_known_one(own_service: Served) -> None:
    own_service.account("known", PASSWORD, Role.READER)
    sign_in(own_service, "nobody0", "warm up the pool")
    took: dict[str, list[float]] = {"known": [], "nobody": []}
    for i in range(4):
        for user, times in took.items():
            started = time.perf_counter()
            sign_in(own_service, user if user == "known" else f"nobody{i + 1}", "wrong password")
            times.append(time.perf_counter() - started)
    quickest = {user: min(times) for user, times in took.items()}
    assert 0.5 < quickest["known"] / quickest["nobody"] < 2


def test_a_role_taken_from_an_account_is_taken_from_its_tokens(own_service: Served) -> None:
    own_service.account("chief", PASSWORD, *ALL_ROOM)
    token = str(sign_in(own_service, "chief")[1]["token"])
    assert own_service.client(token).get("/v1/snapshot").status_code == 200
    own_service.account("chief", PASSWORD, Role.IMPORTER)
    deadline = time.monotonic() + 5
    while own_service.client(token).get("/v1/snapshot").status_code == 200:
        assert time.monotonic() < deadline, "the running service did not notice"
        time.sleep(0.05)
    assert own_service.client(token).get("/v1/snapshot").status_code == 403


def test_what_is_given_and_taken_is_in_the_log(own_service: Served) -> None:
    own_service.account("chief", PASSWORD, *ALL_ROOM)
    token = str(sign_in(own_service, "chief")[1]["token"])
    own_service.client(token).delete("/v1/session")
    own_service.token("script", Role.READER)
    from service.store import reads

    with own_service.store.reading.begin() as connection:
        changes = [c for c in reads.changes_after(connection, 0, 100) if c.subject == "account"]
    assert [(c.subject_id, c.action) for c in changes] == [
        ("chief", "added"),
        ("chief", "signed_in"),
        ("chief", "signed_out"),
        ("script", "token_given"),
    ]
    assert PASSWORD not in str(changes)


@pytest.mark.parametrize("hours", [0, 8761])
def test_hours_are_bounded(service: Served, hours: int) -> None:
    from domain.faults import Fault

    with pytest.raises(Fault, match="hours_out_of_bounds"):
        service.token("script", Role.READER, hours=hours)


def test_a_person_is_not_widened_by_a_script_token(service: Served) -> None:
    from domain.faults import Fault

    service.account("reader", PASSWORD, Role.READER)
    with pytest.raises(Fault, match="roles_beyond_account"):
        service.token("reader", Role.SYSTEM_ADMIN)
    assert sign_in(service, "reader")[0] == 201


def test_a_script_account_has_no_password_to_guess(service: Served) -> None:
    service.token("script", Role.READER)
    assert sign_in(service, "script", "")[0] == 400
    assert sign_in(service, "script", "x")[1]["key"] == "bad_credentials"
