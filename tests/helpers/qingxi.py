"""The fictional town for tests: made once a seed in a test process, because making it takes seconds."""

from functools import lru_cache

from domain.town import Town
from simulator.making.maker import make_town
from simulator.moving.graph import RoadGraph


@lru_cache(maxsize=8)
def town_of(seed: int) -> Town:
    """Return the town of a seed."""
    return make_town(seed)


@lru_cache(maxsize=4)
def graph_of(seed: int) -> RoadGraph:
    """Return the road graph of a seed's town. Nobody alters it."""
    return RoadGraph(town_of(seed).base)
