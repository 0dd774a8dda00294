"""The command line: an empty folder just works, mistakes are one sentence, and a running server takes orders."""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from app.knowledge.base import KnowledgeBase
from server_stub.__main__ import main
from server_stub.control.calling import give
from server_stub.control.orders import MakeToken
from server_stub.folder import DataFolder, FolderInUse
from tests.server_process import ServerProcess
from tests.server_stub.served import API, DeviceClient, draft


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "server_stub", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    path = tmp_path / "kb.jsonl"
    articles = [
        {"id": f"a/{number}.md", "title": f"Error E{number}", "body": "读卡器", "signatures": [f"E{number}"]}
        for number in range(20)
    ]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in articles), "utf-8")
    return path


def test_serving_an_empty_folder_just_works(server_process: ServerProcess) -> None:
    client = DeviceClient(server_process.url, server_process.token)

    health = client.get("/health").json()
    pack = client.get("/knowledge/pack")
    answer = client.submit(draft())
    client.close()

    assert health["status"] == "ok"
    assert pack.status_code == 200
    assert answer.json()["number"] == "INC-000001"
    assert server_process.login == "admin"
    assert len(server_process.password) > 10


def test_what_is_secret_is_told_once_and_kept_from_other_users(server_process: ServerProcess) -> None:
    token, password = server_process.token, server_process.password
    server_process.stop()
    server_process.token = server_process.password = ""

    server_process.start()

    assert (server_process.token, server_process.password) == ("", "")
    assert server_process.data.stat().st_mode & 0o077 == 0
    client = DeviceClient(server_process.url, token)
    client.close()
    assert password


def test_sigterm_ends_it_within_a_second_even_with_long_polls_open(server_process: ServerProcess) -> None:
    address = httpx.URL(server_process.url)
    client = DeviceClient(server_process.url, server_process.token)
    waiting = []
    for _ in range(5):
        connection = socket.create_connection((address.host, address.port or 0))
        request = (
            f"GET {API}/events?wait=25 HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n\r\n"
        )
        connection.sendall(request.encode())
        waiting.append(connection)
    client.get("/tickets")

    began = time.monotonic()
    code = server_process.stop()
    took = time.monotonic() - began

    assert code == 0
    # One second on a machine of its own; tests share theirs. Long polls that were waited for would take 25.
    assert took < 10
    for connection in waiting:
        connection.close()
    client.close()


def test_ctrl_c_is_no_traceback(server_process: ServerProcess) -> None:
    server_process._signal(signal.SIGINT)

    assert server_process._wait() == 0
    assert "Traceback" not in server_process.log.read_text()


def test_articles_come_in_and_go_out_as_a_pack(tmp_path: Path, knowledge: Path) -> None:
    taken = run("articles", "import", knowledge, "--data", tmp_path / "data")
    again = run("articles", "import", knowledge, "--data", tmp_path / "data")
    packed = run("articles", "pack", "--data", tmp_path / "data", "--out", tmp_path / "pack.db")

    assert (taken.returncode, again.returncode, packed.returncode) == (0, 0, 0)
    assert "20 new, 0 changed, 0 as they were" in taken.stdout
    assert "0 new, 0 changed, 20 as they were" in again.stdout
    base = KnowledgeBase.open(tmp_path / "pack.db")
    assert base.count == 20
    assert base.suggest(["Error E7"]).suggestions[0].id == "a/7.md"
    base.close()


def test_a_retired_article_is_out_of_use_until_it_is_restored(
    tmp_path: Path, knowledge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "data")

    def packed(name: str) -> set[str]:
        main(["articles", "pack", "--data", data, "--out", str(tmp_path / name)])
        with contextlib.closing(KnowledgeBase.open(tmp_path / name)) as base:
            return {each.id for number in (3, 7) for each in base.suggest([f"Error E{number}"]).suggestions}

    main(["articles", "import", str(knowledge), "--data", data])
    assert packed("before.db") == {"a/3.md", "a/7.md"}

    assert main(["articles", "retire", "a/7.md", "--data", data]) == 0
    text = knowledge.read_text("utf-8").replace("E7", "E7 or E8")
    knowledge.write_text(text, "utf-8")
    capsys.readouterr()
    main(["articles", "import", str(knowledge), "--data", data])
    told = capsys.readouterr().out
    assert "1 changed" in told
    assert "1 of them are retired and stay out of use" in told
    main(["articles", "list", "--retired", "--data", data])
    named = capsys.readouterr().out
    assert packed("retired.db") == {"a/3.md"}
    assert "a/7.md" in named
    assert "a/3.md" not in named

    assert main(["articles", "restore", "a/7.md", "--data", data]) == 0
    assert packed("after.db") == {"a/3.md", "a/7.md"}


def test_of_articles_to_retire_one_that_is_not_there_leaves_all_as_they_are(
    tmp_path: Path, knowledge: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "data")
    main(["articles", "import", str(knowledge), "--data", data])

    code = main(["articles", "retire", "a/3.md", "a/99.md", "--data", data])

    assert code == 1
    assert "a/99.md" in capsys.readouterr().err
    main(["articles", "list", "--data", data])
    assert len(capsys.readouterr().out.splitlines()) == 20


def test_a_running_server_takes_the_same_orders(
    server_process: ServerProcess, knowledge: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(server_process.data)
    client = DeviceClient(server_process.url, server_process.token)
    before = client.get("/knowledge/pack").headers["ETag"]

    codes = [
        main(["articles", "import", str(knowledge), "--data", data]),
        main(["articles", "pack", "--data", data, "--out", str(tmp_path / "pack.db")]),
        main(["agents", "add", "wang", "--name", "Wang Fang", "--data", data]),
        main(["announce", "Card terminals are down", "--incident", "--hours", "2", "--data", data]),
        main(["devices", "token", "--label", "stick", "--max-uses", "3", "--data", data]),
    ]
    said = capsys.readouterr().out.splitlines()
    told = client.get("/announcements").json()["announcements"]
    found = client.get("/knowledge/search", params={"q": "E11"}).json()["suggestions"]
    second = DeviceClient(server_process.url, said[-1])
    second.close()
    revoked = main(["devices", "revoke-token", "stick", "--data", data])
    refused = client.post(
        "/enroll",
        json={"installation_id": "0" * 32, "hostname": "x", "os": "x", "client_version": "x"},
        headers={"Authorization": f"Bearer {said[-1]}"},
    )

    assert [*codes, revoked] == [0] * 6
    assert [(each["title"], each["severity"]) for each in told] == [("Card terminals are down", "incident")]
    assert found[0]["id"] == "a/11.md"
    assert client.get("/knowledge/pack").headers["ETag"] != before
    assert refused.json()["code"] == "token_refused"
    client.close()


def test_who_may_no_longer_come_in_is_out_at_once(
    server_process: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(server_process.data)]
    client = DeviceClient(server_process.url, server_process.token)
    main(["agents", "add", "wang", "--name", "Wang \u202eFang", *data])
    password = capsys.readouterr().out.splitlines()[-1].removeprefix("Password: ")

    def signs_in() -> bool:
        with httpx.Client(base_url=server_process.url, trust_env=False) as browser:
            form = re.search('name="csrf" value="([^"]+)"', browser.get("/workbench/sign-in").text)
            given = {"login": "wang", "password": password, "csrf": form[1] if form else ""}
            from_here = {"Origin": server_process.url, "Sec-Fetch-Site": "same-origin"}
            return browser.post("/workbench/sign-in", data=given, headers=from_here).status_code == 303

    before = signs_in()
    codes = [main(["agents", "disable", "wang", *data]), main(["agents", "disable", "admin", *data])]
    while_out = signs_in()
    codes += [main(["agents", "list", *data]), main(["agents", "enable", "wang", *data])]
    said = capsys.readouterr()

    assert (before, while_out, signs_in()) == (True, False, True)
    assert codes == [0, 1, 0, 0]
    assert "admin is the only administrator" in said.err
    assert re.search(r"^wang +agent +disabled +Wang Fang$", said.out, re.MULTILINE)

    codes = [main(["devices", "list", *data])]
    line = capsys.readouterr().out.strip()
    codes += [main(["devices", "revoke", line.split()[0], *data]), main(["devices", "list", *data])]
    answer = client.get("/tickets")
    client.close()

    assert codes == [0, 0, 0]
    assert answer.json()["code"] == "device_revoked"
    assert " revoked " in capsys.readouterr().out


def test_what_is_announced_can_be_named_and_withdrawn(
    server_process: ServerProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(server_process.data)]
    client = DeviceClient(server_process.url, server_process.token)
    main(["announce", "Card terminals are down", "--incident", *data])
    capsys.readouterr()

    main(["announcements", *data])
    line = capsys.readouterr().out.strip()
    told = client.get("/announcements").json()["announcements"]
    codes = [main(["withdraw", line.split()[0], *data]), main(["withdraw", line.split()[0], *data])]
    main(["announcements", *data])

    assert line.endswith("incident  until withdrawn  Card terminals are down")
    assert [each["title"] for each in told] == ["Card terminals are down"]
    assert client.get("/announcements").json()["announcements"] == []
    assert codes == [0, 1]
    assert capsys.readouterr().out.splitlines() == ["Withdrawn.", "Nothing is announced."]
    client.close()


def test_orders_over_the_wire_need_the_secret_of_the_data_folder(server_process: ServerProcess) -> None:
    order = MakeToken().model_dump(mode="json")
    with httpx.Client(base_url=server_process.url, trust_env=False) as client:
        answers = [
            client.post("/control", json=order, headers=headers)
            for headers in (
                {},
                {"Authorization": "Bearer -"},
                {"Authorization": "Bearer x"},
                {"Authorization": "x" * 99},
            )
        ]

    assert [each.status_code for each in answers] == [404] * 4
    assert (server_process.data / "control.json").stat().st_mode & 0o077 == 0
    server_process.stop()
    assert not (server_process.data / "control.json").exists()


def test_two_servers_never_share_a_data_folder(server_process: ServerProcess) -> None:
    second = run("serve", "--data", server_process.data, "--port", 0)

    assert second.returncode == 1
    assert "Another process is using the data folder" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_folder_locked_by_something_that_does_not_listen_is_said_so(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.lock()

    with pytest.raises(FolderInUse):
        give(tmp_path / "data", MakeToken())
    folder.unlock()
    assert give(tmp_path / "data", MakeToken()).lines


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = run("serve", "--data", tmp_path / "data", "--port", taken.getsockname()[1])

    assert answer.returncode == 1
    assert "cannot listen on 127.0.0.1" in answer.stderr
    assert "Traceback" not in answer.stderr


NOBODY = "00000000-0000-7000-8000-000000000000"
MISTAKES = {
    "no such file": ["articles", "import", "{tmp}/nothing.jsonl", "--data", "{tmp}/data"],
    "not JSON": ["articles", "import", "{tmp}/broken.jsonl", "--data", "{tmp}/data"],
    "folder is a file": ["devices", "token", "--data", "{tmp}/broken.jsonl"],
    "folder below a file": ["devices", "token", "--data", "{tmp}/broken.jsonl/x"],
    "short password": ["agents", "add", "li", "--password-stdin", "--data", "{tmp}/data"],
    "no such agent": ["agents", "password", "nobody", "--data", "{tmp}/data"],
    "backup into nowhere": ["backup", "--data", "{tmp}/data", "--out", "{tmp}/no/such/folder/x.zip"],
    "no backup": ["restore", "{tmp}/broken.jsonl", "--data", "{tmp}/new"],
    "pack into nowhere": ["articles", "pack", "--data", "{tmp}/data", "--out", "{tmp}/no/such/folder/x"],
    "no such host": ["serve", "--data", "{tmp}/data", "--host", "999.1.1.1"],
    "no such article": ["articles", "retire", "nothing", "--data", "{tmp}/data"],
    "not retired": ["articles", "restore", "nothing", "--data", "{tmp}/data"],
    "no such label": ["devices", "revoke-token", "nothing", "--data", "{tmp}/data"],
    "no such device": ["devices", "revoke", NOBODY, "--data", "{tmp}/data"],
    "no such announcement": ["withdraw", NOBODY, "--data", "{tmp}/data"],
    "no such agent to shut out": ["agents", "disable", "nobody", "--data", "{tmp}/data"],
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_the_world_did_is_told_without_a_traceback(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.jsonl").write_text('{"id": ')
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    code = main([each.format(tmp=tmp_path) for each in MISTAKES[name]])

    assert code == 1
    said = capsys.readouterr().err
    assert said.startswith("deskbell-server: ")
    assert "Traceback" not in said
    assert "[Errno" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["serve"],
        ["fly"],
        ["articles"],
        ["devices", "token", "--data", "x", "--max-uses", "many"],
        ["devices", "revoke", "PC-1", "--data", "x"],
        ["serve", "--data", "x", "--port", "99999"],
    ],
    ids=["nothing", "no folder", "no such verb", "no action", "no number", "no id", "no port"],
)
def test_wrong_usage_is_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2


def test_numbers_out_of_range_are_wrong_usage_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "token", "--max-uses", "0", "--data", str(tmp_path)]) == 2
    assert main(["announce", "", "--data", str(tmp_path)]) == 2
    assert "greater than or equal to 1" in capsys.readouterr().err


def test_help_and_the_package_need_no_qt_and_little_time() -> None:
    code = (
        "import sys; sys.modules['PySide6'] = None\n"
        "import server_stub.serving, server_stub.__main__\n"
        "assert not [name for name in sys.modules if name.startswith(('PySide6.', 'numpy', 'rapidocr', 'alembic'))]"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr == ""
