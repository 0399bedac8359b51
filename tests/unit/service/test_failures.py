"""Failed sign-ins: waits grow by name and by address, are bounded, forgotten in time, and never flushed by a flood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.passwords import FORGET_AFTER_S, FREE_FAILURES, LONGEST_WAIT_S, Doorkeeper, Failures, network_of


def test_waits_double_up_to_the_longest_and_are_forgotten() -> None:
    kept, now, waits = Failures(FREE_FAILURES), 0.0, []
    for _ in range(15):
        kept.note("a", now)
        waits.append(kept.wait_s("a", now))
        now += waits[-1]
    assert waits[:4] == [0.0] * 4
    assert waits[4:11] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, LONGEST_WAIT_S]
    assert max(waits) == LONGEST_WAIT_S
    kept.note("a", now + FORGET_AFTER_S + 1)
    assert kept.wait_s("a", now + FORGET_AFTER_S + 1) == 0


def test_who_is_forgiven_waits_no_more_and_others_still_do() -> None:
    kept = Failures(1)
    for name in ("a", "b"):
        kept.note(name, 0.0)
    kept.forgive("a")
    assert (kept.wait_s("a", 0.0), kept.wait_s("b", 0.0)) == (0.0, 1.0)


@given(names=st.lists(st.text(max_size=3), max_size=200))
def test_what_is_kept_is_bounded(names: list[str]) -> None:
    kept = Failures(2, most=16)
    for n, name in enumerate(names):
        kept.note(name, float(n))
    assert len(kept) <= 16


async def test_an_address_that_tries_many_accounts_waits_too() -> None:
    keeper = Doorkeeper()
    try:
        for n in range(30):
            keeper.note_failure(f"user{n}", "10.0.0.9")
        with pytest.raises(Exception, match="sign_in_throttled"):
            keeper.check_pace("somebody else", "10.0.0.9")
        keeper.check_pace("somebody else", "10.0.0.8")
        keeper.passed("user1")
        with pytest.raises(Exception, match="sign_in_throttled"):
            keeper.check_pace("user1", "10.0.0.9")
    finally:
        keeper.close()


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_address_is_counted_by_what_one_person_holds(host: str, counted: str) -> None:
    assert network_of(host) == counted
