"""The README tells the truth about settings, commands and files."""

from __future__ import annotations

import re
from pathlib import Path

from app.settings import OPTIONS, Scope, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def settings_table() -> str:
    """The table as the schema has it."""
    rows = ["| setting | default | who | what |", "|---|---|---|---|"]
    for name, option in OPTIONS.items():
        default = str(getattr(Settings(), name)).lower() if name != "server_url" else ""
        choices = f" ({', '.join(option.choices)})" if option.choices else ""
        who = "user" if option.scope is Scope.USER else "machine"
        shown = f"`{default}`" if default else ""
        rows.append(f"| `{name}` | {shown} | {who} | {option.help}{choices} |")
    return "\n".join(rows)


def test_the_settings_table_is_the_schemas() -> None:
    found = README.split("held by tests/test_readme.py -->\n")[1].split("\n<!-- end of settings -->")[0]

    assert found == settings_table()


def test_every_picture_and_folder_it_names_is_there() -> None:
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / path).is_file(), path
    for path in re.findall(r"`((?:app|server_stub|tests)/[a-z_./]*)`", README):
        assert (ROOT / path).exists(), path


def test_every_command_it_names_exists() -> None:
    verbs = {path.stem for path in (ROOT / "app" / "commands").glob("*.py")}
    for verb in re.findall(r"^deskbell ([a-z]+)", README, flags=re.MULTILINE):
        assert verb in verbs or verb == "open", verb
