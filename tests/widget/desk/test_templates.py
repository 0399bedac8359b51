"""Templates where one types: by a key, put in at the cursor, its blank marked to be typed over."""

import pytest
from domain_factories import Ledger
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from domain.decide import allowed_steps
from domain.ids import AccountId, EntryId
from domain.people import Actor, Role
from domain.register_text import ANY_USE, REPORT_USE, Template
from resources.codes import load_templates
from resources.theme import Theme
from resources.words import Words
from widgets.case_card.panel import CaseCard
from widgets.names import Names
from widgets.report_form import ReportForm
from widgets.templates import Offered, TemplateMenu, Templates, put_in

A_MENU = pytest.mark.qt_log_ignore("This plugin does not support")
"""Without a display a menu cannot take the keyboard, and Qt says so."""
OFFERED = (
    Offered(Template("处处可用", "已知悉。", (ANY_USE,))),
    Offered(Template("备注用", "已到…现场。", ("note",)), EntryId("t1"), 1, own=True),
    Offered(Template("登记用", "积水约…厘米。", (REPORT_USE,))),
)


def _menu(edit: QPlainTextEdit) -> TemplateMenu:
    return next(menu for menu in edit.findChildren(TemplateMenu) if menu.isVisible())


def _texts(menu: TemplateMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


@pytest.fixture
def templates(names: Names) -> Templates:
    names.templates.use(OFFERED)
    return names.templates


@A_MENU
def test_the_key_offers_what_fits_the_action_first(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, templates: Templates
) -> None:
    kept: list[tuple[str, str]] = []
    dropped: list[Offered] = []
    templates.keep = lambda text, use: kept.append((text, use))
    templates.drop = dropped.append
    ledger = Ledger()
    case = ledger.report()
    card = CaseCard(words, theme, names)
    qtbot.addWidget(card)
    card.show()
    card.show_case(case, allowed_steps(case, Actor(AccountId("p"), frozenset({Role.ACCEPTOR})), ledger.context))
    card.press_key("T")
    assert card._form is not None
    edit = card._form.field("text").edit  # type: ignore[union-attr]
    assert "F7" in edit.placeholderText()
    qtbot.keyClick(edit, Qt.Key.Key_F7)
    menu = _menu(edit)
    assert _texts(menu) == ["备注用", "处处可用", "把这段话存为模板", "删除模板"]
    menu.actions()[0].trigger()
    menu.close()
    assert edit.toPlainText() == "已到…现场。"
    assert edit.textCursor().selectedText() == "…"
    qtbot.keyClicks(edit, "A")
    qtbot.keyClick(edit, Qt.Key.Key_F7)
    menu = _menu(edit)
    menu._keep.trigger()
    assert kept == [("已到A现场。", "note")]
    next(iter(menu._drops)).trigger()
    assert dropped == [OFFERED[1]]
    menu.close()


@A_MENU
def test_the_report_form_offers_its_own(
    qtbot: QtBot, words: Words, theme: Theme, names: Names, templates: Templates
) -> None:
    form = ReportForm(words, theme, names)
    qtbot.addWidget(form)
    form.show()
    form.open_form()
    qtbot.keyClick(form.text, Qt.Key.Key_F7)
    menu = _menu(form.text)
    assert _texts(menu)[:2] == ["登记用", "处处可用"]
    menu.close()


def test_nothing_to_offer_is_said(qtbot: QtBot, words: Words, names: Names) -> None:
    edit = QPlainTextEdit()
    qtbot.addWidget(edit)
    menu = TemplateMenu(edit, Templates(), "note", words)
    assert not menu.actions()[0].isEnabled()
    assert not menu._keep.isEnabled()


def test_a_text_is_put_in_at_the_cursor_over_what_is_marked(qtbot: QtBot) -> None:
    edit = QPlainTextEdit("前后")
    qtbot.addWidget(edit)
    cursor = edit.textCursor()
    cursor.setPosition(1)
    edit.setTextCursor(cursor)
    put_in(edit, "中…间")
    assert edit.toPlainText() == "前中…间后"
    put_in(edit, "X")
    assert edit.toPlainText() == "前中X间后"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_those_that_come_with_the_program_are_whole(language: str) -> None:
    shipped = load_templates(language)
    assert shipped
    for template in shipped:
        template.check()
        assert template.name and template.uses  # noqa: PT018
