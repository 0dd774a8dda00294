"""`dev.py` sets up a bare Debian in one go, does nothing twice, and leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.panel import wait_for

ROOT = Path(__file__).parent.parent
HERE = {"libegl1", "libgl1"}


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian whose Python has no venv and which has two of our packages; the file `asked` tells what apt was told."""
    tools = tmp_path / "bin"
    tools.mkdir()
    rows = "".join(f"echo '{name} installed'\n" for name in sorted(HERE))
    for name, script in (("dpkg-query", rows), ("apt-get", f'echo "$@" >> {tmp_path}/asked\n')):
        (tools / name).write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    monkeypatch.setattr(dev, "can_make_venv", lambda: False)
    return tmp_path


def test_who_may_not_install_is_told_one_command(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    done = dev.install_packages(dev.RUN_PACKAGES, "the demo")

    commands = [line for line in capsys.readouterr().out.splitlines() if "apt-get" in line]
    assert not done
    assert len(commands) == 1
    named = set(commands[0].rstrip("'").split())
    assert named >= {"sudo", "update", *dev.VENV_PACKAGES, *dev.RUN_PACKAGES} - HERE
    assert not named & HERE
    assert not (bare / "asked").exists()


def test_root_installs_what_is_missing_and_nothing_else(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    done = dev.install_packages(dev.RUN_PACKAGES, "the demo")

    update, install = (bare / "asked").read_text("utf-8").splitlines()
    assert done
    assert update.split()[0] == "update"
    assert {*dev.VENV_PACKAGES, *dev.RUN_PACKAGES} - HERE <= set(install.split())
    assert not HERE & set(install.split())


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """An environment as the lock says; the list grows by every command that would be run."""
    ran: list[tuple[object, ...]] = []
    monkeypatch.setattr(dev, "STAMP", tmp_path / "installed")
    monkeypatch.setattr(dev, "must", lambda *command, **_: ran.append(command))
    dev.make_environment()
    return ran


def test_a_second_start_installs_nothing(installed: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(installed)
    monkeypatch.setattr(dev, "run", lambda *command, **_: installed.append(command))

    dev.make_environment()

    assert any("--require-hashes" in command for command in first)
    assert installed == first


def test_another_lock_is_installed(
    installed: list[tuple[object, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = len(installed)
    (tmp_path / "lock").write_text("pillow==1 --hash=sha256:00\n", encoding="utf-8")
    monkeypatch.setattr(dev, "LOCK", tmp_path / "lock")

    dev.make_environment()

    assert len(installed) > first


def test_half_an_environment_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[object, ...]] = []
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "half"], check=True)
    monkeypatch.setattr(dev, "VENV", tmp_path / "half")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "half" / "bin" / "python")
    monkeypatch.setattr(dev, "STAMP", tmp_path / "half" / "installed")
    monkeypatch.setattr(dev, "must", lambda *command, **_: ran.append(command))

    dev.make_environment()

    assert ran[0][1:] == ("-m", "venv", "--clear", tmp_path / "half")


def demo() -> subprocess.Popen[str]:
    """The demonstration without a display, in a process group of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.Popen(
        [sys.executable, ROOT / "dev.py", "demo"],
        env={**kept, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def is_empty(group: int) -> bool:
    """Whether no process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.end2end
def test_the_demo_ends_in_one_json_line_and_leaves_nothing_running() -> None:
    running = demo()
    said, _ = running.communicate(timeout=120)

    told = json.loads(said.splitlines()[-1])
    assert running.returncode == 0
    assert told["ticket"] == "INC-000001"
    assert "E1023" in told["suggestions"][0]
    assert {"capture", "read", "suggest", "save", "deliver", "total"} <= set(told["milliseconds"])
    wait_for(lambda: is_empty(running.pid), "nothing is left running")


@pytest.mark.end2end
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_that_is_told_to_end_takes_everything_with_it(number: signal.Signals) -> None:
    running = demo()
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("Server"):
            break

    running.send_signal(number)
    running.communicate(timeout=60)

    assert running.returncode == 128 + number
    wait_for(lambda: is_empty(running.pid), "nothing is left running")
