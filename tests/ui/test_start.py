"""The bell starts light and quickly, alone, and ends without leaving anything."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.assembly import Services, choose_platform

HEAVY = ("numpy", "onnxruntime", "cv2", "rapidocr", "av", "aiortc", "PIL", "httpx", "psutil")
MEASURE = """
import json, sys, time
started = time.perf_counter()
from app.assembly import assemble, desktop
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
application = QApplication(["deskbell"])

def measure():
    status = open("/proc/self/status", encoding="utf-8").read() if sys.platform == "linux" else "VmRSS: 0 kB"
    resident = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    figures = {
        "loaded": sorted(set(sys.modules) & set(sys.argv[1].split(","))),
        "milliseconds": round((time.perf_counter() - started) * 1000),
        "resident_kib": int(resident),
    }
    print(json.dumps(figures), flush=True)
    application.quit()

# After the first turns of the loop, when everything that a start does has been begun.
QTimer.singleShot(0, lambda: QTimer.singleShot(300, measure))
services = assemble()
sys.exit(desktop(services, "background"))
"""
RUN = "import sys; from app.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def environment(home: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {**kept, **home, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}


def test_nothing_heavy_is_loaded_and_the_start_is_quick(environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, ",".join(HEAVY)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    figures = json.loads(ran.stdout)
    print(f"start {figures['milliseconds']} ms (300 of them waited), resident {figures['resident_kib'] // 1024} MiB")
    assert figures["loaded"] == []
    assert figures["milliseconds"] < 6_000
    assert figures["resident_kib"] < 160 * 1024


def test_a_second_start_shows_the_first_ones_window_and_ends(environment: dict[str, str], tmp_path: Path) -> None:
    log = (tmp_path / "first.log").open("w")
    first = subprocess.Popen([sys.executable, "-c", RUN, "--background"], env=environment, stderr=log)
    try:
        socket_is_there(environment, first)
        second = subprocess.run(
            [sys.executable, "-c", RUN, "open", "tickets"], env=environment, timeout=30, check=False
        )

        assert second.returncode == 0
        assert first.poll() is None
    finally:
        first.send_signal(signal.SIGTERM)
        code = first.wait(15)
        log.close()
    assert code == 0, (tmp_path / "first.log").read_text()


def socket_is_there(environment: dict[str, str], process: subprocess.Popen[bytes]) -> None:
    """Wait until the first start listens: a start that is handed over ends at once."""
    from app import system
    from app.ui.single_instance import socket_name
    from tests.panel import wait_for

    data = Path(environment["DESKBELL_HOME"]) / "data"
    here = system.current()
    name = socket_name(here.user_name(), here.session_id(), data)
    path = Path(name) if name.startswith("/") else Path(os.environ.get("TMPDIR", "/tmp")) / name

    def listens() -> bool:
        assert process.poll() is None, "the first start has ended"
        return path.exists()

    wait_for(listens, "the first start listens")


@pytest.mark.parametrize(
    ("setting", "display", "wanted", "platform"),
    [
        ("portal", ":0", "", "xcb"),
        ("portal", ":0", "wayland", "wayland"),
        ("portal", "", "", ""),
        ("refuse", ":0", "", ""),
    ],
)
def test_where_the_desktop_shares_its_screen_our_windows_go_by_xwayland(
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    display: str,
    wanted: str,
    platform: str,
) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    settings = dataclasses.replace(services.settings, assist_wayland=setting)
    resolved = dataclasses.replace(services.resolved, settings=settings)
    given = {"DISPLAY": display, "WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": wanted}
    environment = {name: value for name, value in given.items() if value}

    choose_platform(dataclasses.replace(services, resolved=resolved), environment)

    assert environment.get("QT_QPA_PLATFORM", "") == platform
