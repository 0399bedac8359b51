"""The ten commonest jobs of the room at a real desk, by keys alone; each has to come about at the service.

``python -m benchmarks.jobs`` has the operator do the same before a whole console, offscreen and on a display.
"""

import pytest
from desks import PASSWORD, signed_in
from served import ALL_ROOM, Served

from benchmarks.operators.hands import WindowHands
from benchmarks.operators.jobs import JOBS
from benchmarks.operators.script import Operator, do
from benchmarks.operators.stage import Stage
from client.api import ServiceClient
from domain.people import Role


@pytest.mark.timeout(120)
async def test_each_of_the_ten_jobs_takes_no_more_keys_than_the_design_needs(served: Served) -> None:
    served.account("wang", PASSWORD, *ALL_ROOM)
    room = ServiceClient(served.url, token=served.token("colleague", *ALL_ROOM))
    field = ServiceClient(served.url, token=served.token("phones", Role.GATEWAY))
    async with room, field, signed_in(served) as desk:
        desk.settings.set("last_user", "li", store=False)
        stage = Stage(room, field, await room.snapshot(), ("wang", PASSWORD))
        await stage.look_around()
        operator = Operator(desk, WindowHands())
        for job in JOBS:
            done = await do(job, stage, operator)
            assert len(done.keys) <= len(done.design.split()), (job.name, done.keys)
