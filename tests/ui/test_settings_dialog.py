"""The settings dialog shows the whole schema, saves as one changes, and greys what others decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from app.assembly import assemble
from app.settings import OPTIONS, read
from app.ui.background import Background
from app.ui.desk import Desk
from app.ui.language import LanguageSwitch, tr
from app.ui.settings_dialog import SettingRow, SettingsDialog


@pytest.fixture
def dialog(desk: Desk, qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(desk)
    qtbot.addWidget(made)
    made.show()
    return made


def texts(row: SettingRow) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel) if label.isVisible()]


@pytest.mark.parametrize("name", list(OPTIONS))
def test_every_setting_has_its_row(dialog: SettingsDialog, name: str) -> None:
    row = dialog.row(name)

    assert OPTIONS[name].label in texts(row)
    assert row.control.accessibleName() == OPTIONS[name].label


def test_a_choice_is_saved_and_told_at_once(dialog: SettingsDialog, desk: Desk, qtbot: QtBot) -> None:
    box = dialog.row("theme").control
    assert isinstance(box, QComboBox)

    with qtbot.waitSignal(dialog.changed) as changed:
        box.setCurrentIndex(box.findData("dark"))
        box.activated.emit(box.currentIndex())

    assert changed.args == ["theme", "dark"]
    file = desk.services.paths.user_settings
    qtbot.waitUntil(lambda: file.exists() and read(file) == {"theme": "dark"})


def test_a_number_keeps_within_its_bounds(dialog: SettingsDialog, desk: Desk, qtbot: QtBot) -> None:
    box = dialog.row("settle_delay").control
    assert isinstance(box, QSpinBox)

    box.setValue(99_999)
    box.editingFinished.emit()

    file = desk.services.paths.user_settings
    qtbot.waitUntil(lambda: file.exists() and read(file) == {"settle_delay": 2000})


def test_what_the_organisation_decides_is_greyed_and_says_so(dialog: SettingsDialog) -> None:
    row = dialog.row("server_url")

    assert not row.control.isEnabled()
    assert "Managed by your organisation" in texts(row)


def test_a_policy_greys_what_would_be_the_employees(home: dict[str, str], background: Background, qtbot: QtBot) -> None:
    policy = Path(home["DESKBELL_HOME"]) / "policy" / "policy.toml"
    policy.parent.mkdir(parents=True)
    policy.write_text('theme = "dark"\n', encoding="utf-8")
    services = assemble({}, home)
    services.paths.make()
    dialog = SettingsDialog(Desk(services, background))
    qtbot.addWidget(dialog)
    dialog.show()

    row = dialog.row("theme")

    assert not row.control.isEnabled()
    assert row.control.currentData() == "dark"
    assert "Managed by your organisation" in texts(row)
    services.close()


def test_what_came_with_the_start_is_greyed_too(home: dict[str, str], background: Background, qtbot: QtBot) -> None:
    services = assemble({"language": "zh-CN"}, home)
    services.paths.make()
    dialog = SettingsDialog(Desk(services, background))
    qtbot.addWidget(dialog)
    dialog.show()

    assert "Given when Deskbell was started" in texts(dialog.row("language"))
    rows = [dialog.row(name) for name in OPTIONS]
    starts = {row.findChildren(QLabel)[0].mapTo(row, QPoint(0, 0)).x() for row in rows}
    assert len(starts) == 1  # in line with the other rows
    services.close()


def test_the_token_is_never_shown(home: dict[str, str], background: Background, qtbot: QtBot) -> None:
    services = assemble({"enrolment_token": "hush-hush-hush"}, home)
    dialog = SettingsDialog(Desk(services, background))
    qtbot.addWidget(dialog)
    dialog.show()

    shown = [label.text() for label in dialog.findChildren(QLabel)]

    assert not any("hush" in text for text in shown)
    assert "set" in texts(dialog.row("enrolment_token"))
    services.close()


def test_starting_at_sign_in_is_told_to_the_system(
    dialog: SettingsDialog, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(type(desk.services.system), "set_autostart", lambda _self, enabled: told.append(enabled))
    box = dialog.row("autostart").control
    assert isinstance(box, QCheckBox)

    box.click()

    qtbot.waitUntil(lambda: told == [False])


def test_the_dialog_changes_its_language_while_it_is_open(dialog: SettingsDialog, qtbot: QtBot) -> None:
    switch = LanguageSwitch("en")

    switch.use("zh-CN")

    qtbot.waitUntil(lambda: dialog.windowTitle() == "设置")
    assert tr("Settings") == "设置"
    assert "外观" in texts(dialog.row("theme"))
    box = dialog.row("theme").control
    assert [box.itemText(place) for place in range(box.count())] == ["跟随系统", "浅色", "深色"]
