"""What the documents say is so: options exist, keys are the keys, links lead somewhere, both languages say the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from widgets.action_keys import ACTION_KEYS, LOCATE_KEY

ROOT = Path(__file__).resolve().parents[3]
READMES = ("README.md", "README.zh-CN.md")
PROGRAMS = {"onemap": "console", "onemap-service": "service", "onemap-sim": "simulator"}
COMMAND = re.compile(r"^\| `(onemap(?:-service|-sim)? \w+[^`]*)` \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")
PAGES = sorted(p.relative_to(ROOT).as_posix() for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
SAID_KEYS = ("accept", "file", "dispatch", "send_check", "rework", "close", "revisit", "note", "supervise", "merge")


def _commands(readme: str) -> list[str]:
    return [row.replace("\\|", "|") for row in COMMAND.findall((ROOT / readme).read_text(encoding="utf-8"))]


def _help(program: str, subcommand: str) -> str:
    command = [sys.executable, "-m", PROGRAMS[program], subcommand, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=True)
    return done.stdout.decode("utf-8", "replace")


def test_both_languages_name_the_same_commands() -> None:
    assert _commands(READMES[0]) == _commands(READMES[1])
    assert len(_commands(READMES[0])) == 17


@pytest.mark.parametrize("row", _commands(READMES[0]), ids=lambda row: " ".join(row.split()[:2]))
def test_every_option_named_is_there(row: str) -> None:
    program, subcommand, *_ = row.split()
    options = set(re.findall(r"--[a-z-]+", row))
    offered = set(re.findall(r"--[a-z-]+", _help(program, subcommand)))
    assert options <= offered


@pytest.mark.parametrize("readme", READMES)
def test_the_keys_named_are_the_keys(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for key in {*(ACTION_KEYS[action] for action in SAID_KEYS), LOCATE_KEY, "N"}:
        assert f"**{key}**" in text
    named = set(re.findall(r"\*\*([A-Z])\*\*", text))
    assert named == {*(ACTION_KEYS[action] for action in SAID_KEYS), LOCATE_KEY, "N"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    file = ROOT / page
    for target in LINK.findall(file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), target


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(p.name for p in folder.glob("0*.md"))
    assert pages
    for page in pages:
        assert f"({page})" in listed
        text = (folder / page).read_text(encoding="utf-8")
        for part in ("**Question.**", "**Decision.**", "**Rationale.**", "**Alternatives.**", "**Status.**"):
            assert part in text, f"{page}: {part}"
