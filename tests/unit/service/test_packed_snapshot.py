"""The snapshot that is sent with its cases still packed is, field for field, the one of the wire."""

import msgspec

from domain.wire import Snapshot
from service.snapshots import _Packed

PACKED = {"cases", "entries", "readings"}
"""Fields that go from the store to the wire unopened, or are left out for older wires."""


def _told(kind: type[msgspec.Struct]) -> list[tuple[str, bool, object]]:
    fields = msgspec.structs.fields(kind)
    return [(f.encode_name, f.required, None if f.name in PACKED else f.type) for f in fields]


def test_the_packed_snapshot_has_the_fields_of_the_wire_in_their_order() -> None:
    assert _told(_Packed) == _told(Snapshot)
