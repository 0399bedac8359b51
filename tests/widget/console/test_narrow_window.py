"""A window that is made narrower: the card stays wide enough for what stands on it."""

import asyncio

import pytest
from desks import listed, signed_in, until
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget
from served import Served, send_report

from domain.people import Role
from widgets.case_card.chain import LINKS


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1024, 640), (1100, 720), (1366, 768)])
async def test_a_narrower_window_cuts_nothing_on_the_card(served: Served, size: tuple[int, int], language: str) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY))).case
    async with signed_in(served) as desk:
        desk.appearance.use_language("en" if language == "en" else "zh-CN")
        desk.window.resize(1920, 1080)
        desk.window.show()
        desk.workspace.reset(1920, 1080 - desk.panels.top_bar.height())
        await until(lambda: listed(desk) == [case.case_no])
        desk.selection.select_case(case.case_no)
        card = desk.panels.card
        await until(lambda: card.case() is not None and card.isVisible() and card.width() > 400)
        desk.window.resize(*size)
        await until(lambda: card.width() < 400)
        await asyncio.sleep(0.3)  # what is on it is laid out anew by and by
        chain = card.body.chain
        assert chain.height() == chain.heightForWidth(chain.width())
        for i, (link, box) in enumerate(zip(LINKS, chain.boxes(), strict=True)):
            word = desk.words(f"link.{link}")
            assert box.width() >= QFontMetricsF(chain._font_for(i)).horizontalAdvance(word) + 2
        shown = [part for part in card.body.findChildren(QWidget) if part.isVisible()]
        assert shown
        assert [part for part in shown if part.mapTo(card, part.rect().topRight()).x() >= card.width()] == []
