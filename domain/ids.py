"""Small types for identifiers, so that a grid code is never passed where a case number is meant."""

from typing import Annotated, NewType

from msgspec import Meta

MAX_ID = 64
"""Characters of an identifier that comes from outside."""

AccountId = NewType("AccountId", str)
"""Sign-in name of a person or a script, unique in one service."""

SERVICE = AccountId("system")
"""Whom the log names for what the service does by itself; nobody can have it."""

CaseNo = NewType("CaseNo", str)
"""Case number, ``<9-digit town>-<yyyymmdd>-<4 or more digits>`` (domain.md 4.2)."""

ReportId = NewType("ReportId", str)
AttachmentId = NewType("AttachmentId", str)
GivenAttachment = Annotated[AttachmentId, Meta(max_length=MAX_ID)]
UnitId = NewType("UnitId", str)

StaffId = NewType("StaffId", str)
"""A person of the room's own staff."""

ThingId = NewType("ThingId", str)
"""Anything that has a position: a ``StaffId`` or a vehicle's id."""
GivenThing = Annotated[ThingId, Meta(max_length=MAX_ID)]

DivisionCode = NewType("DivisionCode", str)
"""Administrative division: 2, 4, 6, 9 or 12 digits (GB/T 2260, GB/T 10114), or a foreign code kept word for word."""
GivenDivision = Annotated[DivisionCode, Meta(max_length=MAX_ID)]

GridCode = NewType("GridCode", str)
"""Grid: 12-digit village, 3-digit sequence, optional type letter and micro-grid digits; or a foreign code."""

EntryId = NewType("EntryId", str)
"""An entry of a register: its own number where it has one, or drawn by whoever puts it first."""
