"""Telephone and identity numbers in words nobody checked: what a file of one's own says of a feature, its name.

Contacts are shown masked and never leave the room (domain.md 7). A file is not ours, so its columns may hold some.
"""

import re

from domain.wire import MASK

_NUMBERS = re.compile(
    r"(?<!\d)(?:"
    r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}"  # a mobile
    r"|\(?0\d{2,3}\)?[- ]?\d{7,8}"  # a line, its area code before it
    r"|\d{17}[\dXx]"  # an identity card
    r")(?!\d)"
)


def without_contacts(text: str) -> str:
    """Return the text with each telephone or identity number in it masked."""
    return _NUMBERS.sub(MASK, text)
