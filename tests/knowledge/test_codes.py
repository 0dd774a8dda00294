"""Error codes in all their forms, and as they are misread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge import codes
from app.knowledge.code import CodeKind
from app.knowledge.known import known
from app.knowledge.signature import extract


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("Error 0x80070005", "0x80070005"),
        ("错误 Ox8OO7OOO5", "0x80070005"),
        ("错误代码: 0×80070005。", "0x80070005"),
        ("错误代码: 0x8007 0005", "0x80070005"),
        ("(0xc00002e4)", "0xC00002E4"),
        ("错误号 -2147024891", "0x80070005"),
        ("HRESULT: 2147942405", "0x80070005"),
        ("Error code caa70004", "CAA70004"),
        ("BCCode: c8", "0x000000C8"),
        ("失败，状态代码是 c0000008", "C0000008"),
        ("由于协议错误(代码: 0x112f)", "0x112F"),
        ("ORA-12541: TNS: 无监听程序", "ORA-12541"),
        ("0RA—I2541: TNS", "ORA-12541"),
        ("FRM-41211: Integration error", "FRM-41211"),
        ("错误编号：UFT-20031", "UFT-20031"),
        ("错误码：E1023", "E1023"),
        ("错误码：E1O23", "E1023"),
        ("错误码：El023", "E1023"),
        ("AADSTS65005: The client", "AADSTS65005"),
        ("net::ERR_NAME_NOT_RESOLVED", "ERR_NAME_NOT_RESOLVED"),
        ("NET::ERR_CERT _DATE_ INVALID", "ERR_CERT_DATE_INVALID"),
        ("终止代码：IRQL NOT LESS OR EQUAL", "IRQL_NOT_LESS_OR_EQUAL"),
        ("E_ACCESSDENIED", "E_ACCESSDENIED"),
        ("(ACQ.BUYER_BALANCE_NOT_ENOUGH)", "ACQ.BUYER_BALANCE_NOT_ENOUGH"),
        ("返回码：USERPAYING", "USERPAYING"),
        ("MAC校验错，请重新签到  应答码：A0", "A0"),
        ("金税盘通讯失败 [00000A-1]，请检查", "00000A-1"),
        ("Validation code 2000-0146. Drive 0", "2000-0146"),
        ("550 5.7.64 Relay Access Denied", "550 5.7.64"),
        ("HTTP Error 503. The service is unavailable.", "503"),
        ("SQLSTATE[42000]: Syntax error", "42000"),
        ("消息 17142，级别 17，状态 2，第 32 行", "17142"),
        ("Event ID: 1309", "1309"),
        ("VPN 连接失败，错误 691", "691"),
        ("错误：41 301)", "41301"),
        ("[Errno 13] Permission denied", "13"),
        ("Error code: FSLogix_unsupported_environment", "FSLogix_unsupported_environment"),
        ("connect ECONNREFUSED 10.0.0.7:1521", "ECONNREFUSED"),
        ("EPERM: operation not permitted, unlink", "EPERM"),
        ("502 Bad Gateway", "502"),
        ("HTTP 错误 500.19 - Internal Server Error", "500.19"),
        ("SQLSTATE[HY000] [2002] Connection refused", "2002"),
        ("SQL1024N  A database connection does not exist.", "SQL1024N"),
        ("SP2-0640: Not connected", "SP2-0640"),
        ("POS错误: 51 余额不足", "51"),
        ("消息号 M7 021", "M7021"),
        ("Message no. 00 398", "Message no. 00 398"),
        ("Err: 5B00", "5B00"),
        ("59.F0 Error", "59.F0"),
        ("Bug Check 0xA: IRQL", "0xA"),
        ("error-1073741819", "0xC0000005"),
        ("HRESULT=0x80070005L", "0x80070005"),
        ("ORA 01O17: invalid username", "ORA-01017"),
        ("错误码: E-l023", "E-1023"),
        ("GetLastError()=1326", "1326"),
        ("exit code 0xFFFFFFFFC0000142", "0xC0000142"),
    ],
)
def test_a_code_is_found_in_its_usual_form(line: str, wanted: str) -> None:
    assert wanted in [code.canonical for code in codes.find(["", line])]


@pytest.mark.parametrize(
    "line",
    [
        "版本 10.0.19045.2",
        "第 3 行，共 25 行",
        "2023/11/8 10:24:33",
        "192.168.1.15:8080",
        "Windows 11 23H2",
        "Office 2016 and Exchange 2013",
        "COM3 UTF8 MP3 X64",
        "DO NOT TURN OFF YOUR COMPUTER",
        "20% 完成",
        "Total: 1,234.50",
        "终端号 87654321 已签到",
        "Terror: 51 dead",
        "ENTER EXIT ERASE",
        "see MS OXCICAL for it",
        "Room 404, 500 copies not found",
    ],
)
def test_other_numbers_and_capitals_are_no_codes(line: str) -> None:
    assert codes.find([line]) == ()


def test_a_code_on_the_next_line_belongs_to_its_name() -> None:
    assert [code.canonical for code in codes.find(["Microsoft SQL Server，错误：", "17300)"])] == ["17300"]


def test_what_differs_every_time_comes_last_and_is_not_searched() -> None:
    found = codes.find(["操作失败。错误代码：S6997", "跟踪标识：0x800e3349"])

    assert [code.canonical for code in found] == ["S6997", "0x800E3349"]
    assert found[-1].kind is CodeKind.TRACE


def test_the_number_of_a_sale_is_no_code() -> None:
    assert [code.canonical for code in codes.find(["错误代码：E1023", "设备：PINPAD-03", "流水号 0317"])] == ["E1023"]


def test_the_name_of_a_machine_does_not_name_a_fault() -> None:
    (code,) = codes.find(["Error", "Sending Mailbox Server 'WKS0147' isn't running."])

    assert not code.telling


@pytest.mark.parametrize(
    "form",
    [
        "0x80070005",
        "-2147024891",
        "E_ACCESSDENIED",
        "STATUS_ACCESS_DENIED",
        "WinError 5",
        "0x00000005",
        "错误 0x5",
        "0xFFFFFFFF80070005",
        "EACCES",
        "[Errno 13] denied",
    ],
)
def test_equivalent_forms_are_one_fault(form: str) -> None:
    (code,) = codes.find([form])
    row = known(code)

    assert row is not None
    assert row.chinese == "拒绝访问"


@pytest.mark.parametrize("line", ["事件 ID 5", "Event ID: 5", "HTTP 错误 505", "应答码 5", "Stop code: 0x00000005"])
def test_another_kind_of_number_does_not_have_a_win32_errors_meaning(line: str) -> None:
    (code,) = codes.find([line])

    assert known(code) is None


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('"0x00007FFC1234ABCD"指令引用的"0x0000000000000000"内存。该内存不能为"read"。', []),
        ("The instruction at 0x00405F2C referenced memory at 0x00000010.", []),
        ("STOP: 0x0000007E (0xC0000005,0xF7A1B2C3,0xF78D9A10,0xF78D970C)", ["0x0000007E"]),
        ("Exception code 0xc0000005, fault offset: 0x0001a2b3", ["0xC0000005"]),
        ("NTSTATUS STATUS_INVALID_ADDRESS (0xC0000141)", ["0xC0000141", "STATUS_INVALID_ADDRESS"]),
        ("error_category: none, ERROR_DATA_EXCEEDS_64k", ["ERROR_DATA_EXCEEDS_64k"]),
        ("0x80070002 (0x80070005)", ["0x80070002", "0x80070005"]),
    ],
)
def test_an_address_is_not_what_names_a_fault(line: str, wanted: list[str]) -> None:
    found = codes.find([line])

    assert [code.canonical for code in found if code.telling] == wanted
    assert all(code.kind is CodeKind.TRACE for code in found if not code.telling)


def test_what_an_editor_may_have_given_as_a_code_is_looked_up_without_any_shape() -> None:
    lines = ["终端未签到 E91", "受理失败 (55)", "ORDERNOTEXIST"]
    given_codes = {key for code in codes.given(("E91", "ORDERNOTEXIST")) for key in code.keys}

    hinted = {key for code in codes.hints(lines, ()) for key in code.keys}

    assert given_codes | {"n55"} <= hinted


@given(value=st.integers(0x80000000, 0xFFFFFFFF), data=st.data())
def test_a_status_is_read_right_when_noughts_and_ones_were_not(value: int, data: st.DataObject) -> None:
    shown = f"0x{value:08X}"
    misread = "".join(data.draw(st.sampled_from({"0": "0Oo", "1": "1lI", "5": "5S"}.get(sign, sign))) for sign in shown)

    (code,) = codes.find([f"Error code: {misread}."])

    assert code.canonical == shown


@given(
    letters=st.from_regex(r"[A-Z]{2,4}", fullmatch=True).filter(lambda text: text not in ("KB", "SP", "CU", "IE")),
    number=st.integers(10_000, 99_999),
)
def test_a_vendor_code_survives_any_dash(letters: str, number: int) -> None:
    forms = {extract([f"Code: {letters}{dash}{number}"]).codes for dash in "-–—"}

    assert len(forms) == 1


@given(st.lists(st.text(max_size=200), max_size=8))
def test_no_text_breaks_the_signature(lines: list[str]) -> None:
    found = extract(lines, title="".join(lines)[:50], application="x")

    assert len(found.codes) <= 12
    assert found == extract(lines, title="".join(lines)[:50], application="x")


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["消息", "消息", "17142，级别", "17，状态 2"], ("17142",)),
        (["Error", "404", "The page is not there"], ("404",)),
        (["错误", "23 个文件无法复制"], ()),
        (["Error", "2024-03-01 the backup failed"], ()),
        (["错误代码：", "E1023"], ("E1023",)),
    ],
)
def test_a_number_on_the_line_below_its_name_is_a_code(lines: list[str], codes: tuple[str, ...]) -> None:
    assert extract(lines).codes == codes


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("终止代码：", "SYSTEM_SCAN_AT_RAISED_IRQL_CAUGHT_IMPROP", "ER_DRIVER_UNLOAD"),
         "SYSTEM_SCAN_AT_RAISED_IRQL_CAUGHT_IMPROPER_DRIVER_UNLOAD"),
        (("终止代码：", "RESOURCE_MANAGER_EXCEPTION_NOT_", "HANDLED"), "RESOURCE_MANAGER_EXCEPTION_NOT_HANDLED"),
        (("This page isn't working", "ERR_TOO_MANY_RED", "IRECTS", "Reload"), "ERR_TOO_MANY_REDIRECTS"),
        (("单据编码重复，保存失败。错误编号：UFT-", "20031"), "UFT-20031"),
        (("Operation failed. Contact your administrator. Code", "4071DD13-4CDB"), "4071DD13-4CDB"),
        (("数据库的主体副本遇到错误", "17，状态17，严重性17。"), "17"),
        (("操作无法完成 (错误 0x800704", "53)。", "请重试操作。"), "0x80070453"),
        (("The operation failed (0x800706B", "D).", "Close"), "0x800706BD"),
        (("Error: Ox8", "OO70005"), "0x80070005"),
        (("Result -21470248", "91. Ask for help."), "0x80070005"),
        (("4514.7.0临时服务器错误。请稍后重试。",), "451 4.7.0"),
        (("跟踪标识：59976",), "59976"),
        (("Database: ERR_DB_O1",), "ERR_DB_01"),
    ],
)  # fmt: skip
def test_codes_broken_over_two_lines_are_put_together(lines: tuple[str, ...], wanted: str) -> None:
    assert wanted in {code.canonical for code in codes.find(lines)}


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("ERR_NAME_NOT_RESOLVED", "ERR_CONNECTION_REFUSED"), {"ERR_NAME_NOT_RESOLVED", "ERR_CONNECTION_REFUSED"}),
        (("STATUS_ACCESS_DENIED", "STATUS_OBJECT_NAME_NOT_FOUND"),
         {"STATUS_ACCESS_DENIED", "STATUS_OBJECT_NAME_NOT_FOUND"}),
        (("CRITICAL_PROCESS_DIED", "OK"), {"CRITICAL_PROCESS_DIED"}),
        (("Backup - Error", "3 files were left out"), set()),
        (("Version", "10.0.19045"), set()),
        (("SO-", "See the list below"), set()),
        (("Error 0x800704", "53 files were left out of 120"), {"0x80070453"}),
        (("Error 0x80070005", "53 files were left out"), {"0x80070005"}),
        (("Error 0x8007", "53 files were left out"), {"0x8007"}),
    ],
)  # fmt: skip
def test_what_belongs_to_two_lines_stays_apart(lines: tuple[str, ...], wanted: set[str]) -> None:
    assert {code.canonical for code in codes.find(lines)} == wanted


def test_the_place_of_a_setting_does_not_name_a_fault() -> None:
    same = [extract(["Outlook", f"HKEY_CURRENT_USER\\Software\\{key}"]).fingerprint for key in ("Clients", "Policies")]
    assert extract(["Outlook", "The rule HKEY_CURRENT_USER was broken"]).fingerprint not in same
