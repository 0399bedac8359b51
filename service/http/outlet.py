"""The connection under a request, for the live feed: what waits in it is counted, and a dead one is cut."""

from typing import Any

from service.feed.reader import Outlet

_NAME = "onemap.outlet"


def note_outlet(scope: Any, send: Any) -> None:
    """Keep the transport of the web server's ``send`` with the request. Called before anything is wrapped around it."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        scope.setdefault("extensions", {})[_NAME] = transport


def outlet_of(scope: Any) -> Outlet | None:
    """Return the transport of a request, None where the web server is not one we know."""
    found: Outlet | None = (scope.get("extensions") or {}).get(_NAME)
    return found
