"""The OCR worker as a real process: it reads, and whatever happens to it costs one reading at most."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.capture import reader as reader_module
from app.capture.reader import Reader
from app.capture.reading import Reading
from app.errors import HelpdeskError
from app.system import current
from app.system.base import Rect, Window
from tests.capture import drawn

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX are used to disturb the worker")

ENGLISH = drawn.dialog(
    "Outlook", "Cannot connect to the server.\nError code: 0x8004010F", ("Retry", "Cancel"), width=460
)
CHINESE = drawn.dialog("收银系统", "支付失败，请重试或更换支付方式。\n错误代码：E1023", ("重试", "取消"), size=18)
NOBODY_WAITS = 60.0


@pytest.fixture(scope="module")
def shared() -> Iterator[Reader]:
    reader = Reader(current())
    yield reader
    reader.close()


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader(current())
    yield made
    made.close()


def eventually(fact: Callable[[], bool], seconds: float = 20.0) -> None:
    """Poll until `fact` holds."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not fact():
        assert time.monotonic() < end, "it never happened"
        pause.wait(0.02)


def is_running(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.mark.parametrize("shown", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_dialog_is_read_word_for_word(shared: Reader, shown: drawn.Dialog) -> None:
    reading = shared.read(shown.image, deadline=NOBODY_WAITS)

    assert [line.text.replace(":", "：") for line in reading.lines] == [line.replace(":", "：") for line in shown.lines]
    assert reading.region == Rect(0, 0, shown.image.width, shown.image.height)
    assert reading.milliseconds > 0
    for line in reading.lines:
        assert line.confidence > 0.8
        assert reading.region.intersection(line.box) == line.box


def test_on_a_desktop_only_the_dialog_is_read_and_its_title_is_known(shared: Reader) -> None:
    image, rect = drawn.desktop(ENGLISH, seed=3, width=1366, height=768, radius=8)
    assert rect is not None

    reading = shared.read(image, deadline=NOBODY_WAITS)

    assert reading.is_dialog
    assert reading.title == "Outlook"
    assert [line.text for line in reading.lines] == list(ENGLISH.lines)
    assert all(rect.grown(6).intersection(line.box) == line.box for line in reading.lines)
    assert all(word.box.y == line.box.y for line in reading.lines for word in line.words)


def test_what_is_known_early_comes_before_the_reading(shared: Reader) -> None:
    shown = drawn.dialog("Mail", "There are rules made with a different version.\nThey are not shown.", ("Show them",))
    image, _ = drawn.desktop(shown, seed=4, width=1366, height=768)
    heard: list[Reading] = []

    final = shared.read(image, deadline=NOBODY_WAITS, meanwhile=heard.append)

    assert [reading.title for reading in heard] == ["Mail"]
    assert final not in heard


def test_a_region_is_read_and_nothing_else(shared: Reader) -> None:
    image, rect = drawn.desktop(ENGLISH, seed=3, width=1366, height=768, radius=8)
    assert rect is not None
    upper_half = Rect(rect.x, rect.y, rect.width, rect.height // 3)

    reading = shared.read(image, region=upper_half, deadline=NOBODY_WAITS)

    assert reading.region == upper_half
    assert not reading.is_dialog
    assert "Outlook" in reading.text
    assert "Cancel" not in reading.text


def test_a_modal_foreground_window_is_the_dialog(shared: Reader) -> None:
    image = Image.new("RGB", (1400, 900), "#ffffff")
    image.paste(ENGLISH.image, (300, 200))
    rect = Rect(300, 200, ENGLISH.image.width, ENGLISH.image.height)
    window = Window("Outlook", "OUTLOOK.EXE", rect, is_modal=True, handle=1)

    reading = shared.read(image, hint=window, deadline=NOBODY_WAITS)

    assert reading.is_dialog
    assert reading.region == rect


def test_a_screen_without_a_dialog_is_read_as_a_whole(shared: Reader) -> None:
    image = Image.new("RGB", (1280, 800), "#0c2340")
    draw = drawn.ImageDraw.Draw(image)
    draw.text((200, 300), "Terminal offline", font=drawn.font(40, chinese=False), fill="white")
    draw.text((200, 380), "Contact support: code E2207", font=drawn.font(22, chinese=False), fill="white")

    reading = shared.read(image, deadline=NOBODY_WAITS)

    assert not reading.is_dialog
    assert [line.text for line in reading.lines] == ["Terminal offline", "Contact support: code E2207"]


def test_a_form_of_a_page_is_not_taken_for_the_dialog_and_the_message_beside_it_is_read(shared: Reader) -> None:
    page = Image.new("RGB", (1366, 768), "#f0f2f5")
    draw = drawn.ImageDraw.Draw(page)
    letters = drawn.font(18, chinese=False)
    draw.rectangle((60, 80, 700, 420), fill="white", outline="#999999")
    for number, label in enumerate(("Customer", "Street", "Town")):
        draw.text((90, 110 + number * 60), label, font=letters, fill="black")
        draw.rectangle((220, 104 + number * 60, 640, 138 + number * 60), outline="#bbbbbb")
    draw.rectangle((540, 350, 660, 386), fill="#dddddd", outline="#888888")
    draw.text((580, 356), "Save", font=letters, fill="black")
    draw.text((60, 470), "Saving failed: error 0x80004005", font=letters, fill="#b00000")

    reading = shared.read(page, deadline=NOBODY_WAITS)

    assert not reading.is_dialog
    assert "Saving failed: error 0x80004005" in reading.text


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (900, 3), (40, 40)])
def test_pictures_without_text_are_read_as_nothing(shared: Reader, size: tuple[int, int]) -> None:
    assert shared.read(Image.new("RGB", size, "white"), deadline=NOBODY_WAITS).lines == ()


def test_a_killed_worker_costs_one_reading(reader: Reader) -> None:
    reader.read(ENGLISH.image, deadline=NOBODY_WAITS)
    first = reader.process_id
    assert first is not None
    image, _ = drawn.desktop(None, seed=1)
    failed: list[HelpdeskError] = []

    def read() -> None:
        try:
            reader.read(image, region=Rect(0, 0, image.width, image.height), deadline=NOBODY_WAITS)
        except HelpdeskError as error:
            failed.append(error)

    thread = threading.Thread(target=read)
    os.kill(first, signal.SIGSTOP)  # so that it is surely in the middle of the picture
    thread.start()
    eventually(lambda: any(t.name == "ocr-request" for t in threading.enumerate()))
    os.kill(first, signal.SIGKILL)
    thread.join(NOBODY_WAITS)

    assert [error.retry for error in failed] == [True]
    assert reader.read(ENGLISH.image, deadline=NOBODY_WAITS).lines
    assert reader.process_id != first


def test_a_worker_that_hangs_is_given_up_at_the_deadline(reader: Reader) -> None:
    reader.read(ENGLISH.image, deadline=NOBODY_WAITS)
    first = reader.process_id
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    started = time.monotonic()

    with pytest.raises(HelpdeskError):
        reader.read(ENGLISH.image, deadline=0.2)

    assert time.monotonic() - started < 10
    eventually(lambda: not is_running(first))
    assert reader.read(ENGLISH.image, deadline=NOBODY_WAITS).lines


def test_a_cancelled_reading_ends_at_once(reader: Reader) -> None:
    reader.read(ENGLISH.image, deadline=NOBODY_WAITS)
    first = reader.process_id
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    threading.Timer(0.1, reader.cancel).start()

    with pytest.raises(HelpdeskError):
        reader.read(ENGLISH.image, deadline=NOBODY_WAITS)

    assert not is_running(first)
    assert reader.read(ENGLISH.image, deadline=NOBODY_WAITS).lines


SAYS = "import sys; sys.stdout.buffer.write({!r}); sys.stdout.flush(); sys.stdin.read()"


@pytest.mark.parametrize(
    "program",
    [
        SAYS.format(b"Traceback: no such thing"),
        SAYS.format(b"DBL1" + b"\xff" * 8),
        SAYS.format(b"DBL1\0\0\0\2\0\0\0\0{}"),
        "raise SystemExit(7)",
        "import os; os.abort()",
    ],
    ids=["text", "lengths", "empty", "exit", "abort"],
)
def test_garbage_from_the_worker_is_an_error_and_the_next_worker_is_fine(
    reader: Reader, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(reader_module, "worker_command", lambda: (sys.executable, "-c", program))
        with pytest.raises(HelpdeskError):
            reader.read(ENGLISH.image, deadline=NOBODY_WAITS)

    assert reader.read(ENGLISH.image, deadline=NOBODY_WAITS).lines


def test_a_missing_interpreter_is_an_error(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "worker_command", lambda: ("/nowhere/python",))

    with pytest.raises(HelpdeskError, match="could not be started"):
        reader.read(ENGLISH.image)


def test_an_idle_worker_ends_and_the_next_reading_starts_another(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = "import app.capture.worker as w, sys; w.IDLE_SECONDS = 0.3; sys.exit(w.main())"
    with monkeypatch.context() as patch:
        patch.setattr(reader_module, "worker_command", lambda: (sys.executable, "-c", quick))
        reader.warm()
    first = reader.process_id
    assert first is not None

    eventually(lambda: reader.process_id is None)

    assert not is_running(first)
    assert reader.read(ENGLISH.image, deadline=NOBODY_WAITS).lines


def test_the_worker_is_gone_after_closing(reader: Reader) -> None:
    reader.warm()
    first = reader.process_id
    assert first is not None

    reader.close()

    assert not is_running(first)


def test_the_worker_dies_with_the_program_that_started_it() -> None:
    program = (
        "import sys, time\n"
        "from app.capture.reader import Reader\n"
        "from app.system import current\n"
        "reader = Reader(current()); reader.warm()\n"
        "print(reader.process_id, flush=True); sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdin is not None
    worker = int(parent.stdout.readline())

    parent.kill()
    parent.communicate()

    eventually(lambda: not is_running(worker))


def test_the_worker_gives_way_to_other_programs(shared: Reader) -> None:
    shared.read(ENGLISH.image, deadline=NOBODY_WAITS)
    assert shared.process_id is not None

    assert os.getpriority(os.PRIO_PROCESS, shared.process_id) >= min(5, os.getpriority(os.PRIO_PROCESS, 0) + 1)


def test_the_program_itself_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "import app.capture.reader, app.capture.screen, app.capture.picture, app.system\n"
        "from app.capture.desktop import DesktopBackend\n"
        "app.system.current().foreground()\n"
        "heavy = {'numpy', 'onnxruntime', 'cv2', 'rapidocr', 'PIL', 'mss', 'pytesseract'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=os.environ | {"DISPLAY": ""})


def test_the_worker_cannot_reach_the_network() -> None:
    program = (
        "import sys, socket\n"
        "from app.capture.worker import _no_network\n"
        "sys.addaudithook(_no_network)\n"
        "try:\n"
        "    socket.create_connection(('127.0.0.1', 9))\n"
        "except PermissionError:\n"
        "    sys.exit(42)\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 42
