"""Templates over the real service: kept by one, offered to the next, taken out again."""

from desks import PASSWORD, signed_in, until
from served import Served

from domain.people import Role


async def test_a_text_is_kept_for_the_room_and_taken_out_again(served: Served) -> None:
    served.account("mate", PASSWORD, Role.ACCEPTOR)
    async with signed_in(served) as desk:
        templates = desk.names.templates
        await until(lambda: templates.fitting("note"))
        shipped = len(templates.offered)
        assert templates.keep is not None
        templates.keep("已联系供电所，半小时内到。\n第二行", "note")
        await until(lambda: len(templates.offered) == shipped + 1)
        kept = templates.fitting("note")[0]
        assert (kept.template.name, kept.own) == ("已联系供电所，半小时内到。", True)
        async with signed_in(served, "mate") as other:
            await until(lambda: any(o.entry_id == kept.entry_id for o in other.names.templates.offered))
            theirs = next(o for o in other.names.templates.offered if o.entry_id == kept.entry_id)
            assert not theirs.own
            assert templates.drop is not None
            templates.drop(kept)
            await until(lambda: len(other.names.templates.offered) == shipped)
        assert len(templates.offered) == shipped
