"""Telephone and identity numbers in words nobody checked: what a file of one's own says of a feature, its name.

Contacts are shown masked and never leave the room (domain.md 7). A file is not ours, so its columns may hold some.
"""

import re

from domain.wire import MASK

_GAP = r"[- －—]?"
_NUMBERS = re.compile(
    r"(?<!\d)(?:"
    rf"(?:[+＋]?86{_GAP})?[1１][3-9３-９]\d(?:{_GAP}\d{{4}}){{2}}"  # a mobile; digits may be as wide as characters
    rf"|[(（]?[0０]\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}"  # a line, its area code before it
    rf"|(?:电话|座机|手机|联系方式|[Tt][Ee][Ll])[:：. ]*\d{{3,4}}{_GAP}\d{{4}}"  # one of the town, called a telephone
    r"|\d{17}[\dXxＸｘ]"  # an identity card
    r")(?!\d)"
)


def without_contacts(text: str) -> str:
    """Return the text with each telephone or identity number in it masked."""
    return _NUMBERS.sub(MASK, text)
