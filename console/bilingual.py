"""Text of the terminal, Chinese with English beside it: whoever types a command has not chosen a language yet."""

from resources.words import Value, Words


class Bilingual:
    """Called with a word key it returns the Chinese and the English text in one line."""

    def __init__(self) -> None:
        self._chinese = Words("zh-CN")
        self._english = Words("en")

    def __call__(self, key: str, **values: Value) -> str:
        """Return ``中文 / English``; one of them where both are the same."""
        chinese, english = self._chinese(key, **values), self._english(key, **values)
        return chinese if chinese == english else f"{chinese} / {english}"

    def fault(self, key: str, **values: Value) -> str:
        """Return the sentence of a fault in both languages."""
        return self(f"fault.{key}", **values)
