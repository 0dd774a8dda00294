"""The header of a Windows bitmap in memory, as GetDIBits takes it."""

from __future__ import annotations

import ctypes


class BitmapHeader(ctypes.Structure):
    """BITMAPINFOHEADER of wingdi.h; a negative height means rows from top to bottom."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("width", ctypes.c_int32),
        ("height", ctypes.c_int32),
        ("planes", ctypes.c_uint16),
        ("bits", ctypes.c_uint16),
        ("compression", ctypes.c_uint32),
        ("image_size", ctypes.c_uint32),
        ("x_per_metre", ctypes.c_int32),
        ("y_per_metre", ctypes.c_int32),
        ("used", ctypes.c_uint32),
        ("important", ctypes.c_uint32),
    )
