"""Every refusal answers with ``FaultBody``: our own faults, the framework's, and what went wrong inside."""

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.faults import Fault, FaultKind
from service.http.codec import fault_reply

log = logging.getLogger(__name__)

_KEYS: dict[int, tuple[FaultKind, str]] = {
    401: (FaultKind.UNAUTHENTICATED, "token_missing"),
    403: (FaultKind.FORBIDDEN, "role_may_not"),
    404: (FaultKind.NOT_FOUND, "no_such_address"),
    405: (FaultKind.INVALID, "method_not_allowed"),
    413: (FaultKind.TOO_LARGE, "body_too_large"),
}


GONE = "client disconnected prematurely"
"""What the framework says of a client that left in the midst of its request. Nobody hears the answer."""


def on_fault(request: Request[Any, Any, Any], fault: Fault) -> Response[Any]:
    """Answer with one of our own refusals."""
    return fault_reply(request, fault)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer with a refusal of the framework, in our words."""
    status = 400 if error.detail == GONE else error.status_code
    if status >= 500:
        return on_error(request, error)
    if isinstance(error, ValidationException):
        return fault_reply(request, Fault(FaultKind.INVALID, "validation", detail=_detail(error)))
    kind, key = _KEYS.get(status, (FaultKind.INVALID, "bad_request"))
    return fault_reply(request, Fault(kind, key), status)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a failure of ours."""
    return fault_reply(request, *failure(request.scope, error))


def failure(scope: Any, error: Exception) -> tuple[Fault, int]:
    """Return a failure of ours as the asker hears of it, and its status; the details go to the diagnostic log."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        log.error("%s %s: the store cannot be reached: %s", scope["method"], scope["path"], error.orig)
        return Fault(FaultKind.UNAVAILABLE, "store_unavailable"), 503
    if isinstance(error, PoolTimeout | OperationalError):
        log.error("%s %s: the store does not answer: %s", scope["method"], scope["path"], error)
        return Fault(FaultKind.UNAVAILABLE, "store_unavailable"), 503
    log.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
    return Fault(FaultKind.UNAVAILABLE, "internal"), 500


def _detail(error: ValidationException) -> str:
    extra = error.extra
    if isinstance(extra, list) and extra and isinstance(extra[0], dict):
        return f"{extra[0].get('key', '')}: {extra[0].get('message', '')}"[:200]
    return str(error.detail)[:200]


HANDLERS: ExceptionHandlersMap = {Fault: on_fault, HTTPException: on_http, Exception: on_error}
