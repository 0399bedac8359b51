"""The grid keeper on a low window: all of it in sight, and no button moves when what is said changes."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desks import until
from PySide6.QtCore import QPoint, QRect
from served import Served
from towns import VILLAGE, grid_code

from domain.ids import AccountId, GridCode
from domain.wire_grids import AlteredGrid, GridDifference, GridVersion, GridVersions
from tests.widget.console.test_grid_keeper import feature, idle, keeping, mesh_file, press

AT = datetime(2026, 11, 23, tzinfo=UTC)
VERSIONS = tuple(GridVersion(n, AT, AccountId("keeper"), "按新图调整", 96, 4, 2, 9) for n in (3, 2, 1))
CODES = tuple(GridCode(f"330699103001{n:03d}") for n in range(99))
DIFFERENT = GridDifference(3, 99, CODES, CODES[:9], tuple(AlteredGrid(code, 0.123) for code in CODES[:9]), 99, 99, 12)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1280, 720), (1600, 900)])
async def test_nothing_of_it_is_scrolled_to_or_moves_when_the_hint_changes(
    served: Served, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    path = mesh_file(tmp_path, feature(grid_code(0, 0), "西片", 0.0, 1.2), feature(f"{VILLAGE}009", "东片", 1.0, 1.0))
    async with keeping(served) as (desk, sheet):
        desk.appearance.use_language("en" if language == "en" else "zh-CN")
        desk.window.resize(*size)
        sheet.set_versions(GridVersions(VERSIONS))
        seen: list[dict[str, QRect]] = []

        async def look(*named: str) -> None:
            await until(lambda: not sheet._busy)
            await asyncio.sleep(0.05)  # a turn of the window: labels that were set ask for their room anew
            assert sheet._scroll.verticalScrollBar().maximum() == 0, "all of it is in sight"
            said = sheet._fault if sheet._fault.text() else sheet._said
            assert said.isVisible()
            assert said.height() >= said.heightForWidth(said.width())
            assert not named or all(word in said.text() for word in named)
            others = {"note": sheet.note, "versions": sheet.versions, "code": sheet.choice.columns["code"]}
            parts = {**sheet.buttons, **others}
            seen.append({name: QRect(part.mapTo(sheet, QPoint()), part.size()) for name, part in parts.items()})

        await look()
        sheet.choose_file(str(path))
        await idle(desk)
        await look()
        await press(desk, sheet, "check")
        await look()
        assert sheet.faults.rows.height() >= 2 * sheet.faults.rows.visualItemRect(sheet.faults.rows.item(0)).height()
        sheet.set_busy("reading the file", 40)
        sheet.set_busy("")
        sheet.tell("x" * 40)
        await look("x")
        await press(desk, sheet, "mend")
        await look()
        await press(desk, sheet, "compare")
        await look("1")
        sheet.set_difference(DIFFERENT)
        await look("99")
        for hint in ("elsewhere", "unsound", "sound", "next.columns", "next.check"):
            sheet._said.setText(desk.words(f"mesh.{hint}"))
            assert sheet._said.heightForWidth(sheet._said.width()) <= sheet._said.minimumHeight()
        for places in seen:
            assert {name: at for name, at in places.items() if at != seen[0][name]} == {}
