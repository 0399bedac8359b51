"""The ten jobs once more through whole processes: offscreen, and in a window on an X display where there is one."""

import pytest

from benchmarks import jobs
from benchmarks.operators.jobs import JOBS

pytestmark = [pytest.mark.end2end, pytest.mark.slow, pytest.mark.timeout(400)]


def test_the_operator_does_every_job_in_each_kind_of_window() -> None:
    rows = [row for row, _ in jobs.measure(passes=1) if row.unit == "keys"]
    assert len(rows) == len(JOBS)
    assert all(row.peer is not None and row.ours <= row.peer for row in rows)
