"""What Qt says by itself, in file dialogs and in the menu of a field, is in the language of the program."""

from desks import open_desk
from PySide6.QtCore import QCoreApplication


async def test_qt_speaks_the_language_in_use() -> None:
    async with open_desk() as desk:
        assert desk.words.language == "zh-CN"
        assert QCoreApplication.translate("QFileDialog", "Files of type:") == "文件类型："
        desk.appearance.toggle_language()
        assert QCoreApplication.translate("QFileDialog", "Files of type:") == "Files of type:"
        desk.appearance.toggle_language()
        assert QCoreApplication.translate("QWidgetTextControl", "&Undo").startswith("撤消")


async def test_a_program_set_up_before_leaves_nothing_behind() -> None:
    for _ in range(2):
        async with open_desk() as desk:
            desk.appearance.toggle_language()
            assert QCoreApplication.translate("QFileDialog", "Files of type:") == "Files of type:"
            desk.appearance.toggle_language()
