"""Lines of the duty log: of each register they say which entry it was, and where it has no name, only what was done."""

from datetime import UTC, datetime
from typing import Any

import pytest

from client.picture import Picture
from console.shiftrows import log_rows
from domain.change import Change, Seq, Subject
from domain.ids import SERVICE, AccountId
from domain.register import EntryKind, subject_id
from resources.words import Words
from tests.unit.client.peer import snapshot
from widgets.names import Names

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "body", "zh", "en"),
    [
        (EntryKind.MESSAGE, {"text": "去老街"}, "消息 更新：去老街", "Messages: 去老街"),
        (EntryKind.GEOFENCE, {"name": "警戒线"}, "电子围栏 更新：警戒线", "geofences: 警戒线"),
        (EntryKind.ROLL_CALL, {}, "点名 已更新", "Roll calls: one changed"),
    ],
)
def test_a_line_says_which_entry_it_was(kind: EntryKind, body: dict[str, Any], zh: str, en: str) -> None:
    change = Change(Seq(1), Subject.ENTRY, subject_id(kind, "e1"), "put", AccountId("li"), AT, data={"body": body})
    picture = Picture(snapshot(0))
    for language, said in (("zh-CN", zh), ("en", en)):
        (row,) = log_rows([change], picture, Names(Words(language)))
        assert row.text == said


def test_what_the_service_did_by_itself_is_told_in_words() -> None:
    change = Change(1, Subject.TOWN, "330699103", "loaded", SERVICE, AT)
    for language, who, said in (("zh-CN", "系统", "载入镇街资料"), ("en", "System", "loaded the town")):
        (row,) = log_rows([change], Picture(snapshot(0)), Names(Words(language)))
        assert (row.who, row.text) == (who, said)
