"""From one server on SQLite to PostgreSQL: everything comes along, or everything stays as it was."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from server_stub.__main__ import main
from server_stub.knowledge.tables import PackKey
from server_stub.tables import metadata
from tests.postgres import Cluster
from tests.server_stub.served import Served, article, declare, draft, entry, invited, picture, serving
from tests.server_stub.soundness import complaints_of


def filled(served: Served) -> tuple[str, UUID]:
    """A server that has something in most tables; a device's authorisation and its ticket."""
    image = picture()
    attachment = declare(image)
    sent = draft("读卡器没有反应", attachments=(attachment,))
    device = served.device()
    assert device.submit(sent).status_code == 201
    assert device.upload(attachment, image).json()["complete"]
    assert device.reply(sent.id, entry("It happens again 😀")).status_code == 201
    served.teach(article())
    invited(served, sent.id)
    return device.headers["Authorization"], sent.id


def rows(served: Served) -> dict[str, int]:
    with served.services.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in metadata.sorted_tables
        }


def test_everything_comes_along_and_the_old_file_is_kept(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "data") as served:
        secret, ticket_id = filled(served)
        before, key = rows(served), served.services.publication.key
        with served.anybody() as anybody:
            seen = anybody.get(f"/api/v1/tickets/{ticket_id}", headers={"Authorization": secret}).json()
    address = cluster.database()

    assert main(["move", "--data", str(tmp_path / "data"), "--database", address]) == 0

    with serving(tmp_path / "data", address=address) as served, served.anybody() as anybody:
        headers = {"Authorization": secret}
        assert {**rows(served), "shared_secrets": 0, "enrolment_tokens": 0} == {**before, "enrolment_tokens": 0}
        assert served.services.publication.key == key
        assert anybody.get(f"/api/v1/tickets/{ticket_id}", headers=headers).json() == seen
        assert complaints_of(served.services) == []
        assert served.device("another").submit(draft()).json()["number"] == "INC-000002"
        with served.services.database.write() as session:
            # Numbers that PostgreSQL gives out itself do not meet those that came along.
            session.add(PackKey(private=bytes(32), made_at=served.clock()))
    assert (tmp_path / "data" / "deskbell.moved").is_file()
    assert "1 tickets" in capsys.readouterr().out


def test_a_database_with_something_in_it_and_a_running_server_are_left_alone(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = cluster.database()
    with serving(tmp_path / "shared", address=address):
        pass
    command = ["move", "--data", str(tmp_path / "data"), "--database"]
    with serving(tmp_path / "data") as served:
        filled(served)
        assert main([*command, cluster.database()]) == 1
        assert "Another process is using" in capsys.readouterr().err
    assert main([*command, address]) == 1
    assert "not empty" in capsys.readouterr().err
    assert main([*command, "postgresql:///nowhere?host=/nowhere"]) == 1
    assert main(["move", "--data", str(tmp_path / "nothing"), "--database", address]) == 1

    with serving(tmp_path / "data") as served:
        assert rows(served)["tickets"] == 1
