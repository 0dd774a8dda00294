"""Where the key of unsent drafts is kept."""

from __future__ import annotations

import ctypes
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.system.keystore import SIZE, Blob, DataProtection, RuntimeFolder


def private(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def test_the_same_key_comes_back(tmp_path: Path) -> None:
    folder = private(tmp_path / "run")

    key = RuntimeFolder(folder).key()

    assert key is not None
    assert len(key) == SIZE
    assert RuntimeFolder(folder).key() == key
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]


def test_a_folder_others_may_enter_is_no_place_for_a_key(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    folder.chmod(0o755)

    assert RuntimeFolder(folder).key() is None
    assert RuntimeFolder(tmp_path / "missing").key() is None
    assert RuntimeFolder(None).key() is None


def test_a_truncated_key_is_replaced(tmp_path: Path) -> None:
    folder = private(tmp_path / "run")
    RuntimeFolder(folder).key()
    next(folder.iterdir()).write_bytes(b"short")

    key = RuntimeFolder(folder).key()

    assert key is not None
    assert len(key) == SIZE


def test_two_programs_starting_at_once_share_one_key(tmp_path: Path) -> None:
    folder = private(tmp_path / "run")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: RuntimeFolder(folder).key(), range(32)))

    assert len(keys - {None}) == 1


class Crypt32:
    """Wraps by turning the bytes round, and can be told to refuse."""

    def __init__(self) -> None:
        self.refuses = False
        self._kept: list[object] = []

    def CryptProtectData(self, given: object, *rest: object) -> int:
        return self._turn(given, rest[-1])

    def CryptUnprotectData(self, given: object, *rest: object) -> int:
        return self._turn(given, rest[-1])

    def _turn(self, given: object, answer: object) -> int:
        if self.refuses:
            return 0
        source = given._obj
        data = ctypes.string_at(source.data, source.size)[::-1]
        held = ctypes.create_string_buffer(data, len(data))
        self._kept.append(held)
        target: Blob = answer._obj
        target.size = len(data)
        target.data = ctypes.cast(held, ctypes.POINTER(ctypes.c_char))
        return 1


class Kernel32:
    def LocalFree(self, data: object) -> int:
        return 0


def test_on_windows_the_key_is_on_the_disk_only_wrapped(tmp_path: Path) -> None:
    store = DataProtection(tmp_path / "data" / "draft.key", Crypt32(), Kernel32())

    key = store.key()

    assert key is not None
    assert (tmp_path / "data" / "draft.key").read_bytes() == key[::-1]
    assert DataProtection(tmp_path / "data" / "draft.key", Crypt32(), Kernel32()).key() == key


def test_when_windows_refuses_there_is_no_key(tmp_path: Path) -> None:
    library = Crypt32()
    library.refuses = True

    assert DataProtection(tmp_path / "draft.key", library, Kernel32()).key() is None
    assert list(tmp_path.iterdir()) == []
