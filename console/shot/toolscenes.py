"""Scenes of the map's larger tools: each is begun and used as a person would."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.desk import Desk

POLL_S, POLLS = 0.1, 100


async def select(desk: "Desk", folder: Path) -> None:
    """What lies within 600 metres of the newest case, ringed and listed alone."""
    from widgets.map.select_card import Way  # noqa: PLC0415

    marks = desk.map_feed.models.cases.open.marks
    if marks:
        desk.selection.select_case(marks[-1].case_no)
    desk.map_desk.open_select()
    desk.map_desk.select.begin(Way.AROUND)
    desk.map_desk.select.card.distance.setValue(600)
    await asyncio.sleep(10 * POLL_S)


async def identify(desk: "Desk", folder: Path) -> None:
    """Everything under the place of somebody on shift."""
    table = desk.map_feed.models.positions.table
    if table.keys:
        desk.panels.map.centre_on(float(table.xs[0]), float(table.ys[0]))
    desk.map_desk.identify.at_cross()


async def redline(desk: "Desk", folder: Path) -> None:
    """Drawing for everybody, with what stands on the map."""
    desk.map_desk.open_redline()
    await asyncio.sleep(5 * POLL_S)


async def playback(desk: "Desk", folder: Path) -> None:
    """The last hour, standing a minute before its end."""
    from widgets.map.playback_card import PlaybackWish  # noqa: PLC0415

    tool = desk.map_desk.playback
    tool.read(PlaybackWish(1, "演示"))
    for _ in range(POLLS):
        if tool.on:
            break
        await asyncio.sleep(POLL_S)
    if tool.player is not None:
        tool.seek(tool.player.tape.length_s - 60)
        tool.toggle()


TOOL_SCENES = {"select": select, "identify": identify, "redline": redline, "playback": playback}
"""Scenes by name."""
