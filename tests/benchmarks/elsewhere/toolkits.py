"""Real message boxes of GTK, Tk, Qt, KDE and X on a real window manager, photographed and read.

`python -m tests.benchmarks.elsewhere.toolkits [--keep FOLDER]`; needs Xvfb, xfwm4, xterm, xdotool, ImageMagick, and of
zenity, yad and python3-tk whatever is installed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from rapidfuzz import fuzz

from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.salience import read_picture
from app.capture.wire import Request
from app.system import current
from app.system.base import Window
from tests.benchmarks.transcription import plain

DISPLAY = ":77"
ENGLISH = "The payment could not be completed. Error code: 0x80070005"
CHINESE = "保存失败，磁盘空间不足，请联系管理员。错误代码：ORA-01653"
QUIET = "There are rules made with a different version that are not shown."
TK = "import sys, tkinter; from tkinter import messagebox; messagebox.showerror('Deskbox', sys.argv[1])"
QT = (
    "import sys; from PySide6.QtWidgets import QApplication, QMessageBox as Box;"
    "a = QApplication(['x', '-style', sys.argv[1]]);"
    "Box(Box.Icon.Critical, 'Deskbox', sys.argv[2], Box.StandardButton.Retry | Box.StandardButton.Cancel).exec()"
)
Box = tuple[str, str, list[str]]


def boxes() -> Iterator[Box]:
    """Name, message, and the command that shows it, for every toolkit that is there."""
    for text in (ENGLISH, CHINESE, QUIET):
        if shutil.which("zenity"):
            yield "GTK (zenity)", text, ["zenity", "--error", "--title=Deskbox", f"--text={text}"]
        if shutil.which("xmessage") and text.isascii():
            yield "X (xmessage)", text, ["xmessage", "-center", "-title", "Deskbox", "-buttons", "OK,Cancel", text]
        if shutil.which("kdialog"):
            yield "KDE (kdialog)", text, ["kdialog", "--title", "Deskbox", "--error", text]
        if shutil.which("yad"):
            buttons = ["--button=Retry", "--button=Cancel", "--image=dialog-error"]
            yield "GTK (yad)", text, ["yad", "--title=Deskbox", f"--text={text}", *buttons]
        if (
            subprocess.run(["/usr/bin/python3", "-c", "import tkinter"], check=False, capture_output=True).returncode
            == 0
        ):
            yield "Tk", text, ["/usr/bin/python3", "-c", TK, text]
        for style in ("Fusion", "Windows"):
            yield f"Qt ({style})", text, [sys.executable, "-c", QT, style, text]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="folder that keeps the pictures")
    options = parser.parse_args(arguments)
    os.environ.update(DISPLAY=DISPLAY, QT_QPA_PLATFORM="xcb")
    engine = RapidEngine()
    engine.load()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as desktop:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        desktop.enter_context(running("Xvfb", DISPLAY, "-screen", "0", "1920x1080x24"))
        subprocess.run(["sleep", "2"], check=True)
        desktop.enter_context(running("xfwm4", "--compositor=off"))
        # What stands behind tells of trouble, so that only being in front speaks for a box.
        listing = "for n in $(seq 40); do echo $n ERROR the order could not be saved, retry failed; done; sleep 600"
        desktop.enter_context(running("xterm", "-geometry", "110x40+700+300", "-e", "sh", "-c", listing))
        seen("xterm", by="--class")
        for number, (name, text, command) in enumerate(boxes()):
            path = folder / f"{number:02d}.png"
            with running(*command):
                if not seen("^Deskbox"):
                    print(f"{name:16} did not show its box")
                    continue
                subprocess.run(["sleep", "0.7"], check=True)  # the window manager draws its frame
                subprocess.run(["import", "-window", "root", str(path)], check=True)
                window = current().foreground()
            print(f"{name:16} by pixels: {told(engine, path, text)}")
            print(f"{'':16} by window: {told(engine, path, text, window)}")
    return 0


def told(engine: RapidEngine, path: Path, text: str, window: Window | None = None) -> str:
    """What came of reading one screen, with the window in front as the program knows it when it takes the picture."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    known = (window.rect, window.is_modal) if window else (None, False)
    request = Request(1, engine.name, *image.size, window=known[0], is_modal=known[1])
    reading = read_picture(engine, request, image.tobytes(), Deadline())
    said = plain("".join(line.text for line in reading.message))
    kind = "dialog" if reading.is_dialog else "focus" if len(reading.message) < len(reading.lines) else "full"
    took = f"{reading.milliseconds:5.0f} ms"
    return f"{kind:7} {took} message {fuzz.partial_ratio(plain(text), said):5.1f} %  title {reading.title or '-'}"


def seen(name: str, by: str = "--name") -> bool:
    """Whether a window shows within 20 seconds."""
    command = ["timeout", "20", "xdotool", "search", "--sync", "--onlyvisible", by, name]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextmanager
def running(*command: str) -> Iterator[None]:
    """A program as long as the block lasts."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
