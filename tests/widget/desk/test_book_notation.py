"""What a book writes down it reads back as it was, whatever things are called; what it cannot read it names."""

import pytest
from domain_factories import refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people import UnitKind
from domain.register_runcard import Need, Part, RunCard
from resources.words import Words
from simulator.making.maker import make_town
from simulator.making.playbook import make_playbook
from widgets.book.notation import Codes, NeedLines, read_hours, read_moment, tokens, write_hours, write_moment
from widgets.book.run_cards import RunCardBook
from widgets.names import Names

TOWN = make_town(1)


def names_in(language: str) -> Names:
    names = Names(Words(language))  # type: ignore[arg-type]  # one of the two
    names.set_town(TOWN.info)
    names.set_people(TOWN.units, TOWN.staff)
    return names


NAMES = {language: names_in(language) for language in ("zh-CN", "en")}
LINES = {language: NeedLines(names) for language, names in NAMES.items()}
KINDS = [kind.code for kind in TOWN.info.kinds]
NEEDS = st.builds(
    Need,
    st.text("燃气抢修 a1、,|", min_size=1, max_size=12).map(str.strip).filter(bool),
    st.sampled_from(Part),
    st.integers(1, 10),
    st.lists(st.sampled_from(KINDS), max_size=3).map(tuple),
    st.lists(st.sampled_from([unit.unit_id for unit in TOWN.units]), max_size=2).map(tuple),
    st.lists(st.sampled_from(UnitKind), max_size=2).map(tuple),
)


@settings(max_examples=40)
@given(NEEDS, st.sampled_from(sorted(NAMES)))
def test_a_need_is_read_as_it_was_written(need: Need, language: str) -> None:
    lines = LINES[language]
    assert lines.read(lines.write(need)) == need


@settings(max_examples=40)
@given(st.integers(0, 1439), st.integers(0, 1440))
def test_hours_are_read_as_they_were_written(start: int, end: int) -> None:
    assert read_hours(write_hours(start, end)) == ((start, end) if start != end else (0, 0))


@settings(max_examples=40)
@given(st.dictionaries(st.text("ab、: ", max_size=3), st.text("ab、: ", max_size=3), max_size=6))
def test_codes_and_names_are_told_apart(named: dict[str, str]) -> None:
    codes = Codes(named.items(), "book_kind_unknown")
    for code in named:
        written = codes.write(code)
        assert codes.read(written) == code
        assert written == code or tokens(written) == [written]


def test_the_cards_of_the_town_go_through_the_form_and_stay_as_they_are() -> None:
    for names in NAMES.values():
        book = RunCardBook(names)
        for card in make_playbook(TOWN).values():
            if not isinstance(card, RunCard):
                continue
            lines = LINES[names.words.language]
            values = {
                "name": card.name,
                "kinds": "、".join(names.kind(kind) for kind in card.kinds),
                "needs": [lines.write(need) for need in card.needs],
                "areas": "、".join(card.areas),
                "hours": write_hours(card.start_min, card.end_min),
                "urgent": card.urgent,
                "since": "2026-12-01 08:00",
                "until": "",
                "note": card.note,
            }
            read = book.read(values, card)  # type: ignore[arg-type]
            assert read.since is not None
            assert write_moment(read.since, names) == "2026-12-01 08:00"
            assert (read.kinds, read.needs, read.areas) == (card.kinds, card.needs, card.areas)
            assert read.synthetic


@pytest.mark.parametrize("language", sorted(NAMES))
def test_no_card_of_the_town_shows_a_bare_code_to_people(language: str) -> None:
    names = NAMES[language]
    book = RunCardBook(names)
    for card in make_playbook(TOWN).values():
        if not isinstance(card, RunCard):
            continue
        told = dict(book.tell(card))[names.words("run_card.needs")]
        assert not [kind for kind in KINDS if kind in told]
        assert all(names.kind(kind) in told for need in card.needs for kind in need.skills)
        for need in card.needs:
            written = tokens(LINES[language].write(need))
            assert not [token for token in written if token in KINDS]


def test_a_name_that_stands_twice_is_written_with_its_code() -> None:
    codes = Codes([("a.1", "Sites"), ("b.2", "Sites"), ("c.3", "Roads")], "book_kind_unknown")
    assert [codes.write(code) for code in ("a.1", "b.2", "c.3")] == ["Sites [a.1]", "Sites [b.2]", "Roads"]
    assert [codes.read(text) for text in ("Sites [b.2]", "b.2", "Roads")] == ["b.2", "b.2", "c.3"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("燃气抢修", "book_need_unread"),
        ("主办 燃气抢修：班组", "book_need_unread"),
        ("主办 x 燃气抢修：班组", "book_need_unread"),
        ("主办 1 燃气抢修", "book_need_unread"),
        ("主办 1 燃气抢修：燃气大队", "book_token_unknown"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, key: str) -> None:
    fault = refusal(lambda: LINES["zh-CN"].read(line))
    assert fault is not None
    assert fault.key == key


@pytest.mark.parametrize("text", ["25:00-06:00", "22:00", "24:30-01:00", "22:60-23:00", "night"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    fault = refusal(lambda: read_hours(text))
    assert fault is not None
    assert fault.key == "book_hours_unread"


def test_a_moment_is_the_towns_own() -> None:
    names = NAMES["zh-CN"]
    at = read_moment("2026-12-01 08:00", names)
    assert at is not None
    assert at.isoformat() == "2026-12-01T00:00:00+00:00"
    assert read_moment(" ", names) is None
    fault = refusal(lambda: read_moment("2026-13-01 08:00", names))
    assert fault is not None
    assert fault.key == "book_moment_unread"
