"""What a check of the record comes to: the breaks, the first of them and where, and how far it is signed."""

from dataclasses import dataclass, field
from enum import StrEnum

MOST_KEPT = 100


class Damage(StrEnum):
    """What can be wrong; said to people by ``verify.<value>``."""

    HOLE = "hole"  # a number is missing, or there twice
    UNREADABLE = "unreadable"  # a row does not hold what a change is made of
    LINK = "link"  # the envelope, or the order, is not what was hashed
    PAYLOAD = "payload"  # the payload is not what was sealed
    ERASED_UNSAID = "erased_unsaid"  # values are gone and no erasure says so
    HEAD_ROW = "head_row"  # the row of the head is not where the log ends
    CUT_OFF = "cut_off"  # a signed head lies beyond the end of the log
    HEAD_DIFFERS = "head_differs"  # the log is not the one that was signed
    HEAD_FORGED = "head_forged"  # the signature is not that of a key to be trusted
    HEAD_MISSING = "head_missing"  # the log says that a head was signed, and it is not kept
    KEY_UNSAID = "key_unsaid"  # a key is kept that the log does not know
    FOLD = "fold"  # the changes of a case cannot follow each other
    CASE_DIFFERS = "case_differs"  # a case is not what its changes make of it
    CASE_MISSING = "case_missing"
    CASE_UNSAID = "case_unsaid"  # a case is kept that no change made
    CONTACT_DIFFERS = "contact_differs"
    CONTACT_MISSING = "contact_missing"  # and no erasure says so
    CONTACT_UNSAID = "contact_unsaid"  # a contact is kept that no report brought
    PHOTO_DIFFERS = "photo_differs"
    ENTRY_FOLD = "entry_fold"  # the changes of an entry cannot follow each other
    ENTRY_DIFFERS = "entry_differs"  # an entry of the register is not what its last change made it
    ENTRY_MISSING = "entry_missing"
    ENTRY_UNSAID = "entry_unsaid"  # an entry is kept that no change made
    ACCOUNT_DIFFERS = "account_differs"  # an account may, or is, something else than its changes say
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_UNSAID = "account_unsaid"  # an account is kept that no change made


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that is wrong. ``seq`` is the change it shows at; ``about`` a case, report, key or photo."""

    seq: int
    what: Damage
    about: str = ""


@dataclass(slots=True)
class Verdict:
    """Everything a check found. ``breaks`` holds the first ``MOST_KEPT`` of each check, ``broken`` counts all.

    ``erasures_unsigned`` are the erasures no signed head covers: who holds the database can write such a change after
    the last head and take what it names. Nothing but the person who is said to have asked for it can tell.
    """

    checked: int = 0
    broken: int = 0
    signed_until: int = 0
    cases: int = 0
    contacts: int = 0
    photos: int = 0
    entries: int = 0
    accounts: int = 0
    erased: int = 0
    unproven: int = 0
    erasures_unsigned: list[int] = field(default_factory=list)
    breaks: list[Break] = field(default_factory=list)

    def add(self, seq: int, what: Damage, about: str = "") -> None:
        """Count a break, and keep it while there are not many."""
        self.broken += 1
        if len(self.breaks) < MOST_KEPT:
            self.breaks.append(Break(seq, what, about))

    @property
    def first(self) -> Break | None:
        """The break with the lowest number."""
        return min(self.breaks, key=lambda b: b.seq, default=None)
