"""What the register keeps of words: templates for reports and notes (模板)."""

from typing import Annotated

from msgspec import Meta

from domain.faults import invalid
from domain.register_shapes import Body, Name

ANY_USE = "any"
REPORT_USE = "report"
"""Where a template is offered: at a report, at the text of an action by its name, or everywhere."""
MAX_TEMPLATE = 1_000


class Template(Body, frozen=True):
    """A text that is written again and again. ``uses`` are ``report``, ``any`` or names of actions."""

    name: Name
    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEMPLATE)]
    uses: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=20)] = (ANY_USE,)

    def check(self) -> None:
        """Raise ``Fault`` for a text of blanks."""
        if not self.text.strip():
            raise invalid("argument_missing", argument="text")

    def serves(self, use: str) -> bool:
        """Return whether it is offered there."""
        return use in self.uses or ANY_USE in self.uses
