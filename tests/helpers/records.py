"""A record with some life in it, and the audit administrator's key, for tests of verifying, erasing and pruning."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from stores import GATE, ROOM, make_asker
from towns import MORNING

from domain.case import Case, Contact, NewReport
from domain.change import Subject
from domain.command import Command
from domain.ids import AttachmentId, CaseNo
from domain.people import Role
from domain.states import CaseState, Channel
from domain.wire import ImportedCase
from domain.wire_audit import SignedHead
from service.access import sight_of
from service.audit.heads import sign_head
from service.audit.keys import Signer, make_key
from service.audit.photos import new_photo_id
from service.audit.verdict import Verdict
from service.audit.verify import check
from service.store import reads
from service.store import statements as sql
from service.store.engine import Store
from service.world import META_EPOCH
from service.write.acting import act, log_export, reveal
from service.write.auditing import add_key, keep_head
from service.write.importing import import_cases
from service.write.ledger import Ledger
from service.write.reporting import take_report
from service.write.transaction import Job, transact
from service.write.work import SYSTEM, Work

AUDITOR = make_asker("auditor", Role.AUDIT_ADMIN)
PASSPHRASE = "a long enough passphrase"
NAME, PHONE = "欧阳某某", "13900007777"
WORDS = "南门张某某家门口有垃圾。他的电话是 13911112222"
PLACE = "南门弄堂十七号"


class Record:
    """A store being lived in. Each call is one transaction; what refuses it is raised."""

    def __init__(self, store: Store, ledger: Ledger, clock: Callable[[], datetime] = lambda: MORNING) -> None:
        self.store, self.ledger, self.clock = store, ledger, clock
        self._numbers = count(1)

    def do(self, run: Callable[[Work], Any]) -> Any:
        """Do one job."""
        with self.store.writing.connect() as connection:
            answer = transact(connection, self.ledger, [Job(run, alone=True)], self.clock).answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def report(self, text: str = WORDS, *, contact: bool = True, photos: tuple[AttachmentId, ...] = ()) -> Case:
        """Bring in a report of the public, with a contact."""
        given = Contact(NAME, PHONE) if contact else None
        report = NewReport(
            Channel.HOTLINE,
            text,
            kind="01-02",
            address=PLACE,
            lon=120.805,
            lat=29.555,
            source="t",
            source_no=str(next(self._numbers)),
            contact=given,
            photos=photos,
        )
        case: Case = self.do(partial(take_report, report=report, asker=GATE)).case
        return case

    def act(self, case_no: CaseNo, action: str, **args: Any) -> Case:
        """Act on a case as the room, at its present version."""
        version = self.case(case_no).version
        command = Command(action, version, args)
        run = partial(act, case_no=case_no, command=command, asker=ROOM, sight=sight_of(ROOM.own))
        case: Case = self.do(run).case
        return case

    def case(self, case_no: CaseNo) -> Case:
        """Return a case as its row has it."""
        with self.store.reading.begin() as connection:
            case = reads.case(connection, case_no)
        assert case is not None
        return case

    def photo(self, full: bytes = b"full", thumb: bytes = b"thumb") -> AttachmentId:
        """Keep something in a photo's place."""
        photo_id = new_photo_id(full, thumb)
        row = {"attachment_id": photo_id, "width": 1, "height": 1, "added_by": "gate", "added_at": 1}
        self.do(lambda work: work.put(sql.ADD_ATTACHMENT, {**row, "full_jpeg": full, "thumb_jpeg": thumb, "used": 0}))
        return photo_id

    def live(self) -> list[Case]:
        """Let some cases happen: handled, merged, unmerged, imported, looked at, exported."""
        photo = self.photo()
        first = self.report(photos=(photo,))
        second = self.report("河边有人倒垃圾", contact=False)
        third = self.report('桥头路灯坏了："很暗"，请派人', contact=True)
        for case in (first, second, third):
            self.act(case.case_no, "accept", text="电话核实过")
        self.act(first.case_no, "file", condition="c1")
        self.act(third.case_no, "file", condition="c1")
        self.act(first.case_no, "merge", into=third.case_no)
        self.act(first.case_no, "unmerge")
        self.act(first.case_no, "merge", into=third.case_no)
        self.act(third.case_no, "dispatch", unit="u-sanitation")
        number, state = str(next(self._numbers)), CaseState.CLOSED
        row = ImportedCase("old", number, state, "旧类别", "旧案", MORNING, text="旧的文字", closed_at=MORNING)
        self.do(partial(import_cases, rows=[row], known=[], asker=GATE, dry_run=False))
        sight = sight_of(ROOM.own)
        self.do(partial(reveal, case_no=third.case_no, reason="回访核实", asker=ROOM, sight=sight))
        self.do(partial(log_export, asker=ROOM, filters={"state": ""}))
        self.do(lambda work: work.record(Subject.TOWN, "330699103", "noted", SYSTEM, {}))
        return [self.case(c.case_no) for c in (first, second, third)]

    def head(self) -> tuple[str, reads.Head]:
        """Return the epoch and the head."""
        with self.store.reading.begin() as connection:
            return (reads.meta(connection, META_EPOCH) or b"").decode(), reads.head(connection)

    def sign(self, signer: Signer) -> SignedHead:
        """Sign the present head and keep it."""
        epoch, head = self.head()
        signed = sign_head(signer, epoch, head.seq, head.hash, "2026-03-03T00:30:00Z")
        self.do(partial(keep_head, head=signed, author=SYSTEM))
        return signed

    def register(self, signer: Signer, before: Signer | None = None, *, lost: bool = False) -> None:
        """Register a public key, with the word of the one before."""
        word = None if before is None else before.endorse(signer.public)
        self.do(partial(add_key, public=signer.public, endorsement=word, author=SYSTEM, lost=lost))

    def check(self, **given: Any) -> Verdict:
        """Check the record."""
        with self.store.reading.connect() as connection, connection.begin():
            return check(connection, **given)


def new_signer(folder: Path, name: str = "audit.key") -> Signer:
    """Return a new key, kept in a folder."""
    return make_key(folder / name, PASSPHRASE)
