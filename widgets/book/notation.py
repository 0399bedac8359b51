"""How a line of a book is written down and read: codes by name, hours, moments, a need of a run card. No Qt.

What is written is read back as it was, whatever the names are: a name that stands twice is written with its code, and
where it would still be read as something else the code is. What is only told is told by name.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from domain.faults import invalid
from domain.ids import UnitId
from domain.people import UnitKind
from domain.register_runcard import Need, Part
from resources.words import Words
from widgets.names import Names

_PARTING = re.compile(r"[、,，;；\n]+")
_COLON = re.compile(r"[:：]")
_HOURS = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)\s*[-–—~至]\s*([01]?\d|2[0-4])[:：]([0-5]\d)")
MOMENT = "%Y-%m-%d %H:%M"


class Codes:
    """Codes and what they are called, to be written and read one for one."""

    def __init__(self, named: Iterable[tuple[str, str]], fault: str) -> None:
        """``named`` are codes with their names; ``fault`` is said of what is neither, with ``{text}``."""
        rows = list(named)
        counts = Counter(name for _, name in rows)
        codes = {code for code, _ in rows}
        self._fault = fault
        self._of_name = {n: c for c, n in rows if counts[n] == 1 and n not in codes and _is_one(n)}
        marked = {f"{name} [{code}]": code for code, name in rows if name and name not in self._of_name}
        self._of_name |= {n: c for n, c in marked.items() if n not in counts and n not in codes and _is_one(n)}
        self._name_of = {code: name for name, code in self._of_name.items()}
        self._codes = codes

    def __contains__(self, text: str) -> bool:
        return text in self._codes or text in self._of_name

    def write(self, code: str) -> str:
        """Return how a code is written."""
        return self._name_of.get(code, code)

    def read(self, text: str) -> str:
        """Return the code that is meant. Raises ``Fault``."""
        if text not in self:
            raise invalid(self._fault, text=text[:40])
        return self._of_name.get(text, text)


def _is_one(name: str) -> bool:
    return bool(name) and name == name.strip() and not _PARTING.search(name) and not _COLON.search(name)


def tokens(text: str) -> list[str]:
    """Return the parts of a line, without blanks around them."""
    return [part.strip() for part in _PARTING.split(text) if part.strip()]


def write_list(codes: Sequence[str], write: Callable[[str], str], words: Words) -> str:
    """Return codes as one line."""
    return words("list.comma").join(write(code) for code in codes)


def kind_codes(names: Names) -> Codes:
    """Return the kinds of case by name, those that others stand below among them."""
    return Codes(((kind.code, names.kind(kind.code)) for kind in names.kinds), "book_kind_unknown")


def unit_codes(names: Names) -> Codes:
    """Return the units by name."""
    return Codes(((unit.unit_id, unit.name) for unit in names.units.values()), "book_unit_unknown")


class NeedLines:
    """Needs of a run card, one a line: ``主办 1 燃气抢修：燃气管道破裂、班组``."""

    def __init__(self, names: Names) -> None:
        words = names.words
        self._names, self._words = names, words
        self._kinds, self._units = kind_codes(names), unit_codes(names)
        self._sorts = Codes(((kind.value, words(f"unit_kind.{kind}")) for kind in UnitKind), "book_token_unknown")
        self._parts = {words(f"run_card.part.{part}"): part for part in Part}

    def write(self, need: Need) -> str:
        """Return a need as a line."""
        items = [self._plain(self._kinds, kind) for kind in need.skills]
        items += [self._plain(self._units, unit) for unit in need.units]
        items += [self._sorts.write(sort.value) for sort in need.unit_kinds]
        return self._line(need, items)

    def tell(self, need: Need) -> str:
        """Return a need as a line to be read by people only: everything by its name."""
        names, words = self._names, self._words
        items = [names.kind(kind) for kind in need.skills] + [names.unit(unit) for unit in need.units]
        return self._line(need, items + [words(f"unit_kind.{sort}") for sort in need.unit_kinds])

    def _line(self, need: Need, items: Sequence[str]) -> str:
        part = self._words(f"run_card.part.{need.part}")
        listed = self._words("list.comma").join(items)
        return f"{part} {need.count} {need.name}{self._words('book.colon')}{listed}"

    def read(self, line: str) -> Need:
        """Return the need a line says. Raises ``Fault`` that says what is wrong with which line."""
        head, *rest = _COLON.split(line, maxsplit=1)
        match head.split(None, 2):
            case [part, count, name] if part in self._parts and count.isascii() and count.isdigit() and rest:
                amount = int(count[:6])
            case _:
                raise invalid("book_need_unread", line=line.strip()[:60])
        skills: list[str] = []
        units: list[UnitId] = []
        sorts: list[UnitKind] = []
        for item in tokens(rest[0]):
            if item in self._sorts:
                sorts.append(UnitKind(self._sorts.read(item)))
            elif item in self._units:
                units.append(UnitId(self._units.read(item)))
            elif item in self._kinds:
                skills.append(self._kinds.read(item))
            else:
                raise invalid("book_token_unknown", text=item[:40])
        return Need(name.strip(), self._parts[part], amount, tuple(skills), tuple(units), tuple(sorts))

    def _plain(self, codes: Codes, code: str) -> str:
        """Return a code as written, by itself where its name is that of something else too."""
        written = codes.write(code)
        shared = [other for other in (self._sorts, self._units, self._kinds) if written in other]
        return written if shared[:1] == [codes] else code


def write_hours(start_min: int, end_min: int) -> str:
    """Return hours as ``22:00-06:00``, empty for all day."""
    if start_min == end_min:
        return ""
    return f"{start_min // 60:02}:{start_min % 60:02}-{end_min // 60:02}:{end_min % 60:02}"


def read_hours(text: str) -> tuple[int, int]:
    """Return the first and the last minute of hours. Raises ``Fault``."""
    if not text.strip():
        return 0, 0
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise invalid("book_hours_unread", text=text[:40])
    a, b, c, d = (int(part) for part in found.groups())
    start, end = a * 60 + b, c * 60 + d
    if start >= 24 * 60 or end > 24 * 60:
        raise invalid("book_hours_unread", text=text[:40])
    return start, end


def write_moment(at: datetime | None, names: Names) -> str:
    """Return a moment in the town's time, empty for none."""
    return "" if at is None else names.local(at).strftime(MOMENT)


def read_moment(text: str, names: Names) -> datetime | None:
    """Return a moment of the town's time as aware UTC. Raises ``Fault``."""
    if not text.strip():
        return None
    try:
        return names.utc(datetime.strptime(text.strip(), MOMENT))
    except (ValueError, OverflowError):
        raise invalid("book_moment_unread", text=text[:40]) from None


def told(fault_key: str, params: Mapping[str, object], words: Words) -> str:
    """Return a fault in words."""
    return words(f"fault.{fault_key}", **{name: str(value) for name, value in params.items()})
