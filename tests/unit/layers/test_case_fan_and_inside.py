"""Places in a fan lie apart, and what is written inside a case is short and true."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import Lamp
from domain.ids import CaseNo
from layers.cases.fan import MOST, Fan, OpenedCluster, fan_spots
from layers.cases.inside import inside_text
from layers.cases.model import CaseMark
from layers.contract import Look
from layers.symbols import CASE_SIZE
from resources.theme import load_theme
from resources.words import Words


def mark(number: int = 0, opened_s: float = 1000.0) -> CaseMark:
    return CaseMark(CaseNo(f"c{number}"), 120.75, 29.72, Lamp.WITHIN, signs=("市", "热"), opened_s=opened_s)


@given(st.integers(1, MOST))
def test_cases_in_a_fan_do_not_lie_on_one_another(count: int) -> None:
    spots = fan_spots(count)
    assert len(spots) == count
    for i, (x, y) in enumerate(spots):
        assert hypot(x, y) > CASE_SIZE
        assert all(hypot(x - a, y - b) > CASE_SIZE * 0.9 for a, b in spots[:i])


def test_each_case_of_a_fan_is_hit_where_it_stands_and_no_more_than_it_holds_are_shown() -> None:
    opened = OpenedCluster(Look(load_theme("dark"), Words("en")))
    opened.open((0.0, 0.0), 1.0, [mark(i) for i in range(200)])
    fan = opened.state
    assert isinstance(fan, Fan)
    assert len(fan.marks) == MOST
    for held, (x, y) in zip(fan.marks, fan.spots(), strict=True):
        assert fan.hit(x + 2, y - 2, 12.0) is held
    assert fan.hit(0, 0, 12.0) is None


@pytest.mark.parametrize(
    ("what", "age_s", "text"),
    [
        ("none", 0, ""),
        ("kind", 0, "市"),
        ("channel", 0, "热"),
        ("age", 59 * 60, "59'"),
        ("age", 3 * 3600, "3h"),
        ("age", 47 * 3600, "47h"),
        ("age", 50 * 3600, "2d"),
        ("age", 400 * 86400, "99d"),
        ("age", -30, "0'"),
    ],
)
def test_what_is_written_inside(what: str, age_s: float, text: str) -> None:
    assert inside_text(mark(), what, 1000.0 + age_s) == text


def test_a_case_that_does_not_say_when_it_was_opened_has_no_age() -> None:
    assert inside_text(mark(opened_s=0.0), "age", 5.0) == ""
