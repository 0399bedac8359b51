"""Words in two languages. Every text a person reads is looked up here by key when it is shown, never at import.

The files are ``locale/<language>/<topic>.json``, flat ``{"key": "text with {names}"}``; a topic per room, so that
two rooms never edit one file. A test holds both languages to the same keys and the same names in braces.

A language that counts, English, says beside a number which of two forms it takes: ``{n} {n:report|reports}`` gives
``1 report`` and ``2 reports``.
"""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from resources.files import list_names, read_bytes

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")

Value = str | int | float | None

_FORMS = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")
"""A name, the form where its value is one, and the form where it is not."""


def load_words(language: Language) -> dict[str, str]:
    """Return all words of a language. Raises ValueError where two topics define one key."""
    words: dict[str, str] = {}
    for name in list_names(f"locale/{language}"):
        topic = msgspec.json.decode(read_bytes(f"locale/{language}/{name}"), type=dict[str, str])
        if not words.keys().isdisjoint(topic):
            raise ValueError(f"{language}/{name} defines again: {sorted(words.keys() & topic.keys())}")
        words |= topic
    return words


class Words:
    """The words of the language in use: called with a key it returns the text. The language can be switched."""

    def __init__(self, language: Language = "zh-CN") -> None:
        self._words: dict[str, str] = {}
        self.language: Language = language
        self.use(language)

    def use(self, language: Language) -> None:
        """Switch to a language. Whoever shows text looks it up again afterwards."""
        self.language = language
        self._words = load_words(language)

    def __call__(self, key: str, **values: Value) -> str:
        """Return the text of ``key`` with its ``{names}`` filled in; the key itself where it is unknown."""
        text = self._words.get(key)
        if text is None:
            return key
        return _counted(text, values).format_map(_Shown(values)) if values else text

    def has(self, key: str) -> bool:
        """Return whether there is a text for ``key``."""
        return key in self._words


def sentence(words: Words, key: str, values: Mapping[str, Value]) -> str:
    """Return the text of a key; values that are word keys themselves are looked up with the other values."""
    shown: dict[str, Value] = {}
    for name, value in values.items():
        others = {other: text for other, text in values.items() if other != name}
        shown[name] = sentence(words, value, others) if isinstance(value, str) and words.has(value) else value
    return words(key, **shown)


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters; what is left out is told by an ellipsis."""
    return text if len(text) <= most else f"{text[:most]}…"


def _counted(text: str, values: Mapping[str, Value]) -> str:
    """Return a text with the forms its numbers take."""
    if "|" not in text:
        return text
    return _FORMS.sub(lambda found: found[2 if str(values.get(found[1])) == "1" else 3], text)


class _Shown(dict[str, Value]):
    """Values for a text; a name nobody gave stays visible as ``{name}`` instead of failing."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        super().__init__(values)

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
