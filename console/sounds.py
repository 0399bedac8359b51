"""Plays the desk's tones. Qt's sound is loaded in a thread when something is to be heard first, and may be missing.

An SOS sounds whatever is set; the rest can be switched off. Where nothing can be heard, that is said once, calmly.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QLoggingCategory, QObject, QUrl

from console.display import is_offscreen
from console.folders import write_atomically
from console.notices import NoticeHub
from console.settings import Settings
from console.tasks import Tasks
from console.tones import Tone, length_s, wav_of

NOTICE = "sound"
"""What is told of sound takes the place of what was told of it before."""
OWNER = "sounds"
FOREVER = -2
"""How Qt names without end (``QSoundEffect.Loop.Infinite``)."""

UNSAID = "qt.multimedia.symbolsresolver*=false"


class Player(Protocol):
    """What plays a file: a ``QSoundEffect``."""

    def setLoopCount(self, count: int) -> None:
        """So often."""

    def play(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


MakePlayer = Callable[[Path, QObject], Player | None]
"""Returns what plays a file, None where nothing can be heard. Called on the window's thread."""


class Sounds(QObject):
    """Keeps a player for each tone once it was heard."""

    def __init__(
        self, tasks: Tasks, settings: Settings, notices: NoticeHub, folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._settings, self._notices, self._folder = tasks, settings, notices, folder
        self._players: dict[Tone, Player] = {}
        self._silent = False
        self._lasting = False
        self.make_player: MakePlayer = make_effect

    def play(self, tone: Tone) -> None:
        """Let a tone be heard once, where it is not switched off."""
        if self._settings.flag("sound_alert"):
            self._tasks.start(OWNER, tone.value, self._play(tone, 1))

    def begin(self, tone: Tone) -> None:
        """Let a tone be heard until ``end``."""
        if not self._lasting:
            self._lasting = True
            self._tasks.start(OWNER, "lasting", self._play(tone, FOREVER))

    def end(self) -> None:
        """What lasted is heard no more."""
        self._lasting = False
        self._tasks.cancel(OWNER)
        for player in self._players.values():
            player.stop()

    def try_all(self) -> None:
        """Let every tone be heard, one after the other, whatever is set."""
        self._silent = False
        self._tasks.start(OWNER, "try", self._try_all())

    async def _try_all(self) -> None:
        for tone in Tone:
            self._notices.info("notice.sound_tried", replace=NOTICE, tone=f"tone.{tone}")
            await self._play(tone, 1)
            await asyncio.sleep(length_s(tone) + 0.4)

    async def _play(self, tone: Tone, times: int) -> None:
        player = self._players.get(tone) or await self._made(tone)
        if player is not None:
            player.setLoopCount(times)
            player.play()

    async def _made(self, tone: Tone) -> Player | None:
        if self._silent:
            return None
        path = self._folder / f"{tone}.wav"
        try:
            await asyncio.to_thread(_prepare, path, tone)
            player = self.make_player(path, self)
        except (ImportError, OSError):
            player = None
        if player is None:
            self._silent = True
            self._notices.info("notice.no_sound", replace=NOTICE)
            return None
        self._players[tone] = player
        return player


def _prepare(path: Path, tone: Tone) -> None:
    """Load Qt's sound, where there is somebody to hear it, and write the tone's file. A thread."""
    if not is_offscreen():
        load_sound()
    content = wav_of(tone)
    if not path.exists() or path.stat().st_size != len(content):
        write_atomically(path, content)


def load_sound() -> None:
    """Load Qt's sound. A thread. Raises ImportError.

    Its library says what it lacks while it is being loaded, and our message handler is in Python: whoever has the
    loader's lock would wait for the interpreter's, and a thread that has the interpreter's and looks up a symbol for
    the loader's, as that of the map's kernels does at the start. The window then stood still for good, and no signal
    ended the program. So that much is not said.
    """
    QLoggingCategory.setFilterRules(UNSAID)
    import_module("PySide6.QtMultimedia")


def make_effect(path: Path, parent: QObject) -> Player | None:
    """Return Qt's player of a file, None where there is no device to hear it with."""
    if is_offscreen():
        return None
    multimedia: Any = import_module("PySide6.QtMultimedia")
    if multimedia.QMediaDevices.defaultAudioOutput().isNull():
        return None
    effect = multimedia.QSoundEffect(parent)
    effect.setSource(QUrl.fromLocalFile(str(path)))
    player: Player = effect
    return player
