"""The OCR worker from outside: how soon it is ready, how much memory it has, how long a desktop takes.

`python -m tests.benchmarks.reading_worker [--data FOLDER] [--starts N]`
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from app.capture.engine_choice import EngineChoice
from app.capture.reader import Reader
from app.system import current
from tests.benchmarks import screens

MEGABYTE = 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return _run(folder, arguments)


def _run(folder: str, arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    screens.add_option(parser)
    parser.add_argument("--starts", type=int, default=5)
    options = parser.parse_args(arguments)
    first_image = screens.dialogs(options.data)[0].image()
    ready: list[float] = []
    choice = EngineChoice(Path(folder), Path(folder))
    choice.keep("rapidocr")  # as the installer, or the first start of all, leaves it
    for _ in range(options.starts):
        reader = Reader(current(), choice=choice)
        started = time.perf_counter()
        reader.warm()
        reader.wait_until_ready(30.0)
        ready.append(time.perf_counter() - started)
        reader.close()
    print(f"cold worker to ready: {statistics.median(ready):.2f} s (of {options.starts}, worst {max(ready):.2f} s)")
    reader = Reader(current(), choice=choice)
    started = time.perf_counter()
    reader.read(first_image, deadline=60.0)
    print(f"cold worker to the first dialog read: {time.perf_counter() - started:.2f} s")
    print(f"memory then: {_memory(reader)}")
    for screen in screens.dialogs(options.data)[::6]:
        reader.read(screen.image(), deadline=60.0)
    print(f"memory after dialogs: {_memory(reader)}")
    times = []
    for screen in screens.desktops(options.data):
        image = screen.image()
        started = time.perf_counter()
        reader.read(image, deadline=60.0)
        times.append(time.perf_counter() - started)
    times.sort()
    print(f"desktop to reading: p50 {times[len(times) // 2]:.2f} s, p95 {times[int(len(times) * 0.95)]:.2f} s")
    print(f"memory after desktops: {_memory(reader)}")
    reader.close()
    return 0


def _memory(reader: Reader) -> str:
    if reader.process_id is None:
        return "no worker"
    info = psutil.Process(reader.process_id).memory_full_info()
    shared = f", PSS {info.pss / MEGABYTE:.0f} MB" if hasattr(info, "pss") else ""
    return f"RSS {info.rss / MEGABYTE:.0f} MB{shared}"


if __name__ == "__main__":
    sys.exit(main())
