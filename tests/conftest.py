"""What every test may rely on: no display needed, no stray warnings, no network but loopback."""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_ACCESSIBILITY", "0")
# A run in the background of a shell is told to ignore Ctrl+C, and so would be every program it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
for name in [each for each in os.environ if each.startswith("DESKBELL_") and not each.startswith("DESKBELL_BENCH")]:
    del os.environ[name]
for proxy in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
    os.environ.pop(proxy, None)


def pytest_collection_finish() -> None:
    """All modules are there by now, and none will go: what collects after every test need not look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_unexpected_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A log record at WARNING or above fails the test, unless the test looked at it and cleared it."""
    yield

    records = [r for when in ("setup", "call") for r in caplog.get_records(when) if r.levelno >= logging.WARNING]
    assert not records, [record.getMessage() for record in records]
