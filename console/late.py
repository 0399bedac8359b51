"""A part that is made the first time it is needed: what nobody has opened yet costs a start nothing.

What everybody sees but a start can do without for a moment is made by ``furnish`` once the first picture is whole, one
part a turn; its room is kept by a ``Place`` until then.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget

T = TypeVar("T")

LOOK_EVERY_S = 0.02
AT_THE_LATEST_S = 1.0
"""So long the other parts wait for the first picture."""


class Late(Generic[T]):
    """Holds how a part is made, and the part once it is.

    ``then`` takes what is to be done with it once it is there: connections, language, theme. ``module`` is where its
    code is, for ``make_soon``.
    """

    def __init__(self, make: Callable[[], T], module: str = "") -> None:
        self._make = make
        self._module = module
        self._made: T | None = None
        self._then: list[Callable[[T], object]] = []

    @property
    def made(self) -> T | None:
        """The part, None while nobody has needed it."""
        return self._made

    def get(self) -> T:
        """Return the part; it is made now where it was not before."""
        if self._made is None:
            self._made = self._make()
            for prepare in self._then:
                prepare(self._made)
            self._then.clear()
        return self._made

    def then(self, prepare: Callable[[T], object]) -> None:
        """Have this done with the part as soon as it is made; at once where it is."""
        if self._made is None:
            self._then.append(prepare)
        else:
            prepare(self._made)

    async def make_soon(self) -> None:
        """Make the part where it is not yet, with the import of its code in a thread: the window need not wait."""
        if self._made is None:
            if self._module:
                await asyncio.to_thread(import_module, self._module)
            self.get()


class Place(QStackedWidget):
    """The room of a late part: what ``stands`` there is seen until the part is made, and takes its place.

    It is never narrower than ``least_px``. A dock asks for that once, before the part is there to answer.
    """

    def __init__(self, late: Late[Any], stands: QWidget, least_px: int = 0) -> None:
        super().__init__()
        self._least_px = least_px
        self._late = late
        self._stands = stands
        self.addWidget(stands)
        late.then(self._take)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the part may be, or what stands there."""
        return super().minimumSizeHint().expandedTo(QSize(self._least_px, 0))

    def part(self) -> QWidget:
        """Return the part that belongs here, made now where it was not before."""
        part: QWidget = self._late.get()
        return part

    def _take(self, part: QWidget) -> None:
        shown = self.currentWidget() is self._stands
        self.insertWidget(0, part)
        if shown:
            self.setCurrentWidget(part)
        self.removeWidget(self._stands)
        self._stands.deleteLater()


async def until_whole(whole: Callable[[], bool]) -> None:
    """Wait until the first picture is ``whole``, or will not be so soon."""
    latest = time.monotonic() + AT_THE_LATEST_S
    while not whole() and time.monotonic() < latest:  # noqa: ASYNC110 - a frame tells nobody that nothing is missing
        await asyncio.sleep(LOOK_EVERY_S)


async def furnish(whole: Callable[[], bool], parts: Iterable[Late[Any]]) -> None:
    """Make these parts, one a turn, as soon as the first picture is ``whole``."""
    await until_whole(whole)
    for part in parts:
        await part.make_soon()
        await asyncio.sleep(0)
