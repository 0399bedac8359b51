"""The case card: what it shows, what it offers, and that nothing typed is ever lost."""

from datetime import timedelta
from itertools import combinations

import pytest
from domain_factories import FILED, MONDAY, PHOTO, UNITS, Ledger, actor_for
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from domain.case import Case, Contact
from domain.decide import allowed_steps
from domain.ids import AttachmentId, GridCode
from domain.machine import Step
from domain.people import Actor, Role
from domain.places import Placement
from domain.recommend import recommend
from domain.states import Channel, Supervise
from domain.wire import RevealedContact
from resources.theme import load_theme
from resources.words import Words
from widgets.case_card.chain import LINKS
from widgets.case_card.fields.pickers import UnitField
from widgets.case_card.fields.text import TextField
from widgets.case_card.panel import CaseCard
from widgets.common.photo import PhotoThumb
from widgets.intents import ActionIntent, PhotoWanted, RevealIntent

PARTS = ("header", "chain", "clocks", "evidence", "contact", "suggestions", "timeline")
DISPATCHER = frozenset({Role.DISPATCHER})


def _to_dispatch(ledger: Ledger) -> Case:
    case = ledger.report(report={"report_id": "r1", "text": "路口有垃圾", "has_contact": True, "photos": [PHOTO]})
    case = ledger.do(case.case_no, "accept", actor_for(case), text="属实")
    return ledger.do(case.case_no, "file", actor_for(case), condition=FILED.code)


def _steps(ledger: Ledger, case: Case, roles: frozenset[Role] = DISPATCHER) -> list[Step]:
    actor = Actor(actor_for(case).account, roles, case.lead_unit, case.checker)
    return allowed_steps(case, actor, ledger.context)


def _texts(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def _field(card: CaseCard, name: str) -> object:
    assert card._form is not None
    return card._form.field(name)


def test_without_a_case_it_says_what_would_be_here(card: CaseCard) -> None:
    assert "还没有选中案件" in _texts(card)


def test_it_shows_the_case(card: CaseCard, ledger: Ledger) -> None:
    case = replace(_to_dispatch(ledger), supervise=Supervise.RED, grid_code=GridCode("g1"), placement=Placement.INSIDE)
    card.show_case(case, _steps(ledger, case))
    texts = _texts(card)
    for part in ("垃圾堆放", case.case_no, "公众", "暴露垃圾", "路口有垃圾", "清溪-1", "一般", "联系方式已隐去"):
        assert part in texts
    assert "红牌督办" in {chip.text() for chip in card.body.header.findChildren(QWidget) if hasattr(chip, "show_chip")}
    assert "派遣时限" in card.body.clocks.stage.accessibleName()
    assert "剩 0:15" in card.body.clocks.stage.accessibleName()
    assert "3 工作日" in card.body.clocks.whole.accessibleName()


def test_a_case_without_a_place_or_outside_all_grids_says_so(card: CaseCard, ledger: Ledger) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, [])
    assert "无位置" in _texts(card)
    card.show_case(replace(case, placement=Placement.OUTSIDE, lon=120.0, lat=29.0), [])
    assert "在所有网格之外" in _texts(card)


def test_it_offers_exactly_the_steps_given(card: CaseCard, ledger: Ledger) -> None:
    case = _to_dispatch(ledger)
    steps = _steps(ledger, case)
    card.show_case(case, steps)
    assert set(card.foot.action_bar.offered()) == {step.action for step in steps}
    assert card.foot.action_bar.offered()[0] == "dispatch"
    card.show_case(case, [])
    assert card.foot.action_bar.offered() == ()
    assert "没有您可以办理的事项" in _texts(card)


def test_a_letter_opens_the_form_and_enter_sends_it(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_D)
    field = _field(card, "unit")
    assert isinstance(field, UnitField)
    qtbot.keyClicks(field.list.search, "u2")
    qtbot.keyClick(field.list.search, Qt.Key.Key_Return)
    assert field.value() == UNITS[1].unit_id
    assert card._form is not None
    assert "派 2队 去 无位置；案件变为「待签收」" in _texts(card._form)
    with qtbot.waitSignal(card.action_requested) as sent:
        qtbot.keyClick(field.list.search, Qt.Key.Key_Return)
    assert sent.args == [ActionIntent(case.case_no, "dispatch", case.version, {"unit": UNITS[1].unit_id})]


def test_a_digit_takes_the_suggested_unit(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    units = [replace(unit, kinds=("0102",)) for unit in UNITS]
    card.show_case(case, _steps(ledger, case))
    card.set_candidates(recommend(case, units, {}, {}, MONDAY))
    assert card.body.suggestions.isVisible()
    assert card.press_key("2")
    field = _field(card, "unit")
    assert isinstance(field, UnitField)
    assert field.value() == UNITS[1].unit_id
    assert not card.press_key("9")


def test_suggestions_are_only_for_who_dispatches(card: CaseCard, ledger: Ledger) -> None:
    case = _to_dispatch(ledger)
    units = [replace(unit, kinds=("0102",)) for unit in UNITS]
    card.show_case(case, _steps(ledger, case, frozenset({Role.ACCEPTOR})))
    card.set_candidates(recommend(case, units, {}, {}, MONDAY))
    assert not card.body.suggestions.isVisible()


def test_what_is_missing_is_said_at_the_field_and_nothing_is_sent(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.start_action("return_to_filing")
    with qtbot.assertNotEmitted(card.action_requested):
        assert card._form is not None
        card._form.submit()
    field = card._form.field("reason")
    assert field is not None
    assert field.problem_line.text() == "请填写：原因"
    field.prefill("wrong_address")
    assert not field.problem_line.isVisible()


def test_esc_gives_up_and_goes_back(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.press_key("R")
    assert card._form is not None
    with qtbot.waitSignal(card.typing_changed) as typing:
        qtbot.keyClick(card._form, Qt.Key.Key_Escape)
    assert typing.args == [False]
    assert card._form is None


def test_enter_on_an_action_opens_its_form_and_on_cancel_gives_up(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    note = card.findChild(QWidget, "action_note")
    assert note is not None
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert card._form is not None
    assert card._form.step.action == "note"
    field = card._form.field("text")
    assert isinstance(field, TextField)
    field.prefill("已电话告知")
    with qtbot.assertNotEmitted(card.action_requested):
        qtbot.keyClick(card._form._cancel, Qt.Key.Key_Return)
    assert card._form is None


def test_typed_text_and_focus_survive_every_change(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.press_key("D")
    field = _field(card, "text")
    assert isinstance(field, TextField)
    card.activateWindow()
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "bring cones")
    moved = ledger.do(case.case_no, "mark_urgent", actor_for(case))
    card.show_case(moved, _steps(ledger, moved))
    card.set_changes(ledger.changes)
    card.set_now(ledger.now + timedelta(minutes=5))
    assert field.edit.toPlainText() == "bring cones"
    assert QApplication.focusWidget() is field.edit or card.focusWidget() is field.edit
    assert card._form is not None
    assert "案件有新进展" in _texts(card._form)
    assert card.is_typing()


def test_what_a_form_says_follows_the_language(card: CaseCard, ledger: Ledger, words: Words) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.start_action("return_to_filing")
    assert card._form is not None
    card._form.submit()
    moved = ledger.do(case.case_no, "mark_urgent", actor_for(case))
    card.show_case(moved, _steps(ledger, moved))
    assert "请填写：原因" in _texts(card._form)
    assert "案件有新进展" in _texts(card._form)
    words.use("en")
    card.retranslate()
    texts = _texts(card._form)
    assert words("desk.form.missing", name=words("arg.reason")) in texts
    assert words("desk.form.case_moved") in texts
    assert not any("一" <= c <= "鿿" for c in texts.replace("2队", "").replace("1队", ""))


def test_esc_on_the_card_beside_the_form_closes_it(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.press_key("R")
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert card._form is None


def test_a_form_that_no_longer_applies_keeps_the_text_and_cannot_be_sent(
    card: CaseCard, ledger: Ledger, qtbot: QtBot
) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.press_key("D")
    unit, text = _field(card, "unit"), _field(card, "text")
    assert isinstance(unit, UnitField)
    assert isinstance(text, TextField)
    unit.prefill(UNITS[0].unit_id)
    text.prefill("快去")
    moved = ledger.do(case.case_no, "dispatch", actor_for(case), unit=UNITS[2].unit_id)
    card.show_case(moved, _steps(ledger, moved))
    assert card._form is not None
    assert "待签收" in _texts(card._form)
    with qtbot.assertNotEmitted(card.action_requested):
        card._form.submit()
    assert text.value() == "快去"


def test_a_fault_is_shown_and_the_form_can_be_sent_again(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.press_key("D")
    unit = _field(card, "unit")
    assert isinstance(unit, UnitField)
    unit.prefill(UNITS[0].unit_id)
    sent: list[ActionIntent] = []
    card.action_requested.connect(sent.append)
    assert card._form is not None
    card._form.submit()
    card._form.submit()
    assert len(sent) == 1, "a second Enter while it is on its way must send nothing"
    card.set_busy(False)
    card.set_fault("案件已被更新，请看过最新情况后再办")
    assert "案件已被更新" in _texts(card._form)
    card._form.submit()
    assert len(sent) == 2


def test_done_closes_the_form_of_that_case_only(card: CaseCard, ledger: Ledger) -> None:
    case, other = _to_dispatch(ledger), ledger.report()
    card.show_case(case, _steps(ledger, case))
    card.press_key("D")
    card.action_done(other.case_no)
    assert card._form is not None
    card.action_done(case.case_no)
    assert card._form is None


def test_another_case_takes_nothing_over(card: CaseCard, ledger: Ledger) -> None:
    case, other = _to_dispatch(ledger), ledger.report()
    card.show_case(case, _steps(ledger, case))
    card.press_key("D")
    card.set_changes(ledger.changes)
    card.show_case(other, [])
    assert card._form is None
    assert "记录正在取" in _texts(card)


def test_what_was_typed_waits_with_its_case(card: CaseCard, ledger: Ledger, words: Words) -> None:
    case, other = _to_dispatch(ledger), ledger.report()
    card.show_case(case, _steps(ledger, case))
    card.start_action("note")
    text = _field(card, "text")
    assert isinstance(text, TextField)
    text.prefill("已电话告知当事人")
    card.show_case(other, [])
    assert card._form is None
    assert not text.isVisible()
    words.use("en")
    card.retranslate()
    card.show_case(case, _steps(ledger, case))
    assert card._form is not None
    assert _field(card, "text") is text
    assert text.value() == "已电话告知当事人"
    assert card._form.isVisible()
    assert card._form._cancel.text().startswith(words("desk.cancel"))
    card.show_case(other, [])
    card.action_done(case.case_no)
    card.show_case(case, _steps(ledger, case))
    assert card._form is None, "what was done is not offered again"


def test_no_draft_outlives_the_session(card: CaseCard, ledger: Ledger) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.start_action("note")
    text = _field(card, "text")
    assert isinstance(text, TextField)
    text.prefill("x")
    card.show_case(None)
    card.forget_drafts()
    card.show_case(case, _steps(ledger, case))
    assert card._form is None


def test_a_command_on_its_way_for_another_case_does_not_hold_up_this_one(card: CaseCard, ledger: Ledger) -> None:
    case, other = _to_dispatch(ledger), _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.set_busy(True)
    card.show_case(other, _steps(ledger, other))
    note = card.findChild(QWidget, "action_note")
    assert note is not None
    assert note.isEnabled()


def test_contacts_are_masked_shown_for_a_reason_and_masked_again(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case, other = _to_dispatch(ledger), ledger.report()
    card.show_case(case, [])
    row = card.body.contact
    row._ask.click()
    row._reason.setText("x")
    with qtbot.assertNotEmitted(card.reveal_requested):
        row._send.click()
    row._reason.setText("回访当事人")
    with qtbot.waitSignal(card.reveal_requested) as asked:
        row._send.click()
    assert asked.args == [RevealIntent(case.case_no, "回访当事人")]
    card.set_contacts([RevealedContact("r1", Contact("王女士", "138"))])
    assert "王女士 138" in _texts(row)
    assert row._hide_timer.isActive()
    row._hide_timer.timeout.emit()
    assert "王女士" not in _texts(row)
    card.set_contacts([RevealedContact("r1", Contact("王女士", "138"))])
    card.show_case(other, [])
    card.show_case(case, [])
    assert "王女士" not in _texts(card)


def test_a_case_without_contacts_has_no_contact_row(card: CaseCard, ledger: Ledger) -> None:
    card.show_case(ledger.report(), [])
    assert not card.body.contact.isVisible()


def test_photos_are_asked_for_once_shown_and_enlarged(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    wanted: list[PhotoWanted] = []
    card.photo_requested.connect(wanted.append)
    case = _to_dispatch(ledger)
    card.show_case(case, [])
    card.show_case(replace(case, version=case.version + 1), [])
    assert wanted == [PhotoWanted(PHOTO)]
    thumb = card.findChild(PhotoThumb)
    assert thumb is not None
    assert "正在取" in thumb.accessibleName()
    card.set_changes(ledger.changes)
    assert not card.body.complete
    card.set_photo(PHOTO, None)
    assert card.body.complete
    assert "取不到" in thumb.accessibleName()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    card.set_photo(PHOTO, image)
    assert thumb.accessibleName().startswith("现场 1")
    assert thumb.grab().toImage().pixelColor(60, 30).name() == "#336699"
    qtbot.mouseClick(thumb, Qt.MouseButton.LeftButton)
    assert wanted[-1] == PhotoWanted(PHOTO, full=True)
    viewer = card.photos.viewer
    assert viewer is not None
    assert viewer.isVisible()
    card.set_photo(AttachmentId(PHOTO), image, full=True)
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()


def test_a_report_of_another_system_is_told_by_its_channel_not_by_the_gateway(card: CaseCard, ledger: Ledger) -> None:
    report = {"report_id": "r9", "text": "水位超限", "has_contact": False, "photos": [], "source": "物联网平台"}
    card.show_case(ledger.report(Channel.SENSOR, report=report), [])
    assert not card.body.complete, "its record is still on its way"
    card.set_changes(ledger.changes)
    assert card.body.complete
    assert "传感器（接入网关）上报" in _texts(card)
    assert "gateway" not in _texts(card)


def test_the_timeline_tells_the_newest_first_in_words(card: CaseCard, ledger: Ledger, words: Words) -> None:
    case = _to_dispatch(ledger)
    case = ledger.do(case.case_no, "dispatch", actor_for(case), unit=UNITS[0].unit_id, helpers=["u2"], text="快")
    card.show_case(case, [])
    card.set_changes(ledger.changes)
    lines = [row.accessibleName() for row in card.body.timeline._rows if row.isVisible()]
    assert "李（派遣员）派遣：1队 · 协办单位 2队 · 快" in lines[0]
    assert "立案：一般 · 处置时限 4 工作时" in lines[1]
    assert "受理：属实" in lines[2]
    assert "照片 1 张" in lines[3]
    words.use("en")
    card.retranslate()
    assert "Dispatch" in card.body.timeline._rows[0].accessibleName()


@pytest.mark.parametrize(
    ("later", "shown"), [(0, "09:00"), (1, "03-02 09:00"), (365, "2026-03-02 09:00")], ids=["today", "day", "year"]
)
def test_a_change_of_another_day_says_its_day(card: CaseCard, ledger: Ledger, later: int, shown: str) -> None:
    case = ledger.report()
    card.set_now(ledger.now)
    card.show_case(case, [])
    card.set_changes(ledger.changes)
    card.set_now(ledger.now + timedelta(days=later))
    row = card.body.timeline._rows[0]
    assert row._time.text() == shown
    assert row._time.width() >= row._time.sizeHint().width()


def test_seeing_the_scene_is_offered_only_where_there_is_one(card: CaseCard, ledger: Ledger, qtbot: QtBot) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, [])
    assert card.findChild(QWidget, "action_locate") is None
    card.show_case(replace(case, lon=120.0, lat=29.0), [])
    with qtbot.waitSignal(card.locate_requested) as where:
        card.press_key("V")
    assert where.args == [case.case_no]


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "light"), ("en", "dark")])
@pytest.mark.parametrize("width", [300, 440])
def test_nothing_is_cut_and_no_key_is_shown_raw(
    card: CaseCard, ledger: Ledger, words: Words, language: str, name: str, width: int
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    card.retranslate()
    card.set_theme(load_theme("light" if name == "light" else "dark"))
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case, frozenset(Role)))
    card.set_changes(ledger.changes)
    card.press_key("D")
    card.resize(width, 700)
    QApplication.processEvents()
    shown = [w for w in card.findChildren(QWidget) if w.isVisible()]
    raw = [w.text() for w in shown if hasattr(w, "text") and str(w.text()).startswith(("desk.", "action.", "arg."))]
    assert raw == []
    body = card.body
    buttons = [w for w in shown if hasattr(w, "key") and hasattr(w, "set_theme")]
    assert buttons
    assert [b.text() for b in buttons if b.width() < min(b.minimumSizeHint().width(), body.width() - 28)] == []
    edges = [w for w in shown if w.mapTo(card, w.rect().topRight()).x() > card.width() and body.isAncestorOf(w)]
    minimums = {name: getattr(body, name).minimumSizeHint().width() for name in PARTS}
    assert [type(w).__name__ for w in edges] == [], minimums


@pytest.mark.parametrize("width", [240, 290, 310, 360, 440])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_links_of_the_chain_have_room_for_their_words(
    card: CaseCard, ledger: Ledger, words: Words, language: str, width: int
) -> None:
    words.use("en" if language == "en" else "zh-CN")
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.resize(width, 900)
    QApplication.processEvents()
    chain = card.body.chain
    boxes = chain.boxes()
    need = [QFontMetricsF(chain._font_for(i)).horizontalAdvance(words(f"link.{link}")) for i, link in enumerate(LINKS)]
    assert [round(box.width() - want) >= 2 for box, want in zip(boxes, need, strict=True)] == [True] * len(LINKS)
    assert all(QRectF(chain.rect()).adjusted(0, 0, 0.5, 0.5).contains(box) for box in boxes)
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    assert chain.height() == (60 if boxes[-1].y() else 28)
    assert width < 440 or not boxes[-1].y(), "in one line where there is room"


def test_the_card_refuses_the_input_method_but_its_texts_take_it(card: CaseCard, ledger: Ledger) -> None:
    case = _to_dispatch(ledger)
    card.show_case(case, _steps(ledger, case))
    card.press_key("D")
    assert not card.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    edit = card.findChild(QPlainTextEdit)
    assert edit is not None
    assert edit.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert ledger.now >= MONDAY
