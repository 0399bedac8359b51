"""What stands in a tooltip as it was written: Qt takes for markup whatever looks like it, and would draw it."""

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """Return what a tooltip is to be given so that it shows a text written by somebody as it stands."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text
