"""Marks by key: whatever comes and goes, order, places and slots are those of a list kept by hand."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from layers.mercator import to_plane
from layers.table import MarkTable

KEYS = st.integers(0, 30).map(str)
STEPS = st.lists(
    st.tuples(st.just("put"), st.lists(st.tuples(KEYS, st.integers(0, 200)), max_size=12))
    | st.tuples(st.just("remove"), st.lists(KEYS, max_size=12)),
    max_size=12,
)


@settings(max_examples=200)
@given(STEPS)
def test_a_table_is_what_a_list_would_be(steps: list[tuple[str, list[Any]]]) -> None:
    table: MarkTable[int] = MarkTable(code=lambda mark: mark)
    wanted: dict[str, int] = {}  # in the order they first came
    for what, rows in steps:
        if what == "put":
            table.put((key, mark, 120.0 + mark / 100, 29.0, float(mark)) for key, mark in rows)
            wanted.update(rows)
        else:
            there = [key for key in rows if key in wanted]
            assert table.remove(rows) == bool(there)
            for key in there:
                wanted.pop(key, None)
        assert table.keys == list(wanted)
        assert table.marks == table.codes.tolist() == table.times.tolist() == list(wanted.values())
        assert [table.slot(key) for key in wanted] == list(range(len(wanted)))
        assert table.slot("nobody") is None
        places = [to_plane(120.0 + mark / 100, 29.0) for mark in wanted.values()]
        assert [(round(x, 3), round(y, 3)) for x, y in zip(table.xs, table.ys, strict=True)] == [
            (round(x, 3), round(y, 3)) for x, y in places
        ]


def test_who_still_holds_the_marks_as_they_were_finds_them_so_after_one_was_taken_out() -> None:
    table: MarkTable[str] = MarkTable()
    table.put((key, key, 120.0, 30.0, 0.0) for key in "abcd")
    before = table.marks  # as clusters do until newer ones are made
    table.remove(["b"])
    assert before == ["a", "b", "c", "d"]
    assert table.marks == ["a", "c", "d"]
