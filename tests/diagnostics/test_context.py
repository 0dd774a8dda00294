"""The device context of this very machine."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

from app import __version__
from app.diagnostics.context import Device, collect, items
from app.diagnostics.network import ServerAnswer
from app.diagnostics.probe import Severity
from app.system.base import Display, Rect, Window
from app.system.null import NullSystem

TILL = Window("收银台 - 支付失败 (E1023)", "pos.exe", Rect(0, 0, 1024, 768), is_modal=False, handle=7)
DISPLAYS = (
    Display("DP-1", Rect(0, 0, 1440, 900), 2.0, is_primary=True),
    Display("HDMI-1", Rect(1440, 0, 1024, 768), 1.0),
)


def now() -> datetime:
    return datetime.now(UTC)


def test_the_context_holds_everything_an_agent_asks_first() -> None:
    device = Device(NullSystem(), now, "http://localhost:1", lambda: ServerAnswer(12, now()), dict)

    found = {item.name: item.value for item in items(device.diagnose(DISPLAYS, TILL))}

    wanted = {
        "host.name", "os.version", "user.name", "memory.total", "memory.free", "disk.root", "network.addresses",
        "network.link", "network.default_route", "network.proxy", "network.dns", "server.reachable",
        "server.latency", "clock.offset", "display.count", "display.1", "display.2", "uptime", "clock.local",
        "clock.zone", "locale", "window.application", "window.title", "client.version",
    }  # fmt: skip
    assert wanted <= found.keys()
    assert found["display.1"] == "2880x1800 at 0,0, 200 %, primary"
    assert found["display.2"] == "1024x768 at 1440,0, 100 %"
    assert found["window.title"] == TILL.title
    assert found["client.version"] == f"Deskbell {__version__}"


def test_the_context_is_there_in_a_blink() -> None:
    device = Device(NullSystem(), now)
    device.diagnose()

    fastest = min(device.diagnose(DISPLAYS, TILL).milliseconds for _ in range(5))

    assert fastest < 300


def test_a_hung_server_costs_the_context_only_its_own_line() -> None:
    import threading

    release = threading.Event()

    def hang() -> ServerAnswer:
        release.wait(30)
        return ServerAnswer(0, None)

    run = Device(NullSystem(), now, knock=hang).begin(patience=0.2)
    diagnosis = run.result()
    release.set()

    found = {item.name: item.value for item in items(diagnosis)}
    assert "host.name" in found
    assert found["server.reachable"] == "no (no answer within 2 s.)"
    assert [finding.severity for finding in diagnosis.findings if finding.probe == "server"] == [Severity.WARNING]


def test_without_window_or_display_nothing_is_made_up() -> None:
    names = {item.name.split(".")[0] for item in collect(NullSystem(), (), None, now)}

    assert not names & {"window", "display", "server"}


def test_no_environment_command_line_or_file_content_is_told() -> None:
    os.environ["DESKBELL_CANARY"] = "canary-value"
    try:
        told = " ".join(item.value for item in collect(NullSystem(), (), None, now))
    finally:
        del os.environ["DESKBELL_CANARY"]

    assert "canary-value" not in told
    assert all(len(argument) < 4 or argument not in told for argument in sys.argv[1:])


def test_a_probe_that_hangs_for_ever_does_not_keep_the_program_alive() -> None:
    script = (
        "import threading, sys\n"
        "from app.diagnostics.context import Device, items\n"
        "from app.system.null import NullSystem\n"
        "from datetime import UTC, datetime\n"
        "hang = lambda: threading.Event().wait()\n"
        "Device(NullSystem(), lambda: datetime.now(UTC), knock=hang).begin(patience=0.1).result()\n"
        "print('done')\n"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)

    assert (ended.returncode, ended.stdout.strip()) == (0, "done")
