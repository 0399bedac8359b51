"""Whether there is a screen to open a window on."""

import os
import sys
from collections.abc import Mapping

OFFSCREEN = frozenset({"offscreen", "minimal"})


def is_offscreen(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether Qt was told to draw where nobody looks."""
    return environment.get("QT_QPA_PLATFORM", "").split(":")[0] in OFFSCREEN


def has_display(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Return whether a window would be seen; only Linux and its kin can be without a screen."""
    if is_offscreen(environment):
        return False
    if platform in ("win32", "darwin"):
        return True
    chosen = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if chosen not in ("", "xcb", "wayland"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
