"""Reporting from the command line against the real server, and what happens when it is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.program import ROOT, Deskbell
from commands.server import RunningServer, running_server

POS_ERROR = ROOT / "app" / "samples" / "pos-error.png"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as started:
        yield started


def flags(server: RunningServer) -> tuple[str, ...]:
    return ("--server", server.url, "--token", server.token)


def test_a_computer_becomes_known_once(deskbell: Deskbell, server: RunningServer) -> None:
    first = deskbell("enrol", *flags(server), "--json")
    second = deskbell("enrol", "--server", server.url, "--json")

    assert first.code == second.code == 0, first.err + second.err
    assert first.json["device_id"] == second.json["device_id"]
    assert (first.json["already_known"], second.json["already_known"]) == (False, True)


def test_without_a_token_a_computer_stays_unknown(deskbell: Deskbell, server: RunningServer) -> None:
    ended = deskbell("enrol", "--server", server.url)

    assert ended.code == 1
    assert "token" in ended.err


def test_a_report_with_a_picture_becomes_a_numbered_ticket(deskbell: Deskbell, server: RunningServer) -> None:
    ended = deskbell("report", "--image", POS_ERROR, "--say", "刷不了卡", *flags(server), "--wait", "60", "--json")

    told = ended.json
    assert ended.code == 0, ended.err
    assert told["number"].startswith("INC-")
    assert (told["state"], told["complete"]) == ("delivered", True)
    assert "E1023" in told["codes"]
    assert any("E1023" in title for title in told["suggestions"])
    assert told["milliseconds"].keys() >= {"capture", "read", "suggest", "context", "save"}
    assert deskbell("outbox", "list", "--json").json["items"] == []
    (kept,) = deskbell("outbox", "list", "--all", "--json").json["items"]
    assert (kept["id"], kept["number"]) == (told["draft_id"], told["number"])


def test_a_sentence_alone_is_a_report(deskbell: Deskbell, server: RunningServer) -> None:
    ended = deskbell("report", "--say", "The scanner beeps twice", *flags(server))

    assert ended.code == 0, ended.err
    assert "INC-" in ended.out


def test_a_report_survives_a_server_that_is_away_and_is_sent_once_it_is_back(
    deskbell: Deskbell, server: RunningServer
) -> None:
    away = deskbell("report", "--say", "offline", "--server", NOWHERE, "--token", "x", "--wait", "1", "--json")
    waiting = deskbell("outbox", "list", "--json").json["items"]
    failed = deskbell("outbox", "retry", "--server", NOWHERE, "--token", "x", "--json")
    back = deskbell("outbox", "retry", *flags(server), "--json")

    assert away.code == 1
    assert (away.json["number"], away.json["state"]) == (None, "waiting")
    assert "127.0.0.1:9" in away.err
    assert [item["id"] for item in waiting] == [away.json["draft_id"]]
    assert failed.code == 1
    assert failed.json["left"] == 1
    assert back.code == 0, back.err
    assert back.json["items"][0]["number"].startswith("INC-")
    assert deskbell("outbox", "list", "--json").json["items"] == []


def test_without_being_told_to_wait_a_kept_report_is_a_report(deskbell: Deskbell) -> None:
    ended = deskbell("report", "--say", "no helpdesk is set up here", "--json")

    assert ended.code == 0, ended.err
    assert (ended.json["number"], ended.json["state"]) == (None, "waiting")


def test_what_waits_can_be_carried_away_on_a_stick(deskbell: Deskbell, tmp_path: Path) -> None:
    kept = deskbell("report", "--image", POS_ERROR, "--say", "刷不了卡", "--later", "--json")

    exported = deskbell("outbox", "export", tmp_path / "stick", "--json")

    (folder,) = exported.json["written"]
    draft = json.loads((Path(folder) / "draft.json").read_text(encoding="utf-8"))
    assert (kept.code, exported.code) == (0, 0)
    assert draft["id"] == kept.json["draft_id"]
    assert [path.suffix for path in sorted(Path(folder).iterdir())] == [".png", ".json"]


def test_an_empty_outbox_is_quiet(deskbell: Deskbell) -> None:
    for action in ("list", "retry"):
        ended = deskbell("outbox", action)
        assert (ended.code, ended.out.strip()) == (0, "Nothing is waiting.")


def test_an_unknown_entry_is_named(deskbell: Deskbell) -> None:
    ended = deskbell("outbox", "retry", "--id", "018f2f60-0000-7000-8000-000000000000")

    assert ended.code == 1
    assert "018f2f60" in ended.err


def test_a_picture_that_is_none_is_no_report(deskbell: Deskbell, tmp_path: Path) -> None:
    bad = tmp_path / "note.txt"
    bad.write_text("hello")

    ended = deskbell("report", "--image", bad, "--say", "see picture", "--json")

    assert ended.code == 1
    assert "note.txt" in ended.err
    assert deskbell("outbox", "list", "--json").json["items"] == []


def test_the_servers_articles_answer_where_there_is_no_pack(deskbell: Deskbell, server: RunningServer) -> None:
    ended = deskbell("suggest", POS_ERROR, *flags(server), "--json")
    stranger = deskbell("suggest", POS_ERROR, "--server", server.url, "--json", DESKBELL_HOME=str(deskbell.home / "2"))

    assert ended.code == 0, ended.err
    assert "E1023" in ended.json["signature"]["codes"]
    assert any("E1023" in article["title"] for article in ended.json["articles"])
    assert stranger.code == 1
    assert "token" in stranger.err


def test_the_whole_journey_ends_in_one_json_line(deskbell: Deskbell, server: RunningServer) -> None:
    ended = deskbell("journey", *flags(server))

    last = json.loads(ended.out.splitlines()[-1])
    assert ended.code == 0, ended.err
    assert last["ticket"].startswith("INC-")
    assert "E1023" in last["suggestions"][0]
    assert last["milliseconds"].keys() == {
        "capture", "read", "suggest", "context", "save", "deliver", "total",
    }  # fmt: skip
    assert last["workbench"].startswith(f"{server.url}/workbench/tickets/")
    assert len(ended.out.splitlines()) > 10


def test_the_secret_is_kept_from_the_log(deskbell: Deskbell, server: RunningServer) -> None:
    deskbell("report", "--say", "x", *flags(server), "--log-level", "debug")

    log = (deskbell.home / "log" / "deskbell.log").read_text(encoding="utf-8")
    identity = json.loads((deskbell.home / "data" / "identity.json").read_text(encoding="utf-8"))
    assert log
    assert server.token not in log
    assert identity["secret"] not in log


def test_a_folder_that_cannot_be_written_is_named(deskbell: Deskbell, tmp_path: Path) -> None:
    deskbell.home.write_text("a file where a folder should be")

    ended = deskbell("report", "--say", "x", "--json")

    assert ended.code == 1
    assert ended.err.startswith("deskbell: ")
    assert ended.out == ""
