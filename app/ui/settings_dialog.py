"""The settings as the schema has them: every key with its control, greyed where somebody else decided."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.settings import OPTIONS, Option, Resolved, Scope, Source, save_user
from app.ui import messages
from app.ui.background import DISK
from app.ui.buttons import Button
from app.ui.desk import Desk
from app.ui.language import tr, translated
from app.ui.sheet import Chip, Sheet, label
from app.ui.theme import LARGE, MEDIUM, SMALL, TARGET, TIGHT, Tone

AT_ONCE = frozenset({"language", "theme", "autostart", "hotkey", "assist_stop_keys"})
"""What takes effect while the program runs."""


class SettingsDialog(QDialog):
    """Changes are saved as they are made; there is nothing to confirm."""

    changed = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._resolved: Resolved = desk.services.resolved
        self._rows = [SettingRow(name, self._resolved) for name in OPTIONS]
        self._own = label("title")
        self._organisation = label("title")
        self._banner = messages.Banner()
        self._close = Button()
        self._close.clicked.connect(self.close)
        sheet = Sheet(width=700)
        sheet.column.addWidget(self._banner)
        for scope, heading in ((Scope.USER, self._own), (Scope.MACHINE, self._organisation)):
            sheet.column.addWidget(heading)
            for row in self._rows:
                if OPTIONS[row.name].scope is scope:
                    row.changed.connect(self._keep)
                    sheet.column.addWidget(row)
            sheet.column.addSpacing(MEDIUM)
        foot = QHBoxLayout()
        foot.setContentsMargins(LARGE, SMALL, LARGE, MEDIUM)
        foot.addStretch()
        foot.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(sheet, 1)
        column.addLayout(foot)
        self.resize(700, 640)
        self.retranslate()

    def row(self, name: str) -> SettingRow:
        """The row of one setting."""
        return next(row for row in self._rows if row.name == name)

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.setWindowTitle(tr("Settings"))
        self._own.setText(tr("Your settings"))
        self._organisation.setText(tr("Set by your organisation"))
        self._close.setText(tr("Close"))
        for row in self._rows:
            row.retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def _keep(self, name: str, value: object) -> None:
        services = self._desk.services

        def save() -> None:
            save_user(services.paths.user_settings, {name: value})
            if name == "autostart":
                services.system.set_autostart(bool(value))

        self._desk.background.run(DISK, save, lambda _: self._kept(name), self._banner.error)
        self.changed.emit(name, value)

    def _kept(self, name: str) -> None:
        if name in AT_ONCE:
            self._banner.clear()
        else:
            self._banner.notice(tr("Saved. It takes effect when Deskbell starts again."), tone=Tone.GOOD)


class SettingRow(QFrame):
    """One setting: its label, what it is for, its control, and who decided when it was not the employee."""

    changed = Signal(str, object)

    def __init__(self, name: str, resolved: Resolved, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        self.name = name
        self._option: Option = OPTIONS[name]
        self._source = resolved.sources[name]
        self._is_locked = is_locked(name, resolved)
        self._title = label("strong")
        self._help = label("quiet")
        self._by = Chip()
        self.control = self._control(getattr(resolved.settings, name))
        self.control.setEnabled(not self._is_locked)
        self.control.setMinimumHeight(TARGET)
        self.control.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._title.setBuddy(self.control)
        texts = QVBoxLayout()
        texts.setSpacing(TIGHT)
        texts.addStretch()
        texts.addWidget(self._title)
        texts.addWidget(self._help)
        texts.addWidget(self._by, alignment=Qt.AlignmentFlag.AlignLeft)  # it is no wider than its words, the row is
        texts.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(LARGE - 4, MEDIUM, LARGE - 4, MEDIUM)
        row.setSpacing(LARGE)
        row.addLayout(texts, 1)
        row.addWidget(self.control, alignment=Qt.AlignmentFlag.AlignVCenter)

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._title.setText(translated(self._option.label))
        self._help.setText(translated(self._option.help))
        self.control.setAccessibleName(translated(self._option.label))
        self.control.setAccessibleDescription(translated(self._option.help))
        self._by.say(decided_by(self._source) if self._is_locked else "", Tone.QUIET)
        if isinstance(self.control, QComboBox):
            for place, value in enumerate(self._option.choices):
                self.control.setItemText(place, choice_word(self.name, value))
        elif isinstance(self.control, QLabel):
            self.control.setText(tr("set") if self.control.property("has_value") else tr("not set"))
        elif isinstance(self.control, QLineEdit):
            self.control.setPlaceholderText(tr("not set"))

    def _control(self, value: Any) -> QWidget:
        if self._option.secret:
            shown = label("quiet", wraps=False)
            shown.setProperty("has_value", bool(value))
            return shown
        if self._option.choices:
            return self._choice(str(value))
        if isinstance(value, bool):
            box = QCheckBox()
            box.setChecked(value)
            box.toggled.connect(self._tell)
            return box
        if isinstance(value, int):
            return self._number(value)
        field = QLineEdit(str(value))
        field.setReadOnly(self._is_locked)
        field.setMinimumWidth(240)
        field.setCursorPosition(0)
        field.editingFinished.connect(lambda: self._tell(field.text().strip()))
        return field

    def _choice(self, value: str) -> QComboBox:
        box = QComboBox()
        for each in self._option.choices:
            box.addItem(each, each)
        box.setCurrentIndex(self._option.choices.index(value))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMinimumWidth(180)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.activated.connect(lambda place: self._tell(box.itemData(place)))
        return box

    def _number(self, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(self._option.lowest, self._option.highest)
        box.setSingleStep(max(1, (self._option.highest - self._option.lowest) // 40))
        box.setValue(value)
        box.setMinimumWidth(140)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.editingFinished.connect(lambda: self._tell(box.value()))
        return box

    def _tell(self, value: object) -> None:
        self.changed.emit(self.name, value)


def is_locked(name: str, resolved: Resolved) -> bool:
    """Whether the employee's own choice would not count."""
    return resolved.is_managed(name) or resolved.sources[name] not in (Source.USER, Source.DEFAULT)


def decided_by(source: Source) -> str:
    """Who decided a value that the employee may not change."""
    if source in (Source.COMMAND_LINE, Source.ENVIRONMENT):
        return tr("Given when Deskbell was started")
    return tr("Managed by your organisation")


def choice_word(name: str, value: str) -> str:
    """A choice as the employee reads it."""
    if value == "auto":
        words = {"language": tr("Same as the system"), "theme": tr("Same as the system")}
        return words.get(name, tr("Automatic"))
    words = {
        "en": "English",
        "zh-CN": "简体中文",
        "light": tr("Light"),
        "dark": tr("Dark"),
        "rapidocr": "RapidOCR",
        "tesseract": "Tesseract",
        "windows": "Windows",
        "vision": "Apple Vision",
        "debug": tr("Everything"),
        "info": tr("Usual"),
        "warning": tr("Warnings only"),
    }
    return words.get(value, value)
