"""What the fictional town has laid down for the day something happens (``demo/playbook.json``). All made up."""

import msgspec
from msgspec.structs import replace

from domain.ids import EntryId
from domain.register_plan import Plan
from domain.register_runcard import RunCard
from domain.register_shapes import Body
from domain.town import Town
from resources.files import read_bytes


class Playbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Run cards and plans by their ids."""

    run_cards: dict[str, RunCard]
    plans: dict[str, Plan]


def make_playbook(town: Town) -> dict[EntryId, Body]:
    """Return the town's run cards and plans; what a card names that the town has not is left out."""
    book = msgspec.json.decode(read_bytes("demo/playbook.json"), type=Playbook)
    units = {unit.unit_id for unit in town.units}
    found: dict[EntryId, Body] = {}
    for entry_id, card in book.run_cards.items():
        needs = [replace(need, units=tuple(unit for unit in need.units if unit in units)) for need in card.needs]
        sound = tuple(need for need in needs if need.skills or need.units or need.unit_kinds)
        found[EntryId(f"card-{entry_id}")] = replace(card, needs=sound, synthetic=True)
    for entry_id, plan in book.plans.items():
        found[EntryId(f"plan-{entry_id}")] = replace(plan, synthetic=True)
    return found
