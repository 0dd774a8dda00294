"""What stops a session from outside our windows, and the window that shows the record."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.assist.ledger import Visitor
from app.errors import HelpdeskError
from app.protocol.session import Party
from app.system.hotkey import Combination
from app.system.locking import LEAVING, WM_WTSSESSION_CHANGE, LockWatch, is_leaving, is_leaving_signal
from app.ui.assist.brakes import STOP_KEYS, Brakes, stop_keys
from app.ui.assist.doorway import Doorway
from app.ui.desk import Desk
from app.ui.tray import Tray


class PipeKeys:
    """A hotkey whose presses are bytes in a pipe."""

    def __init__(self, *, is_taken: bool = False) -> None:
        self.reading, self.writing = os.pipe()
        self.registered: list[Combination] = []
        self.is_taken = is_taken

    def is_compatible(self) -> bool:
        return True

    def register(self, combination: Combination) -> None:
        if self.is_taken:
            raise HelpdeskError("taken")
        self.registered.append(combination)

    def release(self) -> None:
        self.registered.clear()

    def fileno(self) -> int | None:
        return self.reading

    def presses(self) -> int:
        return len(os.read(self.reading, 10))

    def is_press(self, message: int) -> bool:
        return False

    def close(self) -> None:
        os.close(self.reading)
        os.close(self.writing)


def test_the_stop_keys_stop_and_are_given_back(qapp, qtbot: QtBot) -> None:
    keys = PipeKeys()
    brakes = Brakes(keys=keys)
    assert brakes.engage()
    assert [str(each) for each in keys.registered] == [STOP_KEYS]

    with qtbot.waitSignal(brakes.pressed):
        os.write(keys.writing, b"x")

    brakes.release()
    assert keys.registered == []
    keys.close()


def test_stop_keys_that_somebody_else_has_are_told(qapp) -> None:
    keys = PipeKeys(is_taken=True)
    brakes = Brakes(keys=keys)

    assert not brakes.engage()

    brakes.release()
    keys.close()


def signal(member: str, *body: object) -> SimpleNamespace:
    return SimpleNamespace(header=SimpleNamespace(fields={"member": member}), body=body)


@pytest.mark.parametrize(
    ("message", "leaves"),
    [
        (signal("Lock"), True),
        (signal("PrepareForSleep", True), True),
        (signal("PrepareForSleep", False), False),
        (signal("ActiveChanged", True), True),
        (signal("ActiveChanged", False), False),
        (signal("NameAcquired", ":1.5"), False),
        (signal("PropertiesChanged", "org.freedesktop.login1.Session", {"Active": ("b", False)}, []), True),
        (signal("PropertiesChanged", "org.freedesktop.login1.Session", {"LockedHint": ("b", True)}, []), True),
        (signal("PropertiesChanged", "org.freedesktop.login1.Session", {"Active": ("b", True)}, []), False),
        (signal("PropertiesChanged", "org.freedesktop.login1.Seat", {"Active": ("b", False)}, []), False),
    ],
)
def test_locks_and_sleep_are_told_from_other_signals(message: SimpleNamespace, leaves: bool) -> None:
    assert is_leaving_signal(message) is leaves


@pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="dbus-daemon is not installed")
def test_a_screen_saver_that_begins_is_heard_on_a_real_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jeepney import DBusAddress, new_signal
    from jeepney.io.blocking import open_dbus_connection

    address = f"unix:path={tmp_path}/bus"
    daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address={address}"])
    heard = threading.Event()
    try:
        while not (tmp_path / "bus").exists():
            assert daemon.poll() is None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        watch = LockWatch(heard.set)
        watch.start()
        saver = DBusAddress("/org/freedesktop/ScreenSaver", interface="org.freedesktop.ScreenSaver")
        with open_dbus_connection(bus="SESSION") as desktop:
            deadline = time.monotonic() + 10
            while not heard.wait(0.1):  # until the watch has said what it wants to hear
                assert time.monotonic() < deadline
                desktop.send(new_signal(saver, "ActiveChanged", "b", (True,)))
        watch.close()
    finally:
        daemon.terminate()
        daemon.wait(5)


@pytest.mark.parametrize(
    ("wanted", "keys"), [("ctrl+alt+f9", "Ctrl+Alt+F9"), ("", STOP_KEYS), ("X", STOP_KEYS), ("no keys", STOP_KEYS)]
)
def test_there_are_always_stop_keys_whatever_is_set(qapp, wanted: str, keys: str) -> None:
    pipe = PipeKeys()
    brakes = Brakes(wanted=stop_keys(wanted), keys=pipe)

    assert brakes.engage()

    assert [str(each) for each in pipe.registered] == [keys]
    brakes.release()
    pipe.close()


def test_other_stop_keys_count_from_the_next_session_on(doorway: Doorway) -> None:
    doorway.use_stop_keys("Ctrl+Alt+F9")
    assert str(doorway.reception.stop_keys) == "Ctrl+Alt+F9"

    with pytest.raises(HelpdeskError):
        doorway.use_stop_keys("X")
    assert str(doorway.reception.stop_keys) == "Ctrl+Alt+F9"


def test_windows_messages_of_locking_and_leaving() -> None:
    assert all(is_leaving(WM_WTSSESSION_CHANGE, parameter) for parameter in LEAVING)
    assert not is_leaving(WM_WTSSESSION_CHANGE, 8)  # unlock
    assert not is_leaving(0x0010, 7)


@pytest.fixture
def doorway(desk: Desk, qtbot: QtBot) -> Doorway:
    tray = Tray(lambda: "en", host_exists=lambda: False)
    return Doorway(desk, tray)


def history(doorway: Doorway) -> str:
    return "\n".join(label.text() for label in doorway._history.findChildren(QLabel) if label.isVisible())


def test_the_record_of_a_computer_nobody_looked_at_is_empty_and_leaves_no_file(doorway: Doorway, qtbot: QtBot) -> None:
    doorway.show_history()

    qtbot.waitUntil(lambda: "Nobody has looked at your screen" in history(doorway))
    assert not doorway._desk.services.paths.assist.exists()
    doorway._history.close()


def test_the_record_names_who_looked_and_can_be_saved(doorway: Doorway, qtbot: QtBot, tmp_path: Path) -> None:
    services = doorway._desk.services
    who = Visitor(uuid4(), uuid4(), "Li Na", "Engineer", "IT", uuid4(), "INC-000007", "The card reader")
    services.assist_ledger.invited(who, services.now())
    services.assist_ledger.append(who.session, "ended", Party.EMPLOYEE, services.now(), "denied")

    doorway.show_history()
    qtbot.waitUntil(lambda: "Li Na" in history(doorway))
    doorway._history.export_asked.emit(str(tmp_path / "saved.json"))

    assert "You denied it" in history(doorway)
    qtbot.waitUntil((tmp_path / "saved.json").exists)
    assert json.loads((tmp_path / "saved.json").read_text("utf-8"))[0]["visitor"]["name"] == "Li Na"
    doorway._history.close()


def test_the_employee_is_told_when_the_stop_keys_are_taken(doorway: Doorway, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Brakes, "engage", lambda _brakes: False)
    monkeypatch.setattr(doorway._tray, "notify", lambda title, _hint, _request: told.append(title))
    doorway._reception = SimpleNamespace(
        is_busy=True, visit=object(), stop=lambda: None, lock=lambda: None, stop_keys=Combination.parse(STOP_KEYS)
    )

    doorway._looked_at()

    assert told == ["Another program has the keys that stop remote assistance"]
    doorway._reception = None
