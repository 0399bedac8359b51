"""Which face the program is set in, and fonts of the sizes the look names, in pixels, so that they scale."""

from collections.abc import Collection

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "HarmonyOS Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "SimSun",
)
"""Faces that hold simplified Chinese, best first. The family is always named: left alone, Qt takes the Japanese one."""

BODY_PX, SECOND_PX, SMALL_PX = 14, 13, 12


def pick_family(available: Collection[str]) -> str | None:
    """Return the best Chinese face of those available, or None where there is none."""
    return next((family for family in FAMILIES if family in available), None)


def installed_family() -> str | None:
    """Return the best Chinese face on this machine; None means that Chinese would be boxes. Needs a QGuiApplication."""
    return pick_family(QFontDatabase.families(QFontDatabase.WritingSystem.Any))


def sized(font: QFont, px: int, *, bold: bool = False) -> QFont:
    """Return ``font`` in another size, with figures that line up."""
    other = QFont(font)
    other.setPixelSize(px)
    other.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    other.setFeature(QFont.Tag("tnum"), 1)
    return other


_widths: dict[tuple[str, str], float] = {}
MOST_WIDTHS = 4_000


def text_px(font: QFont, text: str) -> float:
    """Return how wide a text is in a font, pixels. What is laid out anew asks for the same few over and over."""
    which = font.key(), text
    found = _widths.get(which)
    if found is None:
        if len(_widths) >= MOST_WIDTHS:
            _widths.clear()
        found = _widths[which] = QFontMetricsF(font).horizontalAdvance(text)
    return found
