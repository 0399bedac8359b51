"""The button with the three dots: every tool of the map by name and key, and each begins from there."""

import pytest
from desks import signed_in, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu
from served import Served

from console.mapdesk import MORE, TOOLS


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen a menu can neither be raised nor grab keys
async def test_every_tool_is_offered_with_its_key_and_begins(served: Served) -> None:
    async with signed_in(served) as desk:
        toolbar = desk.panels.map.overlays.toolbar
        button = toolbar.findChild(QAbstractButton, "map_tools")
        assert button is not None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        menu = toolbar.findChild(QMenu, "map_tools_menu")
        assert menu is not None
        offered = [action for action in menu.actions() if not action.isSeparator()]
        assert [action.data() for action in offered] == [*TOOLS, *MORE]
        assert all("Ctrl+" in action.text() for action in offered)
        next(action for action in menu.actions() if action.data() == "map_select").trigger()
        await until(lambda: desk.map_desk.select.card.isVisibleTo(desk.window))
        menu.close()
        desk.actions.trigger("map_redline")  # one tool at a time
        assert desk.map_desk.redline.card.isVisibleTo(desk.window)
        assert desk.map_desk.select.card.isHidden()
        desk.actions.trigger("measure_distance")
        await until(lambda: desk.panels.map.sketch is not None)
        assert desk.map_desk.redline.card.isHidden(), "measuring is a tool as well"
