"""Who this installation is and the secret the server gave it, in one file that only its owner can read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from app.errors import StorageError
from app.helpdesk.durable import write_file
from app.protocol.enrolment import EnrolReceipt, EnrolRequest
from app.protocol.identity import uuid7
from app.protocol.message import Line, Reply

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Installation:
    """How this computer introduces itself. `machine` is a digest of the machine's own number, "" when unknown."""

    hostname: str
    os: str
    client_version: str
    site: str = ""
    machine: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCredential:
    """What the server knows this computer by; it is sent to `server` and nowhere else."""

    server: str
    device_id: UUID
    secret: str = field(repr=False)

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        return f"Device {self.device_id}:{self.secret}"


class IdentityFile(Reply):
    """The file's content. `machine` tells a cloned disk from the computer the identity was made on."""

    installation_id: UUID
    machine: Line = ""
    server: str = ""
    device_id: UUID | None = None
    secret: str = ""
    pack_key: str = ""


class Enrolment:
    """The identity at `path`. Made on the first start, never at installation, so an image carries none.

    `describe` is asked only when it is needed: it may be slow. Safe to use from several threads; of two programs
    that enrol at the same moment one wins, and the other picks up the winner's secret when its own is refused.
    """

    def __init__(
        self, path: Path, *, describe: Callable[[], Installation], now: Callable[[], datetime], token: str = ""
    ) -> None:
        self._path = path
        self._describe = describe
        self._now = now
        self._lock = threading.RLock()
        self._machine: str | None = None
        self.token = token.strip()

    def installation_id(self) -> UUID:
        """The number of this installation, minted when there is none. Raises StorageError."""
        return self._identity().installation_id

    def credential(self, server: str) -> DeviceCredential | None:
        """The secret for this server as the file has it now; None when there is none for it."""
        identity = self._identity()
        if identity.server != server or identity.device_id is None or not usable(identity.secret):
            return None
        return DeviceCredential(server, identity.device_id, identity.secret)

    def request(self) -> EnrolRequest:
        """What to send with the token. Raises StorageError when the installation's number cannot be kept."""
        installation = self._describe()
        return EnrolRequest(
            installation_id=self.installation_id(),
            hostname=installation.hostname[:300],
            os=installation.os[:300],
            client_version=installation.client_version[:300],
            site=installation.site[:300],
        )

    def keep(self, server: str, receipt: EnrolReceipt) -> DeviceCredential:
        """Store the server's answer durably and return it as a credential. Raises StorageError."""
        with self._lock:
            known = self._identity()
            values = {
                "server": server,
                "device_id": receipt.device_id,
                "secret": receipt.secret,
                "pack_key": receipt.pack_key,
            }
            self._write(known.model_copy(update=values))
        log.info("enrolled at %s as device %s", server, receipt.device_id)
        return DeviceCredential(server, receipt.device_id, receipt.secret)

    def pack_key(self, server: str) -> bytes:
        """The public key of this server's knowledge packs; b"" when it is not known yet."""
        identity = self._identity()
        try:
            return bytes.fromhex(identity.pack_key) if identity.server == server else b""
        except ValueError:
            return b""

    def keep_pack_key(self, server: str, key: bytes) -> None:
        """Remember the key of a server that told none when this device enrolled. Raises StorageError."""
        with self._lock:
            known = self._identity()
            if known.server == server and not known.pack_key:
                self._write(known.model_copy(update={"pack_key": key.hex()}))

    def _identity(self) -> IdentityFile:
        """The file's content; a new identity when there is none, it is damaged, or the disk was cloned."""
        with self._lock:
            if self._machine is None:
                self._machine = self._describe().machine
            machine = self._machine
            try:
                known = IdentityFile.model_validate_json(self._path.read_bytes())
            except FileNotFoundError:
                known = None
            except ValidationError:
                log.info("the identity file is damaged and is kept beside a new one")
                with suppress(OSError):
                    self._path.replace(self._path.with_suffix(".damaged"))
                known = None
            except OSError as error:
                raise StorageError(
                    "{path} cannot be read: {reason}.",
                    "Check the permissions of the folder.",
                    path=self._path,
                    reason=error.strerror,
                ) from error
            if known is not None and (not machine or known.machine == machine):
                return known
            minted = IdentityFile(installation_id=uuid7(self._now()), machine=machine)
            self._write(minted)
            return minted

    def _write(self, identity: IdentityFile) -> None:
        write_file(self._path, identity.model_dump_json().encode(), mode=0o600)


def usable(secret: str) -> bool:
    """Whether a secret or token can travel in a header."""
    return bool(secret) and secret.isascii() and secret.isprintable() and not any(map(str.isspace, secret))
