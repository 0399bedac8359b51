"""Short forms of the fault benchmarks: power cuts, full disks and bad lines lose nothing. Whole: ``make test-full``."""

import sys
from collections import Counter

import pytest

from benchmarks.faults import disk, full_service, power_cut, proxy
from benchmarks.faults.power import Verdict
from benchmarks.faults.recorder import Refusal

pytestmark = [pytest.mark.end2end, pytest.mark.timeout(300)]


def test_power_cuts_lose_nothing_that_was_answered() -> None:
    """200 cuts of the writer's work at full durability."""
    assert power_cut.cut_often("FULL", (1, 200)) == Counter({Verdict.WHOLE: 200})


def test_the_harness_finds_what_a_weaker_setting_loses() -> None:
    """A harness that finds nothing with ``synchronous=NORMAL`` would prove nothing."""
    assert power_cut.cut_often("NORMAL", (1, 60))[Verdict.LOST] > 10


@pytest.mark.logs_expected("service.write.transaction", "service.write.writer")
@pytest.mark.parametrize("refusal", list(Refusal))
def test_a_refused_write_or_sync_costs_its_own_answer_and_nothing_else(refusal: Refusal) -> None:
    """About twenty places of a stretch of work, and one stretch in which all is refused."""
    found = disk.refuse_each(refusal, 20)
    assert set(found) == {Verdict.WHOLE}
    assert sum(found.values()) > 10


@pytest.mark.skipif(sys.platform != "linux", reason="the size of a process's files can be limited on Linux only")
def test_a_full_disk_refuses_and_recovers_without_a_restart() -> None:
    """The real service; what it acknowledged stays."""
    refused, gone, recovered_s = full_service.fill_and_free()
    assert refused > 0
    assert gone == 0
    assert recovered_s < full_service.ROOM_WITHIN_S


def test_a_bad_line_costs_a_console_nothing_but_time() -> None:
    """Twenty seconds of cuts, delays, stalls and repeats."""
    rows, good = proxy.measure(20)
    assert good, [(row.what, row.ours) for row, _ in rows]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_thousand_power_cuts() -> None:
    """The whole number."""
    rows, good = power_cut.measure(None)
    assert good, [(row.what, row.ours) for row, _ in rows]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.logs_expected("service.write.transaction", "service.write.writer")
def test_every_single_write_and_sync_refused() -> None:
    """Each write and each sync of a stretch of work, and the real service on a full disk."""
    rows, good = disk.measure(None)
    assert good, [(row.what, row.ours) for row, _ in rows]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_ten_minutes_of_a_bad_line() -> None:
    """The whole time."""
    rows, good = proxy.measure(None)
    assert good, [(row.what, row.ours) for row, _ in rows]
