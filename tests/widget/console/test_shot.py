"""A picture drawn of the program without a screen shows the program, and nothing of the computer it was drawn on."""

from pathlib import Path

import pytest
from desks import signed_in, until
from map_exports import report
from PySide6.QtGui import QImage
from served import Served

from console.program import OpenOptions
from console.shot import take


async def test_that_the_computer_cannot_be_heard_is_not_on_the_picture(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(served)
    monkeypatch.setattr(take, "LIVELY_S", 0.0)
    out = tmp_path / "desk.png"
    async with signed_in(served) as desk:
        await until(lambda: desk.map_feed.models.cases.open.marks)
        desk.notices.info("notice.no_sound", replace="sound")
        desk.notices.info("notice.nothing_exported", replace="map_export")
        wanted = take.Picture("desk", out, (1280, 720), "zh-CN", "light")
        assert await take._take(desk, wanted, OpenOptions()) == 0
        said = [notice.text for notice in desk.panels.notices.notices()]
        assert desk.words("notice.nothing_exported") in said
        assert desk.words("notice.no_sound") not in said
    assert QImage(str(out)).width() == 1280
