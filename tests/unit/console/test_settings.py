"""Settings: bounds, unknown names, keeping, broken files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from console.settings import DECLARED, Settings
from domain.faults import Fault
from resources.words import Words


def _key(settings: Settings, name: str, value: object) -> str:
    with pytest.raises(Fault) as refused:
        settings.set(name, value)  # type: ignore[arg-type]  # wrong types on purpose
    return refused.value.key


def test_what_is_set_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Settings(tmp_path)
    first.load()
    first.set("theme", "light")
    first.set("notice_s", 12)
    first.set("layout_locked", False)
    second = Settings(tmp_path)
    second.load()
    assert (second.text("theme"), second.number("notice_s"), second.flag("layout_locked")) == ("light", 12, False)


def test_what_is_set_for_this_run_only_is_not_kept(tmp_path: Path) -> None:
    first = Settings(tmp_path)
    first.set("theme", "light", store=False)
    assert first.text("theme") == "light"
    second = Settings(tmp_path)
    second.load()
    assert second.text("theme") == "dark"


def test_unknown_names_and_wrong_values_are_refused(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert _key(settings, "thema", "dark") == "settings_unknown_key"
    assert _key(settings, "theme", "blue") == "settings_unknown_choice"
    assert _key(settings, "notice_s", 2) == "settings_out_of_bounds"
    assert _key(settings, "notice_s", 61) == "settings_out_of_bounds"
    assert _key(settings, "notice_s", True) == "settings_wrong_type"
    assert _key(settings, "notice_s", "8") == "settings_wrong_type"
    assert _key(settings, "server_url", "h" * 401) == "settings_unknown_choice"
    with pytest.raises(KeyError):
        settings.text("thema")
    with pytest.raises(TypeError):
        settings.text("notice_s")
    with pytest.raises(TypeError):
        settings.number("layout_locked")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", "settings_unreadable"),
        (b"[]", "settings_unreadable"),
        (b"\xff\xfe{}", "settings_unreadable"),
        (b"{" + b" " * 70_000 + b"}", "settings_unreadable"),
        (b'{"nobody": 1}', "settings_unknown_key"),
        (b'{"theme": "dark", "notice_s": 1000}', "settings_out_of_bounds"),
    ],
)
def test_a_file_that_is_not_right_leaves_all_defaults(tmp_path: Path, content: bytes, key: str) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    settings = Settings(tmp_path)
    with pytest.raises(Fault) as refused:
        settings.load()
    assert refused.value.key == key
    assert settings.text("theme") == "dark"
    assert (tmp_path / "settings.json").read_bytes() == content


def test_listeners_hear_of_changes_only(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    heard: list[str] = []
    settings.on_change(heard.append)
    settings.set("theme", "dark")
    settings.set("theme", "light")
    assert heard == ["theme"]


def test_every_setting_has_a_text_and_a_default_within_its_bounds(tmp_path: Path) -> None:
    for language in ("zh-CN", "en"):
        words = Words(language)
        assert all(words.has(f"setting.{s.name}") and words.has(f"setting.{s.name}.hint") for s in DECLARED)
    stored = {s.name: s.default for s in DECLARED}
    (tmp_path / "settings.json").write_text(json.dumps(stored), encoding="utf-8")
    Settings(tmp_path).load()


def test_every_setting_has_its_words_in_both_languages() -> None:
    for language in ("zh-CN", "en"):
        words = Words(language)
        for setting in DECLARED:
            keys = [f"setting.{setting.name}", f"setting.{setting.name}.hint"]
            keys += [f"setting.{setting.name}.{choice}" for choice in setting.choices]
            assert [key for key in keys if not words.has(key)] == []


def test_the_page_of_the_settings_is_written_anew() -> None:
    root = Path(__file__).parents[3]
    code = "import sys; sys.path.insert(0, 'packaging'); import write_settings as w; "
    code += "sys.stdout.buffer.write(w.document().encode())"
    made = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True, timeout=60)
    page = (root / "docs" / "settings.md").read_bytes()
    assert made.stdout == page, "run: python packaging/write_settings.py"
    for setting in DECLARED:
        assert f"`{setting.name}`".encode() in page
