"""What the panels' tests share: words, theme, names of a small town, and the style the program runs in."""

from collections.abc import Iterator

import pytest
from domain_factories import ALL_ROLES, CALENDAR, COLLEAGUES, CONDITIONS, KIND, OTHER_KIND, RULES, STAFF, UNITS, Ledger
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shown_windows import ShownWindows

from domain.case import CaseKind
from domain.ids import AccountId, DivisionCode, GridCode
from domain.people import Role
from domain.wire import AccountName, Me, TownInfo
from resources.theme import Theme, load_theme
from resources.words import Words
from widgets.case_card.panel import CaseCard
from widgets.common.fonts import BODY_PX, installed_family
from widgets.common.style import style_sheet
from widgets.names import Names

TOWN = TownInfo(
    division=DivisionCode("330699103"),
    name_zh="清溪镇",
    name_en="Qingxi",
    synthetic=True,
    calendar=CALENDAR,
    rules=RULES,
    kinds=(
        CaseKind("01", "市容环境", "Appearance"),
        CaseKind(KIND, "暴露垃圾", "Rubbish", "01"),
        CaseKind("03", "施工管理", "Building sites"),
        CaseKind(OTHER_KIND, "工地扬尘", "Site dust", "03"),
        CaseKind("0409", "群发性事件", "Crowds", "03", enabled=False),
    ),
    conditions=CONDITIONS,
)

PANELS = {"CaseListPanel", "CaseCard", "UnitBoard", "TodayPanel", "TopBar", "NoticeStrip", "SignInPanel"}
PANELS |= {"ReportForm", "TemplateMenu", "QWidget", "PickList", "TabStrip", "QMenu", "FileDialog", "PhotoThumb"}


@pytest.fixture
def words() -> Words:
    return Words("zh-CN")


@pytest.fixture
def theme() -> Theme:
    return load_theme("dark")


@pytest.fixture
def names(words: Words) -> Names:
    names = Names(words)
    names.set_town(TOWN)
    names.set_grids({GridCode("g1"): "清溪-1", GridCode("g2"): "清溪-2"})
    names.set_people(UNITS, STAFF)
    names.set_colleagues([AccountName(account, str(account), ALL_ROLES) for account in COLLEAGUES])
    names.set_me(Me(AccountId("p"), "李", frozenset({Role.DISPATCHER, Role.ACCEPTOR})))
    return names


@pytest.fixture(autouse=True)
def no_stray_windows(qapp: QApplication) -> Iterator[None]:
    """Fail a test in which a part of a panel flashed up as a window of its own, because it had no parent yet."""
    windows = ShownWindows()
    qapp.installEventFilter(windows)
    yield
    qapp.removeEventFilter(windows)
    assert set(windows.names) <= PANELS


@pytest.fixture(autouse=True)
def styled(qapp: QApplication, theme: Theme) -> Iterator[None]:
    """Run in the program's own style and face."""
    family = installed_family() or "sans-serif"
    font = QFont(family)
    font.setPixelSize(BODY_PX)
    before = qapp.font()
    qapp.setFont(font)
    qapp.setStyleSheet(style_sheet(theme, family))
    yield
    qapp.setStyleSheet("")
    qapp.setFont(before)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def card_px() -> tuple[int, int]:
    """How large the card is; a test file may have it otherwise."""
    return 440, 900


@pytest.fixture
def card(qtbot: QtBot, words: Words, theme: Theme, names: Names, ledger: Ledger, card_px: tuple[int, int]) -> CaseCard:
    card = CaseCard(words, theme, names)
    qtbot.addWidget(card)
    card.resize(*card_px)
    card.set_now(ledger.now)
    card.show()
    return card
