"""Why a disk refused is said in the reader's language, never in the system's."""

import errno
import os

import pytest

from domain.faults import os_why
from resources.words import LANGUAGES, Words, sentence

FIRST, LAST = 1, 140


@pytest.mark.parametrize(
    ("number", "key"),
    [
        (errno.EACCES, "os.forbidden"),
        (errno.ENOSPC, "os.full"),
        (errno.EROFS, "os.read_only"),
        (errno.ENOENT, "os.missing"),
        (errno.ENAMETOOLONG, "os.name_too_long"),
        (errno.ETIMEDOUT, "os.too_slow"),
        (errno.EIO, "os.other"),
    ],
)
def test_what_the_system_says_has_a_word_of_ours(number: int, key: str) -> None:
    assert os_why(OSError(number, os.strerror(number))) == key


def test_an_error_without_a_number_is_said_too() -> None:
    assert os_why(TimeoutError("far away")) == "os.too_slow"
    assert os_why(OSError("far away")) == "os.other"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_the_number_the_sentence_is_whole(language: str) -> None:
    words = Words("zh-CN" if language == "zh-CN" else "en")
    for number in range(FIRST, LAST):
        why = os_why(OSError(number, os.strerror(number)))
        said = sentence(words, "fault.export_not_writable", {"file": "a.pdf", "reason": why})
        assert "os." not in said
        assert os.strerror(number) not in said
