"""The language follows the system or the setting, and open windows follow the language."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from app.errors import HelpdeskError
from app.protocol.language import Language
from app.ui import wording
from app.ui.language import LanguageSwitch, error_texts, resolve, tr
from tests.ui.world import now

PRINT_LANGUAGE = """
import sys
from PySide6.QtWidgets import QApplication
application = QApplication(sys.argv)
from app.ui.language import LanguageSwitch, spoken
switch = LanguageSwitch("auto")
print(spoken().value)
"""


class Greeting(QLabel):
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.setText(tr("My tickets"))


@pytest.mark.parametrize(
    ("system", "language"),
    [
        ("zh_CN.UTF-8", "zh-CN"),
        ("zh_Hans_CN.UTF-8", "zh-CN"),
        ("zh.UTF-8", "zh-CN"),
        ("en_GB.UTF-8", "en"),
        ("C", "en"),
        ("ja_JP.UTF-8", "en"),
    ],
)
def test_the_systems_language_is_followed(system: str, language: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("LANGUAGE", "LC_MESSAGES")}
    environment |= {"LANG": system, "LC_ALL": system, "QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}

    ran = subprocess.run(
        [sys.executable, "-c", PRINT_LANGUAGE], env=environment, capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stdout.split() == [language]


def test_the_setting_wins_over_the_system() -> None:
    assert resolve("en", ["zh-CN"]) is Language.ENGLISH
    assert resolve("zh-CN", ["en-US"]) is Language.CHINESE
    assert resolve("auto", ["ja", "zh-Hans-CN"]) is Language.CHINESE


def test_open_windows_change_their_words_at_once(qtbot: QtBot) -> None:
    switch = LanguageSwitch("en")
    greeting = Greeting(tr("My tickets"))
    qtbot.addWidget(greeting)

    with qtbot.waitSignal(switch.changed):
        switch.use("zh-CN")
    qtbot.waitUntil(lambda: greeting.text() == "我的工单")

    switch.use("en")
    qtbot.waitUntil(lambda: greeting.text() == "My tickets")


def test_qts_own_words_change_too(qtbot: QtBot) -> None:
    switch = LanguageSwitch("zh-CN")
    chinese = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(chinese)

    assert "取消" in chinese.button(QDialogButtonBox.StandardButton.Cancel).text()

    switch.use("en")
    english = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(english)
    assert "Cancel" in english.button(QDialogButtonBox.StandardButton.Cancel).text()


def test_an_error_is_worded_in_the_language_in_use() -> None:
    error = HelpdeskError("The helpdesk at {host} cannot be reached.", "Tell IT about it.", host="help.example.com")
    LanguageSwitch("zh-CN")

    assert error_texts(error) == ("无法连接服务台 help.example.com。", "请告知 IT。")


def test_dates_are_written_the_languages_way() -> None:
    moment = now() - timedelta(days=30)
    LanguageSwitch("zh-CN")

    assert wording.day(moment).startswith(str(moment.year))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(minutes=-5), "just now"),
    ],
)
def test_an_age_is_said_in_words(ago: timedelta, words: str) -> None:
    moment = now()

    assert wording.age(moment - ago, moment) == words
