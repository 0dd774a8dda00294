"""No picture could be taken: why, and the other ways to a picture."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.errors import HelpdeskError
from app.ui.buttons import Button
from app.ui.language import error_texts, tr
from app.ui.report.closing_page import ClosingPage
from app.ui.theme import Tone


class BlockedPage(ClosingPage):
    """Explains in the backend's words; a picture may still come from a file or the clipboard."""

    asked = Signal()
    """The desktop may ask its question now."""
    again = Signal()
    file_wanted = Signal()
    paste_wanted = Signal()
    without = Signal()
    """Report without a picture."""
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("camera", Tone.WARNING, parent)
        self._error: HelpdeskError | None = None
        self._ask = Button("camera", "primary")
        self._open = Button("picture")
        self._paste = Button("paste")
        self._again = Button("refresh")
        self._cancel = Button(part="link")
        self._without = Button("next", "primary")
        for button, told in (
            (self._ask, self.asked),
            (self._open, self.file_wanted),
            (self._paste, self.paste_wanted),
            (self._again, self.again),
            (self._cancel, self.cancelled),
            (self._without, self.without),
        ):
            button.clicked.connect(told)
        self._ask.hide()
        self.row(self._ask, self._again, self._open, self._paste)
        self.footer.add_left(self._cancel)
        self.footer.add_right(self._without)
        self.retranslate()

    def explain_question(self) -> None:
        """Say that the desktop will ask, and let it."""
        self._error = HelpdeskError(
            "Your desktop asks once whether Deskbell may take pictures of the screen.",
            "Press the button and answer with yes. No picture is kept or sent by that.",
        )
        self._ask.show()
        self._again.hide()
        self.retranslate()
        self._ask.setFocus()

    def explain(self, error: HelpdeskError) -> None:
        """Say why there is no picture."""
        self._error = error
        self._ask.hide()
        self._again.show()
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        if self._error is None:
            self.say(tr("No picture yet"), "")
        else:
            self.say(*error_texts(self._error))
        self._ask.setText(tr("Let it ask"))
        self._open.setText(tr("Open a picture"))
        self._paste.setText(tr("Paste"))
        self._again.setText(tr("Try again"))
        self._cancel.setText(tr("Cancel"))
        self._without.setText(tr("Go on without a picture"))
