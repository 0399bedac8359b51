"""Posts and who is on them: sign on with Enter, off with Enter again; whoever may adds a post by its name."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import Words
from widgets.common.button import Button, short_name
from widgets.common.empty import EmptyState
from widgets.common.row_table import Row, RowTable
from widgets.shift.values import Do, PostRow, ShiftIntent

NAME_MOST = 100


class PostsPage(QWidget):
    """The first page of the sheet."""

    asked = Signal(object)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._rows: tuple[PostRow, ...] = ()
        self._may_add = False
        self.table, self.empty = RowTable(theme, self, stretch=1), EmptyState()
        self.name, self.add, self.act = QLineEdit(), Button(), Button()
        self.name.setMaxLength(NAME_MOST)
        foot = QHBoxLayout()
        foot.addWidget(self.name, 1)
        foot.addWidget(self.add)
        foot.addWidget(self.act)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.table.view, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        self.table.chosen.connect(self._show_act)
        self.table.opened.connect(self._on_act)
        self.act.clicked.connect(self._on_act)
        self.add.clicked.connect(self._on_add)
        self.name.returnPressed.connect(self._on_add)

    def show_posts(self, rows: Sequence[PostRow], *, may_add: bool) -> None:
        """Show the posts."""
        self._rows, self._may_add = tuple(rows), may_add
        words = self._words
        heads = (words("shift.head.post"), words("shift.head.on_post"))
        nobody = words("shift.nobody")
        comma = words("list.comma")
        self.table.set_rows(heads, [Row(r.name, (r.name, comma.join(r.people) or nobody), not r.people) for r in rows])
        self.table.view.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        hint = words("shift.no_posts_hint" if may_add else "shift.no_posts_ask")
        self.empty.show_texts(words("shift.no_posts"), hint)
        self.name.setVisible(may_add)
        self.add.setVisible(may_add)
        if rows and not self.table.key:
            self.table.choose(rows[0].name)
        self._show_act()

    def focus_first(self) -> None:
        """Go to the posts."""
        (self.table.view if self._rows else self.name).setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self.table.set_texts(words("shift.tab.posts"), words("shift.tab.posts"))
        self.name.setPlaceholderText(words("shift.post_name"))
        self.name.setAccessibleName(words("shift.post_name"))
        self.add.setText(words("shift.add_post"))
        self.show_posts(self._rows, may_add=self._may_add)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self.table.set_theme(theme)

    def _row(self) -> PostRow | None:
        return next((row for row in self._rows if row.name == self.table.key), None)

    def _show_act(self) -> None:
        row = self._row()
        self.act.setVisible(row is not None)
        if row is not None:
            short = short_name(self.act, row.name)
            self.act.setText(self._words("shift.sign_off" if row.mine else "shift.sign_on", post=short))

    def _on_act(self) -> None:
        row = self._row()
        if row is not None:
            self.asked.emit(ShiftIntent(Do.SIGN_OFF if row.mine else Do.SIGN_ON, row.name))

    def _on_add(self) -> None:
        name = self.name.text().strip()
        if name:
            self.name.clear()
            self.asked.emit(ShiftIntent(Do.ADD_POST, name))
