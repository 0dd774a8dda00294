"""Remote assistance measured: latency, rate, bytes and CPU from a change on the X server to pixels in a real browser.

`python -m tests.benchmarks.assist [--seconds N] [--only deskbell|x11vnc|aiortc] [--workload NAME] [--line full|slow]`

Viewer: the workbench's own worker (link, seals, decoding, drawing) in headless Chromium on a page of the benchmark's;
for x11vnc, noVNC as Debian packs it (`apt-get install x11vnc novnc websockify`); for aiortc as installed, a video.
Everything runs on one machine and one clock, one after the other, so that a busy machine slows all alike: trust the
ratios. The slow line's own 20 ms one way are in its milliseconds, and named beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import mss
import psutil
from PIL import Image
from playwright.sync_api import Page, sync_playwright

import server_stub
from app.assist.child import screens
from app.assist.orders import Monitor
from app.assist.seal import as_text
from app.protocol.session import Limits
from app.system.base import Rect
from tests.benchmarks.desktop import HEIGHT, RATES, WIDTH
from tests.benchmarks.line import Line, Loop, Relay, free_port
from tests.benchmarks.watching import PAGES
from tests.benchmarks.webrtc import Datagrams, through
from tests.browser import ARGUMENTS, chromium
from tests.xvfb import Xvfb

VIEWER = Path(server_stub.__file__).parent / "workbench" / "static" / "assist"
NOVNC = Path("/usr/share/novnc")
LINES = {"full": (0.0, 0.0), "slow": (250_000.0, 0.020)}
"""Bytes a second and seconds each way: as it comes, and a shop's 2 Mbit/s with 40 ms there and back."""
AIMS = {
    ("full", "typing"): (18, 8, 0),
    ("full", "scroll"): (60, 28, 250),
    ("full", "drag"): (40, 28, 300),
    ("slow", "typing"): (20, 8, 0),
    ("slow", "scroll"): (90, 0, 0),
    ("slow", "drag"): (75, 0, 0),
}
VNC, WEBRTC = "x11vnc", "aiortc"


@dataclass(frozen=True, slots=True)
class Measured:
    """One workload over one line. Milliseconds, frames a second, kB a second, percent of a core, MB."""

    who: str
    line: str
    workload: str
    p50: float
    p95: float
    fps: float
    rate: float
    cpu: float
    first: float
    memory: float
    is_exact: bool | None


class Deskbell:
    """The host process, warmed while the question is read, the relay, and the workbench's worker."""

    name = "deskbell"

    def __init__(self, loop: Loop, server: Xvfb, page: Page, line: str) -> None:
        self._server, self._page = server, page
        self._relay = Relay(loop, {"/assist/": VIEWER}, PAGES)
        self.line = Line(loop, self._relay.port, *LINES[line], is_sender_behind=False)
        self._session, self._shared = str(uuid4()), as_text(b"s" * 32)
        self._host = subprocess.Popen(
            [sys.executable, "-m", "app.assist.start"],
            env=server.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.processes = [psutil.Process(self._host.pid)]

    def begin(self) -> float:
        page = self._page
        page.goto(f"http://127.0.0.1:{self._relay.port}/deskbell")
        until(page, lambda: page.evaluate("window.isReady"))
        page.evaluate("([session, secret]) => open_(session, secret)", [self._session, self._shared])
        time.sleep(3.0)  # the host has had its warming while the employee read
        setup = {
            "server": f"http://127.0.0.1:{self.line.port}",
            "session": self._session,
            **{name: str(uuid4()) for name in ("ticket", "agent", "device")},
            "token": "t" * 40,
            "shared": self._shared,
            "grade": 1,
            "screen": "one",
            "screens": screens((Monitor("one", "Screen 1", Rect(0, 0, WIDTH, HEIGHT)),)),
            "limits": {name: value.total_seconds() for name, value in asdict(Limits()).items()},
            "hold_seconds": 2,
        }
        allowed = time.time()
        assert self._host.stdin is not None
        self._host.stdin.write(json.dumps(setup) + "\n")
        self._host.stdin.flush()
        return allowed

    def is_exact(self) -> bool:
        return is_same(self._page, self._server)

    def close(self) -> None:
        self._host.kill()
        self._host.wait()
        self.line.close()
        self._relay.close()


class Vnc:
    """x11vnc, websockify and noVNC as Debian installs them; quality 3 and compression 6 on the slow line."""

    name = VNC

    def __init__(self, loop: Loop, server: Xvfb, page: Page, line: str) -> None:
        self._page = page
        self._relay = Relay(loop, {"/novnc/": NOVNC}, PAGES)
        port, self._bridge_port = free_port(), free_port()
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["x11vnc", "-display", server.display, "-nopw", "-forever", "-localhost", "-rfbport", str(port)]
        self._vnc = subprocess.Popen(command, **quiet)
        self._bridge = subprocess.Popen(["websockify", f"127.0.0.1:{self._bridge_port}", f"127.0.0.1:{port}"], **quiet)
        self.processes = [psutil.Process(self._vnc.pid), psutil.Process(self._bridge.pid)]
        self.line = Line(loop, self._bridge_port, *LINES[line], is_sender_behind=True)
        self._levels = [None, None] if line == "full" else [3, 6]

    def begin(self) -> float:
        time.sleep(2.0)
        self._page.goto(f"http://127.0.0.1:{self._relay.port}/vnc")
        until(self._page, lambda: self._page.evaluate("window.isReady"))
        allowed = self._page.evaluate("(given) => open_(...given)", [self.line.port, *self._levels])
        return float(allowed)

    def is_exact(self) -> bool | None:
        return None

    def close(self) -> None:
        for process in (self._vnc, self._bridge):
            process.terminate()
            process.wait(5)
        self.line.close()
        self._relay.close()


class WebRtc:
    """aiortc as installed: its encoder, its rates, the browser's own buffers."""

    name = WEBRTC

    def __init__(self, loop: Loop, server: Xvfb, page: Page, line: str) -> None:
        self._server, self._page = server, page
        self._relay = Relay(loop, {}, PAGES)
        self.line = Datagrams(loop, *LINES[line])
        self._sender = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.webrtc"],
            env=server.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.processes = [psutil.Process(self._sender.pid)]

    def begin(self) -> float:
        page = self._page
        page.goto(f"http://127.0.0.1:{self._relay.port}/webrtc")
        until(page, lambda: page.evaluate("window.isReady"))
        time.sleep(2.0)
        offer = page.evaluate("offer()")
        allowed = time.time()
        assert self._sender.stdin is not None
        assert self._sender.stdout is not None
        self._sender.stdin.write(json.dumps(offer) + "\n")
        self._sender.stdin.flush()
        answer = json.loads(self._sender.stdout.readline())
        page.evaluate("(answer) => open_(answer)", answer | {"sdp": through(answer["sdp"], self.line)})
        return allowed

    def is_exact(self) -> bool:
        return is_same(self._page, self._server)

    def close(self) -> None:
        self._sender.kill()
        self._sender.wait()
        self.line.close()
        self._relay.close()


def is_same(page: Page, server: Xvfb) -> bool:
    """Whether the page shows the screen bit by bit."""
    digest = bytes(page.evaluate("ask('digest')"))
    with mss.MSS(display=server.display) as grabber:
        shot = grabber.grab({"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT})
    image = Image.frombytes("RGB", shot.size, shot.bgra, "raw", "BGRX").convert("RGBA")
    return digest == hashlib.sha256(image.tobytes()).digest()


def until(page: Page, condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for something on the page."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline or page.evaluate("window.trouble ?? []"):
            raise RuntimeError(f"the viewer did not get there: {page.evaluate('window.trouble')}")
        time.sleep(0.02)


def cpu_of(processes: list[psutil.Process]) -> float:
    """Seconds of CPU they and their children have used."""
    found = 0.0
    for process in processes:
        for each in (process, *process.children(recursive=True)):
            times = each.cpu_times()
            found += times.user + times.system
    return found


System = type[Deskbell] | type[Vnc] | type[WebRtc]


def measure(system: System, loop: Loop, page: Page, line: str, name: str, seconds: float) -> Measured:
    """One workload from a fresh X server to a fresh page."""
    with Xvfb(WIDTH, HEIGHT) as server:
        command = [sys.executable, "-m", "tests.benchmarks.desktop", name, str(seconds)]
        desktop = subprocess.Popen(
            command, env=server.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert desktop.stdin is not None
        assert desktop.stdout is not None
        assert desktop.stdout.readline() == "ready\n"
        watched = system(loop, server, page, line)
        try:
            allowed = watched.begin()
            seen: list[list[float]] = []

            def has_seen() -> bool:
                seen.extend(page.evaluate("ask('seen')"))
                return any(number >= 0 for number, *_ in seen)

            until(page, has_seen, 60)
            first = next(at for number, at, *_ in seen if number >= 0) - allowed
            time.sleep(3.0)
            page.evaluate("ask('seen')")
            carried, used, began = watched.line.carried, cpu_of(watched.processes), time.monotonic()
            desktop.stdin.write("go\n")
            desktop.stdin.flush()
            made = json.loads(desktop.stdout.readline())
            took = time.monotonic() - began
            used, carried = cpu_of(watched.processes) - used, watched.line.carried - carried
            time.sleep(1.0)
            is_exact = watched.is_exact()
            drawn = page.evaluate("ask('seen')")
            memory = sum(process.memory_full_info().pss for process in watched.processes) / 1e6
        finally:
            watched.close()
            desktop.kill()
            desktop.wait()
    delays = latencies(made, drawn)
    return Measured(
        who=system.name,
        line=line,
        workload=name,
        p50=statistics.median(delays) if delays else float("nan"),
        p95=delays[int(len(delays) * 0.95)] if delays else float("nan"),
        fps=len({number for number, at, *_ in drawn if number > 0 and at < made[-1][1] + 0.2}) / took,
        rate=carried / took / 1000,
        cpu=100 * used / took,
        first=first * 1000,
        memory=memory,
        is_exact=is_exact,
    )


def latencies(made: list[list[float]], drawn: list[list[float]]) -> list[float]:
    """Milliseconds from each change to the first picture that shows it or a later one, sorted."""
    found = []
    for number, at in made:
        later = [when for shown, when, *_ in drawn if shown >= number]
        if later:
            found.append((min(later) - at) * 1000)
    return sorted(found)


def shown(each: Measured, peers: list[Measured]) -> str:
    """One line of the table; against `peers` in the same run where there are any."""
    aim = AIMS.get((each.line, each.workload))
    delay, beyond = "     -", "     -"
    if each.p50 == each.p50:  # the still screen has none
        delay, beyond = f"{each.p50:6.0f}/{each.p95:.0f}", f"{each.p50 - LINES[each.line][1] * 1000:6.0f}"
    ratios = [f"{peer.who} x{each.p50 / peer.p50:.2f} ms x{each.rate / peer.rate:.2f} kB" for peer in peers]
    aims = f"(aim {aim[0]} ms, {aim[1]} fps, {aim[2]} kB/s)" if aim and each.who == Deskbell.name else ""
    return " ".join(
        (
            f"{each.line:5} {each.workload:7} {each.who:9}",
            f"{delay:13} {beyond} {each.fps:5.1f} {each.rate:8.1f} {each.cpu:6.1f}",
            f"{each.first:7.0f} {each.memory:6.0f}",
            {True: "exact", False: "LOSSY", None: "-"}[each.is_exact].ljust(6),
            *(ratios if aim else ()),
            aims,
        )
    )


def present(only: str | None) -> list[System]:
    """Who is measured, Deskbell last; says who is missing."""
    known: dict[str, System] = {VNC: Vnc, WEBRTC: WebRtc, Deskbell.name: Deskbell}
    if only:
        return [known[only]]
    missing = [each for each in ("x11vnc", "websockify") if shutil.which(each) is None]
    if missing or not NOVNC.exists():
        print("x11vnc is left out: apt-get install x11vnc novnc websockify")
        del known[VNC]
    return list(known.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--only", choices=[Deskbell.name, VNC, WEBRTC])
    parser.add_argument("--workload", choices=sorted(RATES), action="append")
    parser.add_argument("--line", choices=sorted(LINES), action="append")
    given = parser.parse_args()
    systems = present(given.only)
    print(f"load {psutil.getloadavg()[0]:.1f} on {psutil.cpu_count()} cores; slow is 2 Mbit/s and 20 ms each way")
    print("line  work    who       p50/p95 ms    -line   fps     kB/s  CPU %   first  PSS MB picture")
    loop = Loop()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for line in given.line or LINES:
            for name in given.workload or RATES:
                peers: list[Measured] = []
                for system in systems:
                    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
                    found = measure(system, loop, page, line, name, given.seconds)
                    page.close()
                    print(shown(found, peers if system is Deskbell else []), flush=True)
                    peers.append(found)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
