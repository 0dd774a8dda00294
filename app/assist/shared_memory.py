"""A System V shared-memory segment, as X servers want it for XShm."""

from __future__ import annotations

import ctypes
import ctypes.util

IPC_PRIVATE, IPC_CREAT, IPC_RMID = 0, 0o1000, 0


class Segment:
    """`size` bytes at `address`; `identifier` is what another process attaches by."""

    def __init__(self, size: int) -> None:
        """Raises OSError when there is no such memory."""
        self._libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        self._libc.shmat.restype = ctypes.c_void_p
        self._libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
        self._libc.shmdt.argtypes = [ctypes.c_void_p]
        self._libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
        self.size = size
        self.identifier: int = self._libc.shmget(IPC_PRIVATE, size, IPC_CREAT | 0o600)
        if self.identifier < 0:
            raise OSError(ctypes.get_errno(), "no shared memory")
        address = self._libc.shmat(self.identifier, None, 0)
        if address is None or address == ctypes.c_void_p(-1).value:
            self.forget()
            raise OSError(ctypes.get_errno(), "no shared memory")
        self.address: int = address

    def forget(self) -> None:
        """Let the segment vanish with its last user, however that one ends."""
        self._libc.shmctl(self.identifier, IPC_RMID, None)

    def close(self) -> None:
        """Detach; nothing may look at the memory afterwards."""
        if self.address:
            self._libc.shmdt(self.address)
            self.address = 0
