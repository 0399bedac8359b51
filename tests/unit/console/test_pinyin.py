"""Pinyin: what a name is found by."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.pinyin import Pinyin


@pytest.fixture(scope="module")
def pinyin() -> Pinyin:
    made = Pinyin()
    assert made.of("执法三组") == ()
    assert made.find("zfsz", "执法三组") is None
    asyncio.run(made.load(["执法三组"]))
    return made


@pytest.mark.parametrize(
    ("letters", "name", "at"),
    [
        ("zfsz", "执法三组", 0),
        ("zhifasanzu", "执法三组", 0),
        ("zhifa", "执法三组", 0),
        ("zhif", "执法三组", 0),
        ("zhfsz", "执法三组", 0),
        ("sanzu", "执法三组", 2),
        ("pq", "派遣", 0),
        ("paiqian", "派遣", 0),
        ("qx1", "清溪-1", 0),
        ("qingxi1", "清溪-1", 0),
        ("xzsb", "新增上报", 0),
        ("zwenglish", "中文 / English", 0),
        ("chongyang", "清溪重阳路", 2),
        ("zhongyang", "清溪重阳路", 2),
        ("xian", "西安", 0),
        ("nvgong", "女工", 0),
    ],
)
def test_a_name_is_found_by_first_letters_and_by_its_whole_pinyin(
    pinyin: Pinyin, letters: str, name: str, at: int
) -> None:
    assert pinyin.find(letters, name) == at


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("hifa", "执法三组"),  # from within a character
        ("zhisanzu", "执法三组"),  # one is left out
        ("zhifasanzua", "执法三组"),  # more than there is
        ("zhifu", "执法三组"),
        ("a", ""),
        ("a", "……"),
    ],
)
def test_letters_that_do_not_stand_for_a_name_find_nothing(pinyin: Pinyin, letters: str, name: str) -> None:
    assert pinyin.find(letters, name) is None


@given(st.text(max_size=40), st.data())
def test_any_name_is_found_by_every_way_to_say_it(pinyin: Pinyin, name: str, data: st.DataObject) -> None:
    said = pinyin.of(name)
    assert all(way.isascii() and way.isalnum() for ways in said for way in ways)
    if said:
        whole = "".join(data.draw(st.sampled_from(ways)) for ways in said)
        assert pinyin.find(whole, name) == 0
        assert pinyin.find("".join(ways[0][0] for ways in said), name) == 0


def test_a_name_of_many_readings_takes_no_longer_than_another(pinyin: Pinyin) -> None:
    assert pinyin.find("h" * 79 + "z", "和" * 100) is None


def test_the_library_is_not_on_the_start_path() -> None:
    import subprocess
    import sys

    code = "import sys, console.desk; sys.exit('pypinyin' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
