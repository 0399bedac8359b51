"""Correcting what a case says of itself: its title, the words of its first report, its address, its place on the map.

What stood there before goes into the change, so that the timeline tells both. The grid it then falls into is for the
service to say, which knows the grids.
"""

from typing import Any

from msgspec.structs import replace

from domain.case import Case
from domain.change import Change
from domain.command import Arg, ArgKind, Context
from domain.faults import invalid
from domain.ids import GridCode
from domain.people import Actor
from domain.places import Placement
from domain.reasons import ReasonList
from domain.states import OPEN
from domain.step import NOTE, ROOM, make

MAX_LINE = 200
"""Characters of a title or an address, as in a report (``domain.case.ShortText``)."""
CORRECTED = ("title", "words", "address", "place")
"""What can be corrected, in the order it is told."""


def place_of(case: Case) -> list[float] | None:
    """Return a case's place as an argument says it: ``[lon, lat]`` in degrees."""
    return None if case.lon is None or case.lat is None else [case.lon, case.lat]


def words_of(case: Case) -> str:
    """Return the words a case began with: those of its first report, "" where its reports have left it."""
    return case.reports[0].text if case.reports else ""


def present(case: Case) -> dict[str, Any]:
    """Return what can be corrected as it stands."""
    return {"title": case.title, "words": words_of(case), "address": case.address, "place": place_of(case)}


def altered(case: Case, args: dict[str, Any]) -> dict[str, Any]:
    """Return of the arguments what would really be another; a blank text is none, and takes nothing away."""
    now = present(case)
    given = {name: args[name].strip() if name != "place" else args[name] for name in CORRECTED if name in args}
    return {
        name: value
        for name, value in given.items()
        if value and value != now[name] and (name != "words" or case.reports)
    }


def something_is_corrected(case: Case, args: dict[str, Any], actor: Actor, context: Context) -> None:
    """A correction says at least one thing that is not so already."""
    if not altered(case, args):
        raise invalid("nothing_to_correct")


def correction(case: Case, args: dict[str, Any]) -> dict[str, Any]:
    """Return what is written of a correction: what is so now, and under ``before`` what was.

    Words stand under ``reports`` with the report they are of, so that they are masked and erased like its own;
    ``which`` is that report, of whose words a title is made.
    """
    now, was = altered(case, args), present(case)
    data = {name: value for name, value in args.items() if name not in CORRECTED}
    before = {name: was[name] for name in now}
    for said in (now, before):
        if "words" in said:
            said["reports"] = [{"report_id": case.reports[0].report_id, "text": said.pop("words")}]
    which = {"which": case.reports[0].report_id} if case.reports else {}
    return {**data, **which, **now, "before": before}


def corrected(case: Case, change: Change) -> dict[str, Any]:
    """Return the fields of a case that a correction alters."""
    data = change.data
    fields: dict[str, Any] = {name: data[name] for name in ("title", "address") if name in data}
    texts = {said["report_id"]: said["text"] for said in data.get("reports", ())}
    if texts:
        fields["reports"] = tuple(replace(r, text=texts.get(r.report_id, r.text)) for r in case.reports)
    if "place" in data:
        fields["lon"], fields["lat"] = data["place"]
        code = data.get("grid_code")
        fields["placement"] = Placement(data.get("placement", Placement.OUTSIDE))
        fields["grid_code"] = code and GridCode(code)
        fields["area"] = data.get("area", case.area)
    return fields


CORRECTING = (
    make(
        "-",
        "correct",
        OPEN,
        None,
        ROOM,
        (
            Arg("reason", ArgKind.REASON, reasons=ReasonList.CORRECT),
            Arg("title", ArgKind.TEXT, required=False, most=MAX_LINE),
            Arg("words", ArgKind.TEXT, required=False),
            Arg("address", ArgKind.TEXT, required=False, most=MAX_LINE),
            Arg("place", ArgKind.PLACE, required=False),
            NOTE,
        ),
        (),
        (something_is_corrected,),
    ),
)
"""The step. It moves no case along; while somebody has the case in hand, nobody else corrects it."""
