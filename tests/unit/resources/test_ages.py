"""An age brings its own "ago" along: no message says it a second time."""

import pytest

from layers.ages import age_text
from resources.files import list_names, read_text
from resources.words import LANGUAGES, Language, Words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("age_s", [0, 7, 200, 9_000, 200_000])
def test_no_message_says_ago_twice(language: Language, age_s: int) -> None:
    words = Words(language)
    age = age_text(age_s, words)
    told = [
        line.replace("{age}", age)
        for name in list_names(f"locale/{language}")
        for line in read_text(f"locale/{language}/{name}").splitlines()
        if "{age}" in line
    ]
    assert told
    assert not [line for line in told if "前前" in line or "ago ago" in line]
