"""The register at a real desk with a real service: what one puts another sees, and what was done is undone."""

from datetime import timedelta

from desks import PASSWORD, signed_in, until
from served import Served, serve_town

from client.api import ServiceClient
from console.desk import Desk
from domain.people import Role
from domain.reading import Reading, ReadingState
from domain.register import EntryKind
from domain.register_map import Camera, Component, ComponentKind, Drawing, Form, Hazard, HazardLevel, Ink, SavedView
from layers.states import Sensed

RING = ((120.80, 29.55), (120.81, 29.55), (120.81, 29.56))


def names(desk: Desk) -> set[str]:
    return {held.body.label for held in desk.register.all(Drawing)}


async def test_putting_seeing_undoing_and_refusals(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served) as desk, signed_in(served, "wu") as other:
        told: list[object] = []
        other.register.changed.connect(told.append)
        entry_id = desk.register.put(Drawing(Form.POINT, (RING[0],), "集合点"))
        await until(lambda: names(other) == {"集合点"} == names(desk))
        assert told
        desk.register.put(Drawing(Form.POINT, (RING[1],), "集合点二", Ink.RED), entry_id)
        await until(lambda: names(other) == {"集合点二"})
        await until(lambda: desk.register.can_undo(EntryKind.DRAWING))
        assert not desk.register.can_undo(EntryKind.GEOFENCE)
        desk.register.undo(EntryKind.GEOFENCE)
        assert desk.register.can_undo(EntryKind.DRAWING), "what another sheet undoes is its own alone"
        desk.register.undo(EntryKind.DRAWING)
        await until(lambda: names(other) == {"集合点"} == names(desk))
        held = desk.register.get(Drawing, entry_id)
        assert held is not None
        assert desk.register.may_alter(held)
        theirs = other.register.get(Drawing, entry_id)
        assert theirs is not None
        assert other.register.may_write(Drawing)
        assert not other.register.may_alter(theirs), "an acceptor does not alter what somebody else drew"
        refused: list[object] = []
        other.register.refused.connect(lambda key, fault: refused.append(fault.key))
        other.register.remove(theirs)
        await until(lambda: refused == ["entry_of_somebody_else"])
        assert any(n.key == "fault.entry_of_somebody_else" for n in other.notice_feed.standing())
        desk.register.put(Drawing(Form.POINT, (RING[1],), "集合点三"), entry_id)
        desk.register.remove(held)  # seen before the change that is still on its way: our own counts as seen
        await until(lambda: names(other) == set() and desk.register.can_undo(EntryKind.DRAWING))
        desk.register.undo(EntryKind.DRAWING)
        await until(lambda: names(other) == {"集合点三"})


async def test_what_ends_goes_from_the_desk_by_itself_and_private_things_stay_private(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served) as desk, signed_in(served, "wu") as other:
        room = desk.session.room
        assert room is not None
        end = room.service_now() + timedelta(hours=1)
        desk.register.put(Hazard("积水", HazardLevel.RED, RING), expires_at=end)
        desk.register.put(SavedView("老街", 120.8, 29.55, 2.0))
        await until(lambda: other.register.all(Hazard) and desk.register.all(SavedView))
        assert not other.register.all(SavedView)
        assert desk.register.all(Hazard)
        told: list[object] = []
        desk.register.changed.connect(told.append)
        desk.register.on_second(end)
        assert told, "the layer is told that it no longer counts"


async def test_a_desk_that_opens_later_finds_everything(tmp_path_factory) -> None:
    with serve_town(tmp_path_factory.mktemp("later")) as served:
        served.account("li", PASSWORD, Role.DUTY_CHIEF)
        async with signed_in(served) as desk:
            desk.register.put(Drawing(Form.LINE, RING, "封路"))
            await until(lambda: names(desk))
        async with signed_in(served) as desk:
            assert names(desk) == {"封路"}


async def test_the_map_shows_what_is_put_and_what_sensors_say(served: Served) -> None:
    served.token("gate", Role.GATEWAY)
    async with signed_in(served) as desk:
        models, register = desk.map_feed.models, desk.register
        room = desk.session.room
        assert room is not None
        gas = register.put(Component("探测器", ComponentKind.GAS, 120.805, 29.555, sensed=True))
        camera = register.put(Camera("老街口", 120.805, 29.555, 45.0))
        register.put(Hazard("积水", HazardLevel.RED, RING))
        register.put(Drawing(Form.LINE, RING, "封路"))
        await until(lambda: models.hazards.held.marks and models.drawings.placed)
        await until(lambda: len(models.components.table) == len(models.cameras.table) == 1)
        key = f"component:{gas}"
        assert models.components.mark(key).state is Sensed.OFFLINE, "it has never spoken"
        now = room.service_now()
        async with ServiceClient(served.url, served.token("gate", Role.GATEWAY)) as gate:
            said = [
                Reading(gas, now, ReadingState.ALARM, 18.5, "%LEL"),
                Reading(camera, now, ReadingState.OFFLINE, kind=EntryKind.CAMERA),
            ]
            await gate.register.send_readings(said)
        await until(lambda: models.components.mark(key).state is Sensed.ALARM)
        assert "18.5 %LEL" in models.components.mark(key).lines[1]
        await until(lambda: not models.cameras.mark(f"camera:{camera}").online)
        item = desk.panels.map.item("components")
        assert item is not None
        assert item.note() == ("1 处报警", True)
        desk.register_layers.on_second(now + timedelta(hours=2))
        desk.register_layers.on_readings(frozenset())
        await until(lambda: models.components.mark(key).state is Sensed.OFFLINE)
        held = register.get(Hazard, register.all(Hazard)[0].entry_id)
        assert held is not None
        register.remove(held)
        await until(lambda: not models.hazards.held.marks)


async def test_what_is_undone_at_once_is_undone_when_it_is_answered(served: Served) -> None:
    served.account("wu", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served, "wu") as desk:
        desk.register.put(Drawing(Form.POINT, (RING[0],), "集合点"))
        assert not desk.register.can_undo(EntryKind.DRAWING), "it is on its way"
        desk.register.undo(EntryKind.GEOFENCE, EntryKind.DRAWING)
        done: list[object] = []
        desk.register.done.connect(done.append)
        await until(lambda: len(done) == 2)
        assert names(desk) == set()


async def test_what_was_done_is_taken_back_one_after_another(served: Served) -> None:
    async with signed_in(served) as desk:
        register, answered = desk.register, list[object]()
        register.done.connect(answered.append)

        async def done(names_then: set[str]) -> None:
            await until(lambda: names(desk) == names_then and register.can_undo(EntryKind.DRAWING))

        first = register.put(Drawing(Form.POINT, (RING[0],), "甲"))
        await done({"甲"})
        register.put(Drawing(Form.POINT, (RING[1],), "乙"))
        await done({"甲", "乙"})
        register.put(Drawing(Form.POINT, (RING[1],), "甲改"), first)
        await done({"甲改", "乙"})
        held = register.get(Drawing, first)
        assert held is not None
        register.remove(held)
        await done({"乙"})
        for names_then in ({"甲改", "乙"}, {"甲", "乙"}, {"甲"}):
            register.undo(EntryKind.DRAWING)
            await done(names_then)
        register.undo(EntryKind.DRAWING)
        await until(lambda: len(answered) == 8)
        assert names(desk) == set()
        assert not register.can_undo(EntryKind.DRAWING), "nothing is left, and nothing comes again"


async def test_what_somebody_else_altered_meanwhile_is_not_taken_back(served: Served) -> None:
    served.account("wu", PASSWORD, Role.DUTY_CHIEF)
    async with signed_in(served) as desk, signed_in(served, "wu") as other:
        desk.register.put(Drawing(Form.POINT, (RING[1],), "乙"))
        await until(lambda: desk.register.can_undo(EntryKind.DRAWING))
        first = desk.register.put(Drawing(Form.POINT, (RING[0],), "甲"))
        await until(lambda: desk.register.can_undo(EntryKind.DRAWING) and "甲" in names(other))
        other.register.put(Drawing(Form.POINT, (RING[1],), "吴的"), first)
        await until(lambda: names(desk) == {"乙", "吴的"})
        desk.register.undo(EntryKind.DRAWING)
        await until(lambda: any(n.key == "fault.stale_entry" for n in desk.notice_feed.standing()))
        assert names(desk) == {"乙", "吴的"}
        desk.register.undo(EntryKind.DRAWING)
        await until(lambda: names(desk) == {"吴的"})
