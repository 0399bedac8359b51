"""The lists a reason is chosen from (domain.md 2.2a). Names in both languages: ``reason.<list>.<code>``."""

from enum import StrEnum


class ReasonList(StrEnum):
    """Name of a list of reasons."""

    REJECT = "reject"  # 不予受理 / 不予立案
    RETURN = "return"  # 回退
    EXTENSION = "extension"  # 延期
    SUSPENSION = "suspension"  # 挂账
    REWORK = "rework"  # 返工
    VOID = "void"  # 作废
    SUPERVISE = "supervise"  # 督办
    SEND_UP = "send_up"  # 报送上级
    OVERRIDE = "override"  # 不派推荐单位
    CORRECT = "correct"  # 更正


REASONS: dict[ReasonList, tuple[str, ...]] = {
    ReasonList.REJECT: (
        "out_of_scope",
        "duplicate",
        "incomplete",
        "in_litigation",
        "anonymous_unverifiable",
        "pass_to_police",
    ),
    ReasonList.RETURN: ("not_our_duty", "ownership_unclear", "needs_several", "wrong_address", "beyond_power"),
    ReasonList.EXTENSION: ("weather", "materials", "approval", "site_conditions", "construction_cycle"),
    ReasonList.SUSPENSION: ("ownership_dispute", "special_funds", "planning", "litigation", "seasonal"),
    ReasonList.REWORK: ("not_handled", "incomplete", "photo_mismatch", "secondary_pollution", "party_dissatisfied"),
    ReasonList.VOID: ("duplicate", "false_alarm", "test", "merged_elsewhere"),
    ReasonList.SUPERVISE: ("overdue", "leader_instruction", "repeated_complaint", "major_urgent", "reworked_twice"),
    ReasonList.SEND_UP: ("beyond_power", "needs_several_towns", "major_urgent"),
    ReasonList.OVERRIDE: ("knows_the_case", "nearer_in_fact", "skill_or_gear", "suggested_busy", "leader_instruction"),
    ReasonList.CORRECT: ("misheard", "found_on_site", "told_again", "wrong_place", "typing"),
}
