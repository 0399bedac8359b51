"""How old something is, as it is told everywhere: on the map, in panels and lists."""

from resources.words import Words

DAY_S = 86_400


def age_text(age_s: float, words: Words) -> str:
    """Return ``12 秒前``, ``4 分前``, ``3 小时前`` or ``2 天前``; an age below zero counts as none."""
    seconds = max(0, int(age_s))
    if seconds < 60:
        return words("desk.age.seconds", n=seconds)
    if seconds < 3600:
        return words("desk.age.minutes", n=seconds // 60)
    if seconds < DAY_S:
        return words("desk.age.hours", n=seconds // 3600)
    return words("desk.age.days", n=seconds // DAY_S)
