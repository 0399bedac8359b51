"""Passwords that are guessed first are told by their shape; sentences and random ones are let be."""

import random
import string

import pytest

from domain.passwords import common_as


@pytest.mark.parametrize(
    ("password", "shape"),
    [
        ("aaaaaaaaaaaa", "repeated"),
        ("abcabcabcabc", "repeated"),
        ("1231231231", "repeated"),
        ("1234567890", "in_a_row"),
        ("0987654321", "in_a_row"),
        ("qwertyuiop", "in_a_row"),
        ("asdfghjkl;", "in_a_row"),
        ("1qaz2wsx3edc", "in_a_row"),
        ("zxcvbnm123", "in_a_row"),
        ("1990-01-01ab", "figures"),
        ("20240501abc", "figures"),
        ("13812345678", "figures"),
        ("0575-83012345", "figures"),
        ("8301745926", "figures"),
        ("password123", "word"),
        ("P@ssw0rd2024", "word"),
        ("Admin@12345", "word"),
        ("woaini1314520", "word"),
        ("!!OneMap2026!!", "word"),
        ("lihua-20260303", "name"),
        ("LiHua@@66778", "name"),
        ("李华1357924680", "name"),
    ],
)
def test_what_is_guessed_first(password: str, shape: str) -> None:
    assert common_as(password, ["lihua", "李华"]) is not None
    found = common_as(password, ["lihua", "李华"])
    assert found == shape or {found, shape} <= {"name", "figures"}


@pytest.mark.parametrize(
    "password",
    [
        "a good password",
        "correct horse battery",
        "清晨河边有三只白鹭",
        "k4m2-9xyz-pq7r",
        "Zhang-wei-walks-66",
        "rain in the 2nd grid",
    ],
)
def test_what_is_let_be(password: str) -> None:
    assert common_as(password, ["lihua", "李华"]) is None


def test_random_passwords_are_let_be() -> None:
    rng = random.Random(7)
    letters = string.ascii_lowercase + string.digits
    refused = sum(common_as("".join(rng.choices(letters, k=12)), ["lihua"]) is not None for _ in range(5000))
    assert refused <= 2
