"""Tray, host, server and browser killed at random moments of a session: nobody looks a second later, and both ledgers
agree. That nobody looks is the X server's own word: it records who asks it for pictures.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.exceptions import InvalidStatus, WebSocketException

from tests.browser import ARGUMENTS, chromium
from tests.end2end.stage import Stage, Tray
from tests.server_stub.assist_desk import REASON, Browser

SECOND = 1.0
WATCHED = 0.4
"""Seconds after that second in which the X server must still not be asked."""
RUNS = 100
SPAN = 1.2
"""Seconds after the first picture in which the kill falls; a quarter of the kills falls before it."""
CUT = (httpx.HTTPError, InvalidStatus, WebSocketException, OSError, AssertionError)
"""What an agent by script meets when something is killed under it."""


class Chance:
    """When the blows fall: the same for the same victim."""

    def __init__(self, victim: str) -> None:
        self._random = random.Random(victim)
        self._runs = 0

    def is_early(self) -> bool:
        """Whether this one falls between the invitation and the first picture: every fourth does."""
        self._runs += 1
        return self._runs % 4 == 0

    def moment(self) -> float:
        return self._random.uniform(0, SPAN)


class Blow:
    """Kills once, at a moment told beforehand or by `now`."""

    def __init__(self, kill: Callable[[], None]) -> None:
        self._kill = kill
        self._once = threading.Lock()
        self.is_hit = threading.Event()
        self.at = 0.0

    def after(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self.now)
        timer.daemon = True
        timer.start()

    def now(self) -> None:
        with self._once:
            if not self.is_hit.is_set():
                self.at = time.monotonic()
                self._kill()
                self.is_hit.set()


def is_running(pid: int) -> bool:
    """Whether a process is there and no corpse."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def strike(stage: Stage, blow: Blow, chance: Chance) -> Browser:
    """Begin a session and let the blow fall somewhere in it."""
    browser = stage.begin()
    if chance.is_early():
        blow.after(chance.moment())
    with suppress(*CUT):
        stage.go_on(browser, blow.is_hit)
    if not blow.is_hit.is_set():
        blow.after(chance.moment())
    assert blow.is_hit.wait(20)
    return browser


def nobody_looks(stage: Stage, blow: Blow) -> float:
    """Seconds from the blow to the last look at the screen; fails when that was more than one."""
    time.sleep(max(blow.at + SECOND + WATCHED - time.monotonic(), 0))
    late = stage.grabs.after(blow.at + SECOND)
    assert late == [], f"the screen was read {late[-1] - blow.at:.2f} s after the kill"
    return max(stage.grabs.after(blow.at), default=blow.at) - blow.at


def killing(pid: int | None) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_tray(stage: Stage, chance: Chance) -> float:
    hosts: list[int] = []

    def kill() -> None:
        host = stage.tray.host()
        hosts.extend([host] if host else [])
        stage.tray.process.kill()

    blow = Blow(kill)
    browser = strike(stage, blow, chance)
    worst = nobody_looks(stage, blow)
    assert not any(is_running(host) for host in hosts)
    stage.end(browser)
    stage.tray.close()
    stage.tray = Tray(stage.server, stage.display, stage.home)
    return worst


def kill_host(stage: Stage, chance: Chance) -> float:
    def kill() -> None:
        while (host := stage.tray.host()) is None:
            time.sleep(0.01)
        killing(host)

    blow = Blow(kill)
    browser = strike(stage, blow, chance)
    worst = nobody_looks(stage, blow)
    stage.end(browser)
    return worst


def kill_server(stage: Stage, chance: Chance) -> float:
    blow = Blow(stage.server.kill)
    browser = strike(stage, blow, chance)
    worst = nobody_looks(stage, blow)
    stage.server.start()
    stage.end(browser)
    return worst


def kill_browser(stage: Stage, chance: Chance) -> float:
    from playwright.sync_api import Error, sync_playwright

    browser = Browser(stage.visitor, stage.tray.ticket)
    browser.csrf = stage.visitor.token()
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        blow = Blow(lambda: killing(main_process_of_chromium()))
        page = chrome.new_page()
        page.context.add_cookies(
            [{"name": name, "value": value, "url": stage.url} for name, value in cookies_of(stage)]
        )
        page.goto(f"{stage.url}/workbench/tickets/{stage.tray.ticket}/assist")
        page.fill("[name=reason]", REASON)
        if page.locator("[name=password]").is_visible():
            page.fill("[name=password]", stage.server.password)
        with page.expect_response(lambda answer: answer.url.endswith("/assist")) as answered:
            page.click("[data-invite] button.first")
        browser.session = answered.value.json()["id"]
        if chance.is_early():
            blow.after(chance.moment())
        with suppress(Error):
            page.locator("[data-assist][data-drawn]").wait_for(timeout=15_000)
            page.wait_for_timeout(chance.moment() * 1000)
        blow.now()
        worst = nobody_looks(stage, blow)
        with suppress(Error):
            chrome.close()
    stage.end(browser)
    return worst


def main_process_of_chromium() -> int:
    """The process of the browser itself; the pages' processes are its children."""
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            program, *words = each.cmdline() or [""]
            is_browser = Path(program).name in ("chromium", "chrome", "chromium-browser")
            if is_browser and not any(word.startswith("--type=") for word in words):
                return each.pid
    raise AssertionError("there is no Chromium")


def cookies_of(stage: Stage) -> list[tuple[str, str]]:
    return list(stage.visitor.client.cookies.items())


VICTIMS = {"tray": kill_tray, "host": kill_host, "server": kill_server, "browser": kill_browser}


def killed(folder: Path, victim: str, runs: int) -> None:
    if victim == "browser":
        chromium()
    chance = Chance(victim)
    with Stage(folder) as stage:
        worst = [VICTIMS[victim](stage, chance) for _ in range(runs)]
        looked = sum(each > 0 for each in worst)
        print(f"{victim}: {runs} kills, looked at up to {max(worst) * 1000:.0f} ms after one, {looked} while watched")
        assert stage.grabs.after(0), "nobody ever looked"
        ledger = stage.settled()
        assert ledger.first_broken() is None
        visits = ledger.visits()
        assert len(visits) <= runs
        for visit in visits:
            assert [line.event for line in visit.lines].count("ended") == 1
        checked = stage.verified()
        assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
        assert ", 0 differences" in checked.stdout
        print(checked.stdout.splitlines()[-1])


@pytest.mark.end2end
@pytest.mark.browser
def test_a_killed_browser_ends_the_looking_within_a_second(tmp_path: Path) -> None:
    killed(tmp_path, "browser", 1)


@pytest.mark.slow
@pytest.mark.end2end
@pytest.mark.parametrize("victim", VICTIMS)
def test_a_hundred_kills_at_random_moments_leave_nobody_looking_and_ledgers_that_agree(
    tmp_path: Path, victim: str
) -> None:
    killed(tmp_path, victim, RUNS)
