"""Pinyin initials: what a name is found by."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.initials import WAYS_MOST, Initials


@pytest.fixture(scope="module")
def initials() -> Initials:
    made = Initials()
    assert made.of("执法三组") == ""
    asyncio.run(made.load(["执法三组"]))
    return made


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("执法三组", "zfsz"),
        ("清溪-1", "qx1"),
        ("新增上报", "xzsb"),
        ("中文 / English", "zwenglish"),
        ("重阳路", "cyl"),
        ("", ""),
    ],
)
def test_a_name_is_read_by_its_initials(initials: Initials, name: str, way: str) -> None:
    assert way in initials.of(name).split(" ")


@given(st.text(max_size=40))
def test_any_name_has_few_short_readings(initials: Initials, name: str) -> None:
    ways = initials.of(name).split(" ")
    assert 1 <= len(ways) <= WAYS_MOST
    assert all(way.isalnum() or not way for way in ways)
    assert len({len(way) for way in ways}) == 1


def test_the_library_is_not_on_the_start_path() -> None:
    import subprocess
    import sys

    code = "import sys, console.desk; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
