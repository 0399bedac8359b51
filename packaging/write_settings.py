"""Write ``docs/settings.md`` from the declaration of the settings: ``python packaging/write_settings.py``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

OUT = ROOT / "docs" / "settings.md"
HEAD = """# Settings 设置

Written by `python packaging/write_settings.py` from `console/settings.py` and the word files; a test says when that is
due.

The sheet opens with **Ctrl+,**. All of it is kept in `settings.json` in the program's configuration folder. Where that
file holds an unknown name or a value out of bounds, the defaults are used and the desk says so. Passwords and tokens
are never settings.

| setting 设置 | name | default | may be | what it does 说明 |
|---|---|---|---|---|
"""


def document() -> str:
    """Return the page."""
    from console.settings import DECLARED, MAX_TEXT, Setting  # noqa: PLC0415 - after the path is set
    from resources.words import Words  # noqa: PLC0415 - likewise

    english, chinese = Words("en"), Words("zh-CN")

    def may_be(setting: Setting) -> str:
        if isinstance(setting.default, bool):
            return "`true`, `false`"
        if isinstance(setting.default, int):
            return f"{setting.low} to {setting.high}"
        if setting.choices:
            return ", ".join(f"`{choice}`" for choice in setting.choices)
        return f"a text of at most {MAX_TEXT} characters"

    def row(setting: Setting) -> str:
        key = f"setting.{setting.name}"
        plain = setting.default
        default = ("true" if plain else "false") if isinstance(plain, bool) else str(plain)
        said = [f"{english(f'{key}.hint')}", chinese(f"{key}.hint")]
        if setting.at_start:
            said = [
                f"{said[0]}; {english('desk.settings.at_start')}",
                f"{said[1]}，{chinese('desk.settings.at_start')}",
            ]
        cells = (
            f"{english(key)} {chinese(key)}",
            f"`{setting.name}`",
            f"`{default}`" if default else "empty",
            may_be(setting),
            f"{said[0]}. {said[1]}",
        )
        return "| " + " | ".join(cells) + " |"

    return HEAD + "\n".join(row(setting) for setting in DECLARED) + "\n"


if __name__ == "__main__":
    OUT.write_text(document(), encoding="utf-8", newline="\n")
    print(OUT.relative_to(ROOT))
