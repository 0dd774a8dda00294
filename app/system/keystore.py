"""A key for what only this user on this machine may read again, kept where the system keeps such things.

Windows: a random key wrapped by DPAPI. macOS: the login keychain. Linux: the session's runtime folder, which is in
memory, private to the user and emptied when the last session ends; without one there is no place, and no key.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import secrets
import stat
import sys
from pathlib import Path
from typing import Any, Protocol

from app.system.base import APPLICATION

SIZE = 32
"""Bytes of a key."""


class KeyStore(Protocol):
    """Where one key is kept."""

    def key(self) -> bytes | None:
        """The key, 32 bytes, made on first use; None where the system has no safe place for it."""
        ...


class RuntimeFolder:
    """A file in a folder that is not on a disk and private to the user."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def key(self) -> bytes | None:
        if self._folder is None or not is_private(self._folder):
            return None
        path = self._folder / f"{APPLICATION}.key"
        try:
            return stored(path) or made(path)
        except OSError:
            return None


def is_private(folder: Path) -> bool:
    """A folder of ours that nobody else may enter."""
    try:
        found = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def stored(path: Path) -> bytes | None:
    """The key in a file; None when there is no whole one. Raises OSError when it cannot be read."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    return key if len(key) == SIZE else None


def made(path: Path) -> bytes:
    """A new key in a file only the user can read; two programs at once end up with the same. Raises OSError."""
    fresh = path.with_suffix(f".{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SIZE))
    try:
        os.link(fresh, path)  # fails when another program was first, unlike a rename
    except FileExistsError:
        if stored(path) is None:
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    key = stored(path)
    if key is None:
        raise OSError(f"{path} holds no key")
    return key


class Blob(ctypes.Structure):
    """DATA_BLOB of wincrypt.h."""

    _fields_ = (("size", ctypes.c_uint32), ("data", ctypes.POINTER(ctypes.c_char)))


class DataProtection:
    """A file whose contents Windows encrypts for this user (CryptProtectData)."""

    def __init__(self, path: Path, crypt32: Any = None, kernel32: Any = None) -> None:
        self._path = path
        self._crypt32 = crypt32
        self._kernel32 = kernel32

    def key(self) -> bytes | None:
        try:
            wrapped = self._path.read_bytes()
            key = self._run("CryptUnprotectData", wrapped)
            if key is not None and len(key) == SIZE:
                return key
        except FileNotFoundError:
            pass
        except OSError:
            return None
        key = secrets.token_bytes(SIZE)
        wrapped_new = self._run("CryptProtectData", key)
        if wrapped_new is None:
            return None
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(wrapped_new)
            fresh.replace(self._path)
        except OSError:
            return None
        return key

    def _run(self, name: str, data: bytes) -> bytes | None:
        if self._crypt32 is None:
            self._crypt32 = ctypes.WinDLL("crypt32")  # type: ignore[attr-defined,unused-ignore]
            self._kernel32 = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
        held = ctypes.create_string_buffer(data, len(data))
        given = Blob(len(data), ctypes.cast(held, ctypes.POINTER(ctypes.c_char)))
        answer = Blob()
        function = getattr(self._crypt32, name)
        if not function(ctypes.byref(given), None, None, None, None, 0, ctypes.byref(answer)):
            return None
        result = ctypes.string_at(answer.data, answer.size)
        self._kernel32.LocalFree(answer.data)
        return result


class Keychain:
    """A generic password in the login keychain."""

    def __init__(self, security: Any = None) -> None:
        self._security = security

    def key(self) -> bytes | None:
        return self._find() or self._add()

    def _find(self) -> bytes | None:
        library = self._library()
        length, data = ctypes.c_uint32(), ctypes.c_void_p()
        service = APPLICATION.encode()
        code = library.SecKeychainFindGenericPassword(
            None, len(service), service, len(service), service, ctypes.byref(length), ctypes.byref(data), None
        )
        if code != 0:
            return None
        key = ctypes.string_at(data, length.value)
        library.SecKeychainItemFreeContent(None, data)
        return key if len(key) == SIZE else None

    def _add(self) -> bytes | None:
        key, service = secrets.token_bytes(SIZE), APPLICATION.encode()
        code = self._library().SecKeychainAddGenericPassword(
            None, len(service), service, len(service), service, len(key), key, None
        )
        return key if code == 0 else None

    def _library(self) -> Any:
        if self._security is None:
            self._security = ctypes.CDLL(ctypes.util.find_library("Security") or "Security")
        return self._security


def key_store(data_folder: Path) -> KeyStore:
    """The place for a key on this system; `data_folder` is the user's own."""
    if sys.platform == "win32":
        return DataProtection(data_folder / "draft.key")
    if sys.platform == "darwin":
        return Keychain()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return RuntimeFolder(Path(runtime) if runtime else None)
