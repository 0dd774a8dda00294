"""Memory and disks: how much there is and how much is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from app.diagnostics.probe import Finding, Observation, Section, Severity, fact, size
from app.protocol.tickets import ContextItem

GB = 1024**3
LITTLE_MEMORY = 0.08
"""Share of the memory that must be free; below it programs stall."""
DISK_LOW = (0.10, 10 * GB)
"""Less than both this share and this many bytes free is nearly full."""
DISK_FULL = (0.03, 1 * GB)
"""Less than both is full: programs fail to save."""
MOST_DISKS = 8

NOT_A_DISK = frozenset(
    {"squashfs", "tmpfs", "devtmpfs", "iso9660", "udf", "cdfs", "overlay", "autofs", "nfs", "nfs4", "cifs", "smb3"}
)
"""File systems that are never full, not ours, or hang when a server is away."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Main memory."""

    name = "memory"
    section = Section.STORAGE
    deadline = 1.0

    def look(self) -> Observation:
        import psutil

        memory = psutil.virtual_memory()
        items = (fact("memory.total", size(memory.total)), fact("memory.free", size(memory.available)))
        if memory.available >= LITTLE_MEMORY * memory.total:
            return Observation(items)
        finding = Finding(
            self.name,
            self.section,
            Severity.WARNING,
            "Only {free} of memory is free.",
            "Close programs and browser tabs you do not need.",
            (("free", size(memory.available)),),
        )
        return Observation(items, (finding,))


@dataclass(frozen=True, slots=True)
class Mount:
    """A disk as people see it: where it is, how big, how much is free (bytes)."""

    place: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Disks:
    """Built-in disks. Network drives, optical discs and removable media are left out."""

    name = "disks"
    section = Section.STORAGE
    deadline = 2.0

    def look(self) -> Observation:
        mounts = local_mounts()
        items = tuple(disk_fact(mount, number) for number, mount in enumerate(mounts, 1))
        return Observation(items, tuple(found for mount in mounts if (found := judge(mount)) is not None))


def local_mounts() -> tuple[Mount, ...]:
    """Every built-in disk once, the one that holds the home folder always among them."""
    import psutil

    places = [str(Path.home().anchor or "/")]
    for partition in psutil.disk_partitions(all=False):
        options = partition.opts.split(",")
        skip = partition.fstype.lower() in NOT_A_DISK or "cdrom" in options or "removable" in options
        if not skip and not partition.mountpoint.startswith(("/media/", "/run/media/", "/boot", "/snap", "/etc/")):
            places.append(partition.mountpoint)
    mounts: list[Mount] = []
    for place in dict.fromkeys(places):
        try:
            usage = psutil.disk_usage(place)
        except OSError:
            continue  # an empty card reader, a locked volume
        mount = Mount(place, usage.total, usage.free)
        twin = any((other.total, other.free) == (mount.total, mount.free) for other in mounts)
        if usage.total and not twin:  # the same volume mounted twice is one disk
            mounts.append(mount)
    return tuple(mounts[:MOST_DISKS])


def disk_fact(mount: Mount, number: int) -> ContextItem:
    """`disk.c`: `C:\\ 12.3 GB free of 238 GB`; named by its number when its place has no latin letter."""
    label = re.sub(r"[^a-z0-9]+", "-", mount.place.lower()).strip("-")
    if not label:
        label = "root" if mount.place == "/" else str(number)
    return fact(f"disk.{label[:60]}", f"{mount.place} {size(mount.free)} free of {size(mount.total)}")


def judge(mount: Mount) -> Finding | None:
    """The finding about a disk, None when there is room enough."""
    share = mount.free / mount.total
    if share < DISK_FULL[0] and mount.free < DISK_FULL[1]:
        severity, summary = Severity.CRITICAL, "The disk {disk} is full: {free} left."
    elif share < DISK_LOW[0] and mount.free < DISK_LOW[1]:
        severity, summary = Severity.WARNING, "The disk {disk} is nearly full: {free} left."
    else:
        return None
    advice = "Empty the recycle bin and remove downloads you no longer need."
    return Finding(
        "disks", Section.STORAGE, severity, summary, advice, (("disk", mount.place), ("free", size(mount.free)))
    )
