"""The audit key and what is signed with it: files, lines, rotation; a log that was rewritten is not signed."""

import os
from pathlib import Path

import pytest
from records import PASSPHRASE, Record, new_signer
from sqlalchemy import update
from stores import settled_store
from tampering import chained, let_go_of_the_log, put_back, rows_of, set_head

from domain.faults import Fault
from service.audit.heads import append_copy, head_of, is_signed_by, line_of, read_copy, sign_head
from service.audit.keys import make_key, parse_public, read_key
from service.audit.signing import place_of, sign_present_head
from service.audit.verdict import Damage
from service.store import tables as t


def database(record: Record) -> str:
    return record.store.url.render_as_string(hide_password=False)


def test_a_key_file_opens_with_its_passphrase_only_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    signer = make_key(path, PASSPHRASE)
    assert read_key(path, PASSPHRASE).public == signer.public
    assert b"ENCRYPTED" in path.read_bytes()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Fault, match="key_not_opened"):
        read_key(path, PASSPHRASE + "x")
    with pytest.raises(Fault, match="key_file_there"):
        make_key(path, PASSPHRASE)
    with pytest.raises(Fault, match="passphrase_length"):
        make_key(tmp_path / "other", "short")
    assert not (tmp_path / "other").exists()
    with pytest.raises(Fault, match="key_file_unreadable"):
        read_key(tmp_path / "none", PASSPHRASE)
    assert parse_public(signer.public.hex()) == signer.public
    with pytest.raises(Fault, match="public_key_bad"):
        parse_public("00")


def test_a_line_of_the_copy_gives_the_head_back_and_no_other(tmp_path: Path) -> None:
    signer, copy = new_signer(tmp_path), tmp_path / "heads.txt"
    head = sign_head(signer, "0123abcd", 7, b"h" * 32, "2026-03-03T00:30:00Z")
    append_copy(copy, head)
    append_copy(copy, head)
    assert read_copy(copy) == [head, head]
    assert is_signed_by(head_of(line_of(head)), signer.public)
    parts = line_of(head).split(" ")
    for i, other in ((1, "0123abce"), (2, "8"), (3, "00" * 32), (4, "2026-03-03T00:30:01Z")):
        altered = head_of(" ".join([*parts[:i], other, *parts[i + 1 :]]))
        assert not is_signed_by(altered, signer.public)
    copy.write_text(copy.read_text() + "onemap-head-1 broken\n")
    with pytest.raises(Fault, match="copy_unreadable") as raised:
        read_copy(copy)
    assert raised.value.params["line"] == 3


def test_the_present_head_is_signed_kept_and_copied(home: Path, tmp_path: Path) -> None:
    signer, copy = new_signer(tmp_path), tmp_path / "heads.txt"
    with settled_store(home) as (store, ledger):
        record = Record(store, ledger)
        record.register(signer)
        with place_of(database(record), None, "", None) as place:
            for _ in range(3):
                record.report()
                head = sign_present_head(place, signer, copy)
        assert read_copy(copy)[-1] == head
        verdict = record.check(copies=read_copy(copy), public=signer.public)
        assert (verdict.broken, verdict.signed_until) == (0, head.seq)


def test_a_log_that_was_rewritten_is_not_signed(home: Path, tmp_path: Path) -> None:
    signer, copy = new_signer(tmp_path), tmp_path / "heads.txt"
    with settled_store(home) as (store, ledger):
        record = Record(store, ledger)
        record.register(signer)
        record.report()
        with place_of(database(record), None, "", None) as place:
            sign_present_head(place, signer, copy)
        with store.writing.begin() as connection:
            let_go_of_the_log(connection)
            rows = rows_of(connection)
            rows[1]["actor"] = "somebody"
            chained(rows, 1)
            put_back(connection, rows)
            set_head(connection, rows)
        with place_of(database(record), None, "", None) as place, pytest.raises(Fault, match="log_rewritten"):
            sign_present_head(place, signer, copy)
        assert len(read_copy(copy)) == 1


def test_a_head_is_kept_only_where_it_belongs(tmp_path: Path) -> None:
    signer, stranger = new_signer(tmp_path), new_signer(tmp_path, "stranger")
    with settled_store(tmp_path) as (store, ledger):
        record = Record(store, ledger)
        with pytest.raises(Fault, match="no_audit_key"):
            record.sign(signer)
        record.register(signer)
        with pytest.raises(Fault, match="key_known"):
            record.register(signer)
        with pytest.raises(Fault, match="key_not_in_force"):
            record.sign(stranger)
        head = record.sign(signer)
        epoch, _ = record.head()
        from functools import partial

        from service.write.auditing import keep_head
        from service.write.work import SYSTEM

        for forged, key in (
            (sign_head(signer, epoch, head.seq, head.hash, head.signed_at), "head_signed_already"),
            (sign_head(signer, epoch, head.seq + 1, b"x" * 32, head.signed_at), "head_differs"),
            (sign_head(signer, epoch, head.seq + 99, head.hash, head.signed_at), "head_differs"),
            (sign_head(signer, "another", head.seq, head.hash, head.signed_at), "head_differs"),
        ):
            with pytest.raises(Fault, match=key):
                record.do(partial(keep_head, head=forged, author=SYSTEM))
        assert record.check().broken == 0


def test_a_new_key_is_trusted_by_the_word_of_the_old_one(tmp_path: Path) -> None:
    first, second, third = (new_signer(tmp_path, name) for name in ("1", "2", "3"))
    with settled_store(tmp_path) as (store, ledger):
        record = Record(store, ledger)
        record.register(first)
        record.sign(first)
        with pytest.raises(Fault, match="key_not_endorsed"):
            record.register(second)
        with pytest.raises(Fault, match="key_not_endorsed"):
            record.register(second, third)
        record.register(second, first)
        with pytest.raises(Fault, match="key_not_in_force"):
            record.sign(first)
        head = record.sign(second)
        assert record.check(public=first.public).signed_until == head.seq
        record.register(third, lost=True)
        lost = record.sign(third)
        assert {b.what for b in record.check(public=first.public).breaks} == {Damage.HEAD_FORGED}
        given = record.check(public=third.public)
        assert {b.what for b in given.breaks} == {Damage.HEAD_FORGED}
        assert given.signed_until == lost.seq


def test_an_endorsement_put_into_the_table_alone_counts_for_nothing(tmp_path: Path) -> None:
    first, second = new_signer(tmp_path, "1"), new_signer(tmp_path, "2")
    with settled_store(tmp_path) as (store, ledger):
        record = Record(store, ledger)
        record.register(first)
        record.register(second, lost=True)
        with store.writing.begin() as connection:
            word = {"endorsed_by": first.key_id, "endorsement": first.endorse(second.public)}
            connection.execute(update(t.audit_key).where(t.audit_key.c.key_id == second.key_id).values(word))
        assert {b.what for b in record.check().breaks} == {Damage.KEY_UNSAID}
