"""Carrying orders out on open services."""

from __future__ import annotations

from datetime import timedelta
from functools import singledispatch
from pathlib import Path
from time import perf_counter

from app.errors import HelpdeskError
from app.knowledge.intake import read_folder, read_jsonl
from server_stub.agents import service as agents
from server_stub.announcements.service import News
from server_stub.assist.verification import verify
from server_stub.backup import back_up
from server_stub.control import orders
from server_stub.devices.enrolment import TokenTerms, revoke_token
from server_stub.knowledge.library import ImportReport
from server_stub.services import Services


@singledispatch
def carry_out(order: orders.Order, services: Services) -> orders.Report:
    """Do what was ordered. Raises HelpdeskError when the world does not allow it."""
    raise TypeError(order, services)


@carry_out.register
def _(order: orders.ImportArticles, services: Services) -> orders.Report:
    began = perf_counter()
    found = import_articles(services, Path(order.path))
    services.publication.refresh()
    seconds = perf_counter() - began
    count = found.added + found.changed + found.unchanged
    line = f"{count} articles read: {found.added} new, {found.changed} changed, {found.unchanged} as they were"
    return orders.Report(lines=(f"{line}; indexed after {seconds:.1f} s.",))


def import_articles(services: Services, path: Path) -> ImportReport:
    """Take in a folder of Markdown or a JSONL file without indexing it yet. Raises HelpdeskError."""
    articles = read_folder(path) if path.is_dir() else read_jsonl(path)
    return services.library.take(articles)


@carry_out.register
def _(order: orders.PackArticles, services: Services) -> orders.Report:
    out = Path(order.out)
    count = services.publication.pack(out)
    return orders.Report(lines=(f"{count} articles, {out.stat().st_size} bytes: {out}",))


@carry_out.register
def _(order: orders.AddAgent, services: Services) -> orders.Report:
    with services.database.write() as session:
        added = agents.add(
            session,
            order.login,
            now=services.now,
            name=order.name,
            password=order.password,
            role=order.role,
            title=order.title,
            department=order.department,
        )
    return _told(added, invented=order.password is None)


@carry_out.register
def _(order: orders.SetPassword, services: Services) -> orders.Report:
    with services.database.write() as session:
        changed = agents.set_password(session, order.login, order.password)
    return _told(changed, invented=order.password is None)


@carry_out.register
def _(order: orders.MakeToken, services: Services) -> orders.Report:
    lasts = timedelta(days=order.days) if order.days is not None else None
    with services.database.write() as session:
        token = services.enrolment.make_token(session, TokenTerms(order.label, order.site, order.max_uses, lasts))
    return orders.Report(lines=(token,))


@carry_out.register
def _(order: orders.RevokeTokens, services: Services) -> orders.Report:
    with services.database.write() as session:
        count = revoke_token(session, order.label, services.now())
    if not count:
        raise HelpdeskError("There is no valid token with the label {label}.", label=order.label)
    return orders.Report(lines=(f"{count} tokens admit nobody any more.",))


@carry_out.register
def _(order: orders.MakeAnnouncement, services: Services) -> orders.Report:
    lasts = timedelta(hours=order.hours) if order.hours is not None else None
    news = News(order.title, order.body, order.severity, order.locale, order.site, lasts)
    with services.database.write() as session:
        made = services.announcements.announce(session, news)
    return orders.Report(lines=(f"Announced as {made}.",))


@carry_out.register
def _(order: orders.MakeBackup, services: Services) -> orders.Report:
    made = back_up(services.database, services.blobs, Path(order.out))
    line = f"{made.tickets} tickets and {made.files} files, checked, {made.size} bytes: {order.out}"
    return orders.Report(lines=(line,))


@carry_out.register
def _(_order: orders.VerifyAssistance, services: Services) -> orders.Report:
    with services.database.read() as session:
        found = verify(session)
    summary = f"{found.sessions} sessions compared, {len(found.differences)} differences"
    return orders.Report(lines=(*found.differences, *found.notes, summary), differs=bool(found.differences))


def _told(agent: agents.NewAgent, *, invented: bool) -> orders.Report:
    if invented:
        return orders.Report(lines=(f"Login: {agent.login}", f"Password: {agent.password}"))
    return orders.Report(lines=(f"Login: {agent.login}",))
