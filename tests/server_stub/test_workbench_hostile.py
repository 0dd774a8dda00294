"""Whatever a device says is shown as text and does nothing: in a real browser, in every place a device can write to."""

from __future__ import annotations

import re

import pytest

from app.protocol.knowledge import Article, ErrorSignature, Outcome
from app.protocol.tickets import AttachmentKind, ContextItem, FieldName, Origin, TicketField
from server_stub.workbench.markdown import rendered
from tests.browser import Tabs, until
from tests.server_stub.workbench_desk import Desk, declare, picture, shown
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs

__all__ = ["browser", "desk", "tabs"]

CORPUS = [
    "<script>window.pwned=1;alert(1)</script>",
    '<img src=x onerror="window.pwned=1;alert(1)">',
    '"><svg/onload=window.pwned=1>',
    "' onmouseover='window.pwned=1' autofocus onfocus='window.pwned=1' x='",
    "</textarea></title></style></script><script>window.pwned=1</script>",
    "javascript:window.pwned=1//",
    '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
    '<a href="javascript:window.pwned=1">click</a>',
    "{{ 7*7 }}{% raw %}{{ ''.__class__ }}${7*7}#{7*7}",
    "<style>body{display:none}</style><link rel=stylesheet href=//evil.example/x.css>",
    "<form action=//evil.example><input name=csrf></form><base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "]]><!--<img src=x onerror=window.pwned=1>-->",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=window.pwned=1></style></mglyph></math>",
    "\u202egnp.exe\u200b\u2066<b>bidi</b>",
    "[x](javascript:window.pwned=1) ![x](//evil.example/x.png) <javascript:window.pwned=1>",
    "&lt;img src=x onerror=window.pwned=1&gt; &#x3c;script&#x3e;",
]


def hostile_ticket(desk: Desk, text: str):
    device = desk.device(text[:300], text[:300], text[:300])
    upload = declare(text[:300], b"<html><script>parent.pwned=1</script>", AttachmentKind.FILE)
    ticket = desk.ticket(
        device,
        text[:300],
        said=text,
        fields=[
            TicketField(name=name, value=text, origin=Origin.OCR, confidence=0.5)
            for name in (FieldName.APPLICATION, FieldName.WINDOW_TITLE, FieldName.ERROR_CODE, FieldName.RECOGNISED_TEXT)
        ],
        context=[ContextItem(name="host.name", value=text[:300]), ContextItem(name="x.y", value=text[:300])],
        signature=ErrorSignature(codes=(text[:300],), title=text[:300], application=text[:300], fingerprint="abc"),
        suggestions=[shown(text[:400], text[:300], Outcome.OPENED)],
        pictures=[(text[:300], picture())],
        attachments=[upload],
    )
    desk.reply(device, ticket.id, text)
    return ticket


@pytest.mark.browser
def test_nothing_a_device_says_runs_in_an_agent_s_browser(desk: Desk, tabs: Tabs):
    tickets = [hostile_ticket(desk, text) for text in CORPUS]
    page = tabs.open()
    violations: list[str] = []
    page.expose_function("refusedByPolicy", lambda told: violations.append(told))
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " (event) => refusedByPolicy(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"
    )
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    sign_in(page, desk)

    page.mouse.move(700, 400)
    pwned = [page.evaluate("window.pwned")]
    rows = page.locator("[data-rows] tr").count()
    for ticket in tickets:
        page.goto(f"{desk.url}/workbench/tickets/{ticket.id}")
        page.wait_for_selector('[data-live][data-status="live"]')
        for summary in page.locator("details.group summary").all():
            summary.click()
        page.locator(".fact dd").first.click()
        pwned.append(page.evaluate("window.pwned"))

    assert rows == len(CORPUS)
    assert set(pwned) == {None}
    assert tabs.watched.dialogs == []
    assert violations == []
    assert tabs.watched.complaints == []
    assert [url for url in requests if not url.startswith(desk.url)] == []


@pytest.mark.browser
def test_a_hostile_reply_that_arrives_live_stays_text(desk: Desk, tabs: Tabs):
    device = desk.device()
    ticket = desk.ticket(device)
    page = tabs.open()
    sign_in(page, desk, to=f"/workbench/tickets/{ticket.id}")

    for text in CORPUS:
        desk.reply(device, ticket.id, text)
    until(page, f"document.querySelectorAll('.entry').length === {len(CORPUS)}")

    assert page.evaluate("window.pwned") is None
    assert CORPUS[0] in page.locator(".entry").first.inner_text()
    assert page.locator(".entry .words *").count() == 0
    assert tabs.watched.dialogs == []
    assert tabs.watched.complaints == []


@pytest.mark.browser
def test_a_hostile_article_is_read_without_harm(desk: Desk, tabs: Tabs):
    body = "\n\n".join(CORPUS)
    desk.services.library.take([Article(id="evil/<b>", title=CORPUS[1], body=body, tags=(CORPUS[2],))])
    page = tabs.open()
    sign_in(page, desk)

    page.goto(desk.url + "/workbench/articles")
    page.locator(".shelf a").click()
    page.wait_for_selector(".reading")

    assert page.evaluate("window.pwned") is None
    assert page.locator(".reading :is(script, img, iframe, svg, form, style, link, base, meta)").count() == 0
    assert tabs.watched.dialogs == []
    assert tabs.watched.complaints == []


@pytest.mark.browser
def test_the_preview_follows_the_typing_in_its_language_and_is_harmless(desk: Desk, tabs: Tabs):
    page = tabs.open()
    sign_in(page, desk)
    page.goto(desk.url + "/workbench/article-editor")

    page.select_option("select[name=locale]", "zh-CN")
    page.fill("input[name=title]", "读卡器" + CORPUS[1])
    page.fill("textarea[name=body]", "1. 拔下\n\n" + CORPUS[0])

    page.wait_for_selector("[data-preview] .reading[lang=zh-CN] li:text('拔下')")
    assert page.locator("[data-preview] h2").inner_text() == "读卡器" + CORPUS[1]
    assert page.locator("[data-preview] h2").get_attribute("lang") == "zh-CN"
    assert page.locator("[data-preview] :is(script, img)").count() == 0
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("text", CORPUS)
def test_markdown_lets_through_only_what_is_allowed(text: str):
    html = str(rendered(f"{text}\n\n[ok](https://help.example.com/a?b=1) [no](data:text/html,x) [vb](vbscript:x)"))

    assert 'href="https://help.example.com/a?b=1"' in html
    for forbidden in ("<script", "<img", "<svg", "<iframe", "<style", "<form", "<base", "<meta", "<math", "<link"):
        assert forbidden not in html
    assert re.search(r'<[^>]*href="?\s*(javascript|data|vbscript):', html, re.IGNORECASE) is None
