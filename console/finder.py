"""Finds what the command bar jumps to: cases, units, people, vehicles, grids, named places, and the desk's actions."""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from heapq import nlargest, nsmallest
from typing import TypeVar

import msgspec

from client.picture import Picture
from console.actions import ActionTable
from console.pinyin import Pinyin
from console.register import Register
from console.tasks import Tasks
from console.thingsfound import KIND_MOST, named_things, things_of_kind
from domain.case import Case
from domain.machine import Step
from domain.people import Staff, Vehicle
from domain.places import BaseFeature, BaseKind, Grid
from domain.states import ENDED
from resources.words import LANGUAGES, Words, load_words
from widgets.action_keys import key_of
from widgets.command_bar import Hit
from widgets.names import Names

T = TypeVar("T")
M = TypeVar("M", Staff, Vehicle)
StepSource = Callable[[], Sequence[Step]]
"""Returns what may be done now on the case that is shown."""

CASES_MOST = 6
OTHERS_MOST = 4
MAX_TYPED = 80
SIGNS_LEAST, LETTERS_LEAST = 2, 3
"""With fewer characters, or letters, nobody means a whole kind of things."""
BEGIN, PINYIN_BEGINS = 1, 3
"""Ranks of a name that begins with what was typed, or whose pinyin does."""
BETWEEN_WORDS = re.compile(r"[、,] *")
OPENER = "command_bar"
"""The action that opens the bar; it is open already where the hits are shown."""


class Place(msgspec.Struct, frozen=True):
    """A named point of the base map."""

    name: str
    lon: float
    lat: float


class Finder:
    """Answers within a frame: cases are searched as they are, names from lists kept since the last snapshot."""

    def __init__(self, words: Words, names: Names, tasks: Tasks) -> None:
        self._words = words
        self._names = names
        self._picture: Picture | None = None
        self._grids: tuple[Grid, ...] = ()
        self._places: tuple[Place, ...] = ()
        self._actions: ActionTable | None = None
        self._steps: StepSource = tuple
        self._tasks, self._pinyin, self._ready = tasks, Pinyin(), _not_told
        self._begun = False
        self._register: Register | None = None
        self._texts: dict[str, tuple[str, ...]] = {}
        self._near: tuple[float, float] | None = None

    def use(self, picture: Picture | None) -> None:
        """Search this picture from here on."""
        self._picture = picture

    def use_actions(self, actions: ActionTable) -> None:
        """Offer these actions."""
        self._actions = actions

    def use_steps(self, steps: StepSource) -> None:
        """Offer what may be done on the case that is shown."""
        self._steps = steps

    def tell_ready(self, ready: Callable[[], None]) -> None:
        """Take what hears that more can be found for what was typed."""
        self._ready = ready

    def on_opened(self) -> None:
        """The bar is opened: the pinyin of names is wanted soon, and the names of actions in both languages."""
        if not self._begun:
            self._begun = True
            self._tasks.start("finder", "pinyin", self._prepare())

    async def _prepare(self) -> None:
        self._texts = await asyncio.to_thread(load_action_texts)
        picture = self._picture
        named = () if picture is None else (picture.units, picture.members, picture.vehicles)
        names = [thing.name for things in named for thing in things.values()]
        names += [grid.name for grid in self._grids] + [place.name for place in self._places]
        await self._pinyin.load(names)
        self._ready()

    def use_shapes(self, grids: tuple[Grid, ...], places: Iterable[Place]) -> None:
        """Search these grids and places from here on."""
        self._grids, self._places = grids, tuple(places)
        middle = _middle(self._places)
        self._near = middle or self._near

    def use_register(self, register: Register) -> None:
        """Search the cameras and components of this register from here on."""
        self._register = register

    def find(self, typed: str) -> Sequence[Hit]:
        """Return the best hits for what was typed, best first; a pair of coordinates is a hit as well.

        Before anything is typed: all that can be done by name, on the case shown first.
        """
        sought = typed.strip().casefold()[:MAX_TYPED]
        if not sought:
            return [self._step_hit(step) for step in self._steps()] + self._all_actions()
        found: dict[tuple[str, str], Hit] = {}
        sources = (self._coordinates, self._cases, self._units, self._people, self._grids_named, self._named_places)
        for source in (*sources, self._things, self._case_steps, self._named_actions, self._kinds):
            for hit in source(sought):
                found.setdefault((hit.what, hit.value), hit)  # a thing may be found by its name and by what it is
        return list(found.values())

    def _things(self, sought: str) -> list[Hit]:
        return [] if self._register is None else named_things(self._register, self._words, sought)

    def _kinds(self, sought: str) -> list[Hit]:
        """Return things by the word for what they are (摄像头, vehicle), no more of a kind than are still read."""
        if len(sought) < (LETTERS_LEAST if sought.isascii() else SIGNS_LEAST):
            return []
        hits, picture = list[Hit](), self._picture
        if picture is not None and self._is_word(sought, "find.kind.staff"):
            hits += [self._staff_hit(s) for s in _by_name(picture.members.values())]
        if picture is not None and self._is_word(sought, "find.kind.vehicle"):
            hits += [self._vehicle_hit(v) for v in _by_name(picture.vehicles.values())]
        if self._register is not None:
            hits += things_of_kind(self._register, self._words, partial(self._is_word, sought))
        return hits

    def _is_word(self, sought: str, key: str) -> bool:
        """Return whether one of the words for a kind begins with what was typed, in either language or by pinyin."""
        letters = sought if sought.isascii() and sought.isalnum() else ""
        words = (word for text in self._in_both(key) for word in BETWEEN_WORDS.split(text))
        return any(self._rank((word,), sought, letters) in (BEGIN, PINYIN_BEGINS) for word in words)

    def _coordinates(self, sought: str) -> list[Hit]:
        from console.placesaid import reading  # noqa: PLC0415 - kept off the start path
        from domain.coordinates import read_typed  # noqa: PLC0415

        return [
            Hit(
                "place",
                f"{c.lon},{c.lat}",
                f"{c.lon:.6f}, {c.lat:.6f}",
                reading(c, self._words, self._near),
                lon=c.lon,
                lat=c.lat,
            )
            for c in read_typed(sought, self._near, shifted=True)
        ]

    def _cases(self, sought: str) -> list[Hit]:
        if self._picture is None:
            return []
        best = nlargest(CASES_MOST, self._ranked(sought), key=lambda ranked: ranked[:2])
        names = self._names
        return [
            Hit("case", c.case_no, c.title, f"{c.case_no} · {names.place(c)} · {self._words(f'state.{c.state}')}")
            for _, _, c in best
        ]

    def _ranked(self, sought: str) -> Iterable[tuple[int, float, Case]]:
        """Yield cases with how well they match: a number's end first, then a title, then the address; open first."""
        if self._picture is None:
            return
        for case in self._picture.cases.values():
            if case.case_no.endswith(sought) or case.source_no.casefold() == sought:
                rank = 4
            elif sought in case.title.casefold():
                rank = 2
            elif sought in case.address.casefold() or sought in case.case_no:
                rank = 0
            else:
                continue
            yield rank + (case.state not in ENDED), case.opened_at.timestamp(), case

    def _units(self, sought: str) -> list[Hit]:
        if self._picture is None:
            return []
        units = self._best(self._picture.units.values(), sought, lambda u: (u.name,), lambda u: u.unit_id)
        return [Hit("unit", u.unit_id, u.name, self._words(f"unit_kind.{u.kind}")) for u in units]

    def _people(self, sought: str) -> list[Hit]:
        picture = self._picture
        if picture is None:
            return []
        people = self._best(picture.members.values(), sought, lambda s: (s.name,))
        vehicles = self._best(picture.vehicles.values(), sought, lambda v: (v.name,))
        return [self._staff_hit(s) for s in people] + [self._vehicle_hit(v) for v in vehicles]

    def _staff_hit(self, staff: Staff) -> Hit:
        return Hit("staff", staff.staff_id, staff.name, self._names.unit(staff.unit_id))

    def _vehicle_hit(self, vehicle: Vehicle) -> Hit:
        return Hit("vehicle", vehicle.vehicle_id, vehicle.name, self._names.unit(vehicle.unit_id))

    def _grids_named(self, sought: str) -> list[Hit]:
        found = self._best(self._grids, sought, lambda g: (g.name,), lambda g: g.code.casefold())
        return [Hit("grid", g.code, g.name, g.code) for g in found]

    def _named_places(self, sought: str) -> list[Hit]:
        found = self._best(self._places, sought, lambda p: (p.name,))
        return [Hit("place", f"{p.lon},{p.lat}", p.name, lon=p.lon, lat=p.lat) for p in found]

    def _case_steps(self, sought: str) -> list[Hit]:
        found = self._best(self._steps(), sought, lambda step: self._in_both(f"action.{step.action}"))
        return [self._step_hit(step) for step in found]

    def _step_hit(self, step: Step) -> Hit:
        words = self._words
        state = "" if step.target is None else words("desk.form.becomes", state=words(f"state.{step.target}"))
        detail = " · ".join(part for part in (key_of(step.action), state) if part)
        return Hit("step", step.action, words(f"action.{step.action}"), detail)

    def _all_actions(self) -> list[Hit]:
        return [self._action_hit(*row) for row in self._doable()]

    def _named_actions(self, sought: str) -> list[Hit]:
        found = self._best(self._doable(), sought, lambda row: self._in_both(f"menu.{row[0]}"))
        return [self._action_hit(*row) for row in found]

    def _doable(self) -> list[tuple[str, str, str]]:
        listed = [] if self._actions is None else self._actions.listed()
        return [row for row in listed if row[0] != OPENER]

    def _action_hit(self, name: str, text: str, key: str) -> Hit:
        help_key = f"menu_help.{name}"
        line = self._words(help_key) if self._words.has(help_key) else ""
        return Hit("action", name, text, " · ".join(part for part in (key, line) if part))

    def _in_both(self, key: str) -> tuple[str, ...]:
        return self._texts.get(key) or (self._words(key),)

    def _best(
        self,
        things: Iterable[T],
        sought: str,
        names: Callable[[T], tuple[str, ...]],
        code: Callable[[T], str] | None = None,
    ) -> list[T]:
        """Return what fits best: its code, then what its name begins with or holds, then its pinyin likewise."""
        letters = "".join(filter(str.isalnum, sought)) if sought.isascii() else ""
        ranked: list[tuple[int, int, T]] = []
        for at, thing in enumerate(things):
            rank = 0 if code is not None and code(thing) == sought else self._rank(names(thing), sought, letters)
            if rank is not None:
                ranked.append((rank, at, thing))
        return [thing for _, _, thing in nsmallest(OTHERS_MOST, ranked, key=lambda row: row[:2])]

    def _rank(self, names: tuple[str, ...], sought: str, letters: str) -> int | None:
        best: int | None = None
        for name in names:
            folded = name.casefold()
            if sought in folded:
                best = min(BEGIN if folded.startswith(sought) else 2, 9 if best is None else best)
            elif letters and (at := self._pinyin.find(letters, name)) is not None:
                best = min(4 if at else PINYIN_BEGINS, 9 if best is None else best)
        return best


def _not_told() -> None:
    """Nobody waits to hear it."""


def load_action_texts() -> dict[str, tuple[str, ...]]:
    """Return the names of actions and of kinds of things in every language, by word key. Any thread."""
    languages = [load_words(language) for language in LANGUAGES]
    keys = [key for key in languages[0] if key.startswith(("menu.", "action.", "component.", "find.kind."))]
    return {key: tuple(words[key] for words in languages if key in words) for key in keys}


def read_places(features: Iterable[BaseFeature]) -> list[Place]:
    """Return the named places among base-map features. Pure: may run in any thread."""
    import shapely  # noqa: PLC0415 - kept off the start path

    places = []
    for feature in features:
        if feature.kind is BaseKind.PLACE and feature.name:
            point = shapely.from_wkb(feature.wkb, on_invalid="ignore")
            if point is not None and not point.is_empty:
                middle = point.representative_point()
                places.append(Place(feature.name, middle.x, middle.y))
    return places


def _middle(places: Sequence[Place]) -> tuple[float, float] | None:
    """Return about where the town lies, None where nothing says it."""
    if not places:
        return None
    return sum(p.lon for p in places) / len(places), sum(p.lat for p in places) / len(places)


def _by_name(things: Iterable[M]) -> list[M]:
    """Return the first of these, by name."""
    return nsmallest(KIND_MOST, things, key=lambda thing: thing.name)
