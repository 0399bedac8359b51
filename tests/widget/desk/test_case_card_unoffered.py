"""A key that stands for nothing now is answered, and who was overtaken by a colleague is told."""

import pytest
from domain_factories import FILED, Ledger, actor_for
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from domain.case import Case
from domain.decide import allowed_steps
from domain.ids import AccountId
from domain.people import Actor, Role
from domain.wire import Me
from resources.words import Words, sentence
from widgets.case_card.panel import CaseCard
from widgets.case_card.unoffered import CardNotice


@pytest.fixture
def told(card: CaseCard) -> list[CardNotice]:
    told: list[CardNotice] = []
    card.told.connect(told.append)
    return told


def _show(card: CaseCard, ledger: Ledger, case: Case, *roles: Role) -> None:
    actor = Actor(AccountId("p"), frozenset(roles))
    card._names.set_me(Me(actor.account, "李", actor.roles))
    card.show_case(case, allowed_steps(case, actor, ledger.context))


def _accepted(ledger: Ledger, case: Case) -> Case:
    return ledger.do(case.case_no, "accept", actor_for(case))


def _said(words: Words, notice: CardNotice) -> str:
    return sentence(words, notice.key, notice.values)


@pytest.mark.parametrize("seen_before", [True, False])
@pytest.mark.parametrize(
    ("language", "says"), [("zh-CN", "「受理」现在不能做：案件是「待立案」"), ("en", "Accept: not possible now")]
)
def test_a_key_a_colleague_was_faster_with_says_so(
    card: CaseCard,
    ledger: Ledger,
    words: Words,
    told: list[CardNotice],
    seen_before: bool,
    language: str,
    says: str,
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    case = ledger.report()
    if seen_before:
        _show(card, ledger, case, Role.ACCEPTOR, Role.DISPATCHER)
    _show(card, ledger, _accepted(ledger, case), Role.ACCEPTOR, Role.DISPATCHER)
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    card.keyPressEvent(key)
    assert key.isAccepted(), "it is answered here and does not come back from the window"
    assert card._form is None
    assert [says in _said(words, notice) for notice in told] == [True]
    assert not told[0].stays


def test_what_stood_for_the_key_before_is_named(card: CaseCard, ledger: Ledger, told: list[CardNotice]) -> None:
    """S sent somebody to verify; by now signing is nearer, but nobody meant that."""
    roles = (Role.ACCEPTOR, Role.HANDLER)
    case = ledger.report()
    _show(card, ledger, case, *roles)
    case = _accepted(ledger, case)
    case = ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code)
    _show(card, ledger, case, *roles)
    card.press_key("S")
    _show(card, ledger, ledger.report(), *roles)
    _show(card, ledger, case, *roles)
    card.press_key("S")
    assert [notice.values["action"] for notice in told] == ["action.send_verify", "action.sign"]


def test_what_the_role_may_never_do_is_told_as_that(
    card: CaseCard, ledger: Ledger, words: Words, told: list[CardNotice]
) -> None:
    _show(card, ledger, ledger.report(), Role.READER)
    card.press_key("A")
    assert _said(words, told[0]) == "「受理」不归您的岗位办"


def test_what_only_this_case_forbids_gives_no_wrong_reason(
    card: CaseCard, ledger: Ledger, words: Words, told: list[CardNotice]
) -> None:
    card._names.set_me(Me(AccountId("p"), "李", frozenset({Role.ACCEPTOR})))
    card.show_case(ledger.report(), [])
    card.press_key("A")
    assert _said(words, told[0]) == "「受理」现在不能做"


def test_keys_of_no_action_and_keys_on_offer_say_nothing(
    card: CaseCard, ledger: Ledger, told: list[CardNotice]
) -> None:
    assert not card.press_key("A"), "no case is open"
    _show(card, ledger, ledger.report(), Role.ACCEPTOR)
    assert not card.press_key("1")
    assert not card.press_key("N")
    assert card.press_key("A")
    assert told == []


def test_whose_form_was_overtaken_is_told_until_they_put_it_away(
    card: CaseCard, ledger: Ledger, words: Words, told: list[CardNotice]
) -> None:
    case = ledger.report()
    _show(card, ledger, case, Role.ACCEPTOR)
    card.press_key("A")
    moved = _accepted(ledger, case)
    _show(card, ledger, moved, Role.ACCEPTOR)
    _show(card, ledger, moved, Role.ACCEPTOR)
    assert len(told) == 1, "once"
    assert told[0].stays
    said = _said(words, told[0])
    assert "受理" in said
    assert "待立案" in said


def test_who_was_not_overtaken_but_sent_it_is_told_nothing(
    card: CaseCard, ledger: Ledger, told: list[CardNotice]
) -> None:
    case = ledger.report()
    _show(card, ledger, case, Role.ACCEPTOR)
    card.press_key("A")
    assert card._form is not None
    card._form.submit()
    assert card._form.is_busy()
    _show(card, ledger, _accepted(ledger, case), Role.ACCEPTOR)
    card.action_done(case.case_no, "accept")
    assert told == []
