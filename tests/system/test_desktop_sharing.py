"""What a Wayland desktop needs so that its screen can be shared, each missing part by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.system import desktop_sharing
from app.system.desktop_sharing import has_pictures, missing


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which nothing is installed."""
    monkeypatch.setattr(desktop_sharing, "LIBRARIES", (str(tmp_path / "lib"),))
    return tmp_path / "lib" / "x86_64-linux-gnu" / "gstreamer-1.0"


def install(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "libgstpipewire.so").touch()


def test_without_xwayland_the_strip_has_no_place() -> None:
    found = missing({"WAYLAND_DISPLAY": "wayland-0"})

    assert found is not None
    assert "XWayland" in found.hint


def test_without_a_portal_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")

    found = missing({"DISPLAY": ":0"})

    assert found is not None
    assert "xdg-desktop-portal" in found.hint


def test_without_the_plug_in_it_is_named(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop_sharing, "offers_monitors", lambda: True)

    found = missing({"DISPLAY": ":0"})

    assert found is not None
    assert "gstreamer1.0-pipewire" in found.hint
    install(plugins)
    assert missing({"DISPLAY": ":0"}) is None


def test_the_plug_in_is_found_where_gstreamer_is_told_to_look(plugins: Path, tmp_path: Path) -> None:
    install(tmp_path / "own")

    assert not has_pictures({})
    assert has_pictures({"GST_PLUGIN_PATH_1_0": f"/nowhere:{tmp_path / 'own'}"})
