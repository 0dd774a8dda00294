"""Findings are judged by numbers and told with advice an employee can follow."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psutil
import pytest

from app.diagnostics import computer, network, storage
from app.diagnostics.probe import LONGEST_VALUE, Finding, Severity, fact, size
from app.errors import Unreachable

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GB = 1024**3


@pytest.mark.parametrize(
    ("free", "total", "severity"),
    [
        (100 * GB, 250 * GB, None),
        (12 * GB, 250 * GB, None),
        (9 * GB, 250 * GB, Severity.WARNING),
        (20 * GB, 1000 * GB, None),
        (GB // 2, 250 * GB, Severity.CRITICAL),
        (0, 250 * GB, Severity.CRITICAL),
        (2 * GB, 8 * GB, None),
    ],
)
def test_a_disk_is_judged_by_what_is_left(free: int, total: int, severity: Severity | None) -> None:
    finding = storage.judge(storage.Mount("C:\\", total, free))

    assert (finding.severity if finding else None) is severity
    if finding:
        assert "C:\\" in finding.sentence
        assert finding.recommendation


def test_a_disk_is_named_by_its_place() -> None:
    item = storage.disk_fact(storage.Mount("C:\\", 250 * GB, 12 * GB), 1)

    assert (item.name, item.value) == ("disk.c", "C:\\ 12.0 GB free of 250 GB")
    assert storage.disk_fact(storage.Mount("/", GB, GB), 1).name == "disk.root"
    assert storage.disk_fact(storage.Mount("/数据", GB, GB), 2).name == "disk.2"


def test_network_drives_and_discs_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def partition(mountpoint: str, fstype: str, opts: str = "rw") -> SimpleNamespace:
        return SimpleNamespace(mountpoint=mountpoint, fstype=fstype, opts=opts)

    asked: list[str] = []

    def usage(place: str) -> SimpleNamespace:
        asked.append(place)
        if place == "E:\\":
            raise PermissionError(place)
        return SimpleNamespace(total=len(asked) * GB, free=GB)

    partitions = [
        partition("/", "ext4"),
        partition("/data", "ext4"),
        partition("/mnt/share", "nfs4"),
        partition("/media/ann/STICK", "vfat"),
        partition("D:\\", "UDF", "ro,cdrom"),
        partition("E:\\", "NTFS"),
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: partitions)  # noqa: A006
    monkeypatch.setattr(psutil, "disk_usage", usage)

    mounts = storage.local_mounts()

    assert asked == ["/", "/data", "E:\\"]
    assert [mount.place for mount in mounts] == ["/", "/data"]


def test_little_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=8 * GB, available=GB // 4))

    seen = storage.Memory().look()

    assert [item.value for item in seen.items] == ["8.0 GB", "256 MB"]
    assert [finding.sentence for finding in seen.findings] == ["Only 256 MB of memory is free."]


def test_a_computer_that_never_restarts_is_told() -> None:
    def uptime(days: float) -> tuple[Finding, ...]:
        boot = (NOON - timedelta(days=days)).timestamp()
        return computer.Uptime(lambda: NOON, lambda: boot).look().findings

    assert uptime(13.9) == ()
    assert "20 days" in uptime(20)[0].sentence


def test_a_boot_in_the_future_is_no_negative_uptime() -> None:
    seen = computer.Uptime(lambda: NOON, lambda: NOON.timestamp() + 3600).look()

    assert seen.items[0].value == "0 min"


@pytest.mark.parametrize(("percent", "plugged", "told"), [(8.4, False, True), (8.4, True, False), (80, False, False)])
def test_an_empty_battery_is_told(monkeypatch: pytest.MonkeyPatch, percent: float, plugged: bool, told: bool) -> None:
    battery = SimpleNamespace(percent=percent, power_plugged=plugged)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)

    seen = computer.Power().look()

    assert bool(seen.findings) is told
    assert f"{round(percent)} %" in seen.items[0].value


def test_a_till_without_a_battery_says_nothing_about_power(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil, "sensors_battery", raising=False)

    assert computer.Power().look().items == ()


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (timedelta(seconds=90), None),
        (timedelta(minutes=7), "7 minutes fast"),
        (timedelta(hours=-2), "120 minutes slow"),
    ],
)
def test_a_wrong_clock_is_told_by_the_servers(offset: timedelta, words: str | None) -> None:
    probe = network.ServerReach(lambda: network.ServerAnswer(12.4, NOON), lambda: NOON + offset)

    seen = probe.look()

    assert [item.name for item in seen.items] == ["server.reachable", "server.latency", "clock.offset"]
    assert seen.items[1].value == "12 ms"
    assert [words in finding.sentence for finding in seen.findings] == ([True] if words else [])


def test_a_silent_server_is_told_with_comfort() -> None:
    def knock() -> network.ServerAnswer:
        raise Unreachable("No answer from {place}.", place="help.example.com")

    seen = network.ServerReach(knock, lambda: NOON).look()

    assert seen.items[0].value == "no (No answer from help.example.com.)"
    assert "kept on this computer" in seen.findings[0].recommendation


def test_a_name_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)

    seen = network.Names("help.example.com").look()

    assert seen.items[0].value == "help.example.com: no address"
    assert "help.example.com" in seen.findings[0].sentence


def test_no_address_on_any_adapter_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def address(family: int, text: str) -> SimpleNamespace:
        return SimpleNamespace(family=family, address=text)

    adapters = {
        "lo": [address(socket.AF_INET, "127.0.0.1")],
        "eth0": [address(socket.AF_INET, "169.254.3.4"), address(socket.AF_INET6, "fe80::1%eth0")],
        "wlan0": [],
    }
    states = {"lo": True, "eth0": True, "wlan0": False}
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: adapters)
    monkeypatch.setattr(psutil, "net_if_stats", lambda: {n: SimpleNamespace(isup=up) for n, up in states.items()})

    seen = network.Links().look()

    assert [(item.name, item.value) for item in seen.items] == [
        ("network.addresses", "none"),
        ("network.link", "down"),
        ("network.adapters_down", "wlan0"),
    ]
    assert seen.findings[0].severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://ann:secret@proxy.example.com:3128", "proxy.example.com:3128"),
        ("proxy:8080", "proxy:8080"),
        ("http://proxy:notaport", "not readable"),
        ("http://ann:secret@proxy:99999", "not readable"),
    ],
)
def test_a_proxys_password_stays_on_the_machine(address: str, told: str) -> None:
    seen = network.Proxy(lambda: {"http": address}).look()

    assert seen.items[0].value == f"http {told}"


def test_a_hostile_value_becomes_one_bounded_line() -> None:
    item = fact("window.title", "a\n\u202eb\x00" + "长" * 5000)
    half = fact("window.title", "x\ud800y")

    assert item.value.startswith("a b长")
    assert len(item.value) <= LONGEST_VALUE
    assert half.value == "x?y"


def test_sizes_read_as_people_say_them() -> None:
    assert [size(n) for n in (0, 900, 256 * 1024**2, 7.84 * GB, 238 * GB, 3.5 * 1024 * GB)] == [
        "0 B", "900 B", "256 MB", "7.8 GB", "238 GB", "3.5 TB",
    ]  # fmt: skip
