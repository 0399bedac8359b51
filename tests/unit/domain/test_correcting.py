"""Correcting a case: what is said becomes so, what was is kept beside it, and nothing else alters."""

from typing import Any

import msgspec
import pytest
from domain_factories import Ledger, actor_for, as_plain, refusal
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.correcting import CORRECTED, altered, present
from domain.fold import EFFECTS, fold_all
from domain.places import Placement
from domain.states import Channel

_LINES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_PLACES = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list)
_SAID = st.fixed_dictionaries({}, optional={"title": _LINES, "words": _LINES, "address": _LINES, "place": _PLACES})


@given(st.lists(_SAID, min_size=1, max_size=6))
def test_replay_equals_state_and_every_step_tells_what_was(said: list[dict[str, Any]]) -> None:
    ledger = Ledger()
    case = ledger.report(Channel.HOTLINE)
    for args in said:
        before, news = ledger.cases[case.case_no], altered(ledger.cases[case.case_no], as_plain(args))
        fault = refusal(
            lambda: ledger.do(case.case_no, "correct", actor_for(before), reason="typing", **args)  # noqa: B023
        )
        after = ledger.cases[case.case_no]
        if not news:
            assert fault is not None
            assert fault.key == "nothing_to_correct"
            assert after is before
            continue
        assert fault is None
        assert present(after) == present(before) | news
        reports = (replace(before.reports[0], text=after.reports[0].text), *before.reports[1:])
        same = {name: getattr(before, name) for name in ("title", "address", "lon", "lat", "placement", "version")}
        assert replace(after, **same, reports=before.reports) == before
        assert after.reports == reports
        told = ledger.changes[-1].data["before"]
        assert {**told, **({"words": told["reports"][0]["text"]} if "reports" in told else {})}.items() >= {
            name: present(before)[name] for name in news
        }.items()
    log = [msgspec.structs.replace(change, data=as_plain(change.data)) for change in ledger.changes]
    assert fold_all(log) == ledger.cases[case.case_no]


def test_only_the_first_report_is_corrected_and_it_takes_its_words_along_when_merged() -> None:
    ledger = Ledger()
    into, case = ledger.report(Channel.HOTLINE), ledger.report(Channel.HOTLINE)
    actor = actor_for(case)
    ledger.do(case.case_no, "correct", actor, reason="told_again", words="路口有两堆垃圾")
    merged = ledger.do(case.case_no, "merge", actor, into=into.case_no)
    held = ledger.cases[into.case_no]
    assert [report.text for report in held.reports] == ["路口有垃圾", "路口有两堆垃圾"]
    held = ledger.do(held.case_no, "correct", actor, reason="misheard", words="桥头有垃圾")
    assert [report.text for report in held.reports] == ["桥头有垃圾", "路口有两堆垃圾"]
    back = ledger.do(merged.case_no, "unmerge", actor)
    assert [report.text for report in back.reports] == ["路口有两堆垃圾"]


def test_a_place_that_no_grid_holds_is_outside() -> None:
    ledger = Ledger()
    case = ledger.report(Channel.HOTLINE)
    after = ledger.do(case.case_no, "correct", actor_for(case), reason="wrong_place", place=[120, 29.5])
    assert (after.lon, after.lat, after.placement, after.grid_code) == (120.0, 29.5, Placement.OUTSIDE, None)
    assert set(CORRECTED) == set(present(after))


def test_an_older_console_follows_without_knowing_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()
    case = ledger.report(Channel.HOTLINE)
    now = ledger.do(case.case_no, "correct", actor_for(case), reason="typing", title="新标题")
    monkeypatch.delitem(EFFECTS, "correct")
    assert fold_all(ledger.changes) == replace(now, title=case.title), "at the right version, with the old title"
