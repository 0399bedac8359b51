"""The head of the card: title, number, channel, time, and the badges that must not be overlooked."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from domain.case import Case, Claim
from domain.ids import AccountId, CaseNo
from domain.states import Supervise
from domain.wire import MASK
from resources.theme import Theme
from widgets.common.chip import Chip
from widgets.common.flow import FlowLayout
from widgets.common.lamp import Shape
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel
from widgets.names import Names
from widgets.presence import looking_text
from widgets.signs import supervise_colour

_Badge = tuple[str, str, Shape]
"""What a badge says, its colour, and its sign."""


class CaseHeader(QWidget):
    """Title and what the case is, in two lines, with its badges; what presses most stands beside the title."""

    def __init__(self, names: Names, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names, self._theme = names, theme
        self._title, self._meta, self._kind = WrappedLabel(), WrappedLabel(), WrappedLabel()
        for label in (self._title, self._meta, self._kind):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        set_role(self._title, "title")
        set_role(self._meta, "second")
        set_role(self._kind, "second")
        self._meta.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._supervise = Chip()
        self._supervise.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QHBoxLayout()
        top.setSpacing(8)
        self._urgent = Chip()
        self._urgent.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top.addWidget(self._title, 1)
        top.addWidget(self._urgent, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._supervise, 0, Qt.AlignmentFlag.AlignTop)
        self._shown_badges: list[_Badge] | None = None
        self._case: Case | None = None
        self._viewers: Mapping[CaseNo, tuple[AccountId, ...]] = {}
        self._badges = QWidget()
        self._badge_flow = FlowLayout(self._badges, spacing_px=6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self._meta)
        column.addWidget(self._kind)
        column.addWidget(self._badges)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def show_case(self, case: Case, now: datetime) -> None:
        """Show the head of a case; a report of today is told by its time alone."""
        names, words = self._names, self._names.words
        at, today = names.local(case.opened_at), names.local(now).date()
        opened = at.strftime("%H:%M" if at.date() == today else "%m-%d %H:%M" if at.year == today.year else "%Y-%m-%d")
        self._title.setText(case.title or names.kind(case.kind))
        parts = [case.case_no, words(f"channel.{case.channel}"), words("desk.card.opened", at=opened)]
        self._meta.setText(" · ".join(parts))
        source = f"{case.source} {case.source_no}".strip()
        marks = [words("desk.card.imported")] if case.imported else []
        marks += [words("desk.card.synthetic")] if case.synthetic else []
        facts = [names.kind(case.kind), words(f"state.{case.state}"), source, *marks]
        self._kind.setText(" · ".join(fact for fact in facts if fact))
        self._show_badges(case)

    def set_viewers(self, viewers: Mapping[CaseNo, tuple[AccountId, ...]]) -> None:
        """Take which cases colleagues have open now."""
        self._viewers = viewers
        if self._case is not None:
            self._show_badges(self._case)

    def _show_badges(self, case: Case) -> None:
        self._case = case
        words, theme = self._names.words, self._theme
        level = case.supervise
        self._supervise.setVisible(level is not Supervise.NONE)
        if level is not Supervise.NONE:
            colour = supervise_colour(level, theme)
            self._supervise.show_chip(words(f"supervise.{level}"), Shape.NONE, colour, theme.panel, outlined=True)
        self._urgent.setVisible(case.urgent)
        if case.urgent:
            self._urgent.show_chip(words("desk.card.urgent"), Shape.NONE, theme.near, theme.panel, outlined=True)
        badges = self._badge_texts(case)
        if badges == self._shown_badges:
            return
        self._shown_badges = badges
        while (item := self._badge_flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for text, colour, shape in badges:
            chip = Chip()
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            chip.show_chip(text, shape, colour, theme.panel, outlined=True)
            chip.setToolTip(self._hint_of(case, text))
            self._badge_flow.addWidget(chip)
        self._badges.setVisible(self._badge_flow.count() > 0)

    def _hint_of(self, case: Case, text: str) -> str:
        words = self._names.words
        if text == words("desk.card.masked"):
            return words("desk.card.masked_hint")
        if text == looking_text(self._viewers.get(case.case_no, ()), self._names):
            return words("presence.hint")
        theirs = case.claim is not None and not self._names.is_me(case.claim.by)
        return words("desk.claim.hint") if theirs and case.claim and text == self._claim_text(case.claim) else ""

    def _badge_texts(self, case: Case) -> list[_Badge]:
        looking = looking_text(self._viewers.get(case.case_no, ()), self._names)
        seen = [(looking, self._theme.near, Shape.EYE)] if looking else []
        return seen + [(text, colour, Shape.NONE) for text, colour in self._facts(case)]

    def _facts(self, case: Case) -> list[tuple[str, str]]:
        words, theme = self._names.words, self._theme
        found: list[tuple[str, str]] = []
        if case.claim is not None:
            found.append((self._claim_text(case.claim), theme.accent))
        if case.request is not None:
            asked = words(f"request.{case.request.kind}")
            found.append((words("desk.card.request", request=asked), theme.near))
        if case.historic:
            found.append((words("desk.card.historic"), theme.text_second))
        if case.rework_count:
            found.append((words("desk.card.reworked", n=case.rework_count), theme.near))
        if case.self_approved:
            said = words("desk.and").join(words(f"action.{action}") for action in case.self_approved)
            found.append((words("desk.card.self_approved", actions=said), theme.near))
        if is_masked(case):
            found.append((words("desk.card.masked"), theme.text_second))
        if case.merged_into is not None:
            found.append((words("desk.card.merged_into", case_no=case.merged_into), theme.accent))
        return found

    def _claim_text(self, claim: Claim) -> str:
        """Say who has the case in hand since when, and who handed it to them."""
        names, words = self._names, self._names.words
        at = names.local(claim.since).strftime("%H:%M")
        if names.is_me(claim.by):
            said = words("desk.claim.mine_since", at=at)
        else:
            said = words("desk.claim.since", who=names.account(claim.by), at=at)
        if claim.handed_by is None:
            return said
        return words("list.comma").join((said, words("desk.claim.handed", who=names.account(claim.handed_by))))


def is_masked(case: Case) -> bool:
    """Return whether something of the case is not shown to this reader."""
    request = "" if case.request is None else case.request.text
    values = (case.title, case.address, case.source_no, request, *(report.text for report in case.reports))
    return MASK in values
