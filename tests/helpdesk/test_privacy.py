"""Every single thing that is sent is shown, and nothing unticked is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import HelpdeskError
from app.helpdesk.privacy import Manifest, Part
from app.helpdesk.ticket import Attachment, Findings, Foreground, Recognised, build, shortened, subject
from app.protocol.knowledge import ErrorSignature, Outcome
from app.protocol.language import Language
from app.protocol.tickets import AttachmentKind, ContextItem, FieldName, Origin, ShownSuggestion, TicketDraft
from helpdesk.drafts import AT

FINDINGS = Findings(
    sentence="The receipt printer stopped\nsince this morning",
    recognised=Recognised(("POS", "E1023 打印机缺纸", "Retry"), "POS", 0.91),
    signature=ErrorSignature(codes=("E1023",), application="pos.exe", title="POS Checkout", fingerprint="ab12cd34"),
    foreground=Foreground("Till 9", "Checkout – lane 3"),
    context=(
        ContextItem(name="host.name", value="till-3"),
        ContextItem(name="disk.free", value="C: 10 GB"),
        ContextItem(name="disk.free", value="D: 20 GB"),
        ContextItem(name="window.title", value="Checkout – lane 3"),
    ),
    suggestions=(ShownSuggestion(article_id="pos/paper-zh", title="更换打印纸", outcome=Outcome.DID_NOT_HELP),),
    attachments=(
        Attachment(b"first picture", "image/png"),
        Attachment(b"second picture", "image/png"),
        Attachment(b"{}", "application/json", AttachmentKind.DIAGNOSTICS),
    ),
)


def manifest() -> Manifest:
    return build(FINDINGS, now=AT, language=Language.ENGLISH)


def leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [] if value is None else [str(value)]


def test_every_value_that_is_sent_is_shown() -> None:
    made = manifest()
    parcel = made.parcel()

    shown = "\n".join(item.value for item in made.items) + str([item.confidence for item in made.items])
    shown += "".join(str(item.size) for item in made.items) + "".join(item.id for item in made.items)
    words = {*Origin, *Outcome, *AttachmentKind}
    told = json.loads(parcel.draft.model_dump_json())
    for attachment in told["attachments"]:  # numbers that follow from the bytes that are shown
        attachment.pop("sha256")
        attachment.pop("id")
    told.pop("created_at")
    for leaf in leaves(told):
        assert leaf in shown or leaf in words, leaf
    assert {file.content for file in made.files} == set(parcel.files.values())


def test_nothing_unticked_is_sent() -> None:
    whole = manifest()
    for item in whole.items:
        parcel = whole.ticked(item.id, False).parcel()
        sent = json.dumps(json.loads(parcel.draft.model_dump_json()), ensure_ascii=False)
        if item.required:
            assert whole.ticked(item.id, False) == whole
        elif item.part is Part.ATTACHMENT:
            assert item.file_id not in parcel.files
            assert str(item.file_id) not in sent
        elif item.part is Part.SIGNATURE:
            assert parcel.draft.signature == ErrorSignature()
        else:
            others = [each.value for each in whole.items if each.included and each.id != item.id]
            assert item.value not in sent or any(item.value in other for other in others)
            assert len(sent) < len(json.dumps(json.loads(whole.parcel().draft.model_dump_json()), ensure_ascii=False))


def test_a_report_with_every_tick_removed_still_is_a_ticket() -> None:
    bare = manifest()
    for item in bare.items:
        bare = bare.ticked(item.id, False)

    draft = bare.parcel().draft

    assert draft.value(FieldName.SUBJECT) == "The receipt printer stopped"
    assert (draft.context, draft.attachments, draft.suggestions, len(draft.fields)) == ((), (), (), 1)


def test_a_tick_can_be_set_again() -> None:
    assert manifest().ticked("signature", False).ticked("signature", True).parcel().draft.signature.codes == ("E1023",)
    with pytest.raises(KeyError):
        manifest().ticked("nothing", True)


def test_the_employees_own_words_carry_their_origin() -> None:
    made = manifest().worded("field.recognised_text", "It said something about paper")

    [field] = [f for f in made.parcel().draft.fields if f.name is FieldName.RECOGNISED_TEXT]
    assert (field.value, field.origin, field.confidence) == ("It said something about paper", Origin.EMPLOYEE, None)
    assert made.worded("field.subject", "  ") == made
    with pytest.raises(ValueError, match="not a text"):
        manifest().worded("context.host.name", "x")


def test_the_window_is_told_once_so_that_one_tick_removes_it() -> None:
    assert [item.id for item in manifest().items if item.value == "Checkout – lane 3"] == ["field.window_title"]


def test_facts_of_the_same_name_have_ticks_of_their_own() -> None:
    draft = manifest().ticked("context.disk.free#2", False).parcel().draft

    assert [(item.name, item.value) for item in draft.context] == [("host.name", "till-3"), ("disk.free", "C: 10 GB")]


def test_files_travel_under_neutral_names() -> None:
    names = [each.name for each in manifest().parcel().draft.attachments]

    assert names == ["screenshot-1.png", "screenshot-2.png", "diagnostics-1.json"]


@pytest.mark.parametrize("size", [0, 25 * 1024 * 1024 + 1])
def test_a_file_that_cannot_be_sent_says_so(size: int) -> None:
    with pytest.raises(HelpdeskError, match="25 MB"):
        build(Findings(attachments=(Attachment(bytes(size), "text/plain"),)), now=AT, language=Language.ENGLISH)


@pytest.mark.parametrize(
    ("findings", "text", "origin"),
    [
        (Findings(sentence=" \n Printer broken \n since noon"), "Printer broken", Origin.EMPLOYEE),
        (
            Findings(recognised=Recognised(("Outlook", "OK", "Cannot open file"), "Outlook")),
            "Outlook: Cannot open file",
            Origin.OCR,
        ),
        (Findings(recognised=Recognised(("确定", "打印机缺纸"))), "打印机缺纸", Origin.OCR),
        (Findings(recognised=Recognised(("Outlook", "OK"), "Outlook")), "Outlook", Origin.OCR),
        (Findings(foreground=Foreground("Excel", "Book1")), "Excel", Origin.DEVICE),
        (Findings(foreground=Foreground("", "Book1")), "Book1", Origin.DEVICE),
        (Findings(), "Problem without a description", Origin.RULE),
    ],
)
def test_the_subject_is_said_else_read_else_seen(findings: Findings, text: str, origin: Origin) -> None:
    made = subject(findings, Language.ENGLISH)

    assert (made.value, made.origin) == (text, origin)


def test_a_long_subject_is_cut_between_words() -> None:
    cut = shortened("word " * 40)

    assert len(cut) <= 120
    assert cut.endswith("word…")
    assert len(shortened("字" * 400)) == 120


@given(
    st.text(alphabet=st.characters(exclude_categories=[]), max_size=500),
    st.lists(st.text(alphabet=st.characters(exclude_categories=[]), max_size=400), max_size=30),
)
def test_whatever_is_on_a_screen_makes_a_ticket_the_server_reads_as_it_was_meant(said: str, lines: list[str]) -> None:
    findings = Findings(
        sentence=said,
        recognised=Recognised(tuple(lines), lines[0] if lines else "", 0.5),
        foreground=Foreground(said, said),
    )

    draft = build(findings, now=AT, language=Language.CHINESE).parcel().draft

    assert TicketDraft.model_validate_json(draft.model_dump_json()) == draft
    assert draft.value(FieldName.SUBJECT)
