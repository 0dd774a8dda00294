"""A ticket's page in a real browser: picture, conversation, drafts, and what colleagues do meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route

from app.protocol.knowledge import Article, ErrorSignature, Outcome
from app.protocol.tickets import ContextItem, FieldName, Origin, TicketField
from server_stub.tickets.agent_view import load
from tests.browser import Tabs, until
from tests.server_stub.workbench_desk import Desk, declare, picture, shown
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

SOON = 15_000


def seen(desk: Desk, ticket):
    with desk.services.database.read() as session:
        return load(session, ticket.id)


def opened(desk: Desk, tabs: Tabs, ticket, **options):
    page = tabs.open(**options)
    sign_in(page, desk, to=f"/workbench/tickets/{ticket.id}")
    return page


def zoom(page) -> float:
    return float(page.locator("[data-stage]").get_attribute("data-zoom"))


def test_an_agent_takes_answers_notes_and_resolves(desk: Desk, tabs: Tabs):
    ticket = desk.ticket(desk.device(), "Outlook asks for a password")
    page = opened(desk, tabs, ticket)

    page.get_by_role("button", name="Take", exact=True).click()
    page.locator(".ticket-head").get_by_text("Yours").wait_for()
    page.keyboard.press("r")
    page.keyboard.type("Please restart Outlook.")
    page.keyboard.press("Control+Enter")
    page.locator('.entry[data-kind="agent_reply"]', has_text="Please restart Outlook.").wait_for()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("i")
    page.keyboard.type("Password expired yesterday.")
    page.get_by_role("button", name="Keep note").click()
    page.locator('.entry[data-kind="internal_note"]', has_text="Password expired yesterday.").wait_for()
    page.get_by_role("button", name="Resolve").click()
    page.locator('.ticket-head .state[data-state="resolved"]').wait_for()

    kept = seen(desk, ticket)
    assert kept.row.state == "resolved"
    assert kept.row.assignee == "Wang Fang"
    assert [(entry.kind, entry.body) for entry in kept.entries] == [
        ("agent_reply", "Please restart Outlook."),
        ("internal_note", "Password expired yesterday."),
    ]
    assert page.locator("textarea").input_value() == ""
    assert tabs.watched.complaints == []


def test_everything_that_was_reported_is_on_the_page_with_its_origin(desk: Desk, tabs: Tabs):
    desk.services.library.take(
        [Article(id="pos/e1023", title="Terminal timeout", body="**Restart** it.", signatures=("E1023",))]
    )
    desk.services.publication.refresh()
    ticket = desk.ticket(
        desk.device(),
        "Payment failed E1023",
        said="Customers are waiting!",
        fields=[
            TicketField(name=FieldName.ERROR_CODE, value="E1023", origin=Origin.OCR, confidence=0.62),
            TicketField(name=FieldName.APPLICATION, value="pos.exe", origin=Origin.DEVICE),
            TicketField(name=FieldName.RECOGNISED_TEXT, value="Payment failed\nE1023", origin=Origin.OCR),
        ],
        context=[
            ContextItem(name="user.name", value="SHOP\\li.min"),
            ContextItem(name="uptime.since", value="2026-03-02T07:30:00Z"),
            ContextItem(name="memory.free", value="1.1 GB"),
            ContextItem(name="quite.unknown", value="kept all the same"),
        ],
        signature=ErrorSignature(codes=("E1023", "0x80070005"), title="Payment failed"),
        suggestions=[
            shown("pos/e1023", "Terminal timeout", Outcome.DID_NOT_HELP),
            shown("gone", "Taken away", Outcome.OPENED),
        ],
    )
    page = opened(desk, tabs, ticket)

    text = page.locator("main").inner_text()

    for told in ("Customers are waiting!", "Employee", "pos.exe", "Read from the picture", "62 %", "0x80070005"):
        assert told in text
    assert "User\nSHOP\\li.min" in page.locator("section", has_text="Reported").first.inner_text()
    assert page.locator("#group-1 time").get_attribute("datetime") == "2026-03-02T07:30:00+00:00"
    assert page.locator(".gist", has_text="1.1 GB").inner_text() == "Free memory 1.1 GB"
    assert "Payment failed\nE1023" in page.locator("#recognised").inner_text()
    assert page.locator(".origin .unsure").inner_text() == "62 %"
    assert "kept all the same" in page.locator("main").text_content()
    assert page.get_by_role("button", name=re.compile("Taken away")).is_disabled()
    page.get_by_role("button", name=re.compile("Terminal timeout")).click()
    page.locator("dialog.pane strong", has_text="Restart").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("dialog.pane").is_hidden()
    assert tabs.watched.complaints == []


def test_the_picture_is_fitted_enlarged_and_moved(desk: Desk, tabs: Tabs):
    ticket = desk.ticket(
        desk.device(), pictures=[("one.png", picture(2560, 1440)), ("two.png", picture(800, 600, colour="#804040"))]
    )
    page = opened(desk, tabs, ticket)
    page.wait_for_selector("[data-stage][data-zoom]")
    stage = page.locator("[data-stage]")
    fitted = zoom(page)

    page.locator('[data-tool="actual"]').click()
    actual = zoom(page)
    page.locator('[data-tool="in"]').click()
    enlarged = zoom(page)
    stage.focus()
    page.keyboard.press("0")
    fitted_again = zoom(page)
    stage.hover()
    page.mouse.wheel(0, -300)
    until(page, "Number(document.querySelector('[data-stage]').dataset.zoom) > 0.4")
    before = page.locator("[data-stage] img").bounding_box()
    page.mouse.down()
    page.mouse.move(500, 300, steps=4)
    page.mouse.up()
    after = page.locator("[data-stage] img").bounding_box()
    page.locator("[data-frame]").nth(1).click()
    until(page, "document.querySelector('[data-stage] img')?.naturalWidth === 800")

    assert fitted < 0.5
    assert actual == 1
    assert enlarged == 1.25
    assert fitted_again == fitted
    assert (before["x"], before["y"]) != (after["x"], after["y"])
    assert page.locator("[data-frame-name]").inner_text() == "two.png"
    assert tabs.watched.complaints == []


def test_a_picture_that_is_still_arriving_shows_its_progress_and_then_itself(desk: Desk, tabs: Tabs):
    device = desk.device()
    content = picture(1600, 1000)
    late = declare("late.png", content)
    ticket = desk.ticket(device, attachments=[late])
    page = opened(desk, tabs, ticket)
    assert page.get_by_text("The picture is still on its way").is_visible()

    desk.upload(device, late, content, until=len(content) // 2)
    until(page, "document.querySelector('[data-awaited] progress').value > 0")
    desk.upload(device, late, content)

    until(page, "document.querySelector('[data-stage] img')?.naturalWidth === 1600", 2.0)
    assert page.get_by_text("The picture is still on its way").is_hidden()
    assert page.locator(".files progress").count() == 0
    assert tabs.watched.complaints == []


def test_the_conversation_goes_on_while_the_agent_types(desk: Desk, tabs: Tabs):
    device = desk.device()
    ticket = desk.ticket(device)
    page = opened(desk, tabs, ticket)
    page.locator("textarea").fill("I am writing a long ")
    page.locator("textarea").focus()

    desk.reply(device, ticket.id, "It works again, thank you!")
    page.locator('.entry[data-kind="requester_reply"]', has_text="It works again").wait_for(timeout=SOON)
    page.keyboard.press("End")
    page.keyboard.type("answer.")
    page.keyboard.press("Control+Enter")

    page.locator('.entry[data-kind="agent_reply"]', has_text="I am writing a long answer.").wait_for()
    assert [entry.kind for entry in seen(desk, ticket).entries] == ["requester_reply", "agent_reply"]


def test_what_was_typed_survives_leaving_the_page(desk: Desk, tabs: Tabs):
    ticket = desk.ticket(desk.device())
    page = opened(desk, tabs, ticket)
    page.keyboard.press("i")
    page.keyboard.type("Half a note")

    page.goto(desk.url + "/workbench/")
    page.goto(f"{desk.url}/workbench/tickets/{ticket.id}")

    assert page.locator("textarea").input_value() == "Half a note"
    assert page.get_by_label("Internal note").is_checked()
    assert page.get_by_text("Your draft is still here").is_visible()


def test_a_text_is_not_lost_when_the_server_cannot_be_reached(desk: Desk, tabs: Tabs):
    ticket = desk.ticket(desk.device())
    page = opened(desk, tabs, ticket)
    page.route("**/entries", lambda route: route.abort())

    page.locator("textarea").fill("Try this")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("The server cannot be reached. Your text stays here; try again.").wait_for()
    page.unroute("**/entries")
    page.get_by_role("button", name="Send reply").click()
    page.locator('.entry[data-kind="agent_reply"]', has_text="Try this").wait_for()

    assert len(seen(desk, ticket).entries) == 1


def test_who_comes_second_sees_what_happened_and_keeps_the_text(desk: Desk, tabs: Tabs):
    device = desk.device()
    ticket = desk.ticket(device)
    page = opened(desk, tabs, ticket)
    page.evaluate("document.querySelectorAll('input[name=version]').forEach((field) => { field.value = '0'; })")

    page.locator("textarea").fill("Too late")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Something happened on this ticket while you were working.").wait_for()
    kept = page.locator("textarea").input_value()
    page.get_by_role("button", name="Send reply").click()
    page.locator('.entry[data-kind="agent_reply"]', has_text="Too late").wait_for()

    assert kept == "Too late"
    assert page.locator("[data-notice]").count() == 0


def test_a_tab_goes_on_after_signing_in_again_in_another(desk: Desk, tabs: Tabs):
    ticket = desk.ticket(desk.device())
    page = opened(desk, tabs, ticket)
    other = tabs.watch(page.context.new_page())
    other.goto(desk.url + "/workbench/")
    page.locator("textarea").fill("Typed before")
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    page.get_by_text("You have been signed out.").wait_for(timeout=SOON)

    told_out: list[bool] = []  # while the page looks for its new token

    def look(route: Route) -> None:
        told_out.append(page.get_by_text("You have been signed out.").is_visible())
        route.continue_()

    page.route("**/live", look)
    sign_in(other, desk)
    page.get_by_text("You have been signed out.").wait_for(state="hidden", timeout=SOON)
    assert told_out[0]
    page.get_by_role("button", name="Send reply").click()

    page.locator('.entry[data-kind="agent_reply"]', has_text="Typed before").wait_for()


def test_two_agents_see_each_other_s_work(desk: Desk, tabs: Tabs):
    desk.agent("li", "Li Wei")
    ticket = desk.ticket(desk.device())
    mine = opened(desk, tabs, ticket)
    theirs = tabs.open()
    sign_in(theirs, desk, "li", to=f"/workbench/tickets/{ticket.id}")

    theirs.get_by_role("button", name="Take", exact=True).click()

    mine.locator(".ticket-head").get_by_text("With Li Wei").wait_for(timeout=SOON)
    assert mine.get_by_role("button", name="Take it over").is_visible()
    mine.locator(".history", has_text="Li Wei took the ticket").wait_for(timeout=SOON)


def test_the_page_works_without_scripts(desk: Desk, tabs: Tabs, browser):
    ticket = desk.ticket(desk.device(), pictures=[("screen.png", picture())])
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{desk.url}/workbench/tickets/{ticket.id}")
    page.fill("[name=login]", "wang")
    page.fill("[name=password]", "correct horse battery")
    with page.expect_navigation():
        page.press("[name=password]", "Enter")

    with page.expect_navigation():
        page.get_by_role("button", name="Take", exact=True).click()
    page.fill("textarea", "Without a script")
    with page.expect_navigation():
        page.get_by_role("button", name="Send reply").click()

    page.locator(".entry", has_text="Without a script").wait_for(timeout=SOON)
    assert seen(desk, ticket).row.assignee == "Wang Fang"
    context.close()


def test_every_control_can_be_reached_and_named(desk: Desk, tabs: Tabs):
    ticket = desk.ticket(desk.device(), pictures=[("screen.png", picture())])
    page = opened(desk, tabs, ticket)

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.textContent")
    nameless = page.evaluate(
        """[...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, select, summary')]
        .filter((each) => !(each.textContent.trim() || each.getAttribute('aria-label') || each.labels?.length))
        .map((each) => each.outerHTML)"""
    )

    assert first == "Skip to the content"
    assert nameless == []
