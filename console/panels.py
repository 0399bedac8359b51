"""All panels of the desk, made in one place: each takes words, theme and names, and knows no other."""

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QWidget

from console.appearance import Appearance, Dressed
from console.late import Late, Place
from console.mapfeed import MapModels
from widgets.case_list.panel import CaseListPanel
from widgets.command_bar import CommandBar
from widgets.common.empty import EmptyState
from widgets.help_sheet import HelpSheet
from widgets.map.view import MapView
from widgets.names import Names
from widgets.notices import NoticeStrip
from widgets.top_bar import TopBar

if TYPE_CHECKING:
    from domain.machine import Step
    from widgets.case_card.panel import CaseCard
    from widgets.report_form import ReportForm
    from widgets.today import TodayPanel
    from widgets.unit_board.panel import UnitBoard


class Panels(msgspec.Struct, frozen=True, weakref=True):
    """The panels of the desk, the page to sign in left out. A signal connected to it holds it weakly."""

    top_bar: TopBar
    notices: NoticeStrip
    case_list: CaseListPanel
    late_card: "Late[CaseCard]"
    late_board: "Late[UnitBoard]"
    late_today: "Late[TodayPanel]"
    map: MapView
    late_report_form: "Late[ReportForm]"
    card_stack: Place
    board_place: Place
    today_place: Place
    command_bar: CommandBar
    help_sheet: HelpSheet

    @property
    def board(self) -> "UnitBoard":
        """The unit board, made now where it is not yet."""
        return self.late_board.get()

    @property
    def today(self) -> "TodayPanel":
        """The figures of today, made now where they are not yet."""
        return self.late_today.get()

    @property
    def card(self) -> "CaseCard":
        """The case card, made now where no case has been on it yet."""
        return self.late_card.get()

    def press_card_key(self, text: str) -> None:
        """Let the card do what a letter or digit stands for; what it was told before it was made it knows by then."""
        self.card.press_key(text)

    def card_steps(self) -> "tuple[Step, ...]":
        """Return what may be done now on the case on the card."""
        return self.card.steps()

    @property
    def report_form(self) -> "ReportForm":
        """The report form, made now where nobody has opened it yet."""
        return self.late_report_form.get()

    def show_card(self) -> None:
        """Let the card stand where it and the report form share a place."""
        self.card_stack.setCurrentIndex(0)

    def show_report_form(self) -> None:
        """Let the report form stand where the card was; the card keeps all that was typed."""
        self.card_stack.setCurrentWidget(self.report_form)
        self.report_form.open_form()

    def docks(self) -> dict[str, QWidget]:
        """Return what stands in the docks, by their lasting names."""
        return {
            "dock-cases": self.case_list,
            "dock-map": self.map,
            "dock-card": self.card_stack,
            "dock-units": self.board_place,
            "dock-today": self.today_place,
        }

    def dressed(self) -> list[Dressed]:
        """Return every panel that is there from the start, as what takes language and theme."""
        return [
            self.top_bar,
            self.notices,
            self.case_list,
            self.map,
            self.command_bar,
            self.help_sheet,
        ]


CARD_NARROWEST_PX = 300
"""On a card narrower than this, as in a window that was made small, its texts would be cut at its side."""


def make_panels(appearance: Appearance, names: Names, models: MapModels, frame: QWidget) -> Panels:
    """Return new panels, empty as before the first snapshot. ``frame`` is the page that sheets lie over."""
    words, theme = appearance.words, appearance.theme
    no_case = EmptyState()

    def make_card() -> "CaseCard":
        from widgets.case_card.panel import CaseCard  # noqa: PLC0415 - not before a case is chosen, or all else is there

        return CaseCard(words, appearance.theme, names)

    def say_no_case(_language: str = "") -> None:
        no_case.show_texts(words("desk.card.empty"), words("desk.card.empty_hint"))

    say_no_case()
    appearance.language_changed.connect(say_no_case)
    late_card = Late(make_card, "widgets.case_card.panel")
    late_card.then(lambda _: appearance.language_changed.disconnect(say_no_case))
    stack = Place(late_card, no_case, CARD_NARROWEST_PX)

    def make_report_form() -> "ReportForm":
        from widgets.report_form import ReportForm  # noqa: PLC0415 - not before somebody takes a report down

        return ReportForm(words, appearance.theme, names)

    late_report_form = Late(make_report_form)
    late_report_form.then(stack.addWidget)

    def make_board() -> "UnitBoard":
        from widgets.unit_board.panel import UnitBoard  # noqa: PLC0415 - not before the first picture

        return UnitBoard(words, appearance.theme, names)

    def make_today() -> "TodayPanel":
        from widgets.today import TodayPanel  # noqa: PLC0415 - not before the first picture

        return TodayPanel(words, appearance.theme)

    late_board = Late(make_board, "widgets.unit_board.panel")
    late_today = Late(make_today, "widgets.today")
    view = MapView(words, theme, appearance.family or "")
    view.set_layers(models.all())
    return Panels(
        top_bar=TopBar(words, theme),
        notices=NoticeStrip(words, theme),
        case_list=CaseListPanel(words, theme, names),
        late_card=late_card,
        late_board=late_board,
        late_today=late_today,
        map=view,
        late_report_form=late_report_form,
        card_stack=stack,
        board_place=Place(late_board, QWidget()),
        today_place=Place(late_today, QWidget()),
        command_bar=CommandBar(words, theme, frame),
        help_sheet=HelpSheet(words, theme, frame),
    )
