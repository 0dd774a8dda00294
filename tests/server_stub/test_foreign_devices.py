"""No device reaches what belongs to another one, by whatever address and with whatever id."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

from app.protocol.knowledge import Visibility
from app.protocol.uploads import UploadRequest
from server_stub.tickets.tables import EntryRecord, Ticket
from tests.server_stub.bodies import good_bodies
from tests.server_stub.served import API, DeviceClient, Served, article, declare, draft, entry, invited, picture
from tests.server_stub.soundness import complaints_of

BOTH_DATABASES = True


class Belongings:
    """A device with one of everything."""

    def __init__(self, served: Served, *, with_assistance: bool = False) -> None:
        self.device = served.device("owner")
        self.image = picture()
        self.stored, self.waiting = declare(self.image), declare(b"half", "log.txt", "text/plain")
        sent = draft("secret subject", said="secret words", attachments=(self.stored, self.waiting))
        assert self.device.submit(sent).status_code == 201
        self.ticket_id = sent.id
        self.device.upload(self.stored, self.image)
        self.upload_id = UUID(self.device.begin(self.waiting).json()["id"])
        self.session_id = invited(served, sent.id) if with_assistance else uuid4()
        agent = served.agent("li")
        with served.services.database.write() as session:
            served.services.conversation.agent_reply(session, agent, sent.id, "secret reply")


def paths_with_ids(served: Served) -> list[tuple[str, str]]:
    with served.anybody() as client:
        published = client.get(f"{API}/openapi.json").json()["paths"]
    return [
        (method.upper(), path.removeprefix(API))
        for path, methods in published.items()
        for method in methods
        if "{" in path and "{article_id}" not in path and "/knowledge/" not in path  # which belong to everybody
    ]


def ask(device: DeviceClient, method: str, path: str, owner: Belongings, other: UUID | None = None) -> Any:
    ids = {
        "ticket_id": owner.ticket_id,
        "attachment_id": owner.stored.id,
        "upload_id": owner.upload_id,
        "session_id": owner.session_id,
    }
    filled = re.sub(r"\{(\w+)\}", lambda name: str(other or ids[name[1]]), path)
    body = good_bodies().get(path)
    headers = {"Idempotency-Key": str((body or {}).get("id") or uuid4()), "Upload-Offset": "0"}
    if method == "PUT":
        return device.request(method, filled, content=b"x", headers=headers)
    return device.request(method, filled, json=body, headers=headers)


def test_every_address_with_an_id_answers_a_stranger_as_if_there_were_nothing(served: Served) -> None:
    owner = Belongings(served, with_assistance=True)
    stranger = served.device("stranger")
    paths = paths_with_ids(served)
    before = owner.device.get(f"/tickets/{owner.ticket_id}").json()

    for method, path in paths:
        theirs = ask(stranger, method, path, owner)
        nothing = ask(stranger, method, path, owner, uuid4())

        assert (theirs.status_code, theirs.json()["code"]) == (404, "not_found"), (method, path)
        assert theirs.json() == nothing.json()
        assert "secret" not in theirs.text
    assert len(paths) >= 8
    after = owner.device.get(f"/tickets/{owner.ticket_id}").json()
    assert {**after, "summary": {**after["summary"], "unread": 1}} == before
    assert complaints_of(served.services) == []


def test_the_owner_reaches_all_of_it(served: Served) -> None:
    owner = Belongings(served, with_assistance=True)

    answers = [ask(owner.device, method, path, owner) for method, path in paths_with_ids(served)]

    assert not [each.url for each in answers if each.status_code == 404]


def test_lists_and_feeds_hold_only_ones_own(served: Served) -> None:
    owner = Belongings(served)
    stranger = served.device("stranger")

    tickets = stranger.get("/tickets").json()
    events = stranger.get("/events").json()

    assert tickets["tickets"] == []
    assert [each for each in events["events"] if each["ticket_id"]] == []
    assert [each["kind"] for each in owner.device.get("/events").json()["events"]] == [
        "ticket_received",
        "attachment_stored",
        "ticket_reply",
    ]


def test_ids_inside_bodies_are_checked_like_those_in_addresses(served: Served) -> None:
    owner = Belongings(served)
    stranger = served.device("stranger")
    wanted = UploadRequest(
        attachment_id=owner.waiting.id, sha256=owner.waiting.sha256, size=owner.waiting.size
    ).model_dump(mode="json")

    upload = stranger.post("/uploads", json=wanted)
    draft_with_their_file = stranger.submit(draft(attachments=(owner.stored,)))
    sent = draft()
    stranger.submit(sent)
    with served.services.database.read() as session:
        known = session.query(EntryRecord.id).filter_by(ticket_id=owner.ticket_id).scalar()
    entry_with_their_id = stranger.reply(sent.id, entry("x").model_copy(update={"id": known}))

    assert upload.status_code == 404
    assert draft_with_their_file.json()["code"] == "malformed"
    assert entry_with_their_id.json()["code"] == "idempotency_key_reused"
    with served.services.database.read() as session:
        assert session.query(Ticket).count() == 2


def test_articles_for_agents_are_invisible_to_devices_everywhere(served: Served) -> None:
    device = served.device()
    inside = article("inside/e1023.md", title="E1023 master password", visibility=Visibility.AGENTS)
    served.teach(article(), inside)

    found = [
        device.get("/knowledge/articles/inside/e1023.md").text,
        device.get("/knowledge/search", params={"q": "master password"}).text,
        device.post("/suggestions", json={"lines": ["E1023 master password"]}).text,
    ]
    pack = device.get("/knowledge/pack").content

    assert device.get("/knowledge/articles/pos/e1023.md").status_code == 200
    assert "inside/e1023" not in "".join(found)
    assert b"inside/e1023" not in pack
    with served.services.database.read():
        assert served.services.publication.agents.base.article("inside/e1023.md").title == "E1023 master password"
