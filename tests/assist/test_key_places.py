"""The three tables of key places agree with each other."""

from __future__ import annotations

import pytest

from app.assist.key_places import EVDEV, EXTENDED_SCAN, MAC, scan_code


@pytest.mark.parametrize("table", [EVDEV, MAC], ids=["evdev", "mac"])
def test_no_two_keys_share_a_place(table: dict[str, int]) -> None:
    assert len(set(table.values())) == len(table)


def test_extended_keys_are_keys_of_the_table_and_distinct() -> None:
    assert EXTENDED_SCAN.keys() <= EVDEV.keys()
    assert len(set(EXTENDED_SCAN.values())) == len(EXTENDED_SCAN)


def test_windows_codes_are_distinct_and_known_for_all_but_pause() -> None:
    found = {code: scan_code(code) for code in EVDEV}

    assert [code for code, scan in found.items() if scan is None] == ["Pause"]
    known = [scan for scan in found.values() if scan is not None]
    assert len(set(known)) == len(known)
    assert all(0 < scan < 0x80 for scan, _ in known)


def test_a_mac_has_every_key_but_those_it_does_not_have() -> None:
    assert EVDEV.keys() - MAC.keys() == {"ScrollLock", "PrintScreen", "Pause"}


@pytest.mark.parametrize(
    ("code", "evdev", "scan", "mac"),
    [
        ("KeyA", 30, (0x1E, False), 0),
        ("KeyM", 50, (0x32, False), 46),
        ("Digit0", 11, (0x0B, False), 29),
        ("F10", 68, (0x44, False), 109),
        ("F12", 88, (0x58, False), 111),
        ("Enter", 28, (0x1C, False), 36),
        ("NumpadEnter", 96, (0x1C, True), 76),
        ("ControlRight", 97, (0x1D, True), 62),
        ("Delete", 111, (0x53, True), 117),
        ("MetaLeft", 125, (0x5B, True), 55),
        ("IntlBackslash", 86, (0x56, False), 10),
    ],
)
def test_well_known_keys_are_where_their_systems_have_them(
    code: str, evdev: int, scan: tuple[int, bool], mac: int
) -> None:
    assert (EVDEV[code], scan_code(code), MAC[code]) == (evdev, scan, mac)


def test_an_unknown_place_has_no_code() -> None:
    assert scan_code("LaunchMail") is None
