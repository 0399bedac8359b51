"""What is reported: believable, varied, of enabled kinds, and never with a real number."""

import re
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from qingxi import graph_of, town_of

from domain.states import Channel
from resources.codes import load_codes
from simulator.moving.force import named_places
from simulator.moving.graph import apart
from simulator.photos.photo import draw_photo
from simulator.photos.trouble import SCENES
from simulator.telling.stories import CALLED_BACK, StoryBook, scene_seed

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def book() -> StoryBook:
    town = town_of(1)
    graph = graph_of(1)
    return StoryBook(graph, named_places(town, graph), np.random.default_rng(5))


def test_texts_are_many_whole_and_short(book: StoryBook) -> None:
    tales = [book.tale() for _ in range(1500)]
    assert len({t.text for t in tales}) >= 150
    assert len({t.title for t in tales}) >= 150
    assert {t.channel for t in tales} == set(Channel) - {Channel.IMPORT}
    for tale in tales:
        assert not re.search(r"[{}]", tale.title + tale.text + tale.address)
        assert 4 <= len(tale.title) <= 24
        assert 8 <= len(tale.text) <= 80
        assert "，，" not in tale.text
        assert "，。" not in tale.text


def test_kinds_are_enabled_and_leaves(book: StoryBook) -> None:
    kinds = {k.code: k for k in load_codes().kinds}
    assert len({s.kind for s in book.stories}) >= 50
    for story in book.stories:
        assert kinds[story.kind].enabled
        assert not any(k.parent == story.kind for k in kinds.values())


def test_things_happen_near_the_place_that_is_named() -> None:
    town = town_of(1)
    graph = graph_of(1)
    places = named_places(town, graph)
    book = StoryBook(graph, places, np.random.default_rng(6))
    for _ in range(200):
        tale = book.tale()
        near = [name for name in places if tale.address.startswith(name)]
        assert near
        assert min(apart(places[name], tale.at) for name in near) < 200


def test_contacts_are_plainly_made_up_and_only_where_one_is_called_back(book: StoryBook) -> None:
    for channel in Channel:
        contact = book.contact(channel)
        assert (contact is not None) == (channel in CALLED_BACK)
        if contact is not None:
            assert re.fullmatch(r"1380000\d{4}", contact.phone)
            assert re.fullmatch(r".(先生|女士)", contact.name)


def test_self_handled_reports_are_grid_workers_alone(book: StoryBook) -> None:
    tales = [book.tale() for _ in range(1500)]
    handled = [t for t in tales if t.self_handled]
    assert handled
    assert all(t.channel is Channel.GRID_WORKER for t in handled)


def test_every_scene_is_drawn_and_used(book: StoryBook) -> None:
    assert {s.scene for s in book.stories} <= set(SCENES)
    assert book.scene_of("no-such-kind") in SCENES


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_a_photo_shows_the_trouble_and_carries_what_must_be_stripped(scene: str) -> None:
    before = draw_photo(scene, 7, solved=False, taken_at=NOON, lon=120.75, lat=29.72)
    after = draw_photo(scene, 7, solved=True, taken_at=NOON, lon=120.75, lat=29.72)
    image = Image.open(BytesIO(before))
    assert image.size == (960, 720)
    assert image.format == "JPEG"
    assert image.getexif()[0x010F] == "DEMO"
    assert image.getexif().get_ifd(0x8825)[1] == "N"
    a, b = (np.asarray(Image.open(BytesIO(p)).convert("L"), dtype=np.float32) for p in (before, after))
    changed = float(np.mean(np.abs(a - b) > 25))
    assert changed > 0.004
    assert len(before) < 300_000


def test_the_photo_after_shows_the_place_of_the_photo_before() -> None:
    seed = scene_seed("part.01-02", 120.751234, 29.72)
    assert seed == scene_seed("part.01-02", 120.751234, 29.72)
    assert seed != scene_seed("part.01-02", 120.7522, 29.72)
    first, again, other = (
        np.asarray(Image.open(BytesIO(draw_photo("manhole", s, solved=True, taken_at=NOON, lon=1, lat=1))), np.float32)
        for s in (seed, seed, seed + 1)
    )
    assert np.abs(first - again).mean() < 0.5
    assert np.abs(first - other).mean() > 3
