"""The snapshot that is sent with its cases still packed is, field for field, the one of the wire."""

import msgspec

from domain.wire import Snapshot
from service.snapshots import _Packed


def test_the_packed_snapshot_has_the_fields_of_the_wire_in_their_order() -> None:
    packed = [
        (f.encode_name, f.required, None if f.name == "cases" else f.type) for f in msgspec.structs.fields(_Packed)
    ]
    wire = [
        (f.encode_name, f.required, None if f.name == "cases" else f.type) for f in msgspec.structs.fields(Snapshot)
    ]
    assert packed == wire
