"""Which columns of a file tell kinds of features apart, and into which kinds its rows fall."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from layers.imported.kinds import MOST_ENTRIES, MOST_KINDS, MOST_LETTERS, kinds_of


def test_a_name_of_each_row_or_a_long_text_tells_no_kinds() -> None:
    names = [(f"井{i}", "x" * (MOST_LETTERS + 1) if i % 2 else "y", "管") for i in range(MOST_KINDS + 1)]
    assert kinds_of(("名称", "说明", "类"), names) == {}, "each its own, too long, all alike"
    assert set(kinds_of(("名称",), [row[:1] for row in names[:MOST_KINDS]])) == {"名称"}, "a few can have a colour each"
    assert kinds_of(("名" * (MOST_LETTERS + 1),), [("a",), ("b",)]) == {}
    assert kinds_of((), [(), ()]) == {}
    assert kinds_of(("a",), []) == {}


def test_contacts_are_masked_and_then_one_kind() -> None:
    found = kinds_of(("电话",), [("13900007777",), ("13900008888",), ("无",)])["电话"]
    assert found.texts == ("***", "无")
    assert found.counts() == [2, 1]


@given(st.lists(st.sampled_from([f"k{i}" for i in range(MOST_ENTRIES + 2)] + [""]), max_size=200))
def test_every_row_is_of_its_entrys_kind_and_the_rare_are_the_rest(entries: list[str]) -> None:
    different = Counter(entries)
    found = kinds_of(("c",), [(entry,) for entry in entries]).get("c")
    few = len(different) <= MOST_KINDS or (len(different) <= MOST_ENTRIES and 2 * len(different) <= len(entries))
    assert (found is not None) == (len(different) >= 2 and few)
    if found is None:
        return
    assert found.rest == (len(different) > MOST_KINDS)
    assert len(found.texts) <= MOST_KINDS
    named = found.texts[:-1] if found.rest else found.texts
    for entry, code in zip(entries, found.codes.tolist(), strict=True):
        assert code == (named.index(entry) if entry in named else len(named))
    if found.rest:
        rest = [count for entry, count in different.items() if entry not in named]
        assert max(rest) <= min(different[entry] for entry in named), "the most frequent have a kind of their own"
    assert sum(found.counts()) == len(entries)
