"""Carrying orders out on open services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import singledispatch
from pathlib import Path
from time import perf_counter

from sqlalchemy import select

from app.errors import HelpdeskError
from app.knowledge.intake import read_folder, read_jsonl
from app.protocol.message import one_line
from server_stub.agents import photos
from server_stub.agents import service as agents
from server_stub.announcements.service import News, everything
from server_stub.assist.courses import LIVE
from server_stub.assist.tables import AssistRecord
from server_stub.assist.verification import verify
from server_stub.backup import back_up
from server_stub.control import orders
from server_stub.devices.enrolment import TokenTerms, every_device, revoke_device, revoke_token
from server_stub.knowledge.library import ImportReport
from server_stub.ringing import ring_after_commit
from server_stub.servers.tables import ServerRecord
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
    lines = [f"{line}; indexed after {seconds:.1f} s."]
    if found.retired:
        lines.append(f"{found.retired} of them are retired and stay out of use; `articles restore` puts them back.")
    return orders.Report(lines=tuple(lines))


def import_articles(services: Services, path: Path) -> ImportReport:
    """Take in a folder of Markdown or a JSONL file without indexing it yet. Raises HelpdeskError."""
    articles = read_folder(path) if path.is_dir() else read_jsonl(path)
    return services.library.take(articles)


@carry_out.register
def _(order: orders.PackArticles, services: Services) -> orders.Report:
    out = Path(order.out)
    count = services.publication.pack(out, slim=order.slim)
    return orders.Report(lines=(f"{count} articles, {out.stat().st_size} bytes: {out}",))


@carry_out.register
def _(order: orders.ListArticles, services: Services) -> orders.Report:
    with services.database.read() as session:
        rows = services.library.listed(session, retired=order.retired)
    return orders.Report(
        lines=table(rows) or ("No article is retired." if order.retired else "There is no article yet.",)
    )


@carry_out.register
def _(order: orders.RetireArticles, services: Services) -> orders.Report:
    with services.database.write() as session:
        missing = services.library.retire(session, order.ids, is_retired=order.is_retired)
        if missing:
            raise HelpdeskError(
                "There is no article {ids} in use." if order.is_retired else "There is no retired article {ids}.",
                "`articles list` names them." if order.is_retired else "`articles list --retired` names them.",
                ids=", ".join(missing),
            )
    services.publication.refresh()
    done = "retired; `articles restore` puts them back" if order.is_retired else "in use again"
    return orders.Report(lines=(f"{len(dict.fromkeys(order.ids))} articles are {done}.",))


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
def _(order: orders.SetPhoto, services: Services) -> orders.Report:
    picture = photos.small(Path(order.path)) if order.path else None
    with services.database.write() as session:
        agent = agents.set_photo(session, order.login, picture)
        line = f"{agent.login} has {'a photo' if picture else 'no photo'} now"
    return orders.Report(lines=(line,))


@carry_out.register
def _(_order: orders.ListAgents, services: Services) -> orders.Report:
    with services.database.read() as session:
        rows = [
            (each.login, each.role.value, "disabled" if each.disabled_at else "active", each.name)
            for each in agents.everybody(session)
        ]
    return orders.Report(lines=table(rows))


@carry_out.register
def _(order: orders.DisableAgent, services: Services) -> orders.Report:
    with services.database.write() as session:
        agent = agents.disable(session, order.login, services.now(), is_disabled=order.is_disabled)
        if order.is_disabled:
            services.assistance.shut_out(session, agent_id=agent.id)
        line = f"{agent.login} is shut out." if order.is_disabled else f"{agent.login} may sign in again."
        # Wakes the streams: pages that are open must fall silent now, not at the next heartbeat.
        ring_after_commit(session, services.bell)
    return orders.Report(lines=(line,))


@carry_out.register
def _(_order: orders.ListDevices, services: Services) -> orders.Report:
    with services.database.read() as session:
        rows = [
            (
                str(each.id),
                each.hostname,
                each.site or "-",
                "revoked" if each.revoked_at else f"seen {each.seen_at:%Y-%m-%d %H:%M} UTC",
                each.client_version,
                each.os,
            )
            for each in every_device(session)
        ]
    return orders.Report(lines=table(rows) or ("No device has enrolled yet.",))


@carry_out.register
def _(order: orders.RevokeDevice, services: Services) -> orders.Report:
    with services.database.write() as session:
        if not revoke_device(session, order.device_id, services.now()):
            raise HelpdeskError(
                "There is no device {id} that could be shut out.",
                "`devices list` names them.",
                id=order.device_id,
            )
        services.assistance.shut_out(session, device_id=order.device_id)
    return orders.Report(lines=("The device is shut out. Its tickets stay.",))


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
def _(_order: orders.ListAnnouncements, services: Services) -> orders.Report:
    with services.database.read() as session:
        rows = [
            (
                str(each.id),
                each.severity.value,
                f"until {each.until:%Y-%m-%d %H:%M} UTC" if each.until else "until withdrawn",
                each.title,
            )
            for each in everything(session, services.now())
        ]
    return orders.Report(lines=table(rows) or ("Nothing is announced.",))


@carry_out.register
def _(order: orders.WithdrawAnnouncement, services: Services) -> orders.Report:
    with services.database.write() as session:
        if not services.announcements.withdraw(session, order.announcement_id):
            raise HelpdeskError(
                "There is no announcement {id} that is told now.",
                "`announcements` names them.",
                id=order.announcement_id,
            )
    return orders.Report(lines=("Withdrawn.",))


@carry_out.register
def _(order: orders.MakeBackup, services: Services) -> orders.Report:
    made = back_up(services.database, services.blobs, Path(order.out))
    if services.database.is_shared:
        return orders.Report(
            lines=(
                f"{made.files} files of {made.tickets} tickets, {made.size} bytes: {order.out}",
                "The database itself is not in it: copy that with pg_dump, before the files.",
            )
        )
    line = f"{made.tickets} tickets and {made.files} files, checked, {made.size} bytes: {order.out}"
    return orders.Report(lines=(line,))


@carry_out.register
def _(_order: orders.VerifyAssistance, services: Services) -> orders.Report:
    with services.database.read() as session:
        found = verify(session)
    summary = f"{found.sessions} sessions compared, {len(found.differences)} differences"
    return orders.Report(lines=(*found.differences, *found.notes, summary), differs=bool(found.differences))


@carry_out.register
def _(_order: orders.ListServers, services: Services) -> orders.Report:
    with services.database.read() as session:
        relayed = Counter(session.scalars(select(AssistRecord.server_id).where(AssistRecord.state.in_(LIVE))))
        rows = [
            (
                each.address,
                each.machine,
                f"since {each.started_at:%Y-%m-%d %H:%M} UTC",
                f"seen {each.seen_at:%H:%M:%S}",
                f"relays {relayed[each.id]}",
            )
            for each in session.scalars(select(ServerRecord).order_by(ServerRecord.started_at))
        ]
    return orders.Report(lines=table(rows) or ("No server is running on a PostgreSQL database here.",))


def table(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Rows as lines whose columns stand below each other. What a device says of itself cannot break out of its line."""
    if not rows:
        return ()
    clean = [[one_line(cell) or "-" for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in clean) for place in range(len(clean[0]))]
    return tuple(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in clean
    )


def _told(agent: agents.NewAgent, *, invented: bool) -> orders.Report:
    if invented:
        return orders.Report(lines=(f"Login: {agent.login}", f"Password: {agent.password}"))
    return orders.Report(lines=(f"Login: {agent.login}",))
