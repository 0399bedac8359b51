"""The town's settings: limits, days, hours, code tables and units. Read by all administrators, set by one."""

from litestar import Response, get, put
from litestar.params import FromPath, JSONBody

from domain.ids import UnitId
from domain.wire_admin import ConditionEdit, DaysEdit, Done, HoursEdit, KindEdit, RulesEdit, Settings, UnitEdit
from service.access import Door
from service.http.admin import MAX_BODY, done
from service.http.codec import ApiRequest, KeyHeader, reply, runtime_of
from service.http.guard import REFUSALS, through
from service.write import admin_settings as write


@get("/v1/admin/settings", opt=through(Door.SETTINGS_READ), responses=REFUSALS)
async def get_settings(request: ApiRequest) -> Response[Settings]:
    """Return what is in force and what is planned."""
    runtime = runtime_of(request)
    now = runtime.timekeeper.now()
    world = runtime.world.at(now)
    info = world.info
    return reply(
        request,
        Settings(
            revision=info.revision,
            calendar=info.calendar,
            rules=info.rules,
            kinds=info.kinds,
            conditions=info.conditions,
            units=tuple(world.units.values()),
            planned=tuple(row for row in world.planned if row.since > now),
        ),
    )


@put("/v1/admin/rules", opt=through(Door.SETTINGS, RulesEdit), responses=REFUSALS, request_max_body_size=MAX_BODY)
async def put_rules(
    request: ApiRequest, data: JSONBody[RulesEdit], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Put limits in force, now or from a moment on. Clocks that run keep the limit they started under."""
    return await done(request, data, lambda work, asker: write.set_rules(work, data, asker))


@put("/v1/admin/days", opt=through(Door.SETTINGS, DaysEdit), responses=REFUSALS, request_max_body_size=MAX_BODY)
async def put_days(request: ApiRequest, data: JSONBody[DaysEdit], idempotency_key: KeyHeader = None) -> Response[Done]:
    """Make days of today or later holidays, make-up days or ordinary ones."""
    return await done(request, data, lambda work, asker: write.set_days(work, data, asker))


@put("/v1/admin/hours", opt=through(Door.SETTINGS, HoursEdit), responses=REFUSALS, request_max_body_size=MAX_BODY)
async def put_hours(
    request: ApiRequest, data: JSONBody[HoursEdit], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Put working hours in force from a day on."""
    return await done(request, data, lambda work, asker: write.set_hours(work, data, asker))


@put(
    "/v1/admin/kinds/{code:str}",
    opt=through(Door.SETTINGS, KindEdit),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_kind(
    request: ApiRequest, code: FromPath[str], data: JSONBody[KindEdit], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Add or alter a kind of case."""
    return await done(request, data, lambda work, asker: write.set_kind(work, code, data, asker))


@put(
    "/v1/admin/conditions/{code:str}",
    opt=through(Door.SETTINGS, ConditionEdit),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_condition(
    request: ApiRequest, code: FromPath[str], data: JSONBody[ConditionEdit], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Add or alter a filing condition."""
    return await done(request, data, lambda work, asker: write.set_condition(work, code, data, asker))


@put(
    "/v1/admin/units/{unit:str}",
    opt=through(Door.SETTINGS, UnitEdit),
    responses=REFUSALS,
    request_max_body_size=MAX_BODY,
)
async def put_unit(
    request: ApiRequest, unit: FromPath[str], data: JSONBody[UnitEdit], idempotency_key: KeyHeader = None
) -> Response[Done]:
    """Add or alter a unit."""
    return await done(request, data, lambda work, asker: write.set_unit(work, UnitId(unit), data, asker))


HANDLERS = (get_settings, put_rules, put_days, put_hours, put_kind, put_condition, put_unit)
