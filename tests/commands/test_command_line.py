"""The command line as a whole: flags, exit codes, what it costs to start."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import fields
from pathlib import Path

import pytest

from app.__main__ import NOT_A_FLAG, build_parser, flags_of
from app.settings import OPTIONS, Settings
from app.system import current
from commands.program import ROOT, Deskbell


def test_every_setting_has_a_flag_and_no_flag_lacks_a_setting() -> None:
    parser = build_parser()
    flags = {action.dest.removeprefix("setting_") for action in parser._actions if action.dest.startswith("setting_")}

    assert flags == {field.name for field in fields(Settings)} - NOT_A_FLAG


def test_a_setting_may_stand_before_or_after_the_verb() -> None:
    parser = build_parser()

    before = flags_of(parser.parse_args(["--site", "Shop 12", "settings"]))
    after = flags_of(parser.parse_args(["settings", "--site", "Shop 12"]))

    assert before == after == {"site": "Shop 12"}


def test_the_value_and_the_winning_source_of_every_setting_are_shown(deskbell: Deskbell) -> None:
    machine = deskbell.home / "machine"
    machine.mkdir(parents=True)
    (machine / "settings.toml").write_text('site = "门店 0217"\ntheme = "dark"\n', encoding="utf-8")

    ended = deskbell("settings", "--show", "--json", "--theme", "light", DESKBELL_ENROLMENT_TOKEN="hush-hush")

    shown = ended.json["settings"]
    assert ended.code == 0
    assert shown.keys() == OPTIONS.keys()
    assert shown["site"] == {"value": "门店 0217", "source": "machine"}
    assert shown["theme"] == {"value": "light", "source": "command line"}
    assert shown["enrolment_token"] == {"value": "***", "source": "environment"}
    assert shown["settle_delay"] == {"value": 250, "source": "default"}
    assert "hush-hush" not in ended.out + ended.err


def test_settings_are_readable_for_people_too(deskbell: Deskbell) -> None:
    ended = deskbell("settings", "--show", "--server", "https://help.example.com")

    line = next(line for line in ended.out.splitlines() if line.startswith("server_url"))
    assert line.split() == ["server_url", "command", "line", "https://help.example.com"]


def test_settings_are_shown_at_once(deskbell: Deskbell) -> None:
    def seconds() -> float:
        """Of processor time where the system counts that for children: other tests may be at work beside us."""
        started, before = time.monotonic(), os.times()
        deskbell("settings", "--show")
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        return spent or time.monotonic() - started

    assert min(seconds() for _ in range(5)) < 0.3


def test_looking_at_the_settings_writes_nothing(deskbell: Deskbell) -> None:
    deskbell("settings", "--show")

    assert not deskbell.home.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("conjure",),
        ("suggest",),
        ("suggest", "--top", "0", "x.png"),
        ("suggest", "--top", "many", "x.png"),
        ("suggest", "--json", "x.png", "y.png"),
        ("report", "--say", "no picture named and nothing to read from", "--image"),
        ("open", "the-pod-bay-doors"),
        ("outbox", "burn"),
        ("--theme", "pink"),
        ("settings", "--settle-delay", "999999"),
        ("settings", "--settle-delay", "soon"),
        ("settings", "--sho"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_a_reason(deskbell: Deskbell, arguments: tuple[str, ...]) -> None:
    ended = deskbell(*arguments)

    assert ended.code == 2
    assert "error:" in ended.err
    assert ended.out == ""


def test_a_broken_settings_file_is_named_and_nothing_is_done(deskbell: Deskbell) -> None:
    (deskbell.home / "config").mkdir(parents=True)
    (deskbell.home / "config" / "settings.toml").write_text("theme = [", encoding="utf-8")

    ended = deskbell("settings", "--show")

    assert ended.code == 1
    assert "settings.toml" in ended.err
    assert ended.out == ""


def test_diagnose_tells_facts_and_findings(deskbell: Deskbell) -> None:
    ended = deskbell("diagnose", "--json")

    facts = {item["name"]: item["value"] for item in ended.json["context"]}
    assert ended.code == 0
    assert {"host.name", "os.version", "user.name", "memory.free", "network.link", "client.version"} <= facts.keys()
    assert all(item["origin"] == "device" for item in ended.json["context"])
    assert all(finding.keys() >= {"severity", "summary", "advice"} for finding in ended.json["findings"])


def test_diagnose_names_a_server_that_does_not_answer(deskbell: Deskbell) -> None:
    ended = deskbell("diagnose", "--json", "--server", "http://127.0.0.1:9")

    facts = {item["name"]: item["value"] for item in ended.json["context"]}
    found = [finding for finding in ended.json["findings"] if finding["probe"] == "server"]
    assert ended.code == 0
    assert facts["server.reachable"].startswith("no")
    assert found[0]["severity"] == "warning"


@pytest.mark.skipif(current().name != "linux", reason="other systems always have a display")
@pytest.mark.parametrize("arguments", [(), ("--background",), ("open", "report")])
@pytest.mark.parametrize("display", ["", ":4711"])
def test_without_a_display_the_bell_says_so(deskbell: Deskbell, arguments: tuple[str, ...], display: str) -> None:
    ended = deskbell(*arguments, QT_QPA_PLATFORM="", DISPLAY=display)

    assert ended.code == 1
    assert "no display" in ended.err
    assert ended.err.count("\n") == 1


def test_a_reader_that_goes_away_is_no_disaster(deskbell: Deskbell) -> None:
    process = subprocess.Popen(
        deskbell.command("diagnose"),
        cwd=ROOT,
        env=deskbell.environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()

    assert process.wait(30) in {0, 1}
    assert errors == ""


def test_json_is_utf8_whatever_the_console(deskbell: Deskbell) -> None:
    ended = deskbell("settings", "--show", "--json", "--site", "门店", PYTHONIOENCODING="ascii", LC_ALL="C")

    assert json.loads(ended.out)["settings"]["site"]["value"] == "门店"


def test_the_command_line_loads_neither_qt_nor_numbers_nor_http(deskbell: Deskbell, tmp_path: Path) -> None:
    heavy = ("PySide6", "numpy", "onnxruntime", "httpx", "PIL", "psutil", "pydantic", "sqlite3")
    script = (
        "import sys, app.__main__ as m\n"
        "assert m.main(['settings', '--show']) == 0\n"
        f"print(sorted(name for name in {heavy!r} if name in sys.modules), file=sys.stderr)\n"
    )

    ended = subprocess.run(
        [deskbell.command()[0], "-c", script], cwd=ROOT, env=deskbell.environment, capture_output=True, text=True
    )

    assert ended.stderr.strip() == "[]"
