"""The outbox's journal: whatever a crash or a hand does to the file, no record is invented, swapped or reordered."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.outbox.cipher import SEAL_BYTES, Cipher, new_master
from client.outbox.journal import HEADER_BYTES, Journal, parse
from domain.faults import Fault

KEY = new_master()
LINES = [b"one", b"second", b"", b"fourth" * 50]


def cipher(name: str = "li") -> Cipher:
    return Cipher(KEY, name)


def written(path: Path, lines: list[bytes]) -> bytes:
    journal = Journal(path, cipher())
    for line in lines:
        journal.append([line])
    journal.close()
    return path.read_bytes()


def reopened(path: Path) -> tuple[list[bytes], int]:
    journal = Journal(path, cipher())
    try:
        return journal.read(), journal.damaged
    finally:
        journal.close()


def test_what_was_appended_is_there_again_and_cannot_be_read_by_hand(tmp_path: Path) -> None:
    content = written(tmp_path / "a", [*LINES, "李先生 13800000000".encode()])
    assert reopened(tmp_path / "a") == ([*LINES, "李先生 13800000000".encode()], 0)
    assert b"13800000000" not in content
    assert oct((tmp_path / "a").stat().st_mode)[-3:] == "600" or os.name == "nt"


def test_cut_off_at_any_byte_a_prefix_is_left_and_the_next_append_follows_it(tmp_path: Path) -> None:
    content = written(tmp_path / "a", LINES)
    ends = [len(written(tmp_path / f"p{n}", LINES[:n])) for n in range(len(LINES) + 1)]
    for cut in range(HEADER_BYTES, len(content) + 1, 5):
        path = tmp_path / "cut"
        path.write_bytes(content[:cut])
        whole = max(n for n in range(len(LINES) + 1) if ends[n] <= cut)
        journal = Journal(path, cipher())
        assert journal.read() == LINES[:whole]
        assert journal.damaged == 0
        journal.append([b"after"])
        journal.close()
        assert reopened(path) == ([*LINES[:whole], b"after"], 0)
        path.unlink()


def test_an_end_of_zeros_as_a_power_cut_leaves_it_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(written(path, LINES) + bytes(4096))
    assert reopened(path) == (LINES, 0)


@settings(max_examples=30)
@given(st.data())
def test_a_flipped_bit_never_yields_another_record(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flip") / "a"
    content = bytearray(written(path, LINES))
    at = data.draw(st.integers(HEADER_BYTES, len(content) - 1))
    content[at] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    records, damaged = reopened(path)
    assert [line for line in LINES if line in records] == records
    assert len(records) < len(LINES)
    assert damaged or records == LINES[: len(records)]
    if damaged:
        assert path.with_name("a.damaged").read_bytes() == content


def test_a_last_record_whose_length_was_altered_is_told_of_and_hides_none_that_follows(tmp_path: Path) -> None:
    path = tmp_path / "a"
    content = bytearray(written(path, LINES))
    last = len(content) - len(LINES[-1]) - SEAL_BYTES
    content[last - 2] += 1  # 256 bytes more than there are
    path.write_bytes(content)
    assert reopened(path) == (LINES[:-1], 1)
    assert path.with_name("a.damaged").read_bytes() == content
    journal = Journal(path, cipher())
    journal.read()
    journal.append([b"after"])
    journal.close()
    assert reopened(path) == ([*LINES[:-1], b"after"], 0)


def test_records_cannot_be_swapped_left_out_or_put_back(tmp_path: Path) -> None:
    path = tmp_path / "a"
    journal = Journal(path, cipher())
    starts = [journal.size_bytes]
    for line in (b"aaaa", b"bbbb", b"cccc"):
        journal.append([line])
        starts.append(journal.size_bytes)
    journal.close()
    content = path.read_bytes()
    head, a, b, c = content[: starts[0]], *(content[starts[n] : starts[n + 1]] for n in range(3))
    for forged in (head + b + a + c, head + a + c, head + a + a + b + c):
        assert parse(forged, cipher()).records != [b"aaaa", b"bbbb", b"cccc"]
        assert b"bbbb" not in parse(head + b + a + c, cipher()).records
    journal = Journal(path, cipher())
    journal.read()
    journal.rewrite([b"new"])
    journal.close()
    assert reopened(path) == ([b"new"], 0)
    assert parse(path.read_bytes()[:HEADER_BYTES] + a, cipher()).records == []


def test_another_queue_s_key_opens_nothing(tmp_path: Path) -> None:
    content = written(tmp_path / "a", LINES)
    assert parse(content, cipher("wang")).records == []
    assert parse(content, Cipher(new_master(), "li")).records == []


def test_a_full_disk_appends_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    journal = Journal(path, cipher())
    journal.append([b"kept"])

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("client.outbox.journal.os.fsync", full)
        with pytest.raises(Fault, match="outbox_unwritable"):
            journal.append([b"a longer one that is lost"])
    journal.append([b"next"])
    journal.close()
    assert reopened(path) == ([b"kept", b"next"], 0)
