"""Which passwords are guessed first, told by what they are made of rather than by a list of them.

Lists of leaked passwords are long and their heads are all of a few shapes: one thing said again, keys in a row, a
date or a telephone number, a well-known word with figures behind it, or one's own name. ``common_as`` names the shape.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

FEWEST_CHARACTERS = 5
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1234567890",
    "!@#$%^&*()",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)
WORDS = (
    "password",
    "passwort",
    "passw",
    "mima",
    "admin",
    "administrator",
    "root",
    "user",
    "guest",
    "test",
    "welcome",
    "login",
    "letmein",
    "iloveyou",
    "woaini",
    "aini",
    "changeme",
    "default",
    "secret",
    "master",
    "system",
    "oracle",
    "huawei",
    "onemap",
    "zhihui",
    "wangge",
    "zhongguo",
    "china",
    "beijing",
    "zhejiang",
    "dragon",
    "monkey",
    "football",
    "sunshine",
    "princess",
    "superman",
)
_LOOKS_LIKE = str.maketrans("0134578@$!|", "oieastbasii")
_SIGNS = "0123456789!@#$%^&*()-_=+.,;:?/ "
_DATE = re.compile(r"(19|20)\d\d[-./年]?(0?[1-9]|1[0-2])[-./月]?([0-2]?\d|3[01])日?")
_PHONE = re.compile(r"(\+?86)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")


def common_as(password: str, names: Iterable[str] = ()) -> str | None:
    """Return why a password is guessed first (``repeated``, ``in_a_row``, ``figures``, ``word``, ``name``), or None."""
    plain = password.casefold()
    if len(set(plain)) < FEWEST_CHARACTERS or _repeats(plain):
        return "repeated"
    if _in_rows(plain):
        return "in_a_row"
    if _rest(plain, _DATE) < FEWEST_CHARACTERS or _rest(plain, _PHONE) < FEWEST_CHARACTERS or plain.isdecimal():
        return "figures"
    if _is_made_of(plain, WORDS):
        return "word"
    if _is_made_of(plain, [n.casefold().replace(" ", "") for n in names if len(n) >= 2]):
        return "name"
    return None


def _repeats(plain: str) -> bool:
    """Whether it is a shorter piece said again and again, cut anywhere."""
    return any(plain == (plain[:n] * (len(plain) // n + 1))[: len(plain)] for n in range(1, len(plain) // 2 + 1))


def _in_rows(plain: str) -> bool:
    """Whether nearly every character follows its neighbour in a row of keys, up or down."""
    steps = sum(any(a + b in row or b + a in row for row in ROWS) for a, b in pairwise(plain))
    return steps >= 0.75 * (len(plain) - 1)


def _rest(plain: str, pattern: re.Pattern[str]) -> int:
    found = pattern.search(plain)
    return len(plain) if found is None else len(plain) - len(found.group())


def _is_made_of(plain: str, words: Iterable[str]) -> bool:
    """Whether only figures and signs are left once the words are taken out, letters written as figures included."""
    core = plain.strip(_SIGNS)
    for text in (plain, core.translate(_LOOKS_LIKE)):
        left = text
        for word in sorted(words, key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < len(text) and not any(ch.isalpha() for ch in left):
            return True
    return False
