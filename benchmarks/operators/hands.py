"""Two pairs of hands: one gives keys to a window of this process, the other to a real display, as a keyboard would.

Chinese text reaches either the way an input method gives it: committed to whatever has the focus, where that takes
text from an input method at all. Letters, digits and every command are keys.
"""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QInputMethodQueryEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

X_NAMES = {"↵": "Return", "Tab": "Tab", "↓": "Down", "↑": "Up", "Esc": "Escape", "Space": "space"}
QT_NAMES = {"↵": "Return", "↓": "Down", "↑": "Up"}
TEXTS = {"↵": "\r", "Tab": "\t", "Space": " ", "Esc": "\x1b"}
TYPED_MS = 12
"""Between two letters on a display; a person takes longer."""


class Hands(Protocol):
    """Presses keys, written as ``Ctrl+Shift+J``, ``↵`` or ``A``, and types text."""

    async def sit_down(self, window: QWidget) -> None:
        """Begin at a window: it gets the keys from here on."""

    async def press(self, key: str) -> None:
        """Press a key and let it go."""

    async def type(self, text: str) -> None:
        """Type a text into what has the focus. Raises RuntimeError where nothing takes it."""


class WindowHands:
    """Gives keys to what has the focus in this process, as the window system would: shortcuts are looked at first."""

    async def sit_down(self, window: QWidget) -> None:
        """Begin at a window."""
        window.activateWindow()

    async def press(self, key: str) -> None:
        """Press a key and let it go."""
        await _from_the_loop(partial(_send, key))

    async def type(self, text: str) -> None:
        """Type a text."""
        for part, letters in _parts(text):
            for piece in part if letters else (part,):
                await _from_the_loop(partial(_send if letters else commit, piece))


class ScreenHands:
    """Gives keys to an X display with xdotool: they come to the window through the server, like a keyboard's."""

    def __init__(self) -> None:
        """Raises RuntimeError where there is no xdotool or no display."""
        found = shutil.which("xdotool")
        if found is None or not os.environ.get("DISPLAY"):
            raise RuntimeError("keys on a display need xdotool and a DISPLAY")
        self._tool = found

    async def sit_down(self, window: QWidget) -> None:
        """Begin at a window; a bare display has no window manager that would give it the keys."""
        await self._do("windowfocus", "--sync", str(int(window.winId())))

    async def press(self, key: str) -> None:
        """Press a key and let it go."""
        *held, last = key.split("+") if len(key) > 1 else [key]
        name = X_NAMES.get(last, last.lower() if len(last) == 1 else last)
        await self._do("key", "+".join([*(part.lower() for part in held), name]))

    async def type(self, text: str) -> None:
        """Type a text."""
        for part, letters in _parts(text):
            if letters:
                await self._do("type", "--delay", str(TYPED_MS), part)
            else:
                await asyncio.sleep(0.05)  # the keys before it are through the server by then
                await _from_the_loop(partial(commit, part))

    async def _do(self, *words: str) -> None:
        await asyncio.to_thread(subprocess.run, [self._tool, *words], check=True, timeout=20)


def commit(text: str) -> None:
    """Give text to what has the focus, as an input method does. Raises RuntimeError where nothing takes it."""
    where = QGuiApplication.focusObject()
    asked = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    if where is not None:
        QCoreApplication.sendEvent(where, asked)
    if where is None or not asked.value(Qt.InputMethodQuery.ImEnabled):
        raise RuntimeError(f"nobody takes the text {text!r}: the focus is on {where!r}")
    event = QInputMethodEvent()
    event.setCommitString(text)
    QCoreApplication.sendEvent(where, event)


def _send(key: str) -> None:
    wanted = QKeySequence.fromString(QT_NAMES.get(key, key))
    for shown, name in QT_NAMES.items():
        if key.endswith(f"+{shown}"):
            wanted = QKeySequence.fromString(key.replace(shown, name))
    combination = wanted[0]  # type: ignore[index]  # the stubs have no [] for it
    plain = len(key) == 1 and key not in TEXTS
    text = TEXTS.get(key, key if plain else "")
    for press in (True, False):
        where = _focused()
        if where is not None:
            QTest.simulateEvent(where, press, combination.key(), combination.keyboardModifiers(), text, False)


def _focused() -> QWidget | None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        return popup.focusWidget() or popup
    window = QApplication.activeWindow()
    return QApplication.focusWidget() or (None if window is None else window.focusWidget() or window)


async def _from_the_loop(do: Callable[[], None]) -> None:
    """Run something from the loop and not from a task: what it sets off may start tasks of its own."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def run() -> None:
        try:
            do()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            done.set_exception(error)
        else:
            done.set_result(None)

    asyncio.get_running_loop().call_soon(run)
    await done


def _parts(text: str) -> list[tuple[str, bool]]:
    """Return a text in parts that are typed letter by letter (True) or come from an input method (False)."""
    parts: list[tuple[str, bool]] = []
    for letter in text:
        typed = letter.isascii()
        if parts and parts[-1][1] == typed:
            parts[-1] = (parts[-1][0] + letter, typed)
        else:
            parts.append((letter, typed))
    return parts
