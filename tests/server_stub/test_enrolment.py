"""How devices become known, and what shuts them out."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from server_stub.devices import secrets
from server_stub.devices.enrolment import TokenTerms, revoke_token
from server_stub.devices.tables import Device, DeviceCredential, EnrolmentToken
from tests.server_stub.served import API, DeviceClient, Served, draft

BOTH_DATABASES = True

BODY = {"hostname": "till", "os": "Windows", "client_version": "1"}


def enrol(served: Served, token: str, installation: str | None = None) -> tuple[int, str]:
    with served.anybody() as client:
        body = {**BODY, "installation_id": installation or str(uuid4())}
        answer = client.post(f"{API}/enroll", json=body, headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json().get("code", "")


def test_a_token_is_exchanged_for_a_secret_that_works(served: Served) -> None:
    device = served.device()

    answer = device.get("/tickets")

    assert answer.status_code == 200
    assert answer.json()["tickets"] == []


def test_enrolling_again_is_the_same_device_with_a_new_secret(served: Served) -> None:
    device = served.device()
    first_id, first_secret = device.device_id, device.secret

    device.enrol(served.token)

    assert device.device_id == first_id
    assert device.secret != first_secret
    assert device.get("/tickets").status_code == 200
    old = device.get("/tickets", headers={"Authorization": f"Device {first_id}:{first_secret}"})
    assert (old.status_code, old.json()["code"]) == (401, "not_authenticated")


def test_secrets_and_tokens_are_kept_only_as_digests(served: Served) -> None:
    device = served.device()

    with served.services.database.read() as session:
        kept = session.scalars(select(DeviceCredential.secret_hash)).all()
        kept += session.scalars(select(EnrolmentToken.token_hash)).all()

    assert device.secret not in kept
    assert served.token not in kept
    assert all(len(each) == 64 for each in kept)


def test_a_token_admits_no_more_than_its_uses_but_the_same_device_again(served: Served) -> None:
    token = served.make_token(TokenTerms(max_uses=1))
    installation = str(uuid4())

    assert enrol(served, token, installation) == (201, "")
    assert enrol(served, token, installation) == (201, "")
    assert enrol(served, token) == (401, "token_refused")


def test_expired_revoked_and_invented_tokens_are_refused(served: Served) -> None:
    short = served.make_token(TokenTerms(lasts=timedelta(hours=1)))
    revoked = served.make_token(TokenTerms(label="lost stick"))
    with served.services.database.write() as session:
        assert revoke_token(session, "lost stick", served.clock()) == 1

    assert enrol(served, short) == (201, "")
    served.clock.forward(hours=2)

    assert enrol(served, short) == (401, "token_refused")
    assert enrol(served, revoked) == (401, "token_refused")
    assert enrol(served, "x" * 43) == (401, "token_refused")


def test_a_token_puts_its_site_on_its_devices(served: Served) -> None:
    token = served.make_token(TokenTerms(site="Shop 412"))

    DeviceClient(served.url, token).close()

    with served.services.database.read() as session:
        assert session.scalars(select(Device.site)).one() == "Shop 412"


def test_guessing_tokens_is_slowed_down_and_good_ones_are_not(served: Served) -> None:
    codes = [enrol(served, f"guess {number}")[0] for number in range(31)]

    assert codes[:30] == [401] * 30
    assert codes[30] == 429


def test_a_revoked_device_is_told_so_and_cannot_come_back(served: Served) -> None:
    device = served.device()
    with served.services.database.write() as session:
        session.execute(update(Device).values(revoked_at=served.clock()))

    answer = device.get("/tickets")

    assert (answer.status_code, answer.json()["code"]) == (403, "device_revoked")
    assert enrol(served, served.token, str(device.installation_id)) == (403, "device_revoked")


def test_nobody_gets_in_without_the_right_header(served: Served) -> None:
    device = served.device()
    wrong = [
        "",
        "Device",
        "Device :",
        f"Device {device.device_id}",
        f"Device {device.device_id}:",
        f"Device {device.device_id}:{'x' * 43}",
        f"Device {uuid4()}:{device.secret}",
        f"Bearer {device.device_id}:{device.secret}",
        f"Device {device.device_id}:{device.secret}x",
        f"Device {device.device_id}:{'x' * 5000}",
        "Device \xff\xfe:\xff",
    ]

    answers = [device.get("/tickets", headers={"Authorization": each.encode("latin-1")}) for each in wrong]

    assert [each.status_code for each in answers] == [401] * len(wrong)
    assert all(each.headers["WWW-Authenticate"] == "Device" for each in answers)


def test_the_last_look_of_a_device_is_known_within_minutes(served: Served) -> None:
    device = served.device()
    served.clock.forward(hours=3)

    device.submit(draft())

    with served.services.database.read() as session:
        seen = session.scalars(select(Device.seen_at)).one()
    assert served.clock() - seen < timedelta(minutes=1)


def test_no_token_looks_like_an_option_of_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(("-option", "--token", "A-token"))
    monkeypatch.setattr(secrets.secrets, "token_urlsafe", lambda _size: next(drawn))

    assert secrets.new_secret() == "A-token"
