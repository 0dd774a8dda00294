"""Which article comes first, why, and when nothing is offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.feedback import Experience, Said, Vote, experiences
from app.knowledge.intake import read_folder
from app.knowledge.question import Question
from app.knowledge.signature import extract
from app.protocol.knowledge import Article, Fit, ReasonKind
from tests.knowledge.conftest import STARTER

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def base_of(path: Path, *articles: Article, said: tuple[Experience, ...] = ()) -> KnowledgeBase:
    build([*articles, *read_folder(STARTER)], path / "base.kb", "1", said)
    return KnowledgeBase.open(path / "base.kb")


def test_an_editors_signature_wins_over_text(tmp_path: Path) -> None:
    message = "The label service did not answer in time"
    talk = Article(
        id="talk", title="About labels", body=f"{message}. " * 6 + "Labels are printed by the label service."
    )
    signed = Article(id="signed", title="Restart the label printer", body="Do this.", signatures=(message,))
    base = base_of(tmp_path, talk, signed)

    found = base.suggest(["Warehouse", message, "OK"]).suggestions

    assert found[0].id == "signed"


def test_an_editors_code_wins_over_a_code_in_text(tmp_path: Path) -> None:
    talk = Article(id="talk", title="Codes of the scale", body="Codes seen: W4711, W4712, W4713. W4711 means much.")
    signed = Article(id="signed", title="Clean the scale", body="Wipe it.", signatures=("W4711",))
    base = base_of(tmp_path, talk, signed)

    found = base.suggest(["称重收银", "称重失败", "错误码：W4711"]).suggestions

    assert found[0].id == "signed"
    assert found[0].reason.kind is ReasonKind.CODE
    assert found[0].reason.evidence == ("W4711",)


@pytest.mark.parametrize("code", ["E77", "PAY_FAIL", "A-7"])
def test_an_editors_code_of_an_unusual_shape_is_found_after_error_code(tmp_path: Path, code: str) -> None:
    signed = Article(id="signed", title="Clean the scale", body="Wipe it.", signatures=(code,))
    base = base_of(tmp_path, signed)

    found = base.suggest(["收银", "操作失败", f"错误代码：{code}"]).suggestions

    assert found
    assert found[0].id == "signed"


@pytest.mark.parametrize("shown", ["0x80070005", "-2147024891", "E_ACCESSDENIED", "系统错误 5"])
def test_every_form_of_a_code_leads_to_its_article(starter: KnowledgeBase, shown: str) -> None:
    found = starter.suggest(["提示", f"操作失败 {shown}"], language="zh-CN").suggestions

    assert found[0].id == "access-denied-zh"


def test_a_chinese_dialog_is_answered_by_an_english_article_through_its_code(tmp_path: Path) -> None:
    article = Article(id="en", title="The scanner service cannot start", body="Error 0x80070422 means it is disabled.")
    build([article], tmp_path / "one.kb", "1")
    base = KnowledgeBase.open(tmp_path / "one.kb")

    found = base.suggest(["服务", "无法启动服务，原因可能是已被禁用。", "错误代码：0x80070422"]).suggestions

    assert [each.id for each in found] == ["en"]
    assert found[0].reason.evidence == ("0x80070422",)


@pytest.mark.parametrize(("language", "first"), [("zh-CN", "browser-dns-zh"), ("en", "browser-dns-en")])
def test_the_readers_language_breaks_ties(starter: KnowledgeBase, language: str, first: str) -> None:
    found = starter.suggest(["ERR_NAME_NOT_RESOLVED"], language=language).suggestions

    assert found[0].id == first


def test_a_quoted_message_is_the_reason(starter: KnowledgeBase) -> None:
    found = starter.suggest(["Microsoft Excel", "The document is locked for editing by another person.", "OK"])

    best = found.suggestions[0]
    assert best.id == "excel-locked-en"
    assert best.reason.kind is ReasonKind.MESSAGE
    assert best.reason.evidence == ("The document is locked for editing by another person.",)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["Portal", "Sorry, but we're having trouble signing you", "out", "OK"], "out"),
        (["Portal", "Sorry, but we're having trouble signing you in", "OK"], "in"),
    ],
)
def test_a_message_that_the_window_broke_into_lines_is_read_as_one(
    tmp_path: Path, lines: list[str], wanted: str
) -> None:
    said = "Sorry, but we're having trouble signing you {}"
    articles = [
        Article(id=way, title="The portal", body=f"It says: {said.format(way)}. Wait.") for way in ("in", "out")
    ]
    base = base_of(tmp_path, *articles)

    assert base.suggest(lines).suggestions[0].id == wanted


def test_a_word_that_the_window_broke_is_found_whole() -> None:
    broken = Question.of(["激活", "我们在你的帐户中找到的产品不能用于在共享计", "算机上激活。", "错误码：E1023"])

    assert broken.message[0] == "我们在你的帐户中找到的产品不能用于在共享计算机上激活"
    assert broken.message[1:] == ("错误码e1023",)
    assert "计算" in broken.terms


def test_what_did_not_help_is_left_out(starter: KnowledgeBase) -> None:
    asked = ["收银系统", "读卡失败，请重新刷卡或插卡！", "错误码：E1023"]
    first = starter.suggest(asked).suggestions[0].id

    found = starter.suggest(asked, without=[first]).suggestions

    assert first not in [each.id for each in found]


@pytest.mark.parametrize(
    "lines",
    [
        ["午餐", "今天中午吃什么"],
        ["Holiday plan", "We meet at the station on Monday"],
        ["ERP Client", "Operation failed. Contact your administrator. Code QXZ-88231"],
        ["lorem ipsum", "dolor sit amet consectetur"],
        ["1", "2", "3"],
        [],
    ],
)
def test_nothing_is_offered_where_nothing_fits(starter: KnowledgeBase, lines: list[str]) -> None:
    good = [each for each in starter.suggest(lines).suggestions if each.fit is Fit.GOOD]

    assert good == []


def test_of_articles_that_say_the_same_only_one_is_shown(tmp_path: Path) -> None:
    copies = [Article(id=f"copy{n}", title="Label service", body="The label service did not answer.") for n in range(5)]
    other = Article(id="other", title="Labels", body="When the label service did not answer in time, wait a minute.")
    base = base_of(tmp_path, *copies, other)

    found = [each.id for each in base.suggest(["Warehouse", "The label service did not answer", "OK"]).suggestions]

    assert len([each for each in found if each.startswith("copy")]) == 1
    assert "other" in found


def test_no_more_than_asked_for_best_first(starter: KnowledgeBase) -> None:
    found = starter.suggest(["Printer offline", "Paper jam", "Printer is in an error state"], top=2).suggestions

    assert 1 <= len(found) <= 2
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_what_solved_a_fault_before_comes_first_for_that_fault_only(tmp_path: Path) -> None:
    asked = ["提示", "称重模块未响应，请稍后重新尝试。"]
    other = ["提示", "会员服务未响应，请稍后重新尝试。"]
    article = Article(id="scale", title="拔插电子秤的数据线", body="拔下，等十秒，插回去。", locale="zh-CN")
    said = Experience("scale", extract(asked).fingerprint, Said(solved=6))
    base = base_of(tmp_path, article, said=(said,))

    assert base.suggest(asked).suggestions[0].id == "scale"
    assert "scale" not in [each.id for each in base.suggest(other).suggestions]


def vote(device: str, *, solved: bool = True, site: str = "", days: float = 0) -> Vote:
    return Vote("a", "f" * 16, solved, device, site, NOW - timedelta(days=days))


def test_one_device_counts_once_with_its_last_word() -> None:
    (each,) = experiences([vote("pc1", days=3), vote("pc1", solved=False, days=1)] * 50, NOW)

    assert each.said == Said(solved=0, failed=1)


def test_one_shop_clicking_a_hundred_times_is_not_a_hundred_shops() -> None:
    (shop,) = experiences([vote(f"till{number}", site="shop 7") for number in range(100)], NOW)
    (many,) = experiences([vote(f"till{number}", site=f"shop {number}") for number in range(10)], NOW)

    assert shop.said.solved == 2
    assert many.said.solved == 10
    assert shop.said.worth < many.said.worth / 2
    assert many.said.proven
    assert not shop.said.proven


def test_experience_fades_and_stays_within_bounds() -> None:
    (fresh,) = experiences([vote("pc1")], NOW)
    (old,) = experiences([vote("pc1", days=180)], NOW)

    assert old.said.worth < fresh.said.worth / 2
    assert experiences([vote("pc1", days=720)], NOW) == ()
    assert experiences([vote("pc1", days=-4000)], NOW)[0].said.solved == 1
    assert Said(solved=10_000).worth <= 6
    assert Said(failed=10_000).worth >= -3
    assert Said().worth == 0


def test_a_days_fading_alone_is_no_new_evidence() -> None:
    votes = [vote(f"pc{number}", days=5) for number in range(4)]

    assert experiences(votes, NOW) == experiences(votes, NOW + timedelta(hours=20))


@pytest.mark.parametrize("solved", [True, False])
def test_one_shop_neither_puts_an_unlike_article_first_nor_takes_the_right_one_away(
    tmp_path: Path, solved: bool
) -> None:
    asked = ["收银系统", "读卡失败，请重新刷卡或插卡！", "错误码：E1023"]
    aimed = "parcel" if solved else "pos-card-reader-zh"
    parcel = Article(id="parcel", title="如何寄快递", body="把包裹放到前台。", locale="zh-CN")
    before = base_of(tmp_path, parcel).suggest(asked).suggestions[0].id
    fingerprint = extract(asked).fingerprint
    clicks = [Vote(aimed if solved else before, fingerprint, solved, f"till{n}", "shop 7", NOW) for n in range(100)]
    base = base_of(tmp_path / "after", parcel, said=experiences(clicks, NOW))

    found = base.suggest(asked).suggestions

    assert found[0].id == before
    assert "parcel" not in [each.id for each in found]
