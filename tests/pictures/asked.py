"""The questions of remote assistance on the employee's screen, for a picture: `python -m tests.pictures.asked QUESTION
LANGUAGE THEME TILL` shows a real one (consent, recorded, portal, control, file or screen) over a till's picture and
says `shown`.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable

from PIL import Image, ImageDraw
from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from app.protocol.assist import Invitation
from app.protocol.handover import FileOffer
from app.protocol.session import Grade
from app.system.base import Rect
from app.ui.assist.consent import ConsentDialog
from app.ui.assist.offers import FilePrompt
from app.ui.assist.prompt import Prompt
from app.ui.assist.questions import GradePrompt, ScreenPrompt
from app.ui.assist.screens import Shareable, shareable
from app.ui.language import LanguageSwitch
from app.ui.theme import Theme
from tests.ui.assist.world import PHRASE, HandClock, invitation

LANGUAGES = {"en": "en", "zh": "zh-CN"}
WHO = {
    "en": {"name": "Li Na", "title": "Support engineer", "department": "IT service desk"},
    "zh": {"name": "李娜", "title": "支持工程师", "department": "IT 服务台"},
}
WHY = {"en": "Look at the card reader's port settings", "zh": "看一下读卡器的端口设置"}
FILES = {"en": "Card reader driver 4.2.exe", "zh": "读卡器驱动 4.2.exe"}
FOLDER = "/home/pos/Downloads/Deskbell"
SECOND = {"en": "Screen 2", "zh": "屏幕 2"}


def portrait() -> str:
    """A photo as the server gives it: base64 of a JPEG."""
    image = Image.new("RGB", (192, 192), "#8fb3c9")
    drawing = ImageDraw.Draw(image)
    drawing.ellipse((20, 112, 172, 264), fill="#27496d")
    drawing.ellipse((58, 34, 134, 128), fill="#e6c3a1")
    drawing.pieslice((54, 22, 138, 106), 180, 360, fill="#2b2320")
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=90)
    return base64.b64encode(stored.getvalue()).decode()


def asking(language: str, *, is_recorded: bool) -> Invitation:
    made = invitation(is_recorded=is_recorded)
    agent = made.agent.model_copy(update={**WHO[language], "photo": portrait()})
    return made.model_copy(update={"agent": agent, "reason": WHY[language], "record_days": 30})


def second(language: str) -> Shareable:
    """The customer's display."""
    rect = Rect(1024, 0, 1024, 600)
    return Shareable("HDMI-2", SECOND[language], rect, QRect(1024, 0, 1024, 600), 1.0, False, True)


def question(kind: str, language: str, application: QApplication) -> Prompt:
    """The real window, with a clock that stands still."""
    clock, main = HandClock(), application.primaryScreen()
    asked = asking(language, is_recorded=kind == "recorded")
    name, photo = asked.agent.name, asked.agent.photo
    makers: dict[str, Callable[[], Prompt]] = {
        "file": lambda: FilePrompt(
            name, FileOffer(name=FILES[language], size=8_400_000, sha256="a" * 64), FOLDER, main, clock, photo=photo
        ),
        "control": lambda: GradePrompt(name, Grade.CONTROL, main, clock, photo=photo, by_portal=True),
        "screen": lambda: ScreenPrompt(name, second(language), Grade.VIEW, main, clock, photo=photo),
    }
    if kind in makers:
        return makers[kind]()
    is_first, by_portal = kind == "recorded", kind == "portal"
    return ConsentDialog(asked, PHRASE, shareable(), main, 60.0, clock, is_first=is_first, by_portal=by_portal)


def main(kind: str, language: str, theme: str, till: str) -> int:
    application = QApplication(["deskbell"])
    kept: list[object] = [LanguageSwitch(LANGUAGES[language]), Theme(application, theme)]
    place = application.primaryScreen().geometry()
    below = QLabel(None, Qt.WindowType.FramelessWindowHint)
    below.setGeometry(place)
    below.setPixmap(QPixmap(till).scaled(place.size(), mode=Qt.TransformationMode.SmoothTransformation))
    below.show()

    def ask() -> None:
        kept.append(question(kind, language, application))
        kept[-1].ask()
        QTimer.singleShot(800, lambda: print("shown", flush=True))

    QTimer.singleShot(1000, ask)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
