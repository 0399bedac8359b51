"""Those of the desk who are made after the first picture: all of them are, and know what was there before them."""

from desks import open_desk, until
from served import Served

from console.crew import FOLLOWING
from tests.widget.console.test_outbox_desk import sign_in
from tests.widget.console.test_sos import banner_of, call


async def test_a_call_from_before_the_alarms_were_made_is_shown(served: Served) -> None:
    call(served, "field", "s1", text="被围堵")
    async with open_desk() as desk:
        assert not FOLLOWING.keys() & vars(desk.crew).keys(), "the first picture does without them"
        await sign_in(desk, served)
        await until(lambda: vars(desk.crew).keys() >= FOLLOWING.keys())
        await until(lambda: banner_of(desk) is not None)
        banner = banner_of(desk)
        assert banner is not None
        assert banner.isVisibleTo(desk.window)
        assert "被围堵" in banner.texts()


async def test_a_sheet_opens_before_anybody_is_signed_in_or_made(served: Served) -> None:
    async with open_desk() as desk:
        desk.actions.trigger("settings")
        assert "preferences" in vars(desk.crew)
        await sign_in(desk, served)
        desk.actions.trigger("whistle")
        assert desk.crew.whistle.sheet is not None
        assert desk.crew.whistle.sheet.isVisible()
