"""Windows that choose files: in the language in use, and open where files were chosen the last time."""

from pathlib import Path

import pytest
from desks import open_desk, signed_in, until
from PySide6.QtCore import QDir, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QLabel
from served import Served

from console.desk import Desk
from widgets.common.file_dialog import FileDialog, forget_folder, start_folder

LABELS = {"lookInLabel": "查找范围(&I)：", "fileNameLabel": "文件名(&N)：", "fileTypeLabel": "文件类型(&T)："}


@pytest.fixture(autouse=True)
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Documents folder of its own, and no folder chosen yet."""
    folder = tmp_path / "Documents"
    folder.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda kind: str(folder))
    forget_folder()
    return folder


async def opened(desk: Desk) -> FileDialog:
    await until(lambda: desk.window.findChild(FileDialog) is not None)
    dialog = desk.window.findChild(FileDialog)
    assert dialog is not None
    return dialog


async def closed(desk: Desk) -> None:
    await until(lambda: desk.window.findChild(FileDialog) is None)


async def test_the_first_window_opens_in_documents_and_the_next_where_a_file_was_chosen(
    served: Served, tmp_path: Path, documents: Path
) -> None:
    field = tmp_path / "现场"
    field.mkdir()
    (field / "井.csv").write_text("lon,lat\n120.7,29.7\n", encoding="utf-8")
    async with signed_in(served) as desk:
        desk.actions.trigger("open_file")
        dialog = await opened(desk)
        assert Path(dialog.directory().absolutePath()) == documents
        dialog.setDirectory(str(field))
        dialog.selectFile("井.csv")
        dialog.accept()
        await until(lambda: desk.panels.map.item("file:井.csv") is not None)
        await closed(desk)
        desk.map_export.sheet.open_sheet()
        desk.map_export.sheet.choose.click()
        dialog = await opened(desk)
        assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
        assert Path(dialog.directory().absolutePath()) == field
        assert [Path(name).name for name in dialog.selectedFiles()] == [f"{desk.map_export.sheet._file_name('')}.png"]
        dialog.reject()
        await closed(desk)
        desk.actions.trigger("sign_out")
        await until(lambda: Path(start_folder()) == documents)  # somebody else may sit down


def test_a_folder_that_is_gone_is_not_gone_to(documents: Path) -> None:
    documents.rmdir()
    assert start_folder() == QDir.homePath()


async def test_every_label_of_the_window_is_in_the_language_in_use() -> None:
    async with open_desk() as desk:
        for speaks in (True, False):
            desk.base_maps.on_file_wanted()
            dialog = await opened(desk)
            shown = {label.objectName(): label.text() for label in dialog.findChildren(QLabel)}
            assert {name: shown[name] for name in LABELS} == LABELS or not speaks
            assert all(shown[name].isascii() for name in LABELS) or speaks
            dialog.reject()
            await closed(desk)
            desk.appearance.toggle_language()
