"""Asking in which coordinates a file is: each system with where the file would fall, the one that fits the town lit."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QWidget

from console.filelayer.systems import DEGREES, USUAL_LON, WEB_MERCATOR, systems_around
from domain.coordinates import system_named
from domain.coordinates.systems import SWAPPED
from layers.mercator import to_degrees

if TYPE_CHECKING:
    from console.filelayer.contents import Box, Fit
    from resources.words import Words
    from widgets.map.view import MapView
    from widgets.system_question import SystemChoice

ASKED_FOR = frozenset({"crs_missing", "crs_unknown", "file_not_degrees"})
"""What a file is refused with that can be shown once somebody says its system."""


class Verdict(NamedTuple):
    """How far from the town a file falls in a system: None where nobody knows, or it cannot be of it."""

    system: str
    can_be: bool
    away_m: float | None


class SystemAsk:
    """Asks, and remembers what was said of which file, for as long as the program runs."""

    def __init__(self, words: "Words", view: "MapView", parent: QWidget) -> None:
        self._words, self._view, self._parent = words, view, parent
        self._said: dict[Path, str] = {}

    async def ask(self, path: Path, then: Callable[[str], None]) -> None:
        """Find out where a file would fall, ask, and do something with the system that is chosen. Raises ``Fault``."""
        from console.filelayer.process import apart, fits_of  # noqa: PLC0415 - not before a file is opened
        from widgets.system_question import SystemQuestion  # noqa: PLC0415

        home = box_of(self._view, "grids")
        lon = USUAL_LON if home is None else (home[0] + home[2]) / 2
        systems = systems_around(lon)
        tried = (*systems, *(SWAPPED + name for name in systems))
        fits = await apart(lambda halt: fits_of(path, tried, halt=halt))
        verdicts = worth_offering(await asyncio.to_thread(judged, fits, home))
        question = SystemQuestion(self._words, path.name, self._parent)
        question.offer([self._choice(verdict) for verdict in verdicts], *self._preferred(path, verdicts))
        question.chosen.connect(partial(self._on_chosen, path, then))
        question.open()

    def _on_chosen(self, path: Path, then: Callable[[str], None], system: str) -> None:
        self._said[path] = system
        then(system)

    def _choice(self, verdict: Verdict) -> "SystemChoice":
        from widgets.system_question import SystemChoice  # noqa: PLC0415 - as above

        words, away_m = self._words, verdict.away_m
        falls = ""
        if not verdict.can_be:
            falls = words("own_layer.falls.never")
        elif away_m is not None:
            falls = words("own_layer.falls.away", km=km_text(away_m)) if away_m else words("own_layer.falls.inside")
        return SystemChoice(verdict.system, system_text(verdict.system, words), falls, verdict.can_be)

    def _preferred(self, path: Path, verdicts: Sequence[Verdict]) -> tuple[str, str]:
        """Return the system that is lit, and why that one: the file falls into the town, or it was said before."""
        words, said = self._words, self._said.get(path, "")
        able = [verdict for verdict in verdicts if verdict.can_be]
        inside = [verdict.system for verdict in able if verdict.away_m == 0]
        if len(inside) == 1:
            return inside[0], words("own_layer.fits.one", system=system_text(inside[0], words))
        if inside:
            return said if said in inside else inside[0], words("own_layer.fits.several", count=len(inside))
        if not able:
            return "", words("own_layer.fits.none")
        if said in {verdict.system for verdict in able}:
            return said, words("own_layer.fits.said", system=system_text(said, words))
        nearest = min(able, key=lambda verdict: verdict.away_m or 0.0)
        known = nearest.away_m is not None
        return nearest.system, words("own_layer.fits.elsewhere") if known else ""


def judged(fits: "Sequence[Fit]", home: "Box | None") -> list[Verdict]:
    """Return how far from the town a file falls in each system. Any thread."""
    from layers.geodesy import gap_m  # noqa: PLC0415 - kept off the start path

    return [
        Verdict(fit.system, fit.box is not None, None if fit.box is None or home is None else gap_m(fit.box, home))
        for fit in fits
    ]


def worth_offering(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the systems to be offered: swapped ones only where the file falls into the town so, and not otherwise."""
    plain = [verdict for verdict in verdicts if not verdict.system.startswith(SWAPPED)]
    if any(verdict.away_m == 0 for verdict in plain):
        return plain
    return [*(verdict for verdict in verdicts if verdict not in plain and verdict.away_m == 0), *plain]


def box_of(view: "MapView", layer: str) -> "Box | None":
    """Return west, south, east and north of what a layer shows, None where there is none of it."""
    item = view.item(layer)
    bounds = None if item is None else item.bounds()
    return None if bounds is None else (*to_degrees(*bounds[:2]), *to_degrees(*bounds[2:]))


def km_text(metres: float) -> str:
    """Return a distance in kilometres: tenths below ten of them, and never none."""
    return f"{metres / 1000:,.0f}" if metres >= 9_950 else f"{max(metres, 100.0) / 1000:.1f}"


def system_text(name: str, words: "Words") -> str:
    """Return what a system is called."""
    if name.startswith(SWAPPED):
        return words("own_layer.system.swapped", system=system_text(name.removeprefix(SWAPPED), words))
    if name in DEGREES or name == WEB_MERCATOR:
        return words(f"own_layer.system.{name.replace(':', '_').lower()}")
    system = system_named(name)
    if system is None:
        return name
    if system.zone is None:
        return words("own_layer.system.plane", meridian=system.meridian or 0)
    width = 3 if system.meridian == 3 * system.zone else 6
    return words("own_layer.system.zoned", width=width, zone=system.zone)
