"""All panels of the desk, made in one place: each takes words, theme and names, and knows no other."""

import msgspec
from PySide6.QtWidgets import QStackedWidget, QWidget

from console.appearance import Appearance, Dressed
from console.mapfeed import MapModels
from widgets.case_card.panel import CaseCard
from widgets.case_list.panel import CaseListPanel
from widgets.command_bar import CommandBar
from widgets.help_sheet import HelpSheet
from widgets.map.view import MapView
from widgets.names import Names
from widgets.notices import NoticeStrip
from widgets.report_form import ReportForm
from widgets.today import TodayPanel
from widgets.top_bar import TopBar
from widgets.unit_board.panel import UnitBoard


class Panels(msgspec.Struct, frozen=True, weakref=True):
    """The panels of the desk, the page to sign in left out. A signal connected to it holds it weakly."""

    top_bar: TopBar
    notices: NoticeStrip
    case_list: CaseListPanel
    card: CaseCard
    board: UnitBoard
    today: TodayPanel
    map: MapView
    report_form: ReportForm
    card_stack: QStackedWidget
    command_bar: CommandBar
    help_sheet: HelpSheet

    def show_card(self) -> None:
        """Let the card stand where it and the report form share a place."""
        self.card_stack.setCurrentWidget(self.card)

    def show_report_form(self) -> None:
        """Let the report form stand where the card was; the card keeps all that was typed."""
        self.card_stack.setCurrentWidget(self.report_form)
        self.report_form.open_form()

    def dressed(self) -> list[Dressed]:
        """Return every panel as what takes language and theme."""
        return [
            self.top_bar,
            self.notices,
            self.case_list,
            self.card,
            self.board,
            self.today,
            self.map,
            self.report_form,
            self.command_bar,
            self.help_sheet,
        ]


def make_panels(appearance: Appearance, names: Names, models: MapModels, frame: QWidget) -> Panels:
    """Return new panels, empty as before the first snapshot. ``frame`` is the page that sheets lie over."""
    words, theme = appearance.words, appearance.theme
    card, report_form, stack = CaseCard(words, theme, names), ReportForm(words, theme, names), QStackedWidget()
    stack.addWidget(card)
    stack.addWidget(report_form)
    view = MapView(words, theme, appearance.family or "")
    view.set_layers([models.basemap, models.divisions, models.grids, models.cases, models.positions])
    return Panels(
        top_bar=TopBar(words, theme),
        notices=NoticeStrip(words, theme),
        case_list=CaseListPanel(words, theme, names),
        card=card,
        board=UnitBoard(words, theme, names),
        today=TodayPanel(words, theme),
        map=view,
        report_form=report_form,
        card_stack=stack,
        command_bar=CommandBar(words, theme, frame),
        help_sheet=HelpSheet(words, theme, frame),
    )
