"""A cut line, a viewer who is not there yet, and what the server hears of it all."""

from __future__ import annotations

from app.protocol.session import Grade
from app.protocol.stream import FromViewer
from tests.assist.relay import Start, screen
from tests.xvfb import Xvfb


def test_the_server_is_told_what_was_decided_here_and_how_it_ended(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    relay.say(FromViewer.EVENT, event="ask_grade", grade=2)
    host.hear("status", asked=2)
    host.order(do="grant", grade=2)
    host.hear("status", grade=2)
    host.order(do="pause")
    host.hear("status", state="paused")

    host.order(do="stop")

    relay.until(lambda: any("ended" in each for each in relay.witnessed), "the end")
    assert relay.witnessed == [
        {"event": "ask_grade", "party": "agent", "grade": 2},
        {"event": "grant_grade", "party": "employee", "grade": 2},
        {"event": "pause", "party": "employee"},
        {"ended": "stopped_by_employee"},
    ]


def test_a_cut_line_is_opened_again_with_the_token_it_brought_and_shows_a_still_screen(
    server: Xvfb, start: Start
) -> None:
    relay, _ = start(Grade.VIEW)
    relay.until_shown(screen(server))
    relay.until_quiet()

    relay.drop()

    relay.until(lambda: relay.links == 2, "a second line")
    relay.until_shown(screen(server))
    assert relay.tokens[1] == "Assist " + "opens-2".ljust(40, ".")


def test_nothing_is_sent_before_the_viewer_is_there_and_a_pause_meanwhile_holds(server: Xvfb, start: Start) -> None:
    relay, host = start(Grade.VIEW)
    relay.until_quiet()  # the coarse picture is followed by a sharp one
    relay.is_viewer_there = False
    frames, statuses = relay.frames, len(relay.statuses)
    relay.drop()
    relay.until(lambda: relay.links == 2, "a second line")

    host.order(do="pause")
    host.order(do="confirm")
    relay.until(lambda: {"event": "confirm", "party": "employee"} in relay.witnessed, "the confirmation")
    assert (relay.frames, len(relay.statuses)) == (frames, statuses)

    relay.arrive()
    relay.until(lambda: {"event": "pause", "party": "employee"} in relay.witnessed, "the pause")
    assert relay.frames == frames


def test_the_servers_word_that_it_is_over_ends_it_here(start: Start) -> None:
    relay, host = start(Grade.VIEW)

    relay.end("expired")

    assert host.hear("ended")["reason"] == "expired"
    assert host.process.wait(5) == 0
