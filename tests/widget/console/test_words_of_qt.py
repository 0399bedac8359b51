"""What Qt says by itself, in file dialogs and in the menu of a field, is in the language of the program."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from desks import open_desk, until
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileSystemModel

from resources.files import read_text
from widgets.common.file_dialog import FileDialog

READING_IN_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from console.appearance import Appearance
from resources.words import Words
sys.setswitchinterval(1e-6)
app = QApplication([])
appearance = Appearance(app, Words("zh-CN"), "dark")
def read(turn):
    for n in range(300):
        QImage.fromData(bytes(range(n % 200)) + bytes(60))
with ThreadPoolExecutor(4) as pool:
    list(pool.map(read, range(8)))
"""


async def test_qt_speaks_the_language_in_use() -> None:
    async with open_desk() as desk:
        assert desk.words.language == "zh-CN"
        assert QCoreApplication.translate("QFileDialog", "Files of type:") == "文件类型："
        desk.appearance.toggle_language()
        assert QCoreApplication.translate("QFileDialog", "Files of type:") == "Files of type:"
        desk.appearance.toggle_language()
        assert QCoreApplication.translate("QWidgetTextControl", "&Undo").startswith("撤消")


async def test_the_file_window_says_folder_and_its_headings_in_the_language_in_use(tmp_path: Path) -> None:
    for folder in ("甲", "乙"):
        (tmp_path / folder).mkdir()
    (tmp_path / "井.csv").write_text("lon,lat\n", encoding="utf-8")
    async with open_desk() as desk:
        for _ in range(2):
            speaks = desk.words.language == "zh-CN"
            dialog = FileDialog(desk.window, desk.words, "x", "x", "*.csv")
            dialog.setDirectory(str(tmp_path))
            dialog.setViewMode(FileDialog.ViewMode.Detail)
            dialog.open()
            model = dialog.findChild(QFileSystemModel)
            assert model is not None
            root = model.index(str(tmp_path))
            await until(lambda model=model, root=root: model.rowCount(root) == 3)
            kinds = {model.data(model.index(row, 2, root)) for row in range(3)}
            heads = {model.headerData(column, Qt.Orientation.Horizontal) for column in range(4)}
            assert ("文件夹" if speaks else "Folder") in kinds, "kinds of files are the system's own words"
            assert "大小" in heads or not speaks
            assert not any(head.isascii() for head in heads) or not speaks
            dialog.reject()
            desk.appearance.toggle_language()


async def test_a_program_set_up_before_leaves_nothing_behind() -> None:
    for _ in range(2):
        async with open_desk() as desk:
            desk.appearance.toggle_language()
            assert QCoreApplication.translate("QFileDialog", "Files of type:") == "Files of type:"
            desk.appearance.toggle_language()


async def test_what_qt_lacks_is_said_as_it_was_written_down() -> None:
    async with open_desk():
        for context in ET.fromstring(read_text("qt/lacking_zh_CN.ts")).iter("context"):
            for message in context.iter("message"):
                source = message.findtext("source") or ""
                assert QCoreApplication.translate(context.findtext("name") or "", source) == message.findtext(
                    "translation"
                ), "make words-of-qt"


def test_images_read_in_threads_wait_for_no_word() -> None:
    """Qt asks for a word for each kind of image it cannot read, with a lock held that others wait for."""
    subprocess.run([sys.executable, "-c", READING_IN_THREADS], check=True, timeout=120)
