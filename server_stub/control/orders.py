"""What an administrator may order, and the report that comes back."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from app.protocol.announcements import Severity
from app.protocol.message import Line, Message, Reply, Text
from server_stub.agents.tables import Role


class ImportArticles(Message):
    """Take in a folder of Markdown or a JSONL file, by its absolute path."""

    verb: Literal["import articles"] = "import articles"
    path: str


class PackArticles(Message):
    """Write the employees' articles to a pack file, by its absolute path; `slim` only what clients download."""

    verb: Literal["pack articles"] = "pack articles"
    out: str
    slim: bool = False


class ListArticles(Message):
    """Name the articles in use, or the retired ones."""

    verb: Literal["list articles"] = "list articles"
    retired: bool = False


class RetireArticles(Message):
    """Take articles out of use, or put retired ones back, by their ids."""

    verb: Literal["retire articles"] = "retire articles"
    ids: tuple[str, ...] = Field(min_length=1)
    is_retired: bool = True


class AddAgent(Message):
    """Take a member of staff on."""

    verb: Literal["add agent"] = "add agent"
    login: str
    name: str = ""
    department: str = ""
    title: str = ""
    password: str | None = None
    role: Role = Role.AGENT


class SetPassword(Message):
    """Give a member of staff a new password."""

    verb: Literal["set password"] = "set password"
    login: str
    password: str | None = None


class SetPhoto(Message):
    """Show employees another photo of a member of staff, by its absolute path; an empty one takes it away."""

    verb: Literal["set photo"] = "set photo"
    login: str
    path: str = ""


class ListAgents(Message):
    """Name everybody who works in the workbench."""

    verb: Literal["list agents"] = "list agents"


class DisableAgent(Message):
    """Shut a member of staff out, or let them in again."""

    verb: Literal["disable agent"] = "disable agent"
    login: str
    is_disabled: bool = True


class ListDevices(Message):
    """Name the devices that have enrolled."""

    verb: Literal["list devices"] = "list devices"


class RevokeDevice(Message):
    """Shut a device out: it was stolen, sold or scrapped."""

    verb: Literal["revoke device"] = "revoke device"
    device_id: UUID


class MakeToken(Message):
    """Make an enrolment token."""

    verb: Literal["make token"] = "make token"
    label: Line = ""
    site: Line = ""
    max_uses: int | None = Field(default=None, ge=1, le=10_000_000)
    days: int | None = Field(default=None, ge=1, le=36_500)


class RevokeTokens(Message):
    """Let the tokens of a label admit nobody any more."""

    verb: Literal["revoke tokens"] = "revoke tokens"
    label: Line


class MakeAnnouncement(Message):
    """Tell everybody something."""

    verb: Literal["announce"] = "announce"
    title: Annotated[Line, Field(min_length=1)]
    body: Text = ""
    severity: Severity = Severity.NOTICE
    locale: Line = ""
    site: Line = ""
    hours: float | None = Field(default=None, gt=0, le=24 * 3650)


class ListAnnouncements(Message):
    """Name what is told now."""

    verb: Literal["list announcements"] = "list announcements"


class WithdrawAnnouncement(Message):
    """Stop telling something."""

    verb: Literal["withdraw"] = "withdraw"
    announcement_id: UUID


class MakeBackup(Message):
    """Write everything into one file, by its absolute path."""

    verb: Literal["backup"] = "backup"
    out: str


class VerifyAssistance(Message):
    """Compare the ledgers of remote assistance."""

    verb: Literal["verify"] = "verify"


class ListServers(Message):
    """Name the servers that share the database."""

    verb: Literal["list servers"] = "list servers"


Order = Annotated[
    ImportArticles
    | PackArticles
    | ListArticles
    | RetireArticles
    | AddAgent
    | SetPassword
    | SetPhoto
    | ListAgents
    | DisableAgent
    | MakeToken
    | RevokeTokens
    | ListDevices
    | RevokeDevice
    | MakeAnnouncement
    | ListAnnouncements
    | WithdrawAnnouncement
    | MakeBackup
    | VerifyAssistance
    | ListServers,
    Field(discriminator="verb"),
]
ORDER: TypeAdapter[Order] = TypeAdapter(Order)


class Report(Reply):
    """What was done, line by line for people; `failed` says why not, with `hint`, when it was not. `differs` is set
    when what was compared is not the same."""

    lines: tuple[str, ...] = ()
    differs: bool = False
    failed: str = ""
    hint: str = ""
