"""Enumerations made quickly are, in every respect, those Python makes."""

import enum
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6 import QtCore, QtGui, QtWidgets

from console import quickenums

pytestmark = pytest.mark.skipif(
    sys.version_info[:2] != quickenums.PLAINLY_KNOWN, reason="only there is it ever put in place"
)
BASES = (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
HOW: dict[str, Any] = {"qualname": None, "type": None, "start": 1, "boundary": enum.KEEP}


def all_of_qt() -> Iterator[tuple[Any, list[tuple[str, int]]]]:
    """Yield base and members of every enumeration of the three modules the console is made of."""
    holders = [
        kind
        for module in (QtCore, QtGui, QtWidgets)
        for name in dir(module)
        if isinstance(kind := getattr(module, name), type)
    ]
    for holder in holders:
        for made in vars(holder).values():
            if isinstance(made, enum.EnumType):
                yield made.__mro__[1], [(name, m.value) for name, m in made.__members__.items()]


def both(base: Any, members: list[tuple[str, int]]) -> tuple[Any, Any]:
    """Return an enumeration as Python makes it, and as it is made here."""
    plain = quickenums._own(base, "Made", list(members), module="somewhere", **HOW)
    return plain, quickenums._create(base, "Made", list(members), module="somewhere", **HOW)


def looked_at(made: Any) -> object:
    """Return all there is to see of an enumeration."""
    inside = {
        name: value if isinstance(value, int | str | type(None) | list) else type(value).__name__
        for name, value in vars(made).items()
        if name not in made.__members__
    }
    members = {
        name: (repr(m), str(m), m.name, m.value, sorted(vars(m)), m._sort_order_, vars(made)[name] is m)
        for name, m in made.__members__.items()
    }
    by_value = {value: m.name for value, m in made._value2member_map_.items()}
    ways = (made.__module__, made.__qualname__, repr(made), made.__mro__[1:], getattr(made, "_boundary_", None))
    return inside, list(members.items()), by_value, [m.name for m in made], dir(made), ways


def test_every_enumeration_of_qt_is_as_python_makes_it() -> None:
    seen = 0
    for base, members in all_of_qt():
        plain, quick = both(base, members)
        assert looked_at(quick) == looked_at(plain)
        seen += 1
    assert seen > 300


NAMES = st.sampled_from(["A", "B", "C", "name", "value", "real", "_x", "__y__", "mro", "None_"])


@given(
    st.sampled_from(BASES),
    st.lists(st.tuples(NAMES, st.integers(-2, 9) | st.booleans()), max_size=6, unique_by=lambda pair: pair[0]),
)
def test_odd_names_and_values_are_as_python_makes_them(base: Any, members: list[tuple[str, int]]) -> None:
    try:
        expected = looked_at(quickenums._own(base, "Made", list(members), module="somewhere", **HOW))
    except (ValueError, TypeError) as error:
        with pytest.raises(type(error)):
            quickenums._create(base, "Made", list(members), module="somewhere", **HOW)
        return
    made = quickenums._create(base, "Made", list(members), module="somewhere", **HOW)
    assert looked_at(made) == expected


def test_flags_are_combined_and_taken_apart_alike() -> None:
    members = [("None_", 0), ("B", 2), ("A", 1), ("Both", 3), ("D", 8)]
    plain, quick = both(enum.Flag, members)
    for value in range(16):
        assert repr(quick(value)) == repr(plain(value))
        assert [m.name for m in quick(value)] == [m.name for m in plain(value)]
        assert (~quick(value)).value == (~plain(value)).value
    assert (quick.A | quick.B) is quick.Both


def test_who_asks_without_a_module_is_named_as_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enum.EnumType, "_create_", quickenums._own)  # what is put in its place now ends with the test
    quickenums.hasten()
    made = enum.Enum("Made", [("A", 1)])
    assert made.__module__ == __name__
    assert vars(enum.EnumType)["_create_"] is quickenums._create
