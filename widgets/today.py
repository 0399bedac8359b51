"""The day's figures, each with the words that say exactly what was counted."""

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from domain.today import Today
from resources.theme import Theme
from resources.words import Words
from widgets.common.empty import EmptyState
from widgets.common.section import SectionHeader
from widgets.common.style import set_colour, set_role
from widgets.durations import minutes_text, rate_text

FIGURES = ("reported", "filed", "closed", "overdue", "in_time", "dispatch", "reworked", "satisfied")
COLUMNS = 4


class _Figure(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("figure_cell")
        self._name, self._figure = QLabel(), QLabel()
        set_role(self._name, "second")
        set_role(self._figure, "figure")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 6)
        column.setSpacing(0)
        column.addWidget(self._name)
        column.addWidget(self._figure)
        column.addStretch(1)

    def show_figure(self, name: str, figure: str, meaning: str, colour: str) -> None:
        self._name.setText(name)
        self._figure.setText(figure)
        set_colour(self._figure, colour)
        self.setToolTip(meaning)
        self.setAccessibleName(f"{name} {figure}. {meaning}")


class TodayPanel(QWidget):
    """Eight figures in two rows."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("today")
        self._words, self._theme = words, theme
        self._today: Today | None = None
        self._head = SectionHeader()
        self._cells = {name: _Figure() for name in FIGURES}
        grid_box = QWidget()
        grid = QGridLayout(grid_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for i, name in enumerate(FIGURES):
            grid.addWidget(self._cells[name], i // COLUMNS, i % COLUMNS)
        for i in range(COLUMNS):
            grid.setColumnStretch(i, 1)
        grid.setRowStretch(len(FIGURES) // COLUMNS, 1)
        self._grid_box, self._empty = grid_box, EmptyState()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(grid_box)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 4, 0)
        column.setSpacing(2)
        column.addWidget(self._head)
        column.addWidget(self._stack, 1)
        self.retranslate()

    def set_figures(self, today: Today | None) -> None:
        """Show the day's figures; None while there are none."""
        if today != self._today:
            self._today = today
            self.retranslate()

    def retranslate(self) -> None:
        """Look the words up again."""
        words, today = self._words, self._today
        self._empty.show_texts(words("desk.today.empty"), words("desk.today.empty_hint"))
        self._stack.setCurrentWidget(self._empty if today is None else self._grid_box)
        self._head.show_texts(
            "" if today is None else words("desk.today.since", at=today.since.strftime("%m-%d %H:%M"))
        )
        if today is None:
            return
        for name, figure in self._figures(today).items():
            colour = self._theme.overdue if name == "overdue" and today.overdue else self._theme.text
            meaning = words(f"desk.today.{name}.meaning", n=today.to_handle, m=today.answered)
            self._cells[name].show_figure(words(f"desk.today.{name}"), figure, meaning, colour)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme
        self.retranslate()

    @staticmethod
    def _figures(today: Today) -> dict[str, str]:
        return {
            "reported": str(today.reported),
            "filed": str(today.filed),
            "closed": str(today.closed),
            "overdue": str(today.overdue),
            "in_time": rate_text(today.in_time_rate),
            "dispatch": minutes_text(today.dispatch_s),
            "reworked": str(today.reworked),
            "satisfied": rate_text(today.satisfied_rate),
        }
