"""``docs/access.md`` says what the table says."""

from pathlib import Path

from service.access.page import page

DOCS = Path(__file__).parents[3] / "docs" / "access.md"


def test_the_page_is_written_from_the_table() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), "python -m service.access.page > docs/access.md"
