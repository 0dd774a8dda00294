"""An agent changes the password: only who knows the present one, and every other browser is out."""

from __future__ import annotations

import pytest

from tests.server_stub.workbench_desk import PASSWORD, Desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["desk"]
NEW = "another horse, another stable"
PAGE = "/workbench/password"


def change(visitor: Visitor, current: str, chosen: str, again: str | None = None, csrf: str | None = None):
    token = visitor.csrf(PAGE) if csrf is None else csrf
    form = {"current": current, "chosen": chosen, "again": chosen if again is None else again, "csrf": token}
    return visitor.post(PAGE, form)


def test_a_changed_password_keeps_this_browser_and_ends_the_others(desk: Desk):
    here, elsewhere = Visitor(desk), Visitor(desk)
    here.sign_in()
    elsewhere.sign_in()

    answer = change(here, PASSWORD, NEW)

    assert answer.headers["Location"] == f"{PAGE}?done=1"
    assert "Your password is changed." in here.get(answer.headers["Location"]).text
    assert elsewhere.get("/workbench/").status_code == 303
    assert Visitor(desk).sign_in("wang", PASSWORD).status_code == 401
    assert Visitor(desk).sign_in("wang", NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "chosen", "again", "told"),
    [
        ("not the password", NEW, NEW, "That is not your present password."),
        (PASSWORD, NEW, NEW + ".", "typed in two different ways"),
        (PASSWORD, "short", "short", "must have 10 to 1000 characters"),
        (PASSWORD, "x" * 1001, "x" * 1001, "must have 10 to 1000 characters"),
    ],
    ids=["wrong", "differ", "short", "long"],
)
def test_what_is_not_right_changes_nothing(desk: Desk, current: str, chosen: str, again: str, told: str):
    visitor = Visitor(desk)
    visitor.sign_in()

    answer = change(visitor, current, chosen, again)

    assert answer.status_code == 400
    assert told in answer.text
    assert chosen not in answer.text
    assert Visitor(desk).sign_in("wang", PASSWORD).status_code == 303


def test_guessing_the_present_password_is_slowed_down(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    codes = [change(visitor, f"guess number {number}", NEW).status_code for number in range(12)]

    assert codes[0] == 400
    assert codes[-1] == 429


def test_strangers_and_forged_forms_change_nothing(desk: Desk):
    visitor = Visitor(desk)
    assert visitor.get(PAGE).status_code == 303
    visitor.sign_in()

    forged = change(visitor, PASSWORD, NEW, csrf="invented")

    assert forged.status_code == 403
    assert Visitor(desk).sign_in("wang", PASSWORD).status_code == 303
