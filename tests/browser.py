"""A real Chromium for tests that look at pages: fixtures to import, and what went wrong on a page."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Where Chromium is; skips the test, saying why, where there is none."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine: pages are not looked at")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module. Not for the whole run: while it lives, no other event loop may run in this thread."""
    executable = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Tabs]:
    """Opens pages in contexts of their own and closes them afterwards."""
    opened = Tabs(browser)
    yield opened
    opened.close()


def until(page: Page, expression: str, seconds: float = 20.0) -> None:
    """Wait until a JavaScript expression is true; unlike Playwright's own way this needs no `unsafe-eval`."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"not true after {seconds} s: {expression}"
        page.wait_for_timeout(20)


@dataclass
class Watched:
    """What went wrong on a page, collected while a test uses it."""

    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


class Tabs:
    """Pages in a browser, each watched for script errors, refused content and dialogs."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[object] = []
        self.watched = Watched()

    def open(
        self, *, locale: str = "en-GB", dark: bool = False, width: int = 1440, height: int = 900, zone: str = "UTC"
    ) -> Page:
        """A page of a new visitor, with cookies of its own."""
        context = self._browser.new_context(
            locale=locale,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            timezone_id=zone,
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        return self.watch(context.new_page())

    def watch(self, page: Page) -> Page:
        """Collect the page's complaints."""

        def heard(message) -> None:
            # Chromium reports refused scripts and styles, and failed requests, as errors of the console.
            if message.type == "error":
                self.watched.complaints.append(message.text)

        def asked(dialog) -> None:
            self.watched.dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("console", heard)
        page.on("pageerror", lambda error: self.watched.complaints.append(str(error)))
        page.on("dialog", asked)
        return page

    def close(self) -> None:
        """Close everything that was opened."""
        for context in self._contexts:
            context.close()
