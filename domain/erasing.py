"""What an erasure takes from a case: the change ``erased`` and what it leaves, as far as the fold is concerned."""

from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from domain.case import Case
from domain.change import Change


class Erasable(StrEnum):
    """What can be made unreadable by law. State, times, places on the map and who acted stay."""

    CONTACT = "contact"  # the reporter's name and telephone number
    REPORT_TEXT = "report_text"  # what was reported, and the title made of it
    ADDRESS = "address"
    NOTES = "notes"  # what the room and the units wrote


def erased(case: Case, change: Change) -> dict[str, Any]:
    """Return the fields an erasure alters; where the earlier changes are blank already, they stay as they are."""
    data = change.data
    what = set(data.get("what", ()))
    texts, contacts = set(data.get("reports", ())), set(data.get("contacts", ()))
    reports = tuple(
        replace(
            report,
            text="" if report.report_id in texts else report.text,
            has_contact=report.has_contact and report.report_id not in contacts,
        )
        for report in case.reports
    )
    fields: dict[str, Any] = {"reports": reports}
    if Erasable.REPORT_TEXT in what:
        fields["title"] = ""
    if Erasable.ADDRESS in what:
        fields["address"] = ""
    if Erasable.NOTES in what and case.request is not None:
        fields["request"] = replace(case.request, text="")
    return fields
