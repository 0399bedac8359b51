"""What the sheet of the shift shows and asks for: plain values, in words already."""

from datetime import datetime
from enum import StrEnum

import msgspec

from domain.ids import CaseNo, EntryId
from domain.register_shift import HandoverItem, Told


class PostRow(msgspec.Struct, frozen=True):
    """A post, and who is on it since when (names and times in words); ``mine``: I am on it."""

    name: str
    people: tuple[str, ...] = ()
    mine: bool = False


class HandoverRow(msgspec.Struct, frozen=True):
    """A handover sheet: a draft of mine (no id), one that waits for a signature, or one signed by both."""

    post: str
    made_at: datetime
    items: tuple[HandoverItem, ...]
    outgoing: str = ""
    incoming: str = ""
    remarks: str = ""
    contacts: str = ""
    answer: str = ""
    entry_id: EntryId | None = None
    version: int = 0
    mine: bool = False
    received: bool = False
    signed_at: datetime | None = None


class LogRow(msgspec.Struct, frozen=True):
    """A line of the duty log. ``what`` is ``case``, ``shift``, ``note`` or ``other``, to filter by."""

    at: datetime
    who: str
    text: str
    what: str
    case_no: CaseNo | None = None
    note_id: EntryId | None = None
    """The note, where it is mine: more can be said of it."""


class PhoneRow(msgspec.Struct, frozen=True):
    """A duty telephone."""

    entry_id: EntryId
    name: str
    number: str
    note: str = ""


class Do(StrEnum):
    """What is asked for."""

    SIGN_ON = "sign_on"
    SIGN_OFF = "sign_off"
    ADD_POST = "add_post"
    DRAFT = "draft"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    TAKE_BACK = "take_back"
    NOTE = "note"
    TOLD = "told"
    ADD_PHONE = "add_phone"
    DROP_PHONE = "drop_phone"
    PRINT = "print"
    PRINT_LOG = "print_log"
    RELOAD_LOG = "reload_log"
    OPEN_CASE = "open_case"


class ShiftIntent(msgspec.Struct, frozen=True):
    """A wish of the sheet. ``name`` is a post, a case or an entry, by what is done; ``text`` what was typed."""

    do: Do
    name: str = ""
    text: str = ""
    read: tuple[int, ...] = ()
    source: str = ""
    extent: str = ""
    expected: str = ""
    warning: bool = False
    told: tuple[Told, ...] = ()
