"""On a real X server without a compositor: drawings can be seen and clicked through, questions stand in front."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import mss
import numpy as np
import pytest

from tests.window_manager import has_window_manager, window_manager
from tests.xvfb import Xvfb

WIDTH, HEIGHT = 800, 600
MAGENTA = np.array([0xE5, 0x19, 0x7D])

OVERLAY = """
import sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtWidgets import QApplication, QWidget
from app.assist.told import Drawn, Pointed
from app.ui.assist.overlay import Overlay

class Below(QWidget):
    def mousePressEvent(self, event):
        print("pressed", round(event.position().x()), round(event.position().y()), flush=True)

application = QApplication([])
below = Below(None, Qt.WindowType.FramelessWindowHint)
below.setStyleSheet("background: #203040")
below.setGeometry(application.primaryScreen().geometry())
below.show()
overlay = Overlay("Li Na", application.primaryScreen(), 1.0)
def draw():
    overlay.draw(Drawn("box", ((100, 100), (300, 200))))
    overlay.point(Pointed(500, 400, True))
    QTimer.singleShot(300, lambda: print("drawn", overlay.is_composited, flush=True))
QTimer.singleShot(300, draw)
application.exec()
"""

FULL_SCREEN = """
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.setStyleSheet("background: #20c040")
window.showFullScreen()
window.activateWindow()
print("full", flush=True)
application.exec()
"""

QUESTION = """
from PySide6.QtWidgets import QApplication
from app.ui.assist.questions import GradePrompt
from app.protocol.session import Grade
application = QApplication([])
prompt = GradePrompt("Li Na", Grade.CONTROL, application.primaryScreen())
prompt.setStyleSheet("QDialog { background: #ff00aa; }")
prompt.answered.connect(lambda said: (print(said.value, flush=True), application.quit()))
prompt.ask()
place = prompt.allow.mapToGlobal(prompt.allow.rect().center())
application.processEvents()
print(f"[{place.x()}, {place.y()}]", flush=True)
application.exec()
"""


@pytest.fixture
def server() -> Iterator[Xvfb]:
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed (Debian: apt-get install xdotool)")
    with Xvfb(WIDTH, HEIGHT) as server:
        yield server


class Programs:
    """Programs on that server, ended with the test."""

    def __init__(self, server: Xvfb) -> None:
        self.server = server
        self.running: list[subprocess.Popen[str]] = []

    def python(self, script: str) -> subprocess.Popen[str]:
        return self.run(sys.executable, "-c", script)

    def run(self, *command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command, env=self.server.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.running.append(process)
        return process

    def mouse(self, x: int, y: int) -> None:
        subprocess.run(
            ["xdotool", "mousemove", str(x), str(y), "click", "1"],
            env=self.server.environment(),
            check=True,
            timeout=10,
        )


@pytest.fixture
def programs(server: Xvfb) -> Iterator[Programs]:
    made = Programs(server)
    yield made
    for process in reversed(made.running):
        process.kill()
        process.communicate()


def screen(server: Xvfb) -> np.ndarray:
    """Height, width, RGB."""
    with mss.MSS(display=server.display) as grabber:
        shot = grabber.grab({"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT})
        return np.frombuffer(shot.rgb, np.uint8).reshape(HEIGHT, WIDTH, 3)


@pytest.fixture
def manager(server: Xvfb) -> Iterator[None]:
    with window_manager(server.environment()):
        deadline = time.monotonic() + 20
        while not has_window_manager(server.display):
            assert time.monotonic() < deadline, "the window manager does not begin"
            time.sleep(0.02)
        yield


def test_a_drawing_is_seen_and_a_click_on_it_reaches_what_lies_below(server: Xvfb, programs: Programs) -> None:
    process = programs.python(OVERLAY)
    assert process.stdout.readline().split() == ["drawn", "False"]

    seen = screen(server)
    programs.mouse(200, 100)

    assert np.abs(seen[100, 200].astype(int) - MAGENTA).max() < 12
    assert tuple(seen[150, 200]) == (0x20, 0x30, 0x40)  # the inside of the box is untouched
    assert process.stdout.readline().split() == ["pressed", "200", "100"]


@pytest.mark.parametrize("with_manager", [False, True])
def test_a_question_stands_in_front_of_a_full_screen_program_and_can_be_answered(
    server: Xvfb, programs: Programs, with_manager: bool, request: pytest.FixtureRequest
) -> None:
    if with_manager:
        request.getfixturevalue("manager")
    full = programs.python(FULL_SCREEN)
    assert full.stdout.readline().strip() == "full"
    time.sleep(0.5)

    question = programs.python(QUESTION)
    x, y = json.loads(question.stdout.readline())
    deadline = time.monotonic() + 10
    while not (screen(server) == np.array([0xFF, 0x00, 0xAA])).all(axis=2).any():
        assert time.monotonic() < deadline, "the question is hidden"
        time.sleep(0.05)
    time.sleep(0.4)  # the guard
    if with_manager:
        found = np.argwhere((screen(server) == np.array([0xFF, 0x00, 0xAA])).all(axis=2))
        assert len(found) > 1000
        return
    programs.mouse(x, y)

    assert question.stdout.readline().strip() == "allow"
