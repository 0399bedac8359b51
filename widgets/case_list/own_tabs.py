"""Which lists wait for a role: they come first, and the list is opened at them."""

from collections.abc import Set as AbstractSet

from domain.people import Role
from widgets.case_list.rows import ACROSS, ListTab

TABS_OF: dict[Role, tuple[ListTab, ...]] = {
    Role.DISPATCHER: (ListTab.DISPATCH, ListTab.REQUESTS),
    Role.ACCEPTOR: (ListTab.ACCEPT, ListTab.CHECK, ListTab.CALLBACK),
    Role.DUTY_CHIEF: (ListTab.FILE, ListTab.CLOSE, ListTab.REQUESTS),
    Role.DUTY_LEADER: (ListTab.REQUESTS,),
    Role.HANDLER: (ListTab.SIGN, ListTab.HANDLE),
    Role.GRID_WORKER: (ListTab.CHECK,),
}


def own_tab(roles: AbstractSet[Role]) -> ListTab:
    """Return the list that waits for somebody of these roles, where there is just one; else that of all."""
    own = [tab for role, tabs in TABS_OF.items() if role in roles for tab in tabs[:1]]
    return own[0] if len(own) == 1 else ListTab.ALL


def ordered_tabs(roles: AbstractSet[Role]) -> list[ListTab]:
    """Return all lists, those that wait for these roles first, and of them those that go across the links last."""
    own = [tab for role, tabs in TABS_OF.items() if role in roles for tab in tabs]
    own.sort(key=lambda tab: tab in ACROSS)
    return list(dict.fromkeys([*own, *(t for t in ListTab if t is not ListTab.ALL), ListTab.ALL]))
