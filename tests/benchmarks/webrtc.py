"""The WebRTC peer of the assist benchmark: aiortc as installed sends the screen, its packets over a shaped line.

`DISPLAY=:7 python -m tests.benchmarks.webrtc` takes an offer as one line of JSON and answers with one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from fractions import Fraction
from typing import Any

import av
import mss
import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription, VideoStreamTrack

from tests.benchmarks.desktop import HEIGHT, WIDTH
from tests.benchmarks.line import Loop

HOST = "127.0.0.1"
QUEUE = 64 * 1024
"""Bytes that wait before the line; what comes then is dropped, as routers do."""
FRAMES = 30


class Datagrams:
    """UDP between a browser and `target`, shaped like `Line`; `carried` counts the bytes from the target."""

    def __init__(self, loop: Loop, rate: float, delay: float) -> None:
        self._rate, self._delay = rate, delay
        self._target: tuple[str, int] | None = None
        self._browser: tuple[str, int] | None = None
        self._free_at = 0.0
        self.carried = self.dropped = 0
        self._near, self._far, self.port = loop.run(self._open())
        self._loop = loop

    def to(self, host: str, port: int) -> None:
        """Where the sender listens."""
        self._target = (host, port)

    def close(self) -> None:
        async def end() -> None:
            self._near.close()
            self._far.close()

        self._loop.run(end())

    async def _open(self) -> tuple[Any, Any, int]:
        loop = asyncio.get_running_loop()
        near, _ = await loop.create_datagram_endpoint(lambda: Ear(self._from_browser), local_addr=(HOST, 0))
        far, _ = await loop.create_datagram_endpoint(lambda: Ear(self._from_sender), local_addr=(HOST, 0))
        return near, far, near.get_extra_info("sockname")[1]

    def _from_browser(self, data: bytes, address: tuple[str, int]) -> None:
        self._browser = address
        asyncio.get_running_loop().call_later(self._delay, self._send, self._far, data, self._target)

    def _from_sender(self, data: bytes, _: tuple[str, int]) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting = max(self._free_at - now, 0)
        if self._rate and waiting * self._rate > QUEUE:
            self.dropped += 1
            return
        self.carried += len(data)
        self._free_at = now + waiting + (len(data) / self._rate if self._rate else 0)
        loop.call_later(self._free_at - now + self._delay, self._send, self._near, data, self._browser)

    @staticmethod
    def _send(way: Any, data: bytes, address: tuple[str, int] | None) -> None:
        if address is not None and not way.is_closing():
            way.sendto(data, address)


class Ear(asyncio.DatagramProtocol):
    """Hands every packet to a function."""

    def __init__(self, heard: Any) -> None:
        self.datagram_received = heard  # type: ignore[method-assign]


def through(answer: str, line: Datagrams) -> str:
    """An answer whose only candidate is the line; the line then knows where the sender listens."""
    kept = []
    for row in answer.splitlines():
        if not row.startswith("a=candidate:"):
            kept.append(row)
            continue
        part = row.split()
        if line._target is None and part[2].lower() == "udp" and ":" not in part[4]:
            line.to(part[4], int(part[5]))
            kept.append(" ".join((*part[:4], HOST, str(line.port), *part[6:])))
    return "\r\n".join(kept) + "\r\n"


class Screen(VideoStreamTrack):
    """The whole screen, thirty times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._grabber = mss.MSS(display=os.environ["DISPLAY"])
        self._number = 0

    async def recv(self) -> av.VideoFrame:
        self._number += 1
        if self._number == 1:
            self._began = asyncio.get_running_loop().time()
        rest = self._began + self._number / FRAMES - asyncio.get_running_loop().time()
        await asyncio.sleep(max(rest, 0))
        shot = self._grabber.grab({"left": 0, "top": 0, "width": WIDTH, "height": HEIGHT})
        frame = av.VideoFrame.from_ndarray(
            np.frombuffer(shot.bgra, np.uint8).reshape(HEIGHT, WIDTH, 4), format="bgra"
        ).reformat(format="yuv420p")
        frame.pts, frame.time_base = self._number * 3000, Fraction(1, 90_000)
        return frame


def without_candidates(offer: str) -> str:
    """Nobody is to be reached past the line."""
    return "".join(row + "\r\n" for row in offer.splitlines() if not row.startswith("a=candidate:"))


async def main() -> None:
    loop = asyncio.get_running_loop()
    offer = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    connection = RTCPeerConnection()
    connection.addTrack(Screen())
    await connection.setRemoteDescription(RTCSessionDescription(without_candidates(offer["sdp"]), "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    print(json.dumps({"type": "answer", "sdp": connection.localDescription.sdp}), flush=True)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main())
