"""The queue in a real browser: it fills itself, keeps still under the hand, and works by keyboard."""

from __future__ import annotations

import re
import time

import pytest

from app.protocol.tickets import ContextItem
from tests.browser import Tabs
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

SOON = 15_000
"""Milliseconds after which something is not coming any more, however busy the machine is."""


def row(page, subject: str):
    return page.locator("[data-rows] tr", has_text=subject)


def test_a_new_ticket_appears_without_a_reload(desk: Desk, tabs: Tabs):
    device = desk.device()
    page = tabs.open()
    sign_in(page, desk)
    page.evaluate("window.isTheSamePage = true")
    assert page.get_by_text("All quiet").is_visible()

    desk.ticket(device, "Card terminal is dead", context=[ContextItem(name="user.name", value="li.min")])
    row(page, "Card terminal is dead").wait_for(timeout=SOON)
    assert page.evaluate("window.isTheSamePage")
    assert not page.get_by_text("All quiet").is_visible()
    assert page.locator(".filters a[aria-current] .count").inner_text() == "1"
    assert row(page, "Card terminal is dead").locator(".device").inner_text().split("\n") == [
        "li.min",
        "Shop 412 · POS-0412-03",
    ]
    assert page.locator("[data-announce]").inner_text() == "New ticket: Card terminal is dead"
    assert page.title().startswith("(1) ")
    assert tabs.watched.complaints == []


def test_a_new_ticket_is_seen_within_two_seconds(desk: Desk, tabs: Tabs):
    device = desk.device()
    page = tabs.open()
    sign_in(page, desk)
    took: list[float] = []

    for number in range(5):
        started = time.monotonic()
        desk.ticket(device, f"Ticket {number}")
        row(page, f"Ticket {number}").wait_for(timeout=SOON)
        took.append(time.monotonic() - started)
        if took[-1] < 2.0:
            break  # the others would only say what else this machine is doing

    print("seen after " + ", ".join(f"{each * 1000:.0f} ms" for each in took))
    assert min(took) < 2.0


def test_rows_stay_where_they_are_while_the_mouse_is_over_them(desk: Desk, tabs: Tabs):
    device = desk.device()
    desk.ticket(device, "The first")
    page = tabs.open()
    sign_in(page, desk)
    box = row(page, "The first").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 10)
    page.mouse.move(box["x"] + 210, box["y"] + 12)

    desk.ticket(device, "The second")
    page.get_by_role("button", name="1 new ticket").wait_for(timeout=SOON)
    desk.ticket(device, "The third")
    page.get_by_role("button", name="2 new tickets").wait_for(timeout=SOON)
    held = row(page, "The first").bounding_box()
    page.get_by_role("button", name="2 new tickets").click()

    assert held == box
    row(page, "The third").wait_for(timeout=SOON)
    subjects = page.locator("[data-rows] a.subject").all_inner_texts()
    assert subjects == ["The third", "The second", "The first"]


def test_what_happens_to_a_ticket_shows_in_its_row(desk: Desk, tabs: Tabs):
    device = desk.device()
    ticket = desk.ticket(device, "Printer on fire")
    page = tabs.open()
    sign_in(page, desk)

    desk.urge(device, ticket.id)

    row(page, "Printer on fire").get_by_text("Urged 1×").wait_for(timeout=SOON)
    assert tabs.watched.complaints == []


def test_a_ticket_is_chosen_and_opened_by_keyboard(desk: Desk, tabs: Tabs):
    device = desk.device()
    for name in ("oldest", "middle", "newest"):
        desk.ticket(device, f"The {name}")
    page = tabs.open()
    sign_in(page, desk)

    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    chosen = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/workbench/tickets/"))

    assert chosen == "The middle"
    assert page.get_by_role("heading", level=1).inner_text() == "The middle"


def test_the_filters_and_the_search_are_addresses_of_their_own(desk: Desk, tabs: Tabs):
    device = desk.device()
    desk.ticket(device, "VPN is down")
    desk.ticket(device, "Mouse is missing")
    page = tabs.open()
    sign_in(page, desk)

    page.keyboard.press("/")
    page.keyboard.type("vpn")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=vpn"))
    found = page.locator("[data-rows] a.subject").all_inner_texts()
    page.get_by_role("link", name=re.compile("^Mine")).click()
    page.wait_for_url(re.compile("filter=mine"))

    assert found == ["VPN is down"]
    assert page.get_by_text("No ticket mentions that").is_visible()


def test_ten_tabs_are_live_at_once(desk: Desk, tabs: Tabs):
    device = desk.device()
    first = tabs.open()
    sign_in(first, desk)
    pages = [first]
    for _ in range(9):
        page = tabs.watch(first.context.new_page())
        page.goto(desk.url + "/workbench/")
        pages.append(page)

    desk.ticket(device, "Seen by all")

    for page in pages:
        row(page, "Seen by all").wait_for(timeout=5_000)
    assert tabs.watched.complaints == []


def test_a_tab_hears_at_once_that_it_was_signed_out(desk: Desk, tabs: Tabs):
    page = tabs.open()
    sign_in(page, desk)
    other = tabs.watch(page.context.new_page())
    other.goto(desk.url + "/workbench/")

    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url(re.compile("sign-in"))
    desk.ticket(desk.device(), "Unseen")

    page.get_by_text("You have been signed out.").wait_for(timeout=SOON)
    assert row(page, "Unseen").count() == 0


def test_the_queue_is_chinese_for_who_reads_chinese(desk: Desk, tabs: Tabs):
    desk.ticket(desk.device("收银台三", "上海南京路店"), "支付失败")
    page = tabs.open(locale="zh-CN")
    sign_in(page, desk)

    text = page.locator("body").inner_text()
    words = set(re.findall(r"[A-Za-z]{2,}", text))

    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.get_by_role("heading", level=1).inner_text() == "队列"
    assert words <= {"Deskbell", "INC", "Wang", "Fang"}


def test_times_are_shown_in_the_zone_of_the_reader(desk: Desk, tabs: Tabs):
    desk.ticket(desk.device(), "When was it?")
    page = tabs.open(zone="Asia/Shanghai")
    sign_in(page, desk)

    time_element = page.locator("[data-rows] time").first

    assert time_element.inner_text() == "just now"
    assert "GMT+8" in time_element.get_attribute("title") or "China" in time_element.get_attribute("title")
    assert time_element.get_attribute("datetime").endswith("+00:00")


def test_the_queue_goes_on_after_signing_in_again_in_another_tab(desk: Desk, tabs: Tabs):
    page = tabs.open()
    sign_in(page, desk)
    page.get_by_text("All quiet").wait_for()
    other = tabs.watch(page.context.new_page())
    other.goto(desk.url + "/workbench/")
    before = page.locator("[name=csrf]").first.input_value()
    other.locator(".menu summary").click()
    other.get_by_role("button", name="Sign out").click()
    page.get_by_text("You have been signed out.").wait_for(timeout=SOON)

    sign_in(other, desk)
    page.get_by_text("You have been signed out.").wait_for(state="hidden", timeout=SOON)
    assert page.locator("[name=csrf]").first.input_value() != before
    page.locator(".menu summary").click()
    page.get_by_role("button", name="中文").click()

    page.locator("html[lang=zh-CN]").wait_for(timeout=SOON)
    assert page.url == desk.url + "/workbench/"
