"""numpy without the words for its types: a start needs one of them (``NDArray``), and reading all takes 6 of 400 ms.

Whoever asks for anything else of ``numpy.typing`` gets it: the real module is read then, and takes its place.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import GenericAlias, ModuleType
from typing import Any, TypeVar

PACKAGES = ("numpy.typing", "numpy._typing")
ASKED_OF_A_MODULE = ("__all__", "__file__")

_Scalar = TypeVar("_Scalar")


def import_numpy() -> None:
    """Import numpy without its types, where it is not there yet."""
    found = None if "numpy" in sys.modules else find_spec("numpy")
    if found is not None and found.submodule_search_locations:
        (folder,) = found.submodule_search_locations
        for name in PACKAGES:
            later = sys.modules[name] = _Later(name)
            later.__path__ = [str(Path(folder, name.partition(".")[2]))]  # their own modules are found all the same
    package: Any = import_module("numpy")
    typing: Any = sys.modules.get(PACKAGES[0])
    if isinstance(typing, _Later):
        package.typing = typing  # numpy itself looks for it there


class _Later(ModuleType):
    """Stands for a module that is read when it is needed."""

    def __getattr__(self, name: str) -> Any:
        if name == "NDArray":
            return self._arrays()
        if name.startswith("__") and name not in ASKED_OF_A_MODULE:
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)

    def _arrays(self) -> Any:
        """Return ``NDArray`` as numpy makes it: an array of any shape whose scalars are of a type."""
        core = sys.modules["numpy._core.multiarray"]
        self.NDArray = GenericAlias(core.ndarray, (tuple[Any, ...], GenericAlias(core.dtype, (_Scalar,))))
        return self.NDArray


def _real(name: str) -> ModuleType:
    """Return the module itself, read now where it is not yet."""
    for kept in PACKAGES:
        if isinstance(sys.modules.get(kept), _Later):
            del sys.modules[kept]
    return import_module(name)
