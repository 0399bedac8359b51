"""Text cells that a spreadsheet would run as a formula are made text again (CSV injection, CWE-1236)."""

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def cell(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would calculate it; plain numbers stay."""
    if not text.startswith(_STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return "'" + text
    return text
