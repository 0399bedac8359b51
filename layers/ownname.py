"""What a layer of one's own is called. Apart from ``layers.options``, as a start has no need of it."""

from domain.contacts import without_contacts
from layers.options import MOST_NAME


def layer_name(text: str) -> str:
    """Return what a layer of one's own is called, wherever it is told: in lists, legends, and in what is exported.

    It is one line, within bounds, and names no contact. Empty where nothing is left that can be read.
    """
    line = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    return without_contacts(line)[:MOST_NAME].strip()
