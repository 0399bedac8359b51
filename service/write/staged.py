"""What is to be written: changes that are not sealed yet, cases, and rows that are ready.

Changes are sealed and rows laid out once all jobs of a transaction are judged, for all of them together: the same few
instructions one after the other take less time than between the rest of each job.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable

from domain.case import Case
from domain.change import Change, Seq, chain_hash
from domain.sealing import seal
from service.store import statements as sql
from service.store.rows import case_row, change_row
from service.write.chance import draw


@dataclass(slots=True)
class Staged:
    """Changes with their payloads; cases ``born`` and ``altered``, each with the change it stands after; ready rows."""

    changes: list[tuple[Change, bytes]] = field(default_factory=list)
    born: list[tuple[Case, Seq]] = field(default_factory=list)
    altered: list[tuple[Case, Seq]] = field(default_factory=list)
    rows: sql.Rows = field(default_factory=dict)

    def put(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Stage rows that are ready for a statement."""
        self.rows.setdefault(statement, []).extend(rows)

    def take(self, other: "Staged") -> None:
        """Stage what another has staged, behind one's own."""
        self.changes += other.changes
        self.born += other.born
        self.altered += other.altered
        for statement, rows in other.rows.items():
            self.put(statement, rows)

    def laid_out(self, link: bytes) -> tuple[sql.Rows, bytes]:
        """Return all rows by statement, and the hash of the last change, given that of the one before the first."""
        rows = dict(self.rows)
        if self.changes:
            sealed = [seal(payload, draw) for _, payload in self.changes]
            links = []
            for (change, _), (_, digest) in zip(self.changes, sealed, strict=True):
                link = chain_hash(link, change, digest)
                links.append(link)
            rows[sql.ADD_CHANGE] = [
                change_row(change, payload, salt, digest, hashed)
                for (change, payload), (salt, digest), hashed in zip(self.changes, sealed, links, strict=True)
            ]
        if self.born:
            rows[sql.ADD_CASE] = [case_row(case, seq) for case, seq in self.born]
        if self.altered:
            rows[sql.SET_CASE] = [_altering(case_row(case, seq)) for case, seq in self.altered]
        return rows, link


def _altering(row: dict[str, Any]) -> dict[str, Any]:
    row["which"] = row.pop("case_no")
    return row
