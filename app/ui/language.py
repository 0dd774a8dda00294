"""The language the windows speak: which one it is, its sentences, and switching while they are open."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from app.errors import HelpdeskError
from app.protocol.language import Catalogue, Language, choose

FOLDER = Path(__file__).parent / "translations"
AUTO = "auto"


class _Spoken:
    """The one catalogue in use; a process has one language, as it has one QLocale default."""

    catalogue = Catalogue(Language.ENGLISH, {})


def tr(sentence: str, /, **values: object) -> str:
    """The English sentence in the language in use, its `{name}` fields filled.

    Always called with a literal: the tests collect the literals and compare them with the translations.
    """
    return _Spoken.catalogue(sentence, **values)


def translated(template: str, /, **values: object) -> str:
    """Like `tr`, for templates that live elsewhere: settings' labels and the texts of errors."""
    return _Spoken.catalogue(template, **values)


def error_texts(error: HelpdeskError) -> tuple[str, str]:
    """Summary and hint of an error in the language in use; the hint may be empty."""
    hint = translated(error.hint_template, **error.values) if error.hint_template else ""
    return translated(error.summary_template, **error.values), hint


def spoken() -> Language:
    """The language in use."""
    return _Spoken.catalogue.language


def resolve(setting: str, system: Iterable[str]) -> Language:
    """The language for the setting's value (`auto`, `en`, `zh-CN`) and the system's tags, best first."""
    return choose(system) if setting == AUTO else choose([setting])


class LanguageSwitch(QObject):
    """Puts a language into force: our sentences, Qt's own, dates and numbers.

    Every open widget receives QEvent.LanguageChange and words itself anew.
    """

    changed = Signal()

    def __init__(self, setting: str = AUTO, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._setting = setting
        self._qt_sentences: QTranslator | None = None
        self._apply(resolve(setting, QLocale.system().uiLanguages()))

    @property
    def setting(self) -> str:
        """What was chosen: `auto` or a tag."""
        return self._setting

    def use(self, setting: str) -> None:
        """Speak as the setting says; windows that are open change at once."""
        self._setting = setting
        self.follow_system()

    def follow_system(self) -> None:
        """Look again at the system's languages; called when the system says that they changed."""
        language = resolve(self._setting, QLocale.system().uiLanguages())
        if language is not spoken():
            self._apply(language)
            self.changed.emit()

    def _apply(self, language: Language) -> None:
        _Spoken.catalogue = Catalogue.load(FOLDER, language)
        QLocale.setDefault(locale_of(language))
        heard = self._remove_qt_sentences()
        if language is not Language.ENGLISH:
            heard = self._install_qt_sentences(language) or heard
        application = QCoreApplication.instance()
        if application is not None and not heard:
            # Qt tells the windows when a translator comes or goes; where it has none, we do.
            QCoreApplication.sendEvent(application, QEvent(QEvent.Type.LanguageChange))

    def _install_qt_sentences(self, language: Language) -> bool:
        translator = QTranslator(self)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if not translator.load(QLocale(language.value), "qtbase", "_", folder):
            return False
        self._qt_sentences = translator
        return QCoreApplication.installTranslator(translator)

    def _remove_qt_sentences(self) -> bool:
        if self._qt_sentences is None:
            return False
        removed = QCoreApplication.removeTranslator(self._qt_sentences)
        self._qt_sentences = None
        return removed


def locale_of(language: Language) -> QLocale:
    """How dates and numbers are written: the system's own way where it speaks this language."""
    system = QLocale.system()
    if choose([system.name()]) is language and system.language() is not QLocale.Language.C:
        return system
    return QLocale(language.value)
