"""What is asked of the room: by whom, why, what a yes does to the clocks, and whether one would answer oneself."""

from datetime import datetime

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from domain.approving import ClockEffect, effect_of_yes
from domain.case import Case, OpenRequest
from domain.decide import APPROVALS, is_self_approval
from domain.people import Actor
from domain.states import RequestKind
from resources.theme import Theme
from widgets.asking import asked_by, reason_text
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names


class RequestBox(QFrame):
    """Four short lines; hidden while nothing is asked."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("clock_box")
        self._names, self._theme = names, theme
        self._title, self._why, self._effect, self._own = (WrappedLabel() for _ in range(4))
        set_role(self._title, "heading")
        set_role(self._effect, "second")
        set_role(self._own, "warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 6, 9, 6)
        column.setSpacing(2)
        for label in (self._title, self._why, self._effect, self._own):
            column.addWidget(label)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def show_case(self, case: Case, now: datetime) -> None:
        """Show what is asked on a case."""
        request, town = case.request, self._names.town
        self.setVisible(request is not None)
        if request is None or town is None:
            return
        words = self._names.words
        at = self._names.local(request.asked_at).strftime("%m-%d %H:%M")
        kind = words(f"request.{request.kind}")
        self._title.setText(words("desk.ask.title", what=kind, who=asked_by(case, request, self._names), at=at))
        self._show(self._why, reason_text(request, self._names))
        effect = effect_of_yes(case, town.rules, town.calendar, now)
        lines = [] if effect is None else self._effects(request, effect)
        if request.endorsed_by is not None:
            lines.append(words("desk.ask.endorsed", who=self._names.account(request.endorsed_by)))
        self._show(self._effect, "\n".join(lines))
        self._show(self._own, words("desk.ask.own") if self._is_own(case) else "")

    @staticmethod
    def _show(label: QLabel, text: str) -> None:
        label.setText(text)
        label.setVisible(bool(text))

    def _effects(self, request: OpenRequest, effect: ClockEffect) -> list[str]:
        """Return what a yes does, clock by clock; a clock it leaves alone is not named."""
        words = self._names.words
        lines = [words(f"desk.ask.effect.{request.kind}", until=self._moment(effect.until))]
        if request.kind in (RequestKind.EXTENSION, RequestKind.SUSPENSION):
            for name, before, after in (
                ("stage", effect.stage_before, effect.stage_after),
                ("case", effect.case_before, effect.case_after),
            ):
                if before is not None and after is not None:
                    key = "desk.ask.moves" if before != after else "desk.ask.stays"
                    moved = words(key, before=self._moment(before), after=self._moment(after))
                    lines.append(words(f"desk.ask.clock.{name}", moved=moved))
        return lines

    def _is_own(self, case: Case) -> bool:
        me = self._names.me
        if me is None:
            return False
        actor = Actor(account=me.account, roles=me.roles, unit=me.unit, staff=me.staff)
        return any(is_self_approval(action, case, actor) for action in APPROVALS)

    def _moment(self, at: datetime | None) -> str:
        return "" if at is None else self._names.local(at).strftime("%m-%d %H:%M")
