"""ScreenCaptureKit by PyObjC: the calls themselves, without any judgement. Only on macOS 12.3 and later."""

from __future__ import annotations

import io
import threading
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.assist.source import Cursor, Gone
from app.system.base import Rect

if TYPE_CHECKING:
    from app.assist.source import Pixels

BGRA = 0x42475241
READ_ONLY = 1
SCREEN, COMPLETE = 0, 0
"""SCStreamOutputType and SCFrameStatus: every other status is a frame on which nothing changed."""
FRAMES, QUEUE = 60, 3
PATIENCE = 5.0
"""Seconds for the system to answer."""


def open_stream(monitor: Rect, came: Callable[[Pixels], None], went: Callable[[], None]) -> DisplayStream:
    """Start capturing the display at a place in points. Raises Gone."""
    try:
        import ScreenCaptureKit
    except ImportError as error:
        raise Gone("this macOS has no ScreenCaptureKit") from error
    kit: Any = ScreenCaptureKit
    display = display_at(kit, monitor)
    return DisplayStream(kit, display, monitor, came, went)


def display_at(kit: Any, monitor: Rect) -> Any:
    """The SCDisplay whose corner is there. Raises Gone, also when the employee has not allowed recording."""
    content = answered(kit.SCShareableContent.getShareableContentWithCompletionHandler_)
    for display in content.displays():
        origin = display.frame().origin
        if (int(origin.x), int(origin.y)) == (monitor.x, monitor.y):
            return display
    raise Gone("no display lies there")


def answered(ask: Callable[[Callable[..., None]], None]) -> Any:
    """What a call with a completion handler answers; its last argument is the error. Raises Gone."""
    done = threading.Event()
    answer: list[Any] = []

    def handler(*given: Any) -> None:
        answer.extend(given)
        done.set()

    ask(handler)
    if not done.wait(PATIENCE) or answer[-1] is not None:
        raise Gone("macOS does not let the screen be captured")
    return answer[0]


class DisplayStream:
    """One SCStream. Frames come in pixels; places of the system are points."""

    def __init__(
        self, kit: Any, display: Any, monitor: Rect, came: Callable[[Pixels], None], went: Callable[[], None]
    ) -> None:
        """Raises Gone."""
        import CoreMedia
        import Quartz

        media: Any = CoreMedia
        self._graphics: Any = Quartz
        self._monitor = monitor
        mode = self._graphics.CGDisplayCopyDisplayMode(display.displayID())
        self.width = int(self._graphics.CGDisplayModeGetPixelWidth(mode))
        self.height = int(self._graphics.CGDisplayModeGetPixelHeight(mode))
        settings = kit.SCStreamConfiguration.alloc().init()
        settings.setWidth_(self.width)
        settings.setHeight_(self.height)
        settings.setPixelFormat_(BGRA)
        settings.setShowsCursor_(False)
        settings.setQueueDepth_(QUEUE)
        settings.setMinimumFrameInterval_(media.CMTimeMake(1, FRAMES))
        chosen = kit.SCContentFilter.alloc().initWithDisplay_excludingWindows_(display, [])
        self._receiver = receiver(media, self._graphics, came, went)
        self._stream = kit.SCStream.alloc().initWithFilter_configuration_delegate_(chosen, settings, self._receiver)
        added, _ = self._stream.addStreamOutput_type_sampleHandlerQueue_error_(self._receiver, SCREEN, None, None)
        if not added:
            raise Gone("macOS does not let the screen be captured")
        answered(self._stream.startCaptureWithCompletionHandler_)

    def shape(self) -> Cursor | None:
        import AppKit
        from PIL import Image

        cursor: Any = AppKit.NSCursor.currentSystemCursor()
        if cursor is None:
            return None
        data = bytes(cursor.image().TIFFRepresentation())
        with Image.open(io.BytesIO(data)) as image:
            shown = image.convert("RGBA")
        spot, scale = cursor.hotSpot(), shown.width / max(cursor.image().size().width, 1)
        hot_x, hot_y = int(spot.x * scale), int(spot.y * scale)
        return Cursor(zlib.crc32(data), shown.width, shown.height, hot_x, hot_y, shown.tobytes())

    def place(self) -> tuple[int, int]:
        at = self._graphics.CGEventGetLocation(self._graphics.CGEventCreate(None))
        scale = self.width / self._monitor.width
        return int((at.x - self._monitor.x) * scale), int((at.y - self._monitor.y) * scale)

    def stop(self) -> None:
        self._stream.stopCaptureWithCompletionHandler_(lambda _: None)


def receiver(media: Any, graphics: Any, came: Callable[[Pixels], None], went: Callable[[], None]) -> Any:
    """The object ScreenCaptureKit hands its frames to."""
    import objc
    import ScreenCaptureKit
    from Foundation import NSObject

    kit: Any = ScreenCaptureKit
    base: Any = NSObject

    protocols = [objc.protocolNamed("SCStreamOutput"), objc.protocolNamed("SCStreamDelegate")]

    class Receiver(base, protocols=protocols):  # type: ignore[call-arg, misc, unused-ignore]
        def stream_didOutputSampleBuffer_ofType_(self, _: Any, sample: Any, kind: int) -> None:  # noqa: N802
            if kind != SCREEN:
                return
            told = media.CMSampleBufferGetSampleAttachmentsArray(sample, False)
            if told and told[0].get(kit.SCStreamFrameInfoStatus) == COMPLETE:
                came(pixels_of(graphics, media.CMSampleBufferGetImageBuffer(sample)))

        def stream_didStopWithError_(self, _: Any, __: Any) -> None:  # noqa: N802
            went()

    return Receiver.alloc().init()


def pixels_of(graphics: Any, image: Any) -> Pixels:
    """A copy of a CVPixelBuffer's BGRA pixels, without what pads its rows."""
    import numpy as np

    graphics.CVPixelBufferLockBaseAddress(image, READ_ONLY)
    try:
        width, height = graphics.CVPixelBufferGetWidth(image), graphics.CVPixelBufferGetHeight(image)
        row = graphics.CVPixelBufferGetBytesPerRow(image)
        memory = graphics.CVPixelBufferGetBaseAddress(image).as_buffer(row * height)
        whole = np.frombuffer(memory, np.uint8).reshape(height, row // 4, 4)
        return whole[:, :width].copy()
    finally:
        graphics.CVPixelBufferUnlockBaseAddress(image, READ_ONLY)
