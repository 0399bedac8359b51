"""What a book is to the sheet that shows it: how its pages are listed, told, entered and read back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from domain.register_shapes import Body, in_span
from widgets.common.row_table import Row
from widgets.forms.entries import Entry
from widgets.names import Names

B = TypeVar("B", bound=Body)


class Book(Generic[B]):
    """One book. ``name`` is the head of its word keys; a page of it is an entry of the register."""

    name = ""

    def __init__(self, names: Names) -> None:
        self.names = names

    def heads(self) -> Sequence[str]:
        """Return the word keys of the columns."""
        raise NotImplementedError

    def cells(self, page: B) -> Sequence[str]:
        """Return what is listed of a page."""
        raise NotImplementedError

    def tell(self, page: B) -> Sequence[tuple[str, str]]:
        """Return all of a page in words: names of parts and their texts."""
        raise NotImplementedError

    def entries(self, page: B | None) -> list[Entry]:
        """Return the lines of the form for a page, or for a new one."""
        raise NotImplementedError

    def read(self, values: dict[str, Any], page: B | None) -> B:
        """Return the page that was entered; what the form does not show stays as it was. Raises ``Fault``."""
        raise NotImplementedError

    def row(self, key: str, page: B, now: datetime, since: datetime | None, until: datetime | None) -> Row:
        """Return a page as listed; one that is not in force is dim."""
        state = "now" if in_span(since, until, now) else "planned" if since is not None and now < since else "over"
        cells = (*self.cells(page), self.names.words(f"book.state.{state}"))
        return Row(key, tuple(cells), dim=state != "now")
