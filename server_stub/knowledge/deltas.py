"""What a computer that has an older pack needs to make the newest of it, instead of fetching the whole.

A delta is the new file compressed by Zstandard with the old file as its dictionary (what `zstd --patch-from` does).
"""

from __future__ import annotations

import threading
from pathlib import Path
from secrets import token_hex

KEPT = 6
"""Former packs from which deltas are made; who is further behind fetches the whole."""
_WORTH = 0.7  # of the whole; a larger delta saves nothing worth its time


class Deltas:
    """Former packs and deltas in a folder of their own; usable from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = threading.Lock()

    def keep(self, path: Path, digest: str) -> None:
        """Keep a pack, known by its SHA-256 (hexadecimal), that clients fetch from now on. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        kept = self._folder / f"{digest}.pack"
        if not kept.exists():
            unfinished = kept.with_suffix(".new")
            unfinished.write_bytes(path.read_bytes())
            unfinished.replace(kept)
        packs = sorted(self._folder.glob("*.pack"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        outdated = [each for each in packs if each != kept][KEPT:]
        for old in (*outdated, *self._folder.glob("*.delta")):
            old.unlink(missing_ok=True)

    def delta(self, old: str, new: Path) -> Path | None:
        """The delta from the pack with that SHA-256 (hexadecimal) to a newer one; None when the whole is better."""
        former = self._folder / f"{old}.pack"
        if not former.is_file():
            return None
        path = self._folder / f"{old}-{new.stem}.delta"
        with self._making:
            if not path.is_file():
                write(former, new, path)
        return path if is_worth_it(path, new) else None


def write(old: Path, new: Path, path: Path) -> None:
    """Write the delta from one file to another to `path`, in one step. Raises OSError."""
    # Another server may be making the same one.
    unfinished = path.with_suffix(f".{token_hex(4)}.new")
    unfinished.write_bytes(between(old.read_bytes(), new.read_bytes()))
    unfinished.replace(path)


def is_worth_it(delta: Path, new: Path) -> bool:
    """Whether a delta saves enough of what the whole new file would cost."""
    return delta.stat().st_size < _WORTH * new.stat().st_size


def between(old: bytes, new: bytes) -> bytes:
    """The delta from one file to another."""
    import zstandard

    dictionary = zstandard.ZstdCompressionDict(old, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    # The tables must hold every place of the old file, and the window the whole of the new one.
    parameters = zstandard.ZstdCompressionParameters(
        strategy=zstandard.STRATEGY_GREEDY,
        hash_log=23,
        chain_log=24,
        min_match=6,
        search_log=4,
        window_log=min(max((len(old) + len(new)).bit_length(), 20), 27),
        write_content_size=True,
    )
    return zstandard.ZstdCompressor(dict_data=dictionary, compression_params=parameters).compress(new)
