"""How a computer becomes known, and stays so."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from app.errors import HelpdeskError, StorageError
from app.helpdesk.enrolment import Enrolment, Installation
from app.helpdesk.failures import NotEnrolled
from app.helpdesk.server import Server
from helpdesk.conftest import Clock, Connect, describe
from helpdesk.small_helpdesk import JSON, TOKEN, SmallHelpdesk, refuse, say


def test_the_first_request_enrols_and_the_secret_is_kept_for_the_owner_only(
    helpdesk: SmallHelpdesk, server: Server, tmp_path: Path
) -> None:
    server.tickets()
    server.tickets()

    path = tmp_path / "data" / "identity.json"
    assert helpdesk.enrolments == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["identity.json"]
    told = json.loads(helpdesk.asked("POST", "/enroll")[0].body)
    assert (told["hostname"], told["site"]) == ("till-3", "Shop 42")
    assert told["installation_id"] == json.loads(path.read_text())["installation_id"]


def test_the_secret_survives_a_restart(
    helpdesk: SmallHelpdesk, server: Server, enrolment: Enrolment, clock: Clock, tmp_path: Path, connect: Connect
) -> None:
    server.tickets()
    again = Enrolment(tmp_path / "data" / "identity.json", describe=describe, now=clock)

    connect(helpdesk.url, again).tickets()

    assert helpdesk.enrolments == 1
    assert again.installation_id() == enrolment.installation_id()


def test_a_computer_shut_out_enrols_again_when_it_has_a_token(helpdesk: SmallHelpdesk, server: Server) -> None:
    server.tickets()
    helpdesk.revoked = True

    server.tickets()

    assert helpdesk.enrolments == 2


def test_a_computer_shut_out_without_a_token_says_what_to_do(
    helpdesk: SmallHelpdesk, server: Server, enrolment: Enrolment
) -> None:
    server.tickets()
    helpdesk.revoked = True
    enrolment.token = ""

    with pytest.raises(NotEnrolled) as caught:
        server.tickets()

    assert caught.value.retry
    assert "token" in caught.value.hint


def test_a_wrong_token_says_what_to_do(helpdesk: SmallHelpdesk, server: Server, enrolment: Enrolment) -> None:
    enrolment.token = "wrong"

    with pytest.raises(NotEnrolled) as caught:
        server.tickets()

    assert caught.value.summary == "The enrolment token is not valid."


def test_a_secret_that_another_program_renewed_is_picked_up(
    helpdesk: SmallHelpdesk, server: Server, clock: Clock, tmp_path: Path, connect: Connect
) -> None:
    server.tickets()
    other = Enrolment(tmp_path / "data" / "identity.json", describe=describe, now=clock, token=TOKEN)
    connect(helpdesk.url, other).enrol()

    server.tickets()

    assert helpdesk.enrolments == 2


def test_the_secret_is_never_sent_to_another_server(helpdesk: SmallHelpdesk, server: Server, connect: Connect) -> None:
    server.tickets()
    secret = helpdesk.secret

    connect(helpdesk.url.replace("127.0.0.1", "localhost")).tickets()

    assert helpdesk.enrolments == 2
    assert not any(secret in each.headers["Authorization"] for each in helpdesk.seen[-2:])


def test_a_cloned_disk_gets_an_identity_of_its_own(enrolment: Enrolment, clock: Clock, tmp_path: Path) -> None:
    first = enrolment.installation_id()

    def elsewhere() -> Installation:
        return Installation("till-4", "Debian", "0.1.0", machine="m2")

    clone = Enrolment(tmp_path / "data" / "identity.json", describe=elsewhere, now=clock)

    assert clone.installation_id() != first


def test_a_damaged_identity_is_kept_beside_a_new_one(helpdesk: SmallHelpdesk, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "data" / "identity.json"
    path.parent.mkdir()
    path.write_text("{half a fi")

    server.tickets()

    assert helpdesk.enrolments == 1
    assert path.with_suffix(".damaged").read_text() == "{half a fi"


def test_an_identity_that_cannot_be_written_says_so(clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    enrolment = Enrolment(tmp_path / "file" / "identity.json", describe=describe, now=clock)

    with pytest.raises(StorageError) as caught:
        enrolment.installation_id()

    assert caught.value.hint


@pytest.mark.parametrize("secret", ["short", "x" * 500, "a" * 40 + "\r\nX: y", "密" * 40, " " * 40])
def test_a_secret_that_cannot_travel_is_not_kept(helpdesk: SmallHelpdesk, server: Server, secret: str) -> None:
    answer = {"device_id": "0190a000-0000-7000-8000-000000000001", "secret": secret}
    helpdesk.spoil("POST", "/enroll", say(200, json.dumps(answer).encode(), JSON))

    with pytest.raises(HelpdeskError, match="makes no sense"):
        server.tickets()


def test_a_busy_server_is_not_taken_for_a_refusal(helpdesk: SmallHelpdesk, server: Server) -> None:
    helpdesk.spoil("POST", "/enroll", refuse(429, "too_many_requests"))

    with pytest.raises(HelpdeskError) as caught:
        server.tickets()

    assert not isinstance(caught.value, NotEnrolled)


def test_the_secret_shows_in_no_representation(helpdesk: SmallHelpdesk, server: Server) -> None:
    credential = server.enrol()

    assert helpdesk.secret not in repr(credential)
