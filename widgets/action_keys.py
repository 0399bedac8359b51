"""The key of every action. In no state are two actions with one key on offer to one person (a test holds it)."""

from collections.abc import Sequence

from domain.machine import STEPS, Step

ACTION_KEYS: dict[str, str] = {
    # Intake
    "send_verify": "S",
    "recall_verify": "B",
    "recall_check": "B",
    "verify_result": "W",
    "accept": "A",
    "reject": "X",
    "record_only": "O",
    "close_self_handled": "E",
    # Filing
    "file": "F",
    "return_to_acceptor": "R",
    "refuse_filing": "X",
    "void": "Z",
    "refuse_void": "B",
    # Dispatch
    "dispatch": "D",
    "add_helpers": "D",
    "return_to_filing": "R",
    "request_void": "O",
    "request_send_up": "U",
    "approve_send_up": "Y",
    "refuse_send_up": "B",
    "skip_send_up": "K",
    "county_return": "R",
    "county_done": "F",
    # Handling
    "sign": "S",
    "arrive": "A",
    "request_return": "R",
    "approve_return": "Y",
    "refuse_return": "B",
    "request_extension": "E",
    "approve_extension": "Y",
    "refuse_extension": "B",
    "request_suspension": "P",
    "endorse_suspension": "J",
    "approve_suspension": "Y",
    "refuse_suspension": "B",
    "resume": "E",
    "feedback": "F",
    "help_arrive": "A",
    "help_report": "F",
    # Checking
    "send_check": "S",
    "check_pass": "A",
    "check_fail": "X",
    "rework": "R",
    "skip_check": "F",
    # Closing and after
    "close": "F",
    "return_rework": "R",
    "revisit": "F",
    "request_redo": "R",
    "approve_redo": "Y",
    "refuse_redo": "B",
    "request_appeal": "P",
    "endorse_appeal": "J",
    "approve_appeal": "Y",
    "refuse_appeal": "B",
    # Sharing the work: digits, since every letter is taken in some state
    "claim": "0",
    "take_over": "0",
    "release": "0",
    "hand_over": "9",
    "call_back": "8",
    "merge_in": "7",
    "correct": "6",
    # Flags and the rest
    "supervise": "C",
    "reply_supervise": "L",
    "cancel_supervise": "Q",
    "instruct": "I",
    "mark_urgent": "G",
    "mark_historic": "H",
    "merge": "M",
    "unmerge": "U",
    "note": "T",
}

LOCATE_KEY = "V"
"""看现场: the map goes there."""

RESERVED = frozenset({"N", LOCATE_KEY})
"""Letters that mean the same everywhere: a new report, and the scene."""

SET_KEY = "4"
"""Take the whole set of the run card into the dispatch form."""
SUGGESTION_KEYS = ("1", "2", "3")
"""Take a suggested unit into the dispatch form."""

FLAGS = frozenset(
    {
        *(
            "supervise",
            "cancel_supervise",
            "instruct",
            "mark_urgent",
            "mark_historic",
            "note",
            "skip_send_up",
            "merge",
            "merge_in",
        ),
        *("claim", "release", "hand_over", "add_helpers", "correct"),
    }
)
"""Actions that stand behind those that move the case along."""

_FORWARD = (
    "take_over",
    "approve_send_up",
    "approve_return",
    "approve_extension",
    "approve_suspension",
    "endorse_suspension",
    "approve_redo",
    "approve_appeal",
    "endorse_appeal",
    "void",
    "accept",
    "file",
    "dispatch",
    "sign",
    "arrive",
    "feedback",
    "help_arrive",
    "help_report",
    "verify_result",
    "send_check",
    "check_pass",
    "close",
    "revisit",
    "resume",
    "county_done",
)


def primary_action(steps: Sequence[Step], *, request_open: bool) -> str:
    """Return the action that is the way forward among those on offer; empty where there is none.

    While a request is open, answering it comes first.
    """
    offered = {step.action for step in steps}
    for action in _FORWARD:
        if action in offered and (request_open or action != "void"):
            return action
    return ""


def ordered(steps: Sequence[Step], primary: str) -> list[Step]:
    """Return the steps as the buttons stand: the way forward, the others, then flags and notes."""
    return sorted(steps, key=lambda step: (step.action != primary, step.action in FLAGS))


def key_of(action: str) -> str:
    """Return the key of an action; empty for one that is not in the table of keys."""
    return ACTION_KEYS.get(action, "") if action in STEPS else ""
