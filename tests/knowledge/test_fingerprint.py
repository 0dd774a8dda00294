"""One fault has one fingerprint on every machine and however it was read; different faults have different ones."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.intake import read_folder
from app.knowledge.signature import extract
from tests.knowledge.conftest import STARTER

# Dialogs of our own, one fault each.
DIALOGS = [
    ("收银系统", "读卡失败，请重新刷卡或插卡！", "错误码：E1023"),
    ("收银系统", "小票打印机缺纸，请装纸后重试。", "设备：COM3  状态码：EPTR_REC_EMPTY(203)"),
    ("支付失败", "用户支付中，需要输入密码", "返回码：USERPAYING", "订单号：20231108153022000187"),
    ("数据库错误", "ORA-12541: TNS: 无监听程序", "请联系系统管理员检查监听服务。"),
    ("Windows Update", "安装更新时出现问题。", "错误代码：0x80073712"),
    ("Windows Update", "There were problems installing some updates.", "Error code: 0x800f0831"),
    ("PosClient.exe - Application Error", "The application was unable to start correctly (0xc0000142)."),
    ("Microsoft Outlook", "Cannot start Microsoft Outlook. The set of folders cannot be opened.", "OK"),
    ("Microsoft Outlook", "Your mailbox is almost full. Please reduce the size of your mailbox.", "OK"),
    ("Printers", "The print spooler service is not running on this computer.", "Close"),
    ("远程桌面连接", "远程桌面无法连接到远程计算机，原因是未启用对服务器的远程访问。", "确定"),
    ("金蝶提示", "数据库版本与程序版本不一致，请升级账套后再登录。", "确定"),
    ("提示", "当前网络不可用，请检查网络设置后重新尝试登录。", "确定"),
    ("文件夹访问被拒绝", "你需要权限来执行此操作，请从管理员处获取更改此文件夹的权限。", "取消"),
    ("This page isn't working", "portal.contoso.com redirected you too many times.", "ERR_TOO_MANY_REDIRECTS"),
    ("Your connection is not private", "Attackers might be trying to steal your information from payroll.contoso.com."),
]
ALIKE = {"0": "O", "O": "0", "l": "1", "1": "l", "I": "l", "，": ",", "。": ".", "：": ":", "（": "(", "x": "×"}


def misread(line: str, chance: random.Random) -> str:
    """As engines misread: spaces lost, alike signs confused, now and then a letter wrong."""
    read = ""
    for sign in line:
        drawn = chance.random()
        if sign == " " and drawn < 0.03:
            continue
        if sign in ALIKE and drawn < 0.05:
            read += ALIKE[sign]
        elif sign.isascii() and sign.islower() and drawn < 0.002:
            read += chance.choice("abcdefghijklmnopqrstuvwxyz")
        else:
            read += sign
    return read


def test_noisy_readings_of_a_dialog_keep_its_fingerprint() -> None:
    chance = random.Random(20)
    same = total = 0
    for dialog in DIALOGS:
        clean = extract(dialog).fingerprint
        for _ in range(40):
            same += extract([misread(line, chance) for line in dialog]).fingerprint == clean
            total += 1

    assert same / total >= 0.95


def test_different_dialogs_hardly_ever_share_a_fingerprint() -> None:
    texts = list(DIALOGS)
    for article in read_folder(STARTER):
        texts += [("提示", text) for text in article.signatures if len(text) > 16 and article.locale == "zh-CN"]
        texts += [("Error", text) for text in article.signatures if len(text) > 24 and article.locale == "en"]
    different = {text[-1]: extract(text).fingerprint for text in texts}
    pairs = list(combinations(different.values(), 2))

    assert len(pairs) > 5_000
    assert sum(first == second for first, second in pairs) / len(pairs) < 0.001


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "无法打开文件 C:\\Users\\zhang\\a.xlsx，文件已损坏或格式不正确。",
            "无法打开文件 D:\\data\\b.xlsx，文件已损坏或格式不正确。",
        ),
        (
            "Server \\\\fs01\\share cannot be reached since 10:24:33.",
            "Server \\\\nas-7\\pub cannot be reached since 08:01:59.",
        ),
        (
            "The connection to 10.1.2.3:1433 was closed by the host.",
            "The connection to 192.168.0.77:1433 was closed by the host.",
        ),
        (
            "User anna@contoso.com is not permitted to sign in here.",
            "User li.hua@shop.cn is not permitted to sign in here.",
        ),
        ("订单 20231108153022 提交失败，请稍后重新提交。", "订单 20240109081533 提交失败，请稍后重新提交。"),
        ("Error 0x80040154 in pos.exe", "Fehler 0x80040154"),
    ],
)
def test_what_varies_from_machine_to_machine_does_not_count(first: str, second: str) -> None:
    assert extract(["Title", first]).fingerprint == extract(["Title", second]).fingerprint


def test_buttons_and_order_of_windows_do_not_count() -> None:
    bare = extract(["提示", "当前网络不可用，请检查网络设置后重新尝试登录。"])
    whole = extract(["提示", "×", "当前网络不可用，请检查网络设置", "后重新尝试登录。", "确定 取消", "10:24"])

    assert bare.fingerprint == whole.fingerprint


def test_general_codes_do_not_make_different_faults_one() -> None:
    first = extract(["Word", "The document could not be saved. Error 0x80004005"])
    second = extract(["Printer", "Installing the printer driver was not possible. Error 0x80004005"])

    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize("lines", [[], [""], ["确定", "取消"], ["10:24"], ["×", "—", "□"]])
def test_nothing_to_recognise_has_no_fingerprint(lines: list[str]) -> None:
    assert extract(lines).fingerprint == ""


@given(st.lists(st.text(max_size=60), max_size=6))
def test_a_fingerprint_is_sixteen_digits_or_nothing(lines: list[str]) -> None:
    found = extract(lines).fingerprint

    assert found == "" or (len(found) == 16 and int(found, 16) >= 0)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (
            ['"0x00007FFC1234ABCD"指令引用的"0x0000000000000000"内存。', '该内存不能为"read"。'],
            ['"0x00007FFB98760010"指令引用的"0x0000000000000018"内存。', '该内存不能为"read"。'],
        ),
        (
            ["STOP: 0x0000007E (0xC0000005,0xF7A1B2C3,0xF78D9A10,0xF78D970C)"],
            ["STOP: 0x0000007E (0xC0000005,0xF8A4B2C3,0xF78D9810,0xF78D9711)"],
        ),
        (["报表", "找不到报表“日销售”。", "请重试"], ["报表", "找不到报表“库存盘点明细”。", "请重试"]),
        (["POS", "交易失败，错误码：51，终端号 12345678"], ["POS", "交易失败，错误码：51，终端号 87654321"]),
        (
            ["The trust relationship between this workstation and the primary domain failed."],
            ["The trust relationship between this workstation", "and the primary domain failed."],
        ),
        (
            ["Kingdee", "java.net.ConnectException: Connection refused: connect"],
            [
                "Kingdee",
                "java.net.ConnectException: Connection refused: connect",
                "at java.base/sun.nio.ch.Net.connect0(Native Method)",
                "at com.kingdee.bos.Login.start(Login.java:91)",
            ],
        ),
    ],
)
def test_addresses_breaks_and_stack_frames_do_not_tell_one_fault_from_itself(here: list[str], there: list[str]) -> None:
    assert extract(here).fingerprint == extract(there).fingerprint


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP Error 500.19 - Internal Server Error", "HTTP Error 500.21 - Internal Server Error"),
        ("502 Bad Gateway", "504 Gateway Time-out"),
        ("Message no. M7021", "Message no. M7022"),
        ("SQLSTATE[HY000] [2002] Connection refused", "SQLSTATE[HY000] [1045] Access denied"),
    ],
)
def test_codes_of_one_family_are_different_faults(one: str, other: str) -> None:
    assert extract(["nginx", one]).fingerprint != extract(["nginx", other]).fingerprint
