"""The application: all doors, their guard, their refusals, and the document that describes them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from sqlalchemy.exc import OperationalError

from domain.faults import Fault
from service.http import (
    addresses,
    admin_accounts,
    admin_settings,
    attachments,
    audit,
    cases,
    dutylog,
    exchange,
    feed,
    grids,
    keeping,
    positions,
    readings,
    ready,
    register,
    session,
    sse,
    town,
    tracks,
)
from service.http.codec import ApiRequest
from service.http.express import Express
from service.http.faults import HANDLERS
from service.http.guard import guard, public
from service.runtime import Runtime
from service.timers import Timers

MAX_BODY = 1024 * 1024
VERSION = "0.1.0"

log = logging.getLogger(__name__)


def make_app(runtime: Runtime) -> Express:
    """Return the application over a runtime; it starts and stops the runtime with its own life."""
    ordinary = Litestar(
        route_handlers=[
            *session.HANDLERS,
            *admin_accounts.HANDLERS,
            *admin_settings.HANDLERS,
            *town.HANDLERS,
            *ready.HANDLERS,
            *cases.HANDLERS,
            *dutylog.HANDLERS,
            *positions.HANDLERS,
            *audit.HANDLERS,
            *keeping.HANDLERS,
            *attachments.HANDLERS,
            *exchange.HANDLERS,
            *feed.HANDLERS,
            *sse.HANDLERS,
            *tracks.HANDLERS,
            *register.HANDLERS,
            *readings.HANDLERS,
            *addresses.HANDLERS,
            *grids.HANDLERS,
        ],
        before_request=guard,
        exception_handlers=HANDLERS,
        request_class=ApiRequest,
        request_max_body_size=MAX_BODY,
        state=State({"runtime": runtime}),
        lifespan=[partial(_lifespan, runtime)],
        openapi_config=_openapi(),
        logging_config=None,
    )
    return Express(ordinary, runtime)


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="OneMap",
        version=VERSION,
        description="The reference service of OneMap 一张图指挥台. Every refusal is a FaultBody.",
        openapi_router=Router(path="/schema", route_handlers=[], opt=public()),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
        create_examples=False,
        components=Components(security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"bearer": []}],
    )


@contextlib.asynccontextmanager
async def _lifespan(runtime: Runtime, _app: Litestar) -> AsyncIterator[None]:
    runtime.start()
    timers = Timers(runtime)
    await timers.save()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_for_ever(run, every_s), name=run.__name__) for run, every_s in timers.table()]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
    try:
        await timers.save()
    except Fault as fault:
        log.warning("positions and clock could not be kept at the end: %s", fault.key)
    finally:
        await runtime.stop()


async def _for_ever(run: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Run a timer at its pace. A failure is written down and the next round tried."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await run()
        except (Fault, OperationalError) as error:
            log.warning("a timer has to wait: %s", error.orig if isinstance(error, OperationalError) else error.key)
        except Exception as error:
            log.exception("a timer failed", exc_info=error)
