"""The register (台账): everything lasting that is not a case, by one mechanism.

An entry is a fold of its changes (``Subject.ENTRY``, actions ``put`` and ``remove``). A ``put`` carries the whole body,
so what an entry was like before can be put again: that is how it is undone. ``REGISTERS`` says per kind what a body
is and who may do what; a new kind is a struct, a member of ``EntryKind`` and a row there.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
from msgspec import Meta

from domain import register_alarm as alarm
from domain import register_fence as fence
from domain import register_map as maps
from domain import register_message as message
from domain import register_plan as plans
from domain import register_rollcall as rollcall
from domain import register_runcard as runcard
from domain import register_shift as shift
from domain import register_whistle as whistle
from domain.change import Change, Subject
from domain.faults import Fault, invalid, not_found
from domain.ids import AccountId, DivisionCode, EntryId
from domain.people import ROOM_ROLES, Role
from domain.register_judging import Judge
from domain.register_shapes import Body, Spot
from domain.register_text import Template

_ENTRY_ID = re.compile(r"[\w.-]{1,64}")
"""Letters and digits of any script, underscore, hyphen and point."""
MAX_VERSION = 1_000_000
PUT = "put"
REMOVE = "remove"

B = TypeVar("B", bound=Body)


class EntryKind(StrEnum):
    """A register. Names in both languages are ``register.<value>``."""

    CAMERA = "camera"  # 视频点位
    COMPONENT = "component"  # 部件与感知设备
    HAZARD = "hazard"  # 风险区域
    DRAWING = "drawing"  # 标绘
    GEOFENCE = "geofence"  # 电子围栏
    FENCE_ALERT = "fence_alert"  # 围栏提醒
    SOS = "sos"  # 紧急求助
    ROLL_CALL = "roll_call"  # 点名
    MESSAGE = "message"  # 消息
    SAVED_VIEW = "saved_view"  # 视图收藏
    SHARED_VIEW = "shared_view"  # 共享视图
    POST = "post"  # 岗位
    DUTY = "duty"  # 在岗
    HANDOVER = "handover"  # 交接班
    LOG_NOTE = "log_note"  # 值班日志
    PHONE = "phone"  # 值班电话
    TEMPLATE = "template"  # 模板
    RUN_CARD = "run_card"  # 调派预案卡
    WHISTLE = "whistle"  # 吹哨
    SIGN_IN = "sign_in"  # 报到
    PLAN = "plan"  # 预案
    CHECKLIST = "checklist"  # 预案清单
    TICK = "tick"  # 清单勾选
    UNKNOWN = "unknown"  # of a later program: passed over

    @classmethod
    def _missing_(cls, value: object) -> "EntryKind":
        """A register this program does not know is no reason to refuse a whole picture."""
        return cls.UNKNOWN


class Entry(msgspec.Struct, frozen=True):
    """One entry as it stands. ``author`` put it first and ``by`` last, at ``at``; ``read_body`` gives its body a type.

    ``area`` is the division it belongs to. After ``expires_at`` it no longer counts. A removed one has no body.
    """

    kind: EntryKind
    entry_id: EntryId
    version: int
    author: AccountId
    by: AccountId
    at: datetime
    area: str = ""
    expires_at: datetime | None = None
    removed: bool = False
    body: dict[str, Any] = {}

    @property
    def key(self) -> str:
        """What its changes are about."""
        return subject_id(self.kind, self.entry_id)

    def counts(self, now: datetime) -> bool:
        """Return whether it is there and has not expired."""
        return not self.removed and (self.expires_at is None or now < self.expires_at)


class EntryPut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``PUT /v1/register/{kind}/{id}``: the whole entry as it is to be, and the version that was seen (0: a new one).

    ``area`` may be left out where the body has a place: then it is the division that place lies in.
    """

    body: dict[str, Any]
    version: Annotated[int, Meta(ge=0, le=MAX_VERSION)] = 0
    expires_at: datetime | None = None
    area: Annotated[str, Meta(max_length=12)] = ""


class RegisterRule(msgspec.Struct, frozen=True):
    """What holds for a register.

    ``write`` may put and remove; ``others`` those of them who may also alter what somebody else has put. ``private``
    entries are their author's alone. ``expires`` says whether one may have an end. ``most`` is how many there may be,
    of a private register for each author. ``reports`` says that its things send readings. ``down`` entries are seen
    in every part of the area they belong to. ``about`` names the register of the entry it is part of, and the field
    that names that entry: it belongs where that belongs, and may be put wherever that is seen. ``step`` judges what
    an entry becomes, ``judge`` with the moment, the rules and who puts it at hand.
    """

    body: type[Body]
    write: frozenset[Role]
    read: frozenset[Role]
    others: frozenset[Role]
    most: int
    private: bool = False
    expires: bool = False
    reports: bool = False
    down: bool = False
    about: tuple[EntryKind, str] | None = None
    step: "Step | None" = None
    judge: Judge | None = None


class Step(Protocol):
    """Judges what becomes of an entry: its bodies before and after, None where there is none. Raises ``Fault``."""

    def __call__(self, held: Mapping[str, Any] | None, body: Mapping[str, Any] | None, *, own: bool) -> None:
        """``own``: whoever does it put the entry first."""


R = Role
_FIELD = frozenset({R.GRID_WORKER, R.HANDLER})
_SHOWN = ROOM_ROLES | _FIELD | {R.COUNTY, R.GATEWAY, R.READER, R.IMPORTER}
_CHIEFS = frozenset({R.DUTY_CHIEF, R.DUTY_LEADER})
_ROOM = ROOM_ROLES | {R.SYSTEM_ADMIN}
_FENCERS = _CHIEFS | {R.DISPATCHER}
_KEEPERS = frozenset({R.DUTY_CHIEF, R.DISPATCHER, R.SYSTEM_ADMIN, R.IMPORTER})

_PLANNERS = _CHIEFS | {R.SYSTEM_ADMIN, R.IMPORTER}

REGISTERS: dict[EntryKind, RegisterRule] = {
    EntryKind.CAMERA: RegisterRule(
        maps.Camera, _KEEPERS, ROOM_ROLES | {R.COUNTY, R.GATEWAY, R.READER} | _KEEPERS, _KEEPERS, 5_000, reports=True
    ),
    EntryKind.COMPONENT: RegisterRule(
        maps.Component, _KEEPERS, _SHOWN | {R.SYSTEM_ADMIN}, _KEEPERS, 20_000, reports=True
    ),
    EntryKind.HAZARD: RegisterRule(maps.Hazard, ROOM_ROLES, _SHOWN, ROOM_ROLES, 500, expires=True, down=True),
    EntryKind.DRAWING: RegisterRule(maps.Drawing, ROOM_ROLES, _SHOWN, _CHIEFS, 2_000, expires=True, down=True),
    EntryKind.GEOFENCE: RegisterRule(
        fence.Geofence, _FENCERS, ROOM_ROLES | _FIELD, _FENCERS, 1_000, expires=True, down=True
    ),
    EntryKind.FENCE_ALERT: RegisterRule(
        fence.FenceAlert,
        ROOM_ROLES,
        ROOM_ROLES,
        ROOM_ROLES,
        fence.MOST_ALERTS,
        expires=True,
        down=True,
        step=fence.alert_step,
    ),
    EntryKind.POST: RegisterRule(shift.Post, _CHIEFS | {R.SYSTEM_ADMIN}, _ROOM, _CHIEFS | {R.SYSTEM_ADMIN}, 100),
    EntryKind.DUTY: RegisterRule(shift.Duty, ROOM_ROLES, _ROOM, _CHIEFS, 500, expires=True, step=shift.duty_step),
    EntryKind.HANDOVER: RegisterRule(
        shift.Handover, ROOM_ROLES, ROOM_ROLES, ROOM_ROLES, 2_000, expires=True, step=shift.handover_step
    ),
    EntryKind.LOG_NOTE: RegisterRule(shift.LogNote, ROOM_ROLES, ROOM_ROLES, frozenset(), 20_000, expires=True),
    EntryKind.PHONE: RegisterRule(shift.Phone, _CHIEFS | {R.SYSTEM_ADMIN}, _ROOM, _CHIEFS | {R.SYSTEM_ADMIN}, 500),
    EntryKind.SOS: RegisterRule(
        alarm.Sos,
        ROOM_ROLES | _FIELD | {R.GATEWAY},
        ROOM_ROLES | {R.GATEWAY},
        ROOM_ROLES,
        5_000,
        expires=True,
        down=True,
        step=alarm.sos_step,
    ),
    EntryKind.ROLL_CALL: RegisterRule(
        rollcall.RollCall, ROOM_ROLES, ROOM_ROLES, ROOM_ROLES, 5_000, expires=True, step=rollcall.roll_call_step
    ),
    EntryKind.MESSAGE: RegisterRule(
        message.Message,
        ROOM_ROLES | {R.GATEWAY},
        ROOM_ROLES | {R.GATEWAY},
        ROOM_ROLES | {R.GATEWAY},
        20_000,
        expires=True,
        step=message.message_step,
    ),
    EntryKind.SAVED_VIEW: RegisterRule(
        maps.SavedView, ROOM_ROLES | {R.COUNTY}, ROOM_ROLES | {R.COUNTY}, frozenset(), 200, private=True
    ),
    EntryKind.TEMPLATE: RegisterRule(Template, ROOM_ROLES, ROOM_ROLES, _CHIEFS, 500, down=True),
    EntryKind.RUN_CARD: RegisterRule(runcard.RunCard, _PLANNERS, _ROOM | {R.IMPORTER}, _PLANNERS, 500, down=True),
    EntryKind.WHISTLE: RegisterRule(
        whistle.Whistle,
        _FENCERS,
        ROOM_ROLES | {R.HANDLER, R.GATEWAY},
        _FENCERS,
        5_000,
        expires=True,
        down=True,
        step=whistle.whistle_step,
        judge=whistle.judge_whistle,
    ),
    EntryKind.SIGN_IN: RegisterRule(
        whistle.SignIn,
        ROOM_ROLES | {R.HANDLER, R.GATEWAY},
        ROOM_ROLES | {R.HANDLER, R.GATEWAY},
        ROOM_ROLES | {R.GATEWAY},
        20_000,
        expires=True,
        down=True,
        about=(EntryKind.WHISTLE, "whistle"),
        step=whistle.sign_in_step,
        judge=whistle.judge_sign_in,
    ),
    EntryKind.PLAN: RegisterRule(plans.Plan, _PLANNERS, _ROOM | {R.IMPORTER}, _PLANNERS, 500, down=True),
    EntryKind.CHECKLIST: RegisterRule(
        plans.Checklist,
        ROOM_ROLES,
        ROOM_ROLES,
        ROOM_ROLES,
        5_000,
        expires=True,
        down=True,
        step=plans.checklist_step,
        judge=plans.judge_checklist,
    ),
    EntryKind.TICK: RegisterRule(
        plans.Tick,
        ROOM_ROLES,
        ROOM_ROLES,
        ROOM_ROLES,
        20_000,
        expires=True,
        down=True,
        about=(EntryKind.CHECKLIST, "checklist"),
        step=plans.tick_step,
        judge=plans.judge_tick,
    ),
    EntryKind.SHARED_VIEW: RegisterRule(maps.SharedView, ROOM_ROLES, ROOM_ROLES | {R.COUNTY}, _CHIEFS, 200, down=True),
}
"""Every register. What is not in it is refused. ``docs/access.md`` is written from it."""


def subject_id(kind: EntryKind, entry_id: str) -> str:
    """Return what the changes of an entry are about."""
    return f"{kind.value}:{entry_id}"


def split_subject(subject: str) -> tuple[EntryKind, EntryId]:
    """Return kind and id of what a change is about."""
    kind, _, entry_id = subject.partition(":")
    return EntryKind(kind), EntryId(entry_id)


def check_entry_id(given: str) -> EntryId:
    """Return an id that can stand in an address. Raises ``Fault('entry_id_bad')``."""
    if not _ENTRY_ID.fullmatch(given):
        raise invalid("entry_id_bad", entry_id=given[:64])
    return EntryId(given)


def parse_kind(name: str) -> EntryKind:
    """Return the register of a name. Raises ``Fault('unknown_register')``."""
    kind = EntryKind(name)
    if kind not in REGISTERS:
        raise not_found("unknown_register", kind=name[:40])
    return kind


@cache
def kind_of(body: type[Body]) -> EntryKind:
    """Return the register whose entries have this body. Raises KeyError."""
    return next(kind for kind, rule in REGISTERS.items() if rule.body is body)


def readable(roles: Iterable[Role]) -> frozenset[EntryKind]:
    """Return the registers somebody with these roles may read."""
    held = frozenset(roles)
    return frozenset(kind for kind, rule in REGISTERS.items() if rule.read & held)


def checked_body(kind: EntryKind, body: Any) -> dict[str, Any]:
    """Return a body as it is kept: complete and of plain values. Raises ``Fault('entry_body_bad')``."""
    try:
        typed = msgspec.convert(body, REGISTERS[kind].body)
        typed.check()
    except msgspec.ValidationError as error:
        raise invalid("entry_body_bad", detail=str(error)[:200]) from None
    plain: dict[str, Any] = msgspec.to_builtins(typed)
    return plain


def read_body(entry: Entry, kind: type[B]) -> B | None:
    """Return the body of an entry in its own type, None for one that cannot be read (of a later program)."""
    try:
        return msgspec.convert(entry.body, kind)
    except (msgspec.ValidationError, Fault):
        return None


def place_of(kind: EntryKind, body: dict[str, Any]) -> Spot | None:
    """Return a point of a body that was checked; None where it is nowhere."""
    return msgspec.convert(body, REGISTERS[kind].body).place()


def reaches(rule: RegisterRule, area: str, reader: str) -> bool:
    """Return whether an entry of a division is for somebody whose area is ``reader`` ("" is everywhere)."""
    return area.startswith(reader) or (rule.down and reader.startswith(area))


def fold_entry(change: Change) -> Entry:
    """Return the entry after one of its changes; each says all of it. Raises ValueError for a change it cannot read."""
    if change.subject is not Subject.ENTRY or change.action not in (PUT, REMOVE):
        raise ValueError(f"change {change.seq} is no change of an entry")
    kind, entry_id = split_subject(change.subject_id)
    data = change.data
    until = data.get("expires_at")
    removed = change.action == REMOVE
    return Entry(
        kind=kind,
        entry_id=entry_id,
        version=change.version,
        author=AccountId(data["author"]),
        by=change.actor,
        at=change.recorded_at,
        area=DivisionCode(data.get("area", "")),
        expires_at=None if until is None or removed else datetime.fromisoformat(until),
        removed=removed,
        body={} if removed else data["body"],
    )


def area_before(change: Change) -> str:
    """Return the area an entry had before a change, "" where it was the same: who saw it there hears that it went."""
    return str(change.data.get("from_area", ""))
