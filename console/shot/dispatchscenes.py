"""Scenes of the dispatch: a run card's set on the card of a case, and the books it is taken from."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.api import new_key
from domain.case import Case, NewReport
from domain.command import Command
from domain.ids import EntryId
from domain.states import Channel
from layers.mercator import to_degrees

if TYPE_CHECKING:
    from console.desk import Desk

POLL_S, POLLS = 0.1, 150
WHISTLE_S = 24.0
"""Somebody has signed in by then, at the pace of the demo."""
KIND, CONDITION = "event.04-03", "event.04-03.1"


async def run_card(desk: "Desk", folder: Path) -> None:
    """A gas leak that waits to be dispatched, with the whole set of its run card in the form."""
    case = await to_dispatch(desk)
    card = desk.panels.card
    if case is None:
        return
    desk.selection.select_case(case.case_no)
    await wait(lambda: card.body.suggestions.proposal() is not None)
    await asyncio.sleep(POLL_S)
    card.press_key("4")


async def correct(desk: "Desk", folder: Path) -> None:
    """A case that is being corrected: the form with what stands there now, an earlier correction in its timeline."""
    case = await to_dispatch(desk)
    room, card = desk.session.room, desk.panels.card
    if case is None or room is None:
        return
    said = {"reason": "told_again", "address": desk.words("shot.gas_place"), "text": desk.words("shot.gas_leak")}
    await room.client.command(case.case_no, Command("correct", case.version, said), key=new_key())
    desk.selection.select_case(case.case_no)
    await wait(lambda: case.version + 1 == getattr(card.case(), "version", 0))
    card.press_key("6")
    await asyncio.sleep(POLL_S)


async def run_cards(desk: "Desk", folder: Path) -> None:
    """The book of run cards over the desk."""
    desk.crew.run_cards.open()
    await asyncio.sleep(POLL_S)


async def run_card_form(desk: "Desk", folder: Path) -> None:
    """A run card in its form."""
    desk.crew.run_cards.open()
    sheet = desk.crew.run_cards.sheet
    if sheet is not None:
        sheet.buttons["edit"].click()


async def whistle(desk: "Desk", folder: Path) -> None:
    """A whistle that some units have answered, one of them late, and another is overdue."""
    from widgets.whistle_sheet import Blow  # noqa: PLC0415

    room = desk.session.room
    units = () if room is None or room.picture is None else tuple(room.picture.units)
    desk.settings.set("take_back_s", 0, store=False)
    own = dict.fromkeys(units[3:6], 1)
    desk.crew.whistle.ask(Blow(desk.words("shot.gas_leak"), desk.words("shot.gas_place"), units[:7], 15, own))
    desk.crew.whistle.open()
    sheet = desk.crew.whistle.sheet
    await wait(lambda: sheet is not None and bool(sheet.rows.shown()))
    await asyncio.sleep(WHISTLE_S)
    if sheet is not None:
        sheet.rows.view.setFocus()


async def whistle_form(desk: "Desk", folder: Path) -> None:
    """The form of a new whistle."""
    desk.crew.whistle.open()
    if desk.crew.whistle.sheet is not None:
        desk.crew.whistle.sheet.begin()


async def plans(desk: "Desk", folder: Path) -> None:
    """The book of plans over the desk."""
    desk.crew.plans.open_book()
    await asyncio.sleep(POLL_S)


async def checklist(desk: "Desk", folder: Path) -> None:
    """A plan in use on a gas leak, with some of its steps ticked."""
    case = await to_dispatch(desk)
    if case is None:
        return
    desk.selection.select_case(case.case_no)
    await wait(lambda: desk.panels.card.case() is not None)
    desk.crew.plans.open_book()
    book = desk.crew.plans.book.sheet
    if book is not None:
        desk.crew.plans.open_plan(EntryId(book.table.key))
    await wait(lambda: desk.crew.plans.sheet is not None and bool(desk.crew.plans.sheet.rows.shown()))
    sheet = desk.crew.plans.sheet
    for step in ("0", "1", "3"):
        if sheet is not None:
            desk.crew.plans.toggle(sheet.list.key, step)
            await asyncio.sleep(5 * POLL_S)


async def to_dispatch(desk: "Desk") -> Case | None:
    """Report, accept and file a gas leak in the middle of the map, and take it in hand so that nobody is faster."""
    room = desk.session.room
    if room is None or room.picture is None:
        return None
    table = desk.map_feed.models.positions.table
    lon, lat = to_degrees(float(table.xs[0]), float(table.ys[0])) if table.keys else (0.0, 0.0)
    report = NewReport(Channel.HOTLINE, desk.words("shot.gas_leak"), kind=KIND, lon=lon, lat=lat, urgent=True)
    case = (await room.client.report(report, key=new_key())).case
    steps: tuple[tuple[str, dict[str, Any]], ...] = (("accept", {}), ("file", {"condition": CONDITION}), ("claim", {}))
    for action, args in steps:
        case = (await room.client.command(case.case_no, Command(action, case.version, args), key=new_key())).case
    await wait(lambda: room.picture is not None and _is_at(room.picture.case(case.case_no), case.version))
    return case


def _is_at(case: Case | None, version: int) -> bool:
    return case is not None and case.version >= version


async def wait(true: Callable[[], bool]) -> None:
    """Wait for something a while; the picture shows what there is then."""
    for _ in range(POLLS):
        if true():
            return
        await asyncio.sleep(POLL_S)


DISPATCH_SCENES = {
    "run-card": run_card,
    "run-cards": run_cards,
    "run-card-form": run_card_form,
    "correct": correct,
    "whistle": whistle,
    "whistle-form": whistle_form,
    "plans": plans,
    "checklist": checklist,
}
"""Scenes by name."""
OVER_THE_DESK = frozenset({"run-cards", "run-card-form", "whistle", "whistle-form", "plans", "checklist"})
"""Those that are taken of the whole desk."""
