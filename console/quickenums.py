"""Qt's enumerations, made in a third of the time: they are a tenth of what a start costs.

PySide6 makes all enumerations of a class the first time that class is named, through ``Enum("Name", members)``; ``Qt``
alone has 130 of them with 2,200 members. Python 3.11 takes each member through two dozen Python calls, for cases that
never arise there. Here the class is copied from one that Python made without members, and then given its own. Whatever
is not a plain list of names with integers, and every other Python, is left to Python's own way.
"""

import enum
import sys
from typing import Any

PLAINLY_KNOWN = (3, 11)
"""The Python whose enumerations are known in every detail; the tests compare all of Qt's."""
_NAME = "_create_"
_own = getattr(enum.EnumType, _NAME)

Members = list[tuple[str, int]]


def hasten() -> None:
    """Make enumerations of plain members quickly from here on, where this is the Python that is known."""
    if sys.version_info[:2] == PLAINLY_KNOWN:
        setattr(enum.EnumType, _NAME, _create)


def _names_in(base: type) -> frozenset[str]:
    return frozenset(name for kind in base.__mro__ for name in kind.__dict__)


_TAKEN = {base: _names_in(base) for base in (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)}
"""Per base the names that mean something there already: a member of such a name takes Python's own way."""


def _create(cls: Any, class_name: str, names: Any, *, module: str | None = None, **how: Any) -> Any:
    """Do what ``EnumType._create_`` does."""
    if module is None:
        module = sys._getframe(2).f_globals.get("__name__")  # as Python does: whoever called the enumeration
    if module is None or how.get("type") is not None or not _is_plain(cls, names):
        return _own(cls, class_name, names, module=module, **how)
    made = _empty(cls, class_name, module, how.get("boundary"))
    if how.get("qualname") is not None:
        made.__qualname__ = how["qualname"]
    _fill(made, names, issubclass(cls, int), issubclass(cls, enum.Flag))
    return made


_empties: dict[tuple[type, object], dict[str, Any]] = {}
"""What stands in an enumeration without members, by base and boundary: made by Python once, then copied."""
_OWN_TO_EACH: dict[str, type] = {
    "_member_names_": list,
    "_member_map_": dict,
    "_value2member_map_": dict,
    "_unhashable_values_": list,
}


def _empty(base: Any, name: str, module: str | None, boundary: Any) -> Any:
    """Return a new enumeration without members."""
    space = _empties.get((base, boundary))
    if space is None:
        pattern = _own(base, "Pattern", [], module=__name__, boundary=boundary)
        space = {key: value for key, value in vars(pattern).items() if key not in ("__new__", "__module__")}
        _empties[base, boundary] = space
    own = {key: kind() for key, kind in _OWN_TO_EACH.items()}
    made = type.__new__(enum.EnumType, name, (base,), {**space, **own, "__module__": module})
    type.__setattr__(made, "__new__", enum.Enum.__new__)
    return made


def _is_plain(base: Any, names: Any) -> bool:
    """Return whether these are distinct names with integers, none of which needs a closer look."""
    taken = _TAKEN.get(base)
    if taken is None or type(names) is not list:
        return False
    flag = issubclass(base, enum.Flag)
    seen: set[str] = set()
    for pair in names:
        if type(pair) is not tuple or len(pair) != 2:
            return False
        name, value = pair
        if type(name) is not str or type(value) is not int or (flag and value < 0):
            return False
        if not name or name[0] == "_" or name in taken or name == "mro":
            return False
        seen.add(name)
    return len(seen) == len(names)


def _fill(made: Any, names: Members, whole: bool, flag: bool) -> None:
    """Give an empty enumeration its members; ``whole``: each is an int as well."""
    by_name, by_value, order = made._member_map_, made._value2member_map_, made._member_names_
    put = type.__setattr__
    mask = singles = 0
    for name, value in names:
        single = value > 0 and not value & (value - 1)
        if flag:
            mask |= value
            singles |= value if single else 0
        member = by_value.get(value)
        if member is None:
            member = int.__new__(made, value) if whole else object.__new__(made)
            member.__dict__.update(_value_=value, _name_=name, __objclass__=made, _sort_order_=len(order))
            by_value[value] = member
            if single or not flag:
                order.append(name)
        by_name[name] = member
        put(made, name, member)
    if flag:
        made._flag_mask_, made._singles_mask_, made._all_bits_ = mask, singles, 2 ** mask.bit_length() - 1
        values = [by_name[name]._value_ for name in order]
        if values != sorted(values):
            made._iter_member_ = made._iter_member_by_def_
