"""A relay and a viewer in the test itself: a real WebSocket server to which a real host process connects."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

import mss
import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from app.assist.child import screens
from app.assist.orders import Monitor
from app.assist.seal import Direction, KeyPair, Opener, Sealer, as_text
from app.protocol.session import Grade, Limits
from app.protocol.stream import ACK_BODY, Frame, FromHost, FromViewer, ViewerMessage
from app.system.base import Rect
from tests.assist.viewer import Viewer
from tests.xvfb import Xvfb

PATIENCE = 20.0
WIDTH, HEIGHT = 800, 600
DEVICE, AGENT, TICKET = uuid4(), uuid4(), uuid4()


class Relay:
    """Accepts the host's line; what the host sends is drawn, what it tells is kept in `statuses`."""

    def __init__(self, width: int, height: int) -> None:
        self.session: UUID = uuid4()
        self.keys = KeyPair.make()
        self.shared = self.keys.shared(KeyPair.make().public)
        self.viewer = Viewer(width, height)
        self.statuses: list[dict[str, Any]] = []
        self.chats: list[str] = []
        self.deliveries: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.notices: list[dict[str, Any]] = []
        self.colours: set[tuple[int, ...]] = set()
        """Every colour of a small screen that was ever shown."""
        self.witnessed: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.is_viewer_there = True
        self.frames = 0
        self.sizes: list[int] = []
        self.links = 0
        self.epoch = 0
        self.is_answering = True
        self._number = -1
        self._size = (width, height)
        self._socket: ServerConnection | None = None
        self._sealer: Sealer | None = None
        self._news = threading.Condition()
        self._server = serve(self._serve, "127.0.0.1", 0, compression=None, max_size=2**21)
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def send(self, kind: FromViewer, body: bytes = b"", *, number: int | None = None, epoch: int | None = None) -> None:
        """Say something as the viewer."""
        self.until(lambda: self._sealer is not None, "the host's line")
        with self._news:  # numbers and seals must leave in order, whichever thread speaks
            if number is None and kind not in (FromViewer.ACK, FromViewer.WISH):
                self._number += 1
            said = self._number if number is None else number
            message = ViewerMessage(kind, max(said, 0), self.epoch if epoch is None else epoch, body)
            self._socket.send(self._sealer.seal(message.pack()))

    def say(self, said: FromViewer, /, **values: Any) -> None:
        self.send(said, json.dumps(values).encode())

    def send_raw(self, data: bytes) -> None:
        self._socket.send(data)

    def until(self, condition: Any, what: str, seconds: float = PATIENCE) -> None:
        with self._news:
            told = self._news.wait_for(condition, seconds)
            assert told, f"waited {seconds} s in vain for {what}: {self.links} links, {self.statuses[-1:]}"

    def until_shown(self, now: np.ndarray, seconds: float = PATIENCE) -> None:
        self.until(lambda: self.viewer.shows(now), "the picture", seconds)

    def deeds(self) -> list[tuple[str, str]]:
        """What the host has told the server of its session."""
        with self._news:
            return [(each["event"], each.get("detail", "")) for each in self.witnessed if "event" in each]

    def until_quiet(self, seconds: float = 0.5) -> None:
        """Wait until no frame has come for so long: what was sent with loss has become exact."""
        deadline = time.monotonic() + PATIENCE
        with self._news:
            while time.monotonic() < deadline:
                if not self._news.wait_for(lambda before=self.frames: self.frames > before, seconds):
                    return
        raise AssertionError("the screen never came to rest")

    def arrive(self) -> None:
        """Tell the host that the viewer is there after all."""
        self._socket.send(json.dumps({"peer": "here"}))

    def end(self, reason: str) -> None:
        """Say as the server that the session is over."""
        self._socket.send(json.dumps({"ended": reason}))

    def drop(self) -> None:
        """Cut the line; the host may come again."""
        self._socket.socket.shutdown(2)

    def close(self) -> None:
        self._server.shutdown()

    def _serve(self, socket: ServerConnection) -> None:
        self.links += 1
        link = self.links
        with self._news:
            self.tokens.append(socket.request.headers["Authorization"])
        socket.send(json.dumps({"link": link, "token": f"opens-{link + 1}".ljust(40, ".")}))
        if self.is_viewer_there:
            socket.send(json.dumps({"peer": "here"}))
        opener = Opener(self.shared, self.session, Direction.TO_VIEWER, link)
        with self._news:
            self._socket, self._sealer = socket, Sealer(self.shared, self.session, Direction.TO_HOST, link)
            self.viewer = Viewer(*self._size)
            self._news.notify_all()
        try:
            while True:
                message = socket.recv()
                if isinstance(message, bytes):
                    self._take(opener.open(message))
                else:
                    with self._news:
                        self.witnessed.append(json.loads(message))
                        self._news.notify_all()
        except (ConnectionClosed, OSError):
            with self._news:
                self._sealer = None if self._socket is socket else self._sealer
                self._news.notify_all()

    def _take(self, message: bytes) -> None:
        with self._news:
            if message[0] == FromHost.FRAME:
                frame = Frame.unpack(message)
                self.viewer.draw(frame.parts)
                self.frames += 1
                pixels = self.viewer.picture[::4, ::4, :3].reshape(-1, 3)
                self.colours |= {tuple(map(int, each)) for each in np.unique(pixels, axis=0)}
                self.sizes.append(len(message))
                if self.is_answering:
                    self.send(FromViewer.ACK, ACK_BODY.pack(frame.number, 1))
            elif message[0] == FromHost.STATUS:
                self._stands(json.loads(message[1:]))
            elif message[0] == FromHost.CHAT:
                self.chats.append(json.loads(message[1:])["text"])
            elif message[0] == FromHost.NOTICE:
                self.notices.append(json.loads(message[1:]))
            elif message[0] == FromHost.DELIVERY:
                self.deliveries.append(json.loads(message[1:]))
            elif message[0] == FromHost.TEXT:
                self.texts.append(json.loads(message[1:])["text"])
            self._news.notify_all()

    def _stands(self, status: dict[str, Any]) -> None:
        """As the browser does, take a picture of another size where frames are of another screen from now on."""
        self.statuses.append(status)
        self.epoch = status["epoch"]
        [size] = [(width, height) for key, _, width, height in status["screens"] if key == status["screen"]]
        height, width, _ = self.viewer.picture.shape
        if size != (width, height):
            self.viewer.picture = np.zeros((size[1], size[0], 4), np.uint8)


class HostProcess:
    """`python -m app.assist.start` on an X server, with a tray that is this test."""

    def __init__(
        self,
        relay: Relay,
        server: Xvfb | None,
        grade: Grade,
        width: int,
        height: int,
        environment: dict[str, str] | None = None,
        others: Sequence[Monitor] = (),
        limits: Limits | None = None,
        module: str = "app.assist.start",
        by_portal: bool = False,
    ) -> None:
        """`others` are screens beside the shared one, which is the first of the X server. `module` is what is run."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=(os.environ if server is None else server.environment()) | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.told: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        setup = {
            "server": f"http://127.0.0.1:{relay.port}",
            "session": str(relay.session),
            "ticket": str(TICKET),
            "agent": str(AGENT),
            "device": str(DEVICE),
            "token": "t" * 40,
            "shared": as_text(relay.shared),
            "grade": int(grade),
            "screen": "one",
            "screens": screens((Monitor("one", "Screen 1", Rect(0, 0, width, height)), *others)),
            "limits": {name: value.total_seconds() for name, value in asdict(limits or Limits()).items()},
            "hold_seconds": 2.0,
            "by_portal": by_portal,
        }
        self.order(**setup)

    def order(self, **values: Any) -> None:
        self.process.stdin.write(json.dumps(values) + "\n")
        self.process.stdin.flush()

    def hear(self, kind: str, seconds: float = PATIENCE, **values: Any) -> dict[str, Any]:
        """The next line of that kind with those values; other lines are passed over."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.told.get(timeout=max(deadline - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"waited {seconds} s in vain for {kind} {values}") from None
            if line["is"] == kind and all(line.get(name) == value for name, value in values.items()):
                return line

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()

    def _listen(self) -> None:
        try:
            for line in self.process.stdout:
                self.told.put(json.loads(line))
        except ValueError:
            pass  # closed at the end of the test


Start = Callable[[Grade], tuple[Relay, HostProcess]]


def screen(server: Xvfb) -> np.ndarray:
    """What is on the screen now."""
    with mss.MSS(display=server.display) as grabber:
        shot = grabber.grab({"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT})
        return np.frombuffer(shot.bgra, np.uint8).reshape(HEIGHT, WIDTH, 4)
