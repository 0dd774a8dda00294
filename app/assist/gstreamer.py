"""GStreamer's C library: a pipeline that ends in an appsink, whose newest frame is handed out. Nothing is judged here.

Loaded when a Wayland desktop's picture is looked at; GNOME and KDE bring it for their own screen recorders.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from app.errors import NotAvailable

if TYPE_CHECKING:
    from app.assist.source import Pixels

NULL, PLAYING = 1, 4
"""GstState."""
FAILED = 0
"""GstStateChangeReturn."""
READ = 1
ENDS = 1 << 0 | 1 << 1
"""GstMessageType: end of stream and error."""
SECOND = 1_000_000_000
SINK = b"newest"


class Map(ctypes.Structure):
    """GstMapInfo."""

    _fields_ = (
        ("memory", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
        ("maxsize", ctypes.c_size_t),
        ("user_data", ctypes.c_void_p * 4),
        ("reserved", ctypes.c_void_p * 4),
    )


def library() -> Any:
    """libgstreamer and libgstapp, ready. Raises NotAvailable when they are not installed."""
    try:
        ctypes.CDLL("libgstreamer-1.0.so.0", ctypes.RTLD_GLOBAL)
        found = ctypes.CDLL("libgstapp-1.0.so.0")
    except OSError as error:
        raise not_installed() from error
    for name in POINTERS:
        getattr(found, name).restype = ctypes.c_void_p
    found.gst_app_sink_try_pull_sample.argtypes = [ctypes.c_void_p, ctypes.c_uint64]
    found.gst_bus_timed_pop_filtered.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int]
    found.gst_buffer_map.argtypes = [ctypes.c_void_p, ctypes.POINTER(Map), ctypes.c_int]
    found.gst_buffer_unmap.argtypes = [ctypes.c_void_p, ctypes.POINTER(Map)]
    if not found.gst_init_check(None, None, None):
        raise not_installed()
    return found


POINTERS = (
    *("gst_parse_launch", "gst_bin_get_by_name", "gst_element_get_bus", "gst_bus_timed_pop_filtered"),
    *("gst_app_sink_try_pull_sample", "gst_sample_get_buffer"),
)


class Pipeline:
    """Frames of `width` x `height` pixels, BGRx, from what a source element gives; scaled only where it differs."""

    def __init__(self, source: str, width: int, height: int) -> None:
        """`source` is written as for gst-launch. Raises NotAvailable when GStreamer lacks a part."""
        self._gst = library()
        self._size = width, height
        text = (
            f"{source} ! videoconvert ! videoscale ! "
            f"video/x-raw,format=BGRx,width={width},height={height},pixel-aspect-ratio=1/1 ! "
            f"appsink name={SINK.decode()} max-buffers=1 drop=true sync=false"
        )
        self._pipeline = self._made(text.encode())
        self._sink = ctypes.c_void_p(self._gst.gst_bin_get_by_name(self._pipeline, SINK))
        self._bus = ctypes.c_void_p(self._gst.gst_element_get_bus(self._pipeline))
        self._failed = bool(self._gst.gst_element_set_state(self._pipeline, PLAYING) == FAILED)

    @property
    def has_ended(self) -> bool:
        """Whether there will be no more frames."""
        if not self._failed:
            message = self._gst.gst_bus_timed_pop_filtered(self._bus, 0, ENDS)
            if message:
                self._failed = True
                self._gst.gst_mini_object_unref(ctypes.c_void_p(message))
        return self._failed

    def newest(self, seconds: float) -> Pixels | None:
        """A frame that was not handed out before, waited for as long; None when there is none."""
        sample = self._gst.gst_app_sink_try_pull_sample(self._sink, max(0, int(seconds * SECOND)))
        if not sample:
            # The sink knows of the stream's end a little before the bus tells it.
            self._failed = self._failed or bool(self._gst.gst_app_sink_is_eos(self._sink))
            return None
        try:
            return self._pixels(ctypes.c_void_p(self._gst.gst_sample_get_buffer(ctypes.c_void_p(sample))))
        finally:
            self._gst.gst_mini_object_unref(ctypes.c_void_p(sample))

    def close(self) -> None:
        """Capture no more."""
        self._gst.gst_element_set_state(self._pipeline, NULL)
        for each in (self._bus, self._sink, self._pipeline):
            self._gst.gst_object_unref(each)

    def _made(self, text: bytes) -> ctypes.c_void_p:
        error = ctypes.c_void_p()
        made = ctypes.c_void_p(self._gst.gst_parse_launch(text, ctypes.byref(error)))
        if error:
            self._gst.g_error_free(error)
            if made:
                self._gst.gst_object_unref(made)
            raise not_installed()
        return made

    def _pixels(self, buffer: ctypes.c_void_p) -> Pixels:
        """A copy: the buffer goes back to who filled it. Rows may be padded."""
        import numpy as np

        width, height = self._size
        mapped = Map()
        if not self._gst.gst_buffer_map(buffer, ctypes.byref(mapped), READ):
            raise OSError("a frame cannot be read")
        try:
            memory = (ctypes.c_uint8 * mapped.size).from_address(mapped.data)
            row = mapped.size // height
            rows = np.ctypeslib.as_array(memory)[: row * height].reshape(height, row)
            return rows[:, : width * 4].reshape(height, width, 4).copy()
        finally:
            self._gst.gst_buffer_unmap(buffer, ctypes.byref(mapped))


def warm() -> None:
    """Load what a pipeline needs; the first time on a computer GStreamer looks through all of its plug-ins."""
    gst = library()
    made = gst.gst_parse_launch(b"videoconvert ! videoscale ! appsink", None)
    if made:
        gst.gst_object_unref(ctypes.c_void_p(made))


def not_installed() -> NotAvailable:
    return NotAvailable(
        "The part that brings the desktop's picture is missing.",
        "Install GStreamer's PipeWire plug-in (Debian: gstreamer1.0-pipewire and gstreamer1.0-plugins-base).",
    )
