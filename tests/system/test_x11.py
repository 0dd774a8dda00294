"""Which window the employee works in, asked from a real X server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from app.system.base import Rect
from app.system.linux import LinuxSystem
from tests.x_client import XClient
from tests.xvfb import Xvfb


@pytest.fixture(scope="module")
def x_server() -> Iterator[Xvfb]:
    with Xvfb(1024, 768) as server:
        yield server


@pytest.fixture
def client(x_server: Xvfb, monkeypatch: pytest.MonkeyPatch) -> Iterator[XClient]:
    monkeypatch.setenv("DISPLAY", x_server.display)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    with XClient(x_server.display) as client:
        yield client


def test_the_foreground_window_has_title_application_and_its_frame(client: XClient) -> None:
    window = client.window(Rect(110, 130, 400, 300), "收银 – Till 3", "PosClient")
    client.numbers(window, "_NET_FRAME_EXTENTS", 4, 4, 28, 4)
    client.activate(window)

    found = LinuxSystem().foreground()

    assert found is not None
    assert (found.title, found.application) == ("收银 – Till 3", "PosClient")
    assert found.rect == Rect(106, 102, 408, 332)
    assert not found.is_modal


def test_a_shadow_drawn_by_the_client_is_not_part_of_the_frame(client: XClient) -> None:
    window = client.window(Rect(100, 100, 400, 300), "Files", "Nautilus")
    client.numbers(window, "_GTK_FRAME_EXTENTS", 26, 26, 23, 29)
    client.activate(window)

    found = LinuxSystem().foreground()

    assert found is not None
    assert found.rect == Rect(126, 123, 348, 248)


@pytest.mark.parametrize("hint", ["state", "type", "transient"])
def test_a_modal_dialog_is_told_from_a_main_window(client: XClient, hint: str) -> None:
    main = client.window(Rect(0, 0, 600, 500), "Orders", "Erp")
    dialog = client.window(Rect(100, 100, 300, 120), "Error", "Erp")
    match hint:
        case "state":
            client.atoms(dialog, "_NET_WM_STATE", "_NET_WM_STATE_MODAL")
        case "type":
            client.atoms(dialog, "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DIALOG")
        case "transient":
            client.numbers(dialog, "WM_TRANSIENT_FOR", main)
    client.activate(dialog, main)

    found = LinuxSystem().foreground()

    assert found is not None
    assert found.handle == dialog
    assert found.is_modal


def test_our_own_window_and_the_panel_give_way_to_the_window_below(client: XClient) -> None:
    below = client.window(Rect(0, 0, 600, 500), "Orders", "Erp")
    panel = client.window(Rect(0, 700, 1024, 60), "Panel", "Panel")
    client.atoms(panel, "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DOCK")
    ours = client.window(Rect(50, 50, 300, 300), "Deskbell", "Deskbell")
    client.numbers(ours, "_NET_WM_PID", os.getpid())
    client.activate(ours, panel, below)

    found = LinuxSystem().foreground()

    assert found is not None
    assert found.handle == below


def test_a_minimised_window_is_not_listed(client: XClient) -> None:
    window = client.window(Rect(0, 0, 600, 500), "Orders", "Erp")
    hidden = client.window(Rect(0, 0, 600, 500), "Mail", "Mail")
    client.atoms(hidden, "_NET_WM_STATE", "_NET_WM_STATE_HIDDEN")
    client.activate(window, hidden)

    assert [each.handle for each in LinuxSystem().windows()] == [window]


def test_a_window_that_closes_meanwhile_is_no_window(client: XClient) -> None:
    client.activate(0x1234567)

    assert LinuxSystem().foreground() is None


def test_without_a_server_there_is_no_foreground_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":9876")
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")

    assert LinuxSystem().foreground() is None
    assert LinuxSystem().windows() == ()
