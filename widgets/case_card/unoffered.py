"""What the card says of a key that stands for nothing now, and of a form that a colleague was faster than."""

from collections.abc import Sequence

import msgspec

from domain.case import Case
from domain.ids import CaseNo
from domain.machine import STEPS, Step
from domain.states import CaseState
from domain.wire import Me
from resources.words import Value
from widgets.action_keys import ACTION_KEYS, key_of

ANSWERED = frozenset(ACTION_KEYS.values())
"""Keys the card does something for or says why not: none of them is to come back to it from the window."""
_ORDER = tuple(CaseState)


class CardNotice(msgspec.Struct, frozen=True):
    """Something a person must read wherever the card is scrolled to: a word key with its values."""

    key: str
    values: dict[str, Value]
    stays: bool = False


class Unoffered:
    """Remembers what each key stood for on the case shown, so that it can be named once it is no longer on offer."""

    def __init__(self) -> None:
        self._case_no: CaseNo | None = None
        self._stood_for: dict[str, str] = {}

    def learn(self, case: Case, steps: Sequence[Step]) -> None:
        """These steps are on offer on this case now."""
        if case.case_no != self._case_no:
            self._case_no = case.case_no
            self._stood_for.clear()
        self._stood_for.update({key_of(step.action): step.action for step in steps})

    def answer(self, key: str, case: Case, me: Me | None) -> CardNotice | None:
        """Return why the action of a key is not possible now; None for a key of no action."""
        known = [STEPS[action] for action, its_key in ACTION_KEYS.items() if its_key == key]
        if not known:
            return None
        mine = [step for step in known if me is None or step.roles & me.roles]
        step = min(mine or known, key=lambda step: _distance(step, case.state))
        if mine and key in self._stood_for:
            step = STEPS[self._stood_for[key]]
        values: dict[str, Value] = {"action": f"action.{step.action}", "state": f"state.{case.state}"}
        if not mine:
            return CardNotice("desk.key.not_yours", values)
        return CardNotice("desk.key.not_now" if case.state in step.sources else "desk.key.not_in_state", values)


def overtaken(case: Case, action: str) -> CardNotice:
    """Return what is said when the action of an open form went off the offer."""
    values: dict[str, Value] = {"case_no": case.case_no, "action": f"action.{action}", "state": f"state.{case.state}"}
    return CardNotice("desk.key.overtaken", values, stays=True)


def _distance(step: Step, state: CaseState) -> int:
    """Return how many states off a step is: the nearest is what a person means by its key."""
    here = _ORDER.index(state)
    return min((abs(_ORDER.index(source) - here) for source in step.sources), default=len(_ORDER))
