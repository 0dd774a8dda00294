"""Where this system keeps letters for Chinese and Latin text, for words burnt into pictures."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

WINDOWS = ("msyh.ttc", "msyhl.ttc", "simhei.ttf", "simsun.ttc", "segoeui.ttf")
MACOS = (
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/STHeiti Medium.ttc",
    "/System/Library/Fonts/Helvetica.ttc",
)
LINUX = (
    "/usr/share/fonts/opentype/noto/NotoSansSC-Regular.otf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
)


@cache
def letters_file() -> Path | None:
    """A font file with simplified Chinese where the system has one; None leaves Pillow its own Latin letters.

    May ask fontconfig, which takes some milliseconds: call it off the GUI thread first.
    """
    if sys.platform == "win32":
        folder = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "Fonts"
        places = [folder / name for name in WINDOWS]
    elif sys.platform == "darwin":
        places = [Path(name) for name in MACOS]
    else:
        places = [Path(name) for name in LINUX]
    found = next((place for place in places if place.is_file()), None)
    return found if found is not None or sys.platform in ("win32", "darwin") else asked()


def asked() -> Path | None:
    """What fontconfig would draw Chinese with."""
    program = shutil.which("fc-match")
    if program is None:
        return None
    try:
        answer = subprocess.run(
            [program, "--format=%{file}", "sans:lang=zh-cn"], capture_output=True, text=True, timeout=3, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    path = Path(answer.stdout.strip())
    return path if path.is_file() else None
