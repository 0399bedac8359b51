"""A list of rows of text, each under an id, that is filled anew whenever something altered."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from widgets.common.tips import plain_tip

ID_ROLE = Qt.ItemDataRole.UserRole


def fill_rows(shown: QListWidget, rows: Sequence[tuple[str, str]]) -> None:
    """List ids with their texts; the row that was chosen stays chosen. Nothing is touched where nothing altered.

    The list tells nobody: for a moment no row is chosen, and buttons that act on one, switched off for that moment,
    would hand the keys on to whatever stands next.
    """
    if [(_id_of(shown.item(i)), shown.item(i).text()) for i in range(shown.count())] == list(rows):
        return
    chosen = chosen_row(shown)
    shown.updateGeometry()  # it takes the room its rows need
    with QSignalBlocker(shown):
        shown.clear()
        for ident, text in rows:
            item = QListWidgetItem(text)
            item.setData(ID_ROLE, ident)
            item.setToolTip(plain_tip(text))
            shown.addItem(item)
            if ident == chosen:
                shown.setCurrentItem(item)


def chosen_row(shown: QListWidget) -> str | None:
    """Return the id of the row that is chosen."""
    item = shown.currentItem()
    return None if item is None else _id_of(item)


def _id_of(item: QListWidgetItem) -> str | None:
    """Return the id of a row; one that only says that there is none has no id."""
    ident = item.data(ID_ROLE)
    return ident if isinstance(ident, str) else None
