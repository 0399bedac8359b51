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


async def fences(desk: "Desk", folder: Path) -> None:
    """Geofences with what one of them told: one is drawn around somebody who is on the way, and left."""
    from domain.register_fence import FenceAlert, Geofence  # noqa: PLC0415
    from layers.geodesy import ring_around  # noqa: PLC0415
    from layers.mercator import to_degrees  # noqa: PLC0415

    table = desk.map_feed.models.positions.table
    moving = [i for i, mark in enumerate(table.marks) if mark.heading_deg is not None]
    for i in moving[:3]:
        ring = ring_around(*to_degrees(float(table.xs[i]), float(table.ys[i])), 60.0)
        name = desk.words("shot.fence", n=i)
        desk.register.put(Geofence(name, ring, hysteresis_m=10, settle_s=0, synthetic=True))
    for _ in range(2 * POLLS):
        if desk.register.all(FenceAlert):
            break
        await asyncio.sleep(POLL_S)
    desk.map_desk.open_fences()
    card = desk.map_desk.fences.card
    told = desk.register.all(FenceAlert)
    if told:
        desk.map_desk.fences.show_alert(told[-1].entry_id)
        card.alerts.setCurrentRow(0)
    card.fences.setCurrentRow(0)
    await asyncio.sleep(10 * POLL_S)


async def fence_sheet(desk: "Desk", folder: Path) -> None:
    """The sheet of a geofence over the desk."""
    from domain.register_fence import Geofence  # noqa: PLC0415

    desk.map_desk.open_fences()
    held = desk.register.all(Geofence)
    if held:
        desk.map_desk.fences.edit(held[-1].entry_id)


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


TOOL_SCENES = {
    "select": select,
    "identify": identify,
    "redline": redline,
    "fences": fences,
    "fence-sheet": fence_sheet,
    "playback": playback,
}
"""Scenes by name."""
