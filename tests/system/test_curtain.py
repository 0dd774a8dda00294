"""What an agent never sees: notifications and secrets, as each system tells of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.system.base import Rect, Window
from app.system.curtain import Concealed, Everywhere, Kind
from app.system.curtain_macos import MacCurtain
from app.system.curtain_windows import CORE_WINDOW, ShellWindows
from app.system.curtain_x11 import X11Curtain
from app.system.uiautomation import Automation
from tests.system.test_uiautomation import EDIT, Element, Recording
from tests.system.test_windows import Libraries, Recorded
from tests.x_client import XClient
from tests.xvfb import Xvfb

TOAST = Rect(600, 10, 180, 60)


@pytest.fixture
def server() -> Iterator[Xvfb]:
    with Xvfb(800, 600) as server:
        yield server


@pytest.fixture
def client(server: Xvfb) -> Iterator[XClient]:
    with XClient(server.display) as client:
        yield client


def notification(client: XClient, rect: Rect = TOAST) -> int:
    window = client.window(rect, "New mail", "mailer")
    client.atoms(window, "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_NOTIFICATION")
    return window


def test_a_notification_is_known_the_moment_it_is_there_and_where_it_goes(server: Xvfb, client: XClient) -> None:
    curtain = X11Curtain(server.display)
    assert curtain.areas() == ()

    window = notification(client)
    assert curtain.areas() == (Concealed(Kind.NOTIFICATION, TOAST),)
    client.move(window, 500, 300)
    assert curtain.areas() == (Concealed(Kind.NOTIFICATION, Rect(500, 300, 180, 60)),)
    client.close(window)
    assert curtain.areas() == (Concealed(Kind.NOTIFICATION, Rect(500, 300, 180, 60)),)  # a picture may still hold it
    assert curtain.areas() == ()
    curtain.close()


def test_one_that_came_and_went_between_two_looks_is_told_once(server: Xvfb, client: XClient) -> None:
    curtain = X11Curtain(server.display)

    client.close(notification(client))

    assert curtain.areas() == (Concealed(Kind.NOTIFICATION, TOAST),)
    assert curtain.areas() == ()
    curtain.close()


def test_one_that_was_there_before_is_known_too(server: Xvfb, client: XClient) -> None:
    notification(client)

    assert [each.kind for each in X11Curtain(server.display).areas()] == [Kind.NOTIFICATION]


@pytest.mark.parametrize("program", ["Pinentry-gtk-2", "Polkit-gnome-authentication-agent-1", "Ssh-askpass"])
def test_a_prompt_for_a_secret_is_known_by_its_program(server: Xvfb, client: XClient, program: str) -> None:
    client.window(Rect(100, 100, 300, 150), "Passphrase", program)
    client.window(Rect(10, 10, 50, 50), "Editor", "Gedit")

    assert X11Curtain(server.display).areas() == (Concealed(Kind.SECRET, Rect(100, 100, 300, 150)),)


def test_an_end_of_the_x_server_is_no_error_here() -> None:
    with Xvfb(320, 200) as server:
        curtain = X11Curtain(server.display)

    assert curtain.areas() == ()


PROBE = """
import time
import xcffib, xcffib.xproto
from jeepney import DBusAddress, Properties
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg
from app.system.atspi import PasswordFields

def focus(x):
    # There is no window manager to give the keyboard to anybody.
    root = x.get_setup().roots[0].root
    for window in x.core.QueryTree(root).reply().children:
        try:
            if x.core.GetWindowAttributes(window).reply().map_state == 2:
                x.core.SetInputFocusChecked(1, window, 0).check()
        except xcffib.XcffibException:
            pass

status = Properties(DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status"))
bus = open_dbus_connection()
unwrap_msg(bus.send_and_get_reply(status.set("IsEnabled", "b", False)))
fields, x = PasswordFields(), xcffib.connect()
fields.start()
for _ in range(150):
    if fields.areas():
        print([(each.kind.value, each.rect.width, each.rect.height) for each in fields.areas()], flush=True)
        break
    focus(x)
    time.sleep(0.1)
fields.close()
fields._thread.join(5)
print("listened to:", unwrap_msg(bus.send_and_get_reply(status.get("IsEnabled")))[0][1], flush=True)
"""


def test_a_password_field_of_a_real_program_is_known_by_the_accessibility_bus(server: Xvfb, tmp_path: Path) -> None:
    for program in ("zenity", "dbus-run-session"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian: apt-get install zenity at-spi2-core dbus-daemon)")
    if not Path("/usr/libexec/at-spi-bus-launcher").exists():
        pytest.skip("no accessibility bus (Debian: apt-get install at-spi2-core)")
    script = tmp_path / "probe.py"
    script.write_text(PROBE, encoding="utf-8")
    inner = f'zenity --password & "{sys.executable}" "{script}"; kill %1'
    environment = server.environment() | {"PYTHONPATH": str(Path.cwd()), "XDG_RUNTIME_DIR": str(tmp_path)}
    environment.pop("AT_SPI_BUS_ADDRESS", None)
    done = subprocess.Popen(
        ["dbus-run-session", "--", "bash", "-c", inner],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert any("secret" in line for line in done.stdout)
        assert "listened to: False" in done.stdout.readline()
    finally:
        os.killpg(done.pid, signal.SIGTERM)
        done.wait(10)
        done.stdout.close()


class Knowing:
    """A curtain that knows one thing."""

    def __init__(self, *concealed: Concealed) -> None:
        self.concealed = concealed
        self.done: list[str] = []

    def areas(self) -> tuple[Concealed, ...]:
        return self.concealed

    def leave(self) -> None:
        self.done.append("leave")

    def close(self) -> None:
        self.done.append("close")


def test_where_nobody_knows_places_a_secret_hides_every_monitor_and_nothing_else_does() -> None:
    toast, field = (Concealed(kind, Rect(3, 4, 5, 6)) for kind in (Kind.NOTIFICATION, Kind.SECRET))
    known = Knowing(toast, field)
    everywhere = Everywhere(known)

    [hidden] = everywhere.areas()

    assert hidden.kind is Kind.SECRET
    for monitor in (Rect(0, 0, 1920, 1080), Rect(-7680, -4320, 7680, 4320), Rect(11520, 0, 3840, 2160)):
        assert hidden.rect.intersection(monitor) == monitor
    known.concealed = (toast,)
    assert everywhere.areas() == ()
    everywhere.leave()
    everywhere.close()
    assert known.done == ["leave", "close"]


class Programs(Libraries):
    """Every process is a program of its own name."""

    names: dict[int, str]

    def _image_name(self, process: int, flags: int, target: object, length: object) -> int:  # type: ignore[override]
        target.value = rf"C:\Windows\{self.names[getattr(process, 'value', process)]}"  # type: ignore[attr-defined]
        return 1


def test_windows_toasts_and_credential_dialogs_are_told_by_class_and_program() -> None:
    windows = {
        1: Recorded("新通知", CORE_WINDOW, 50, (1500, 800, 1880, 960)),
        2: Recorded("Windows 安全中心", "Credential Dialog Xaml Host", 51, (600, 300, 1000, 700)),
        3: Recorded("Calculator", CORE_WINDOW, 52, (0, 0, 400, 500)),
        4: Recorded("Orders", "ErpMain", 53, (0, 0, 1600, 900)),
        5: Recorded("old", CORE_WINDOW, 50, (1500, 600, 1880, 760), cloaked=2),
        6: Recorded("old", CORE_WINDOW, 50, (1500, 600, 1880, 760), visible=False),
    }
    libraries = Programs(windows, active=4)
    Programs.names = {50: "ShellExperienceHost.exe", 51: "CredentialUIBroker.exe", 52: "Calculator.exe", 53: "erp.exe"}

    found = ShellWindows(libraries, libraries, libraries).concealed()

    assert found == (
        Concealed(Kind.NOTIFICATION, Rect(1500, 800, 380, 160)),
        Concealed(Kind.SECRET, Rect(600, 300, 400, 400)),
    )


@pytest.mark.parametrize(("is_password", "place"), [(True, Rect(50, 60, 200, 24)), (False, None)])
def test_windows_tells_of_a_password_field_that_has_the_keyboard(is_password: bool, place: Rect | None) -> None:
    focused = Element(EDIT, "Password", (50, 60, 250, 84), password=is_password)
    recording = Recording(focused, [])

    assert Automation(recording, recording).focused_secret() == place
    assert (recording.living, recording.texts, recording.joined) == (0, 0, 0)


def window(application: str, rect: Rect) -> Window:
    return Window("", application, rect, False, 1)


def test_a_mac_covers_banners_prompts_and_the_front_window_while_keys_are_taken_in_secret() -> None:
    screen, banner = Rect(0, 0, 1440, 900), Rect(1080, 30, 350, 70)
    sheet, browser = Rect(500, 200, 420, 260), Rect(100, 100, 800, 600)
    listed = (
        (23, window("Notification Center", screen)),
        (23, window("Notification Center", banner)),
        (8, window("SecurityAgent", sheet)),
        (0, window("Safari", browser)),
        (0, window("Finder", screen)),
    )

    quiet = MacCurtain(lambda: listed, lambda: False).areas()
    secret = MacCurtain(lambda: listed, lambda: True).areas()

    assert quiet == (Concealed(Kind.NOTIFICATION, banner), Concealed(Kind.SECRET, sheet))
    assert secret == (*quiet, Concealed(Kind.SECRET, browser))
