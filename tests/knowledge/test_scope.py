"""Where an article holds, whom it helped and how new it is decide between articles that answer equally well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.feedback import Experience, Said
from app.knowledge.intake import read_folder
from app.knowledge.scope import Place, Scope, day, standing
from app.knowledge.signature import extract
from app.protocol.knowledge import Article
from tests.knowledge.conftest import STARTER

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The label service did not answer in time. Restart the label service and print again."
ASKED = ["Warehouse", "The label service did not answer in time", "Version 3.2.7", "OK"]


def twins(path: Path, first: dict[str, object], second: dict[str, object], *said: Experience) -> KnowledgeBase:
    """Two articles that say the same and differ in what is given."""
    common = {"title": "The label service did not answer", "body": BODY}
    articles = [Article.model_validate({"id": name, **common, **more}) for name, more in (("a", first), ("b", second))]
    build([*articles, *read_folder(STARTER)], path / "twins.kb", "1", said)
    return KnowledgeBase.open(path / "twins.kb")


@pytest.mark.parametrize(
    ("first", "second", "more", "wanted"),
    [
        ({}, {"applications": ("WMS Client",)}, {"application": "wms client.exe"}, "b"),
        ({"applications": ("Excel",)}, {}, {"application": "wms.exe"}, "b"),
        ({}, {"sites": ("Shop 7",)}, {"site": "shop 7"}, "b"),
        ({"sites": ("Shop 8",)}, {}, {"site": "Shop 7"}, "b"),
        ({}, {"versions": ("3.2",)}, {}, "b"),
        ({"versions": ("3.21", "4")}, {}, {}, "b"),
        ({}, {"updated": NOW - timedelta(days=20)}, {"today": day(NOW)}, "b"),
        ({"updated": NOW - timedelta(days=2000)}, {"updated": NOW}, {"today": day(NOW)}, "b"),
        ({}, {}, {}, "a"),
    ],
)
def test_of_two_equals_the_one_in_scope_comes_first(
    tmp_path: Path, first: dict[str, object], second: dict[str, object], more: dict[str, object], wanted: str
) -> None:
    base = twins(tmp_path, first, second)

    found = base.suggest(ASKED, **more)  # type: ignore[arg-type]

    assert found.suggestions[0].id == wanted
    base.close()


def test_of_two_equals_the_one_that_helped_with_other_faults_comes_first(tmp_path: Path) -> None:
    base = twins(tmp_path, {}, {}, Experience("b", "e" * 16, Said(solved=4)), Experience("a", "e" * 16, Said(failed=2)))

    assert base.suggest(ASKED).suggestions[0].id == "b"
    base.close()


def test_scope_decides_between_equals_and_never_against_a_code(tmp_path: Path) -> None:
    base = twins(tmp_path, {"sites": ("Shop 7",), "applications": ("POS",), "updated": NOW}, {})

    found = base.suggest(
        ["POS", "读卡失败，请重新刷卡或插卡！", "错误码：E1023"], application="POS", site="Shop 7", today=day(NOW)
    )

    assert found.suggestions[0].id.startswith("pos-card-read")
    base.close()


def test_scope_survives_the_file_and_says_nothing_where_nothing_is_known() -> None:
    scope = Scope.of(Article(id="a", title="a", body="", sites=("Shop 7",), versions=("v3.2",), updated=NOW))

    assert Scope.read(scope.text()) == scope
    assert Scope.read(Scope().text()) == Scope()
    assert standing(Scope(), Said(), Place(site="x", version="1", application="y", today=9)) == 0
    assert abs(standing(scope, Said(), Place())) <= 0.1


@pytest.mark.parametrize(
    ("lines", "version", "module", "names"),
    [
        (["收银系统", "版本号：3.2.7", "错误模块名称: KERNELBASE.dll"], "3.2.7", "KERNELBASE.dll", ()),
        (["App", "Faulting module name: ntdll.dll, version: 10.0.19041.1"], "10.0.19041.1", "ntdll.dll", ()),
        (["Error", "Could not load 'Invoice 7' of \u201cLi Na\u201d"], "", "", ("Invoice 7", "Li Na")),
        (["ERP", "模块 FIN.Ledger 未授权，请联系管理员"], "", "FIN.Ledger", ()),
        (["Setup", "msvcp140.dll was not found. IP 10.0.0.7, it's late"], "", "msvcp140.dll", ()),
        (["OK", "无法连接"], "", "", ()),
    ],
)
def test_a_signature_names_version_module_and_quoted_names(
    lines: list[str], version: str, module: str, names: tuple[str, ...]
) -> None:
    found = extract(lines)

    assert (found.version, found.module, found.names) == (version, module, names)
