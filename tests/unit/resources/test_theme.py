"""The colours: text on its ground meets WCAG AA in both themes, and the style sheet names only colours that exist."""

import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from layers.owncolours import OWN_COLOURS
from resources.theme import THEMES, Theme, load_theme
from widgets.case_card.chain import LINK_TINT
from widgets.common.chip import TINT, mixed
from widgets.common.style import style_sheet

AA, AA_LARGE = 4.5, 3.0
LAMPS = ("within", "near", "overdue", "paused")
GROUNDS = ("ground", "panel", "raised")


def _luminance(colour: str) -> float:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Return the WCAG contrast ratio of two colours."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(request.param)


def test_every_role_is_a_colour(theme: Theme) -> None:
    for name in theme.__struct_fields__:
        assert re.fullmatch(r"#[0-9a-f]{6}", getattr(theme, name)), name


@pytest.mark.parametrize("ground", [*GROUNDS, "selection"])
@pytest.mark.parametrize("text", ["text", "text_second"])
def test_text_is_read_on_every_ground(theme: Theme, text: str, ground: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, ground)) >= AA


@pytest.mark.parametrize("ground", [*GROUNDS, "selection"])
@pytest.mark.parametrize("lamp", LAMPS)
def test_clocks_are_read_on_every_ground(theme: Theme, lamp: str, ground: str) -> None:
    """Clocks stand in lists (also on the selected row) in 13 px, so the stricter ratio counts."""
    assert contrast(getattr(theme, lamp), getattr(theme, ground)) >= AA


def test_words_on_the_accent_are_read(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= AA


@pytest.mark.parametrize("name", [*LAMPS, "accent"])
def test_chips_are_read_on_their_tint(theme: Theme, name: str) -> None:
    colour = getattr(theme, name)
    assert contrast(colour, mixed(theme.panel, colour, TINT)) >= AA


def test_the_links_behind_a_case_are_read(theme: Theme) -> None:
    assert contrast(theme.text, mixed(theme.panel, theme.within, LINK_TINT)) >= AA


def test_the_focus_is_seen(theme: Theme) -> None:
    for ground in GROUNDS:
        assert contrast(theme.accent, getattr(theme, ground)) >= AA_LARGE


def test_the_style_sheet_is_filled_whole(theme: Theme) -> None:
    sheet = style_sheet(theme, "Noto Sans CJK SC")
    assert "@" not in sheet
    assert theme.accent in sheet
    assert sheet.count("{") == sheet.count("}")


def test_a_family_cannot_break_out_of_the_sheet(theme: Theme) -> None:
    assert 'x" } * { color: red' not in style_sheet(theme, 'x" } * { color: red')


MATRICES = {
    "everybody": np.eye(3),
    "protanopia": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]),
    "deuteranopia": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritanopia": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
}
"""Machado, Oliveira and Fernandes 2009, severity 1: what linear sRGB looks like to them."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def apart(a: str, b: str, seen_by: str) -> float:
    """Return how different two colours look (CIE 1976; some 2 is the least that is noticed)."""

    def lab(colour: str) -> "np.ndarray[Any, Any]":
        share = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        x, y, z = np.cbrt(TO_XYZ @ np.clip(MATRICES[seen_by] @ linear, 1e-4, 1) / np.array([0.9505, 1.0, 1.089]))
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    return float(np.linalg.norm(lab(a) - lab(b)))


@pytest.mark.parametrize("seen_by", MATRICES)
def test_own_files_are_told_apart_and_mean_no_lamp(theme: Theme, seen_by: str) -> None:
    own = [getattr(theme, name) for name in OWN_COLOURS]
    assert min(apart(a, b, seen_by) for a, b in combinations(own, 2)) > 18
    meant = ("overdue", "near", "within", "hazard_yellow", "hazard_orange", "hazard_red")
    assert min(apart(a, getattr(theme, name), seen_by) for a in own for name in meant) > 13
    assert min(apart(a, theme.map_ground, seen_by) for a in own) > 25
