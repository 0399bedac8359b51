"""Taking in an address base. The same code with the same content is a duplicate, with other content it replaces."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from domain.change import Subject
from domain.faults import invalid
from domain.wire import ImportedAddress, RowResult
from service.access import Asker
from service.write.importing import ACCEPTED, DUPLICATE, rejected
from service.write.reporting import author_of
from service.write.work import Work


def import_addresses(work: Work, rows: Sequence[ImportedAddress], asker: Asker, *, dry_run: bool) -> list[RowResult]:
    """Take in addresses. One change says how many, and their digest.

    Of several rows under one code the last counts, and the others are duplicates of it.
    """
    from service.addresses.keeping import known, stage  # noqa: PLC0415 - numpy, which a start need not load

    before = known(work.connection, {row.code for row in rows})
    foreign = [row.code in before and before[row.code].source != row.source for row in rows]
    last = {row.code: i for i, row in enumerate(rows) if not foreign[i]}
    fresh: dict[str, ImportedAddress] = {}
    results: list[RowResult] = []
    for i, row in enumerate(rows):
        kept = before.get(row.code)
        if kept is not None and foreign[i]:
            results.append(rejected(invalid("address_of_another_source", code=row.code, source=kept.source)))
        elif i != last[row.code] or (kept is not None and kept.is_same_as(row)):
            results.append(DUPLICATE)
        else:
            fresh[row.code] = row
            results.append(ACCEPTED)
    if fresh and not dry_run:
        replaced = {code: before[code] for code in fresh if code in before}
        taken = list(fresh.values())
        stage(work.connection, work.put, taken, replaced)
        data = {
            "added": len(taken) - len(replaced),
            "changed": len(replaced),
            "first": taken[0].code,
            "last": taken[-1].code,
            "digest": sha256(msgspec.json.encode(taken)).hexdigest(),
        }
        work.record(Subject.ADDRESS, taken[0].source, "imported", author_of(asker), data)
    return results
