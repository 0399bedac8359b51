"""A part that is made the first time it is needed: what nobody has opened yet costs a start nothing."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """Holds how a part is made, and the part once it is.

    ``then`` takes what is to be done with it once it is there: connections, language, theme.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
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
