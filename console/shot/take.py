"""Taking a picture of a view: the desk is opened offscreen, filled with live data, waited for, and grabbed."""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QWidget

from console.bilingual import Bilingual
from console.desk import Desk
from console.program import OpenOptions, open_console
from console.shot.layerscenes import LAYER_SCENES, WHOLE_WINDOW
from console.shot.scenes import SCENES
from console.shot.views import VIEWS
from console.sounds import NOTICE as SOUND
from domain.states import ENDED, CaseState

WAIT_S = 90.0
SETTLE_S = 1.5
SCENE_S = 4.0
"""How long a scene is given: figures are asked for every two seconds, and a trail needs somebody to walk."""
POLL_S = 0.1
CARD_S = 20.0
"""How long the card is waited for: its photos and its record."""
LIVELY_S = 40.0
"""How long a young town is given to get to work before the picture is taken of what there is."""
LIVELY_STATES = {CaseState.PENDING_DISPATCH: 3, CaseState.HANDLING: 5}
"""A town at work has so many cases in these states."""
EXIT_NOTHING, EXIT_NOT_WRITTEN = 1, 1
PREFERRED = (CaseState.PENDING_DISPATCH, CaseState.PENDING_FILE, CaseState.REPORTED)


@dataclass(frozen=True)
class Picture:
    """What to draw: the view, the file, width and height in pixels, language and theme."""

    view: str
    out: Path
    size: tuple[int, int]
    language: str
    theme: str
    scene: str = ""


def take(options: OpenOptions, picture: Picture) -> int:
    """Draw the picture and return the exit code: 0 drawn, 1 nothing to see in time or not written."""
    dressed = msgspec.structs.replace(options, language=picture.language, theme=picture.theme, keep=False)
    return open_console(dressed, lambda desk: _take(desk, picture, options))


async def _take(desk: Desk, picture: Picture, options: OpenOptions) -> int:
    say = Bilingual()
    desk.window.resize(*picture.size)
    with tempfile.TemporaryDirectory(prefix="onemap-", ignore_cleanup_errors=True) as folder:
        missing, target = await _prepare(desk, picture, Path(folder))
    if missing:
        sys.stderr.write(say("shot.nothing", seconds=int(WAIT_S), missing=say(f"shot.missing.{missing}")) + "\n")
        ended = None if options.watch is None else options.watch()
        if ended is not None:
            sys.stderr.write(f"{ended.name}: {ended.tail()}\n")
        return EXIT_NOTHING
    desk.notices.withdraw(SOUND)  # that this computer cannot be heard is nothing to see
    image = target.grab().toImage()
    if target is not desk.window:
        target.close()
    picture.out.parent.mkdir(parents=True, exist_ok=True)
    if not QImageWriter(str(picture.out), QByteArray(b"png")).write(image):
        sys.stderr.write(say("shot.not_written", file=str(picture.out)) + "\n")
        return EXIT_NOT_WRITTEN
    text = say("shot.saved", file=str(picture.out), width=image.width(), height=image.height())
    sys.stdout.write(text + "\n")
    return 0


async def _prepare(desk: Desk, picture: Picture, folder: Path) -> tuple[str, QWidget]:
    """Wait until there is something to see and lay it out.

    Returns what is missing when the time is over, or an empty text, and the widget to be drawn.
    """
    deadline = time.monotonic() + WAIT_S
    for name, ready in _STAGES:
        while not ready(desk):
            if time.monotonic() > deadline:
                return name, desk.window
            await asyncio.sleep(POLL_S)
    lively = min(deadline, time.monotonic() + LIVELY_S)
    while not _is_lively(desk) and time.monotonic() < lively:  # noqa: ASYNC110 - a look, not an event
        await asyncio.sleep(POLL_S)
    target = _lay_out(desk, picture)
    desk.panels.case_list.focus_list()
    if VIEWS[picture.view].with_case:
        _select(desk)
    await asyncio.sleep(SETTLE_S)
    if VIEWS[picture.view].with_case and not _waits(desk):
        _select(desk)  # a colleague was faster
        await asyncio.sleep(SETTLE_S)
    if VIEWS[picture.view].with_case:
        await _card_complete(desk)
    await _set_scene(desk, picture.scene, folder)
    while not desk.panels.map.settled:
        if time.monotonic() > deadline:
            return "map", target
        await asyncio.sleep(POLL_S)
    missing = "card" if VIEWS[picture.view].with_case and _cases(desk) and desk.panels.card.case() is None else ""
    return missing, target


async def _set_scene(desk: Desk, name: str, folder: Path) -> None:
    """Set what is to be seen, and let it come about; files it needs lie in ``folder``."""
    if name in SCENES:
        SCENES[name](desk)
        await asyncio.sleep(SCENE_S)
    elif name:
        await LAYER_SCENES[name](desk, folder)
        await asyncio.sleep(SETTLE_S)


async def _card_complete(desk: Desk) -> None:
    """Wait until photos and record of the case on the card are there; after some time it is drawn as it is."""
    until = time.monotonic() + CARD_S
    card = desk.panels.card
    while card.case() is not None and not card.body.complete and time.monotonic() < until:  # noqa: ASYNC110 - a look
        await asyncio.sleep(POLL_S)


def _lay_out(desk: Desk, picture: Picture) -> QWidget:
    """Give the view its size: the whole desk, or one panel taken out of its dock."""
    width, height = picture.size
    name = "" if picture.scene in WHOLE_WINDOW else VIEWS[picture.view].widget
    if not name:
        desk.workspace.reset(width, height - desk.panels.top_bar.height())
        target: QWidget = desk.window
    else:
        target = desk.workspace.dock(name).takeWidget()
        target.setParent(None)
        target.resize(width, height)
        target.show()
    desk.panels.map.fit()
    return target


def _cases(desk: Desk) -> list[str]:
    room = desk.session.room
    return [] if room is None or room.picture is None else list(room.picture.cases)


def _is_lively(desk: Desk) -> bool:
    """Whether the town is at work; a service that was there before the picture is taken as it is."""
    room = desk.session.room
    if room is None or room.picture is None or room.picture.clock.speed == 1.0:
        return True
    held = Counter(case.state for case in room.picture.cases.values())
    return all(held[state] >= least for state, least in LIVELY_STATES.items())


def _signed_in(desk: Desk) -> bool:
    return desk.window.on_desk


def _has_picture(desk: Desk) -> bool:
    """Whether the snapshot and the shapes of the town have arrived."""
    room = desk.session.room
    return room is not None and room.picture is not None and room.geometry is not None


def _is_at_work(desk: Desk) -> bool:
    """Whether a town that is played has begun: it reports and moves. Any other is drawn as it is, empty or not."""
    room = desk.session.room
    if room is None or room.picture is None or room.picture.clock.speed == 1.0:
        return True
    return bool(room.picture.cases) and len(desk.map_feed.models.positions.table) > 0


_STAGES: tuple[tuple[str, Callable[[Desk], bool]], ...] = (
    ("sign_in", _signed_in),
    ("cases", _has_picture),
    ("positions", _is_at_work),
)


def _waits(desk: Desk) -> bool:
    """Whether the case on the card still waits for a person of the room."""
    case = desk.panels.card.case()
    return case is not None and case.state in PREFERRED


def _select(desk: Desk) -> None:
    """Select a case that waits for a person of the room: to be dispatched before others, with photos, then newest."""
    room = desk.session.room
    if room is None or room.picture is None:
        return
    cases = [c for c in room.picture.cases.values() if c.state in PREFERRED and c.lon is not None]
    cases = cases or list(room.picture.cases.values())
    if cases:
        best = min(cases, key=lambda c: (_rank(c.state), c.state in ENDED, -len(c.photos), -c.stage_since.timestamp()))
        desk.selection.select_case(best.case_no)


def _rank(state: CaseState) -> int:
    return PREFERRED.index(state) if state in PREFERRED else len(PREFERRED)
