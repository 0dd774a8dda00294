"""The employee's screen under an agent's pointer, for a picture: `python -m tests.pictures.pointed_at LANGUAGE TILL`
shows real banner and overlay over a till's picture and says `drawn`.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from app.assist.told import Drawn, Pointed
from app.protocol.session import Grade
from app.ui.assist.scene import Scene
from app.ui.assist.screens import shareable
from app.ui.background import Background
from app.ui.language import LanguageSwitch
from app.ui.theme import Theme
from tests.ui.assist.world import HandClock, invitation, visit

NAMES = {"en": "Li Na", "zh": "李娜"}
LANGUAGES = {"en": "en", "zh": "zh-CN"}


def main(language: str, till: str) -> int:
    application = QApplication(["deskbell"])
    kept = (LanguageSwitch(LANGUAGES[language]), Theme(application, "light"))
    place = application.primaryScreen().geometry()
    below = QLabel(None, Qt.WindowType.FramelessWindowHint)
    below.setGeometry(place)
    below.setPixmap(QPixmap(till).scaled(place.size(), mode=Qt.TransformationMode.SmoothTransformation))
    below.show()
    clock = HandClock()
    shared = shareable()[0]
    made, host, _ = visit(clock, shared, invitation(NAMES[language]))
    background = Background()
    scene = Scene(made, lambda found: found([]), background)
    scene.open()
    host.stands(Grade.VIEW)
    host.stands(Grade.POINT)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * place.width()), round(y * place.height())

    def draw() -> None:
        clock.forward(192)
        made.changed.emit()
        made.drawn.emit(Drawn("box", (at(0.455, 0.577), at(0.615, 0.669))))
        made.drawn.emit(Drawn("arrow", (at(0.74, 0.42), at(0.625, 0.57))))
        made.drawn.emit(Drawn("ink", tuple(at(0.3 + step * 0.02, 0.75 + 0.02 * (step % 3)) for step in range(12))))
        made.pointed.emit(Pointed(*at(0.565, 0.635), True))
        QTimer.singleShot(400, lambda: print("drawn", flush=True))

    QTimer.singleShot(1500, draw)
    assert kept
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
