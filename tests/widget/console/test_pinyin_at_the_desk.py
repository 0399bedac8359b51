"""The command bar by pinyin and in either language, at a real desk."""

from desks import listed, signed_in, until
from served import Served, send_report

from domain.people import Role


async def test_names_and_actions_are_found_by_pinyin_and_in_either_language(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY)), title="老街口井盖").case
    async with signed_in(served) as desk:
        await until(lambda: listed(desk) == [case.case_no])
        bar = desk.panels.command_bar
        for letters in ("xzsb", "xinzengshangbao", "xin zeng", "xinz"):
            bar.open_bar(letters)
            await until(lambda: any("新增上报" in bar.list.rows.item(i).text() for i in range(bar.list.rows.count())))
            hit = desk.finder.find(letters)[0]
            assert (hit.what, hit.value) == ("action", "new_report")
            bar.close_bar()
        assert "N" in hit.detail
        assert "登记一条新的上报" in hit.detail
        assert desk.finder.find("quit")[0].value == "quit"
        assert desk.session.room is not None
        assert desk.session.room.picture is not None
        unit = next(iter(desk.session.room.picture.units.values()))
        said = [ways[0] for ways in desk.finder._pinyin.of(unit.name)]
        for letters in ("".join(way[0] for way in said), "".join(said)):
            assert any(found.value == unit.unit_id for found in desk.finder.find(letters))
        bar.close_bar()
        desk.selection.select_case(case.case_no)
        await until(lambda: any(found.value == "accept" for found in desk.finder.find("sl")))
        accept = next(found for found in desk.finder.find("sl") if found.value == "accept")
        assert accept.what == "step"
        bar.hit_chosen.emit(accept)
        form = desk.panels.card._form
        assert form is not None
        assert form.step.action == "accept"
