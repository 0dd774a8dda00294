"""Takes the README's pictures anew: `python -m tests.pictures.take`. A real server, a real panel, the real windows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, chromium
from tests.panel import PanelDesktop, python, wait_for
from tests.server_process import ServerProcess

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
TILL = ROOT / "app" / "samples" / "pos-error.png"
LOOKS = (("en", "light"), ("zh-CN", "dark"))


def settled(desktop: PanelDesktop, path: Path) -> Path:
    """A picture of the desktop once nothing on it changes any more."""
    before = b""
    for _ in range(60):
        now = desktop.picture(path).read_bytes()
        if now == before:
            return path
        before = now
        time.sleep(0.7)
    return path


def mark(desktop: PanelDesktop, language: str) -> None:
    """Draw on the till's error as an employee would, with the mouse and the tools' keys."""
    time.sleep(3)  # what was found in the picture is offered by then
    drag(desktop, "b", (322, 320), (484, 341))
    drag(desktop, "a", (740, 262), (500, 328))
    for place in ((384, 411), (548, 411)):
        desktop.key("n")
        desktop.mouse(*place)
        time.sleep(0.3)
    drag(desktop, "x", (178, 487), (262, 497))
    drag(desktop, "h", (328, 360), (462, 372))
    desktop.key("t")
    desktop.mouse(690, 225)
    time.sleep(0.5)
    desktop.ask("xdotool", "type", "since 9:40" if language == "en" else "9:40 开始")
    time.sleep(0.5)
    desktop.key("Escape")
    time.sleep(0.3)
    desktop.key("Escape")
    desktop.key("b")


def drag(desktop: PanelDesktop, tool: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw with a tool from one place on the screen to another."""
    desktop.key(tool)
    time.sleep(0.2)
    for command in (("mousemove", *start), ("mousedown", 1), ("mousemove", *end), ("mouseup", 1)):
        desktop.ask("xdotool", *(str(part) for part in command))
        time.sleep(0.15)
    time.sleep(0.3)


def windows(server: ServerProcess, language: str, theme: str) -> None:
    """The report window and the help window in one language and theme."""
    with tempfile.TemporaryDirectory() as name, PanelDesktop(Path(name), (1366, 768)) as desktop:
        desktop.run(["display", "-geometry", "+60+20", str(TILL)], "till")
        wait_for(lambda: desktop.windows("pos-error"), "the till")
        more = {
            "DESKBELL_HOME": str(Path(name) / "bell"),
            "PYTHONPATH": str(ROOT),
            "DESKBELL_LANGUAGE": language,
            "DESKBELL_THEME": theme,
        }
        flags = ["--server", server.url, "--token", server.token]
        desktop.run([python(), "-m", "app", *flags, "--background"], "bell", more)
        wait_for(desktop.items, "the bell")
        time.sleep(4)  # the first knowledge pack is under way; a picture of waiting is not wanted
        desktop.run([python(), "-m", "app", "open", "report"], "report", more)
        wait_for(lambda: desktop.windows("Deskbell"), "the report")
        settled(desktop, HERE / f"report-{language[:2]}-{theme}.png")
        mark(desktop, language)
        settled(desktop, HERE / f"editor-{language[:2]}-{theme}.png")
        desktop.key("ctrl+Return")
        time.sleep(2)
        settled(desktop, HERE / f"check-{language[:2]}-{theme}.png")
        for _ in range(3):
            desktop.key("ctrl+Return")
            time.sleep(1.5)
        desktop.key("Escape")
        desktop.run([python(), "-m", "app", "open", "tickets"], "tickets", more)
        time.sleep(3)
        settled(desktop, HERE / f"help-{language[:2]}-{theme}.png")


def workbench(server: ServerProcess) -> None:
    """The queue and a ticket, as an agent sees them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for language, scheme in LOOKS:
            page = browser.new_page(
                locale=language, color_scheme=scheme.replace("auto", "light"), viewport={"width": 1366, "height": 860}
            )
            page.goto(f"{server.url}/workbench/")
            page.fill("[name=login]", server.login)
            page.fill("[name=password]", server.password)
            page.press("[name=password]", "Enter")
            page.wait_for_selector("[data-rows] tr")
            page.click("[data-rows] tr a.subject")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(800)
            page.screenshot(path=HERE / f"ticket-{language[:2]}-{scheme}.png")
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        server = ServerProcess(Path(name) / "server").start()
        try:
            for language, theme in LOOKS:
                windows(server, language, theme)
            workbench(server)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
