"""A browser without a screen: what it keeps and sends, by hand, so that tests can leave things out."""

from __future__ import annotations

import re

import httpx

from tests.server_stub.workbench_desk import PASSWORD, Desk


class Visitor:
    """Cookies, forms and headers of one browser."""

    def __init__(self, desk: Desk, **headers: str) -> None:
        self.desk = desk
        given = {"Accept": "text/html", "Accept-Language": "en", **headers}
        self.client = httpx.Client(base_url=desk.url, headers=given, timeout=10)
        desk.visitors.append(self.client)

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get(path, **options)

    def csrf(self, path: str) -> str:
        return re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)[1]

    def post(self, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
        """A post from our own page, unless `headers` say otherwise; an empty one is left out."""
        sent = {"Origin": self.desk.url, "Sec-Fetch-Site": "same-origin", **headers}
        return self.client.post(path, data=data, headers={name: value for name, value in sent.items() if value})

    def sign_in(self, login: str = "wang", password: str = PASSWORD, to: str = "/workbench/") -> httpx.Response:
        csrf = self.csrf("/workbench/sign-in")
        return self.post("/workbench/sign-in", {"login": login, "password": password, "to": to, "csrf": csrf})

    def token(self) -> str:
        """The CSRF token of the signed-in pages."""
        return self.csrf("/workbench/")
