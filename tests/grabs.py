"""The X server's own word on who reads the screen: every picture it is asked for is recorded (the RECORD extension)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import xcffib
import xcffib.record
import xcffib.xproto

CORE_GET_IMAGE, SHM_GET_IMAGE = 73, 4
ALL_CLIENTS = 3
FROM_CLIENT = 1


@dataclass(frozen=True, slots=True)
class Grab:
    """One look at the screen: when we heard of it (monotonic seconds), when it was by the X server's clock
    (milliseconds), and whether it was our own.
    """

    heard_at: float
    server_ms: int
    is_ours: bool


class Grabs:
    """`with Grabs(":7") as grabs:` notes the moment of every GetImage, plain or into shared memory, of any client."""

    def __init__(self, display: str) -> None:
        self._grabs: list[Grab] = []
        self._news = threading.Condition()
        self._control, self._data = xcffib.connect(display), xcffib.connect(display)
        self._ours = self._control.get_setup().resource_id_base
        shared = self._control.core.QueryExtension(len("MIT-SHM"), "MIT-SHM").reply().major_opcode
        self._record = self._control(xcffib.record.key)
        self._record.QueryVersion(1, 13).reply()
        self._context = self._control.generate_id()
        ranges = [wanted((CORE_GET_IMAGE,) * 2, (0, 0), (0, 0)), wanted((0, 0), (shared,) * 2, (SHM_GET_IMAGE,) * 2)]
        self._record.CreateContextChecked(self._context, 0, 1, len(ranges), [ALL_CLIENTS], ranges).check()
        self._began = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="grabs", daemon=True)

    def __enter__(self) -> Self:
        self._listener.start()
        assert self._began.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._record.DisableContextChecked(self._context).check()
            self._listener.join(10)
        except xcffib.ConnectionException:
            pass  # the X server has ended before
        for connection in (self._control, self._data):
            connection.disconnect()

    def after(self, moment: float) -> list[float]:
        """The moments (monotonic seconds) of the grabs later than one."""
        with self._news:
            return [each.heard_at for each in self._grabs if each.heard_at > moment and not each.is_ours]

    def mark(self) -> Grab:
        """Look at one pixel ourselves: a place in the order in which the X server was asked, and its time."""
        before = sum(each.is_ours for each in self._grabs)
        root = self._control.get_setup().roots[self._control.pref_screen].root
        pixmap = xcffib.xproto.ImageFormat.ZPixmap
        self._control.core.GetImage(pixmap, root, 0, 0, 1, 1, 0xFFFFFFFF).reply()
        with self._news:
            assert self._news.wait_for(lambda: sum(each.is_ours for each in self._grabs) > before, 10)
            return [each for each in self._grabs if each.is_ours][-1]

    def since(self, mark: Grab) -> list[int]:
        """Milliseconds, by the X server's clock, from a mark to every look of others after it."""
        with self._news:
            later = self._grabs[self._grabs.index(mark) + 1 :]
            return [each.server_ms - mark.server_ms for each in later if not each.is_ours]

    def _listen(self) -> None:
        record = self._data(xcffib.record.key)
        cookie = record.EnableContext(self._context)
        self._data.flush()
        try:
            while True:
                reply = cookie.reply()
                self._began.set()
                if reply.category == FROM_CLIENT:
                    with self._news:
                        is_ours = reply.xid_base == self._ours
                        self._grabs.append(Grab(time.monotonic(), int(reply.server_time), is_ours))
                        self._news.notify_all()
                elif reply.category == 5:  # the end of the recording
                    return
        except xcffib.ConnectionException:
            self._began.set()


def wanted(core: tuple[int, int], major: tuple[int, int], minor: tuple[int, int]) -> Any:
    """A range of requests: of the core protocol, and of an extension."""
    eight, sixteen = xcffib.record.Range8.synthetic, xcffib.record.Range16.synthetic
    nothing = eight(0, 0)
    of_extension = xcffib.record.ExtRange.synthetic(eight(*major), sixteen(*minor))
    none = xcffib.record.ExtRange.synthetic(nothing, sixteen(0, 0))
    return xcffib.record.Range.synthetic(
        eight(*core), nothing, of_extension, none, nothing, nothing, nothing, False, False
    )
