"""Contacts of reporters: beside the log, proven by a digest in it that tells nothing once the contact is gone."""

from typing import Any, NamedTuple

from domain.case import Contact
from domain.ids import CaseNo, ReportId
from service.audit.folds import contact_digest
from service.store import statements as sql
from service.write.chance import draw
from service.write.work import Work

SALT = 16


class SealedContact(NamedTuple):
    """A contact as it will be kept, and what the change that brings it says of it."""

    row: dict[str, Any]
    digest: str


def has_contact(contact: Contact | None) -> bool:
    """Return whether there is anything to call back by."""
    return contact is not None and bool(contact.name.strip() or contact.phone.strip())


def seal_contact(report_id: ReportId, contact: Contact | None) -> SealedContact | None:
    """Return a contact ready to be kept, None where there is nothing to call back by."""
    if contact is None or not has_contact(contact):
        return None
    salt, name, phone = draw(SALT), contact.name.strip(), contact.phone.strip()
    row = {"report_id": report_id, "name": name, "phone": phone, "salt": salt}
    return SealedContact(row, contact_digest(salt, report_id, name, phone))


def said_of(sealed: SealedContact | None) -> dict[str, str]:
    """Return what is added to the payload of the change that brings a contact."""
    return {} if sealed is None else {"contact": sealed.digest}


def keep_contact(work: Work, case_no: CaseNo, sealed: SealedContact | None) -> None:
    """Stage a contact for the erasable table beside the log."""
    if sealed is not None:
        work.put(sql.ADD_CONTACT, {**sealed.row, "case_no": case_no})
