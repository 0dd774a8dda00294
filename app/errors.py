"""What the world did to us, in words an employee can act on."""

from __future__ import annotations


class HelpdeskError(Exception):
    """Something outside the program failed: the network, a disk, a permission, a file.

    `summary` and `hint` are English templates with `{name}` fields; `values` fills them. The user interface
    translates the templates and fills in the values afterwards, so a message never has to be taken apart again.
    """

    def __init__(self, summary: str, hint: str = "", *, retry: bool = False, **values: object) -> None:
        self.summary_template = summary
        self.hint_template = hint
        self.values = values
        self.retry = retry
        super().__init__(self.summary)

    @property
    def summary(self) -> str:
        """What happened, one sentence in English."""
        return filled(self.summary_template, self.values)

    @property
    def hint(self) -> str:
        """What the reader can do about it, in English; empty when there is nothing to do."""
        return filled(self.hint_template, self.values)


class Unreachable(HelpdeskError):
    """The server could not be reached; trying again later may work."""

    def __init__(self, summary: str, hint: str = "", **values: object) -> None:
        super().__init__(summary, hint, retry=True, **values)


class Refused(HelpdeskError):
    """The server answered and said no; the same request will be refused again.

    `code` is the stable problem code of app.protocol.problems, `status` the HTTP status.
    """

    def __init__(self, summary: str, hint: str = "", *, code: str, status: int, **values: object) -> None:
        super().__init__(summary, hint, retry=False, **values)
        self.code = code
        self.status = status


class StorageError(HelpdeskError):
    """A disk is full, read-only or broken; nothing that was stored before is lost."""


class NotAvailable(HelpdeskError):
    """This machine lacks a part that is needed; the hint says how to get it."""


def filled(template: str, values: dict[str, object]) -> str:
    """The template with its `{name}` fields filled; the bare template when it has none."""
    return template.format(**values) if values else template
