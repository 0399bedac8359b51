"""The wait for a file of one's own is given up: its process ends, and nothing of it is left."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from desks import open_desk, until
from PySide6.QtCore import Qt

from console.desk import Desk
from widgets.system_question import SystemQuestion


class Readings:
    """The processes that were begun to read files, and the folders they answer in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.begun: list[subprocess.Popen[bytes]] = []
        self.folder = folder / "answers"
        self.folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(self.folder))
        begin = subprocess.Popen

        def note(*words: Any, **more: Any) -> "subprocess.Popen[bytes]":
            self.begun.append(begin(*words, **more))
            return self.begun[-1]

        monkeypatch.setattr(subprocess, "Popen", note)

    def left(self) -> list[Path]:
        return list(self.folder.iterdir())


def large(path: Path) -> Path:
    """A file that is read for a second or two."""
    point = '{"type":"Feature","properties":{"n":%d},"geometry":{"type":"Point","coordinates":[120.7%d,29.7]}}'
    features = ",".join(point % (n, n) for n in range(40_000))
    path.write_text('{"type":"FeatureCollection","features":[' + features + "]}", encoding="utf-8")
    return path


def own(desk: Desk) -> list[str]:
    return [item.key for item in desk.panels.map.items if item.key.startswith(("file:", "track:"))]


@pytest.mark.parametrize("way", ["escape", "button", "escape in the list"])
async def test_waiting_for_a_large_file_can_be_given_up_and_leaves_nothing(
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    path, readings = large(tmp_path / "a.geojson"), Readings(monkeypatch, tmp_path)
    async with open_desk() as desk:
        desk.crew.on_files_dropped([str(path)])
        await until(lambda: bool(readings.begun))
        assert readings.left(), "it is being read"
        (told,) = desk.panels.notices.notices()
        assert (told.text, told.action_text) == ("正在读取 a.geojson…", "停止读取（Esc）")
        if way == "button":
            row = next(row for row in desk.panels.notices._rows if row.notice.key == told.key)
            qtbot.mouseClick(row._action, Qt.MouseButton.LeftButton)
        else:
            where = desk.panels.map if way == "escape" else desk.panels.case_list.view
            qtbot.keyClick(where, Qt.Key.Key_Escape)
        (told,) = desk.panels.notices.notices()
        assert (told.text, told.action) == ("已停止读取 a.geojson，地图上没有留下它的任何内容", "")
        await until(lambda: not any(name.startswith("own-layers") for name in desk.tasks.running()))
        assert readings.begun[0].returncode not in (None, 0), "its process was ended"
        assert readings.left() == []
        assert own(desk) == []
        assert "stop_reading" not in desk.actions.enabled(), "there is nothing to stop"
        desk.crew.on_files_dropped([str(path)])
        await until(lambda: len(own(desk)) == 1)
        assert not desk.crew.stop_waiting(), "what is shown is not stopped any more"
        await until(lambda: any(n.key == "notice.file_shown" for n in desk.notice_feed.standing()))


async def test_finding_out_where_a_file_would_fall_can_be_given_up_too(
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, readings = tmp_path / "metres.csv", Readings(monkeypatch, tmp_path)
    path.write_text("名称,x,y\n甲,640000,3287000\n", encoding="utf-8")
    async with open_desk() as desk:
        desk.crew.on_files_dropped([str(path)])
        await until(lambda: len(readings.begun) == 2)
        assert readings.begun[0].returncode == 0
        qtbot.keyClick(desk.panels.map, Qt.Key.Key_Escape)
        await until(lambda: not any(name.startswith("own-layers") for name in desk.tasks.running()))
        assert readings.begun[1].returncode not in (None, 0)
        assert readings.left() == []
        assert desk.window.findChild(SystemQuestion) is None, "nothing is asked about it any more"
