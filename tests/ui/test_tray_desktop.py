"""A real bell in a real panel: docked, adopted late, shown again to a restarted panel, its menu opened."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.panel import PANEL_HEIGHT, PanelDesktop, missing, python, wait_for

ROOT = Path(__file__).parent.parent.parent
ARTEFACTS = ROOT / "artefacts"
pytestmark = [pytest.mark.desktop, pytest.mark.skipif(bool(missing()), reason=missing())]
if missing():
    print(f"skipped: {missing()}")


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[PanelDesktop]:
    with PanelDesktop(tmp_path) as made:
        yield made


def start(desktop: PanelDesktop, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the bell on the desktop, everything of its own in the desktop's folder."""
    more = {"DESKBELL_HOME": str(desktop.folder / "bell"), "PYTHONPATH": str(ROOT)}
    return desktop.run([python(), "-m", "app", *arguments], "bell", more)


def strip(desktop: PanelDesktop) -> Image.Image:
    """The panel without its clock, which changes by itself."""
    with Image.open(desktop.picture(desktop.folder / "now.png")) as picture:
        return picture.convert("RGB").crop((0, desktop.height - PANEL_HEIGHT, desktop.width - 80, desktop.height))


def bell_place(desktop: PanelDesktop, before: Image.Image) -> tuple[int, int]:
    """Where something has appeared in the panel since `before`."""

    def changed() -> tuple[int, int, int, int] | None:
        return ImageChops.difference(before, strip(desktop)).getbbox()

    wait_for(changed, "the bell can be seen in the panel")
    box = stable(changed)
    # The bell stands at the right end; further left the panel's own parts have moved.
    return box[2] - PANEL_HEIGHT // 3, desktop.height - PANEL_HEIGHT // 2


def stable(look) -> tuple[int, int, int, int]:
    """What `look` says twice in a row: the panel moves its plug-ins while it makes room."""
    last = [None]

    def same() -> object:
        now, before = look(), last[0]
        last[0] = now
        return now if now is not None and now == before else None

    return wait_for(same, "the panel has come to rest")


def brightest(image: Image.Image) -> int:
    return max(high for _, high in image.convert("RGB").getextrema())


def test_the_bell_is_docked_and_its_menu_opens(desktop: PanelDesktop) -> None:
    before = strip(desktop)
    bell = start(desktop, "--background")
    assert wait_for(desktop.items, "the panel knows the bell")
    x, y = bell_place(desktop, before)
    empty = strip_above(desktop)

    desktop.mouse(x, y, button=3)
    stable(lambda: ImageChops.difference(empty, strip_above(desktop)).getbbox())

    kept = desktop.picture(ARTEFACTS / "tray-menu.png")
    print(f"kept {kept}")
    assert brightest(strip(desktop)) > 200  # a light bell on a dark panel
    desktop.key(*["Up"] * 4, "Return")
    assert wait_for(lambda: desktop.windows("Settings"), "the fourth entry from below opens the settings")
    bell.terminate()
    assert bell.wait(15) == 0
    wait_for(lambda: not desktop.items(), "the panel has let go of the bell")


def strip_above(desktop: PanelDesktop) -> Image.Image:
    """The screen above the panel."""
    with Image.open(desktop.picture(desktop.folder / "above.png")) as picture:
        return picture.convert("RGB").crop((0, 0, desktop.width, desktop.height - PANEL_HEIGHT))


def test_a_panel_that_starts_late_or_again_gets_the_bell(tmp_path: Path) -> None:
    with PanelDesktop(tmp_path, with_panel=False) as desktop:
        start(desktop, "--background")
        wait_for(lambda: "deskbell" in desktop.bus_names() or bell_runs(desktop), "the bell runs")

        desktop.start_panel()
        assert wait_for(desktop.items, "a late panel is adopted")

        desktop.stop_panel()
        desktop.start_panel()
        assert wait_for(desktop.items, "a restarted panel has the bell again")


def bell_runs(desktop: PanelDesktop) -> bool:
    """Whether the bell has begun: its data folder is there."""
    return (desktop.folder / "bell" / "data").exists()


def test_without_a_panel_the_window_opens_instead(tmp_path: Path) -> None:
    with PanelDesktop(tmp_path, with_panel=False) as desktop:
        start(desktop)

        assert wait_for(lambda: desktop.windows("Deskbell"), "the help window")
        print(f"kept {desktop.picture(ARTEFACTS / 'help-window.png')}")


def test_a_second_start_brings_up_the_window_of_the_first(desktop: PanelDesktop) -> None:
    start(desktop, "--background")
    assert wait_for(desktop.items, "the bell")

    second = start(desktop, "open", "tickets")

    assert second.wait(20) == 0
    assert wait_for(lambda: desktop.windows("My tickets"), "the window with the tickets")
