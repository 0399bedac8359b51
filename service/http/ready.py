"""Whether the service can keep what it is told now: for whatever stands before several services and chooses one."""

from typing import Any

from litestar import Response, get

from domain.faults import Fault, FaultKind
from service.http.codec import ApiRequest, reply, runtime_of
from service.http.guard import REFUSALS, public


@get("/v1/ready", opt=public(), responses=REFUSALS)
async def get_ready(request: ApiRequest) -> Response[dict[str, Any]]:
    """Say that commands can be kept now, and whether we are told of other services' changes; 503 where they cannot."""
    runtime = runtime_of(request)
    trouble = runtime.writer.trouble()
    if trouble is not None:
        raise Fault(FaultKind.UNAVAILABLE, trouble)
    return reply(request, {"status": "ready", "listening": runtime.relay.listening})


HANDLERS = (get_ready,)
