"""How long notices are there: time to read them, more for faults, and as long as it takes where something is open."""

import asyncio
import time

from desks import until
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

import console.notices
from console.notices import NoticeFeed, NoticeHub
from domain.faults import invalid
from resources.theme import load_theme
from resources.words import Words
from widgets.common.button import Button
from widgets.notices import NoticeStrip


async def test_a_fault_is_there_long_enough_to_be_read_and_then_goes_unless_something_has_to_be_decided(
    qtbot, monkeypatch
) -> None:
    monkeypatch.setattr(console.notices, "LETTERS_A_SECOND", 1000)
    monkeypatch.setattr(console.notices, "HELD_MS", 50)
    desk, hub = QWidget(), NoticeHub()
    qtbot.addWidget(desk)
    strip = NoticeStrip(Words(), load_theme("light"), desk)
    feed = NoticeFeed(hub, strip, Words(), 1)
    started = time.monotonic()
    hub.info("notice.layout_free")
    hub.fault(invalid("photo_type_unknown"))
    hub.refused(invalid("photo_type_unknown"), "order")
    await until(lambda: len(feed.standing()) == 2)
    await until(lambda: len(feed.standing()) == 1)
    assert 2.8 < time.monotonic() - started < 4.5, "three times as long as others"
    assert feed.standing()[0].stays
    feed.dismiss_latest()
    feed.stop()


async def test_a_long_fault_is_there_longer_and_a_notice_is_held_by_pointer_and_keys(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(console.notices, "HELD_MS", 50)
    desk, hub = QWidget(), NoticeHub()
    qtbot.addWidget(desk)
    strip = NoticeStrip(Words(), load_theme("light"), desk)
    strip.setGeometry(0, 0, 600, 100)
    beside = QLineEdit(desk)
    desk.show()
    beside.setFocus()
    feed = NoticeFeed(hub, strip, Words(), 1)
    hub.fault(invalid("export_not_writable", file="长" * 100, reason="os.full"), "long")
    assert feed._timers["long"].interval() > 20_000
    feed.withdraw("long")
    for held, freed in (
        (lambda: QApplication.sendEvent(strip, QEvent(QEvent.Type.Enter)), lambda: _leave(strip)),
        (strip.findChildren(Button)[1].setFocus, beside.setFocus),
    ):
        hub.info("notice.layout_free")
        held()
        assert strip.is_held()
        await asyncio.sleep(1.3)
        assert feed.standing(), "somebody is reading it"
        freed()
        await until(lambda: not feed.standing())
    feed.stop()


def _leave(strip: NoticeStrip) -> None:
    QApplication.sendEvent(strip, QEvent(QEvent.Type.Leave))
