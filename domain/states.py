"""The states of a case (domain.md 2.2 and 2.2a) and the links of the chain they stand in."""

from enum import StrEnum


class CaseState(StrEnum):
    """State of a case. Names in both languages are in ``resources/locale`` under ``state.<value>``."""

    DRAFT = "draft"  # 草稿
    REPORTED = "reported"  # 待受理
    VERIFYING = "verifying"  # 核实中
    PENDING_FILE = "pending_file"  # 待立案
    REJECTED = "rejected"  # 不予受理 / 不予立案
    PENDING_DISPATCH = "pending_dispatch"  # 待派遣
    PENDING_HANDLE = "pending_handle"  # 待处置 (待签收)
    HANDLING = "handling"  # 处置中
    SUSPENDED = "suspended"  # 挂账中
    ESCALATED = "escalated"  # 已上报 (县级办理中)
    PENDING_CHECK = "pending_check"  # 待核查
    CHECKING = "checking"  # 核查中
    PENDING_CLOSE = "pending_close"  # 待结案
    CLOSED = "closed"  # 已结案
    EVALUATED = "evaluated"  # 已评价
    VOIDED = "voided"  # 作废
    RECORDED = "recorded"  # 备案
    MERGED = "merged"  # 已并案


ENDED = frozenset(
    {
        CaseState.REJECTED,
        CaseState.CLOSED,
        CaseState.EVALUATED,
        CaseState.VOIDED,
        CaseState.RECORDED,
        CaseState.MERGED,
    }
)
"""States in which nothing runs any more. A few of them can still be left (redo, unmerge)."""

OPEN = frozenset(CaseState) - ENDED - {CaseState.DRAFT}
"""States in which the room still owes something."""


class Link(StrEnum):
    """A link of the chain: the steps an operator sees across the top of a case."""

    ACCEPT = "accept"  # 受理
    VERIFY = "verify"  # 核实
    FILE = "file"  # 立案
    DISPATCH = "dispatch"  # 派遣
    HANDLE = "handle"  # 处置
    CHECK = "check"  # 核查
    CLOSE = "close"  # 结案


LINK_OF: dict[CaseState, Link] = {
    CaseState.REPORTED: Link.ACCEPT,
    CaseState.VERIFYING: Link.VERIFY,
    CaseState.PENDING_FILE: Link.FILE,
    CaseState.PENDING_DISPATCH: Link.DISPATCH,
    CaseState.PENDING_HANDLE: Link.HANDLE,
    CaseState.HANDLING: Link.HANDLE,
    CaseState.SUSPENDED: Link.HANDLE,
    CaseState.ESCALATED: Link.HANDLE,
    CaseState.PENDING_CHECK: Link.CHECK,
    CaseState.CHECKING: Link.CHECK,
    CaseState.PENDING_CLOSE: Link.CLOSE,
}
"""The link an open case stands in."""


class Channel(StrEnum):
    """Where a report came from. Names under ``channel.<value>``."""

    GRID_WORKER = "grid_worker"  # 网格员
    PUBLIC = "public"  # 公众 (app)
    HOTLINE = "hotline"  # 12345
    COUNTER = "counter"  # 窗口
    SENSOR = "sensor"  # 传感器
    VIDEO = "video"  # 视频
    UPPER = "upper"  # 上级交办
    IMPORT = "import"  # taken over from another system
    MEDIA = "media"  # 媒体


class Supervise(StrEnum):
    """Supervision level (督办), from none up to a red card."""

    NONE = "none"
    ORDINARY = "ordinary"  # 普通督办
    YELLOW = "yellow"  # 黄牌
    RED = "red"  # 红牌


SUPERVISE_ORDER = (Supervise.NONE, Supervise.ORDINARY, Supervise.YELLOW, Supervise.RED)


class RequestKind(StrEnum):
    """What a case may be waiting to have approved."""

    RETURN = "return"  # 回退
    EXTENSION = "extension"  # 延期
    SUSPENSION = "suspension"  # 挂账
    VOID = "void"  # 作废
    SEND_UP = "send_up"  # 上报
    REDO = "redo"  # 重办
    APPEAL = "appeal"  # 超时申诉


class Satisfaction(StrEnum):
    """Answer of a revisit."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    NOT = "not"
    UNREACHED = "unreached"
