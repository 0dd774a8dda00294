"""What Linux says about itself, and the entry that starts the program with the session."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import NotAvailable, StorageError
from app.system import current
from app.system.base import Rect, System
from app.system.linux import LinuxSystem, desktop_command
from app.system.null import NullSystem
from app.system.shield import is_composited

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="asks a Linux machine")


def test_every_system_answers_every_question() -> None:
    for system in (current(), NullSystem()):
        assert isinstance(system, System)
        assert system.os_description()
        assert len(system.machine_id_hash()) == 32
        assert system.user_name()
        assert system.session_id()
        assert system.machine_folder().is_absolute()
        assert system.policy_folder().is_absolute()
        assert isinstance(system.policy_entries(), tuple)


def test_the_machine_is_always_the_same_and_its_id_is_not_told() -> None:
    system = current()

    assert system.machine_id_hash() == system.machine_id_hash()
    if sys.platform == "linux":
        assert LinuxSystem().machine_id()[:8] not in system.machine_id_hash()


@linux_only
def test_the_description_names_distribution_and_kernel() -> None:
    assert "kernel" in LinuxSystem().os_description()


@pytest.mark.parametrize(
    ("session", "display", "answer"),
    [("wayland", "", True), ("x11", "wayland-0", False), ("", "wayland-0", True), ("", "", False), ("tty", "", False)],
)
def test_wayland_is_recognised(session: str, display: str, answer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", session)
    monkeypatch.setenv("WAYLAND_DISPLAY", display)

    assert LinuxSystem().is_wayland() is answer


@linux_only
def test_wayland_composes_the_windows_of_its_bridge_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", ":999")

    assert is_composited()


def test_no_window_is_guessed_under_wayland(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")

    assert LinuxSystem().foreground() is None
    assert LinuxSystem().windows() == ()


def test_autostart_is_switched_on_and_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "配置"))
    system = LinuxSystem()
    assert not system.autostart()

    system.set_autostart(True, ("/opt/Desk bell/deskbell", "--background"))

    assert system.autostart()
    (entry,) = (tmp_path / "配置" / "autostart").iterdir()
    text = entry.read_text("utf-8")
    assert 'Exec="/opt/Desk bell/deskbell" --background\n' in text
    assert "Name[zh_CN]" in text

    system.set_autostart(False)
    system.set_autostart(False)

    assert not system.autostart()


def test_the_own_command_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    LinuxSystem().set_autostart(True)

    text = (tmp_path / "autostart" / "deskbell.desktop").read_text("utf-8")
    assert f"Exec={desktop_command((sys.executable, '-m', 'app', '--background'))}\n" in text


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "autostart").write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    with pytest.raises(StorageError):
        LinuxSystem().set_autostart(True)


def test_an_unknown_system_says_that_it_cannot_start_by_itself() -> None:
    with pytest.raises(NotAvailable):
        NullSystem().set_autostart(True)
    NullSystem().set_autostart(False)


@linux_only
@pytest.mark.parametrize("word", ["plain", "with space", 'quo"te', "back\\slash", "100%", "$HOME", "`x`", "中文", ""])
def test_a_quoted_word_comes_out_as_it_went_in(word: str) -> None:
    quoted = desktop_command((word,))

    # A desktop entry is unescaped once as a string; inside quotes the shell's own rules are the same.
    unescaped = quoted.replace("%%", "%").replace("\\\\", "\\")
    told = subprocess.run(["/bin/sh", "-c", f"printf %s {unescaped}"], capture_output=True, check=True)
    assert told.stdout.decode() == word


@linux_only
def test_a_child_gives_way() -> None:
    program = "import os; from app.system import current; current().lower_own_priority(); print(os.nice(0))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=60)

    assert int(done.stdout) >= 5


def test_rectangles_meet_and_part() -> None:
    one, other = Rect(0, 0, 10, 10), Rect(5, 5, 10, 10)

    assert one.intersection(other) == Rect(5, 5, 5, 5)
    assert one.intersection(Rect(20, 20, 5, 5)).is_empty
    assert one.contains(9, 9)
    assert not one.contains(10, 9)
    assert one.grown(2) == Rect(-2, -2, 14, 14)
    assert Rect(0, 0, -3, 5).area == 0
