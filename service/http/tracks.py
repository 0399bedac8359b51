"""Where things were: for whoever has to know, with a reason; and for staff, their own track and who looked at it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Literal

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from domain.change import MAX_SEQ, Change
from domain.faults import invalid, not_found
from domain.ids import ThingId
from domain.wire import Track, TrackReading, TrackReadings
from domain.wire_tracks import TrackSheaf
from service.access import Door
from service.audit.retention import Kept, check_kept
from service.http.cases import moment
from service.http.codec import ApiRequest, asker_of, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.http.packed import Packed
from service.store import tracks
from service.tracker import SAMPLE_EVERY
from service.world import World
from service.write.positions import log_tracks, read_track
from service.write.transaction import Job

MOST_POINTS = 5_000
MOST_READINGS = 200
LONGEST = timedelta(days=31)
LONGEST_SHEAF = timedelta(hours=12)
MOST_SHEAF_POINTS = 150_000
"""Fixes in one page of everybody's tracks, about."""
OWN_REASON = "own"
"""The reason noted when somebody reads their own track."""

Reason = Annotated[str, QueryParameter(min_length=2, max_length=200, description="Why; it is logged")]
Moment = Annotated[str, QueryParameter(max_length=40, description="ISO 8601 with an offset")]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_POINTS, description="Points at most")]
Form = Annotated[Literal["json", "csv"], QueryParameter(name="format", description="csv to take it away as a table")]


@get("/v1/positions/{thing:str}/track", opt=through(Door.TRACK), responses=REFUSALS)
async def get_track(
    request: ApiRequest,
    thing: FromPath[str],
    reason: Reason,
    since: Moment,
    until: Moment = "",
    limit: Limit = MOST_POINTS,
) -> Response[Track]:
    """Return where a person or vehicle of the room was, a fix in ten seconds; who looked and why is logged first."""
    runtime = runtime_of(request)
    sight = runtime.sight(asker_of(request))
    known = runtime.world.knows_thing(thing) and (sight.all_positions or thing in sight.own_things)
    if not known:
        raise not_found("unknown_thing", thing=thing[:64])
    if len(reason.strip()) < 2:
        raise invalid("argument_missing", argument="reason")
    return reply(request, await _read(request, ThingId(thing), reason.strip(), since, until, limit))


@get("/v1/tracks", opt=through(Door.TRACK), responses=REFUSALS)
async def get_tracks(
    request: ApiRequest,
    reason: Reason,
    since: Moment,
    until: Moment,
    page: Annotated[str, QueryParameter(max_length=40, description="after of the page before")] = "",
    reading: Annotated[int, QueryParameter(ge=0, le=MAX_SEQ, description="reading of the page before")] = 0,
) -> Response[TrackSheaf]:
    """Return where everybody of the reader's area was in a stretch, to be played back.

    Who looked, why and at which stretch is logged first, once for all pages of it. A stretch that begins before what is
    still kept is refused.
    """
    runtime, asker = runtime_of(request), asker_of(request)
    begins, ends = moment(since, "since"), moment(until, "until")
    if begins is None or ends is None or not begins < ends <= begins + LONGEST_SHEAF:
        raise invalid("sheaf_too_long", hours=LONGEST_SHEAF // timedelta(hours=1))
    if len(reason.strip()) < 2:
        raise invalid("argument_missing", argument="reason")
    await runtime.read(partial(check_kept, name=Kept.POSITIONS, since=begins, now=runtime.timekeeper.now()))
    run = partial(log_tracks, reason=reason.strip(), since=begins, until=ends, asker=asker, known=reading)
    seq = await runtime.do(Job(run))
    things = sorted(runtime.world.things_in(runtime.sight(asker).area))
    start = max(begins, moment(page, "page") or begins)
    span = timedelta(seconds=max(60, MOST_SHEAF_POINTS * int(SAMPLE_EVERY.total_seconds()) // max(1, len(things))))
    stop = min(ends, start + span)
    found = await runtime.read(partial(tracks.sheaf, things=things, since=start, until=stop))
    return reply(request, TrackSheaf(start, stop, seq, found, stop if stop < ends else None))


@get("/v1/me/track", opt=through(Door.OWN), responses=REFUSALS)
async def get_own_track(
    request: ApiRequest, since: Moment, until: Moment = "", limit: Limit = MOST_POINTS, form: Form = "json"
) -> Response[Track]:
    """Return where whoever asks was, as far as it is still kept."""
    track = await _read(request, _own(request), OWN_REASON, since, until, limit)
    if form == "json":
        return reply(request, track)
    lines = ["at,lon,lat", *(f"{p.at.astimezone(UTC).isoformat()},{p.lon},{p.lat}" for p in track.points)]
    headers = {"Content-Disposition": 'attachment; filename="track.csv"'}
    if track.after is not None:
        headers["OneMap-After"] = track.after.isoformat()
    return Packed("\r\n".join([*lines, ""]).encode(), "text/csv; charset=utf-8", 200, headers)


@get("/v1/me/readings", opt=through(Door.OWN), responses=REFUSALS)
async def get_own_readings(
    request: ApiRequest, before: Annotated[int, QueryParameter(ge=1, le=MAX_SEQ)] = MAX_SEQ
) -> Response[TrackReadings]:
    """Return who looked at where whoever asks was, newest first."""
    runtime, thing = runtime_of(request), _own(request)
    found = await runtime.read(partial(tracks.readings, subject_id=thing, before=before, most=MOST_READINGS))
    own = tuple(_reading(change) for change in found if _is_of(change, thing, runtime.world))
    return reply(request, TrackReadings(own, found[-1].seq if len(found) == MOST_READINGS else None))


def _own(request: ApiRequest) -> ThingId:
    staff = asker_of(request).actor.staff
    if staff is None:
        raise not_found("no_staff")
    return ThingId(staff)


async def _read(request: ApiRequest, thing: ThingId, reason: str, since: str, until: str, limit: int) -> Track:
    begins = moment(since, "since")
    if begins is None:
        raise invalid("argument_missing", argument="since")
    ends = moment(until, "until") or _no_later(begins)
    if not begins <= ends <= _no_later(begins):
        raise invalid("stretch_too_long", days=LONGEST.days)
    run = partial(read_track, thing=thing, reason=reason, since=begins, until=ends, most=limit, asker=asker_of(request))
    track: Track = await runtime_of(request).do(Job(run))
    return track


def _no_later(begins: datetime) -> datetime:
    try:
        return begins + LONGEST
    except OverflowError:
        raise invalid("not_a_moment", argument="since") from None


def _is_of(change: Change, thing: ThingId, world: World) -> bool:
    """Return whether a reading was one of this thing's tracks, or of everybody's in an area it belongs to."""
    what = change.data.get("what")
    return what == "track" or (what == "tracks" and thing in world.things_in(str(change.data.get("area", ""))))


def _reading(change: Change) -> TrackReading:
    data = change.data
    return TrackReading(
        seq=change.seq,
        at=change.recorded_at,
        by=change.actor,
        reason=str(data.get("reason", "")),
        since=datetime.fromisoformat(data["since"]) if "since" in data else None,
        until=datetime.fromisoformat(data["until"]) if "until" in data else None,
    )


HANDLERS = (get_track, get_tracks, get_own_track, get_own_readings)
