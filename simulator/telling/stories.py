"""Composing reports: what happens where, in whose words (``resources/demo/reports.json``)."""

from hashlib import blake2b
from typing import NamedTuple

import msgspec
import numpy as np

from domain.case import Contact
from domain.states import Channel
from resources.files import read_bytes
from simulator.making.plan import load_plan
from simulator.moving.graph import Place, RoadGraph

OTHER_SCENE = "road"
SPREAD_M = 70.0
CALLED_BACK = frozenset({Channel.PUBLIC, Channel.HOTLINE, Channel.COUNTER})
"""Channels whose reporter can be called back; names and numbers are plainly made up."""


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template: a kind of case, the photo's scene, the sort of place, who tells it, and in which words.

    ``said`` holds the words of channels that say it differently: a sensor does not smell, a caller does not patrol.
    """

    kind: str
    scene: str
    near: str
    channels: list[Channel]
    title: str
    texts: list[str]
    details: list[str]
    said: dict[Channel, list[str]] = {}
    urgent: bool = False
    weight: int = 2
    self_handled: bool = False


class Looks(msgspec.Struct, frozen=True):
    """What grid workers say after a look: check passed or failed, verification confirmed or not."""

    ok: list[str]
    bad: list[str]
    true: list[str]
    untrue: list[str]


class _File(msgspec.Struct, frozen=True):
    stories: list[Story]
    near: dict[str, list[str]]
    where: dict[str, list[str]]
    channels: dict[Channel, int]
    feedback: list[str]
    feedback_poor: list[str]
    looks: Looks
    phrases: dict[str, str]
    callers: list[str]


class Tale(NamedTuple):
    """One thing that happened: what, where, told by which channel."""

    channel: Channel
    kind: str
    scene: str
    title: str
    text: str
    address: str
    at: Place
    urgent: bool
    self_handled: bool


class StoryBook:
    """Makes tales for a town."""

    def __init__(self, graph: RoadGraph, places: dict[str, Place], rng: np.random.Generator) -> None:
        self._file = msgspec.json.decode(read_bytes("demo/reports.json"), type=_File)
        self._graph = graph
        self._places = places
        self._rng = rng
        self._surnames = load_plan().surnames
        self._scenes = {story.kind: story.scene for story in self._file.stories}
        self.stories = self._file.stories

    def tale(self) -> Tale:
        """Return something that has just happened."""
        channels = list(self._file.channels)
        weights = np.array([self._file.channels[c] for c in channels], dtype=np.float64)
        channel = channels[int(self._rng.choice(len(channels), p=weights / weights.sum()))]
        told = [s for s in self.stories if channel in s.channels] or self.stories
        shares = np.array([s.weight * s.channels.count(channel) or 1 for s in told], dtype=np.float64)
        story = told[int(self._rng.choice(len(told), p=shares / shares.sum()))]
        name = self._place_for(story)
        where = self._one(self._file.where.get(name) or self._file.where[story.near])
        words = {
            "p": name,
            "w": where,
            "d": self._one(story.details) if story.details else "",
            "n": str(int(self._rng.integers(2, 9))),
        }
        return Tale(
            channel=channel,
            kind=story.kind,
            scene=story.scene,
            title=story.title.format_map(words),
            text=self._one(story.said.get(channel) or story.texts).format_map(words),
            address=name + where,
            at=self._spot(name),
            urgent=story.urgent,
            self_handled=story.self_handled and channel is Channel.GRID_WORKER and self._rng.random() < 0.3,
        )

    def contact(self, channel: Channel) -> Contact | None:
        """Return a made-up contact where the channel's reporter can be called back."""
        if channel not in CALLED_BACK:
            return None
        surname = self._surnames[int(self._rng.integers(len(self._surnames)))]
        number = int(self._rng.integers(10_000))
        return Contact(name=surname + self._one(self._file.callers), phone=f"1380000{number:04d}")

    def scene_of(self, kind: str) -> str:
        """Return the scene a case of a kind is photographed as."""
        return self._scenes.get(kind, OTHER_SCENE)

    def feedback(self, *, poor: bool) -> str:
        """Return what a unit writes when it is done."""
        return self._one(self._file.feedback_poor if poor else self._file.feedback)

    def check(self, *, passed: bool) -> str:
        """Return what a grid worker writes after a check."""
        return self._one(self._file.looks.ok if passed else self._file.looks.bad)

    def verification(self, *, confirmed: bool) -> str:
        """Return what a grid worker writes after a verification."""
        return self._one(self._file.looks.true if confirmed else self._file.looks.untrue)

    def phrase(self, name: str) -> str:
        """Return a set phrase of units and colleagues. Raises KeyError for one there is none of."""
        return self._file.phrases[name]

    def _one(self, of: list[str]) -> str:
        return of[int(self._rng.integers(len(of)))]

    def _place_for(self, story: Story) -> str:
        names = [n for n in self._file.near[story.near] if n in self._places] or list(self._places)
        return self._one(names)

    def _spot(self, name: str) -> Place:
        """A spot by a road near a named place."""
        near = self._graph.within(self._places[name], SPREAD_M) or [self._graph.nearest(self._places[name])]
        x, y = self._graph.places[int(self._rng.choice(near))]
        return x + float(self._rng.normal(0, 4)), y + float(self._rng.normal(0, 4))


def scene_seed(kind: str, lon: float | None, lat: float | None) -> int:
    """Return the seed of a place's look, so that the photo after shows the place of the photo before."""
    text = f"{kind} {lon or 0:.5f} {lat or 0:.5f}"
    return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big")
