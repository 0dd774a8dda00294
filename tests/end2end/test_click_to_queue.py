"""From the employee's click to the agent's queue: three real processes and a real picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ImageChops

from tests.browser import Tabs, browser, tabs, until
from tests.panel import PanelDesktop, missing, python, wait_for
from tests.server_process import ServerProcess
from tests.ui.test_tray_desktop import bell_place, stable, strip, strip_above

ROOT = Path(__file__).parent.parent.parent
PICTURE = ROOT / "app" / "samples" / "pos-error.png"
ARTEFACTS = ROOT / "artefacts"
pytestmark = [pytest.mark.end2end, pytest.mark.browser]
__all__ = ["browser", "tabs"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    started = ServerProcess(tmp_path / "server").start()
    yield started
    started.stop()


def signed_in(tabs: Tabs, server: ServerProcess):
    page = tabs.open(locale="zh-CN")
    page.goto(f"{server.url}/workbench/")
    page.fill("[name=login]", server.login)
    page.fill("[name=password]", server.password)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[data-live][data-status='live']")
    return page


def story(process: subprocess.Popen[str]) -> dict[str, dict]:
    """What the employee did, by name."""
    out, errors = process.communicate(timeout=90)
    told = [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0, (told, errors)
    return {each["did"]: each for each in told}


def test_a_report_is_in_the_agents_queue_within_two_seconds_without_a_reload(
    server: ServerProcess, tabs: Tabs, tmp_path: Path
) -> None:
    page = signed_in(tabs, server)
    page.evaluate("window.sinceLoad = true")
    environment = {**os.environ, "DESKBELL_HOME": str(tmp_path / "home"), "DESKBELL_LANGUAGE": "en"}
    employee = subprocess.Popen(
        [sys.executable, "-m", "tests.end2end.employee", server.url, server.token, str(PICTURE), "刷卡失败"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )

    until(page, "document.querySelectorAll('[data-rows] tr').length > 0", seconds=90)
    seen = time.monotonic()
    told = story(employee)

    assert seen - told["sent"]["at"] < 2.0 + (told["got number"]["at"] - told["sent"]["at"])
    assert seen - told["got number"]["at"] < 2.0
    assert any("E1023" in title for title in told["saw answers"]["titles"])
    assert page.evaluate("window.sinceLoad"), "the page was loaded anew"
    assert told["got number"]["number"] in page.inner_text("[data-rows] tr")
    page.click("[data-rows] tr a.subject")
    page.wait_for_selector("text=刷卡失败")
    page.wait_for_selector("text=E1023")
    assert tabs.watched.complaints == []
    print(f"seen {seen - told['sent']['at']:.2f} s after Send; {ARTEFACTS / 'ticket.png'}")
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / "ticket.png")


@pytest.mark.desktop
@pytest.mark.skipif(bool(missing()), reason=missing())
def test_the_bell_in_a_real_panel_leads_to_a_ticket(server: ServerProcess, tabs: Tabs, tmp_path: Path) -> None:
    page = signed_in(tabs, server)
    with PanelDesktop(tmp_path) as desktop:
        desktop.run(["display", "-geometry", "+40+20", str(PICTURE)], "till")
        assert wait_for(lambda: desktop.windows("pos-error"), "the till's screen")
        more = {"DESKBELL_HOME": str(tmp_path / "bell"), "PYTHONPATH": str(ROOT), "DESKBELL_LANGUAGE": "en"}
        flags = ["--server", server.url, "--token", server.token, "--background"]
        before = strip(desktop)
        desktop.run([python(), "-m", "app", *flags], "bell", more)
        wait_for(desktop.items, "the bell is docked")
        x, y = bell_place(desktop, before)
        empty = strip_above(desktop)

        desktop.mouse(x, y, button=3)
        stable(lambda: ImageChops.difference(empty, strip_above(desktop)).getbbox())
        desktop.picture(ARTEFACTS / "menu-in-panel.png")
        desktop.key("Down", "Return")
        assert wait_for(lambda: desktop.windows("What is wrong"), "*Report a problem* opens the report")
        wait_for(lambda: sent_by_keys(desktop, page), "a ticket in the queue", 90)

        desktop.picture(ARTEFACTS / "report-in-panel.png")
    assert "INC-000001" in page.inner_text("[data-rows] tr")


def sent_by_keys(desktop: PanelDesktop, page) -> bool:
    """Ctrl+Enter goes on from each page; true once the ticket is there."""
    if page.evaluate("document.querySelectorAll('[data-rows] tr').length") > 0:
        return True
    desktop.key("ctrl+Return")
    page.wait_for_timeout(400)
    return False
