"""How long things stay, and erasing with a count first and the number typed again, against the real service."""

from admin_desks import fill, office, text_of, turn
from desks import until
from PySide6.QtWidgets import QCheckBox
from served import Served, send_report
from sqlalchemy import select

from domain.erasing import Erasable
from domain.people import Role
from service.store import tables as t
from widgets.admin.screen import Screen

WORDS = "溪边的垃圾没人收"


def _choose(screen: Screen, *parts: Erasable) -> None:
    assert screen.form is not None
    for part in parts:
        box = screen.form.entry(part.value).focusProxy()
        assert isinstance(box, QCheckBox)
        box.setChecked(True)


async def test_days_are_set_within_bounds(served: Served) -> None:
    async with office(served, "sec") as (desk, sheet):
        keeping = await turn(sheet, "keeping")
        cells = {row.key: row.cells for row in keeping.table.shown()}
        assert cells["positions"][1:] == ("7", desk.words("admin.keeping.between", low=1, high=30), "7")
        keeping.table.choose("positions")
        keeping.press("days")
        assert keeping.form is not None
        spin = keeping.form.entry("days").focusProxy()
        spin.setValue(99)  # type: ignore[union-attr]  # it is a number box
        assert keeping.form.entry("days").value() == 30
        spin.setValue(14)  # type: ignore[union-attr]
        fill(keeping, reason="工作需要")
        keeping.form.submit()
        await until(lambda: {r.key: r.cells[1] for r in keeping.table.shown()}["positions"] == "14")


async def test_an_erasure_is_counted_and_confirmed_by_the_number(served: Served) -> None:
    case = send_report(served.client(served.token("phones", Role.GATEWAY)), text=WORDS).case
    async with office(served, "sec") as (desk, sheet):
        keeping = await turn(sheet, "keeping")
        keeping.press("erase")
        fill(keeping, case_no=case.case_no, reason="本人要求")
        assert keeping.form is not None
        keeping.form.submit()
        assert desk.words("admin.keeping.nothing_chosen") in text_of(keeping)
        _choose(keeping, Erasable.REPORT_TEXT)
        counting = keeping.form
        counting.submit()
        await until(lambda: keeping.form is not None and keeping.form is not counting)
        assert desk.words("admin.keeping.takes", values=2, contacts=0, cases=1) in text_of(keeping)
        assert _title(served, case.case_no), "counting takes nothing"
        fill(keeping, again="330699103-20200101-0001")
        keeping.form.submit()
        assert desk.words("admin.keeping.again_differs", case_no=case.case_no) in text_of(keeping)
        assert _title(served, case.case_no)
        fill(keeping, again=case.case_no)
        keeping.form.submit()
        await until(lambda: keeping.form is None)
        assert _title(served, case.case_no) == ""


async def test_a_case_that_is_not_there_is_said_and_what_was_typed_stays(served: Served) -> None:
    async with office(served, "sec") as (desk, sheet):
        keeping = await turn(sheet, "keeping")
        keeping.press("erase")
        fill(keeping, case_no="330699103-20990101-0001", reason="本人要求")
        _choose(keeping, Erasable.NOTES)
        assert keeping.form is not None
        keeping.form.submit()
        said = desk.words("fault.unknown_case", case_no="330699103-20990101-0001")
        await until(lambda: said in text_of(keeping))
        assert keeping.form.entry("reason").value() == "本人要求"


def _title(served: Served, case_no: str) -> str:
    with served.store.reading.begin() as connection:
        return str(connection.execute(select(t.cases.c.title).where(t.cases.c.case_no == case_no)).scalar_one())
