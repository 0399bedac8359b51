"""Modules that run when something of them is first asked for, though they are imported from the outset."""

from collections.abc import Callable
from functools import partial
from threading import RLock
from types import CodeType
from typing import Any

_LOCK = RLock()
_put_off: dict[str, Callable[[], CodeType]] = {}


def later(filename: str, code: Callable[[], CodeType]) -> CodeType:
    """Return what a module is to run in place of its own code, which runs once it is used."""
    _put_off[filename] = code
    return compile(f'__import__("{__name__}", fromlist=["wait"]).wait(globals(), {filename!r})', filename, "exec")


def wait(namespace: dict[str, Any], filename: str) -> None:
    """Let the module of this namespace wait. What begins with two underscores can be asked for all the same."""
    namespace["__getattr__"] = partial(_look_up, namespace, filename)


def _look_up(namespace: dict[str, Any], filename: str, name: str) -> Any:
    """Return something of a module, which runs first unless it has."""
    if not name.startswith("__"):
        with _LOCK:  # who comes second finds it whole
            code = _put_off.pop(filename, None)
            if code is not None:
                exec(code(), namespace)  # the module's own code, as its loader would run it
                namespace.pop("__getattr__", None)
        if name in namespace:
            return namespace[name]
    raise AttributeError(f"module {namespace.get('__name__')!r} has no attribute {name!r}")
