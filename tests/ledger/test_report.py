"""Reports: nothing that is not in the document, nothing that a record could smuggle out, the same bytes every time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import ledger.report
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.remarks import MAX_REMARKS, Remark, Remarks, gather_remarks
from ledger.audit.report import AuditReport
from ledger.audit.sentences import Sentence
from ledger.audit.sources import Block
from ledger.replay import Difference, Mode, Replaced, ReplayReport
from ledger.report import Document, audit_document, render_json, render_page, render_text, replay_document
from ledger.report.document import MAX_VALUE_LENGTH, RESULTS
from tests.ledger.audited import NOW, small_ledger

REMARKS = Remarks(
    title=Sentence(zh="逾期", en="Overdue"),
    items=(
        Remark(
            code="review",
            record=Record(kind="case", number="7K2M-9Q4X-RT3PW"),
            authority=Sentence(zh="示例法 第一条", en="Example Act, article 1"),
            due_on="2026-07-15",
            done_on="2026-07-20",
            state="late",
            sentence=Sentence(zh="审查：逾期。", en="Review: late."),
        ),
    ),
    found=1,
)

EVIL = "<script>alert(1)</script>\x1b[2J\u202e"


def report_with(*findings: Finding) -> AuditReport:
    return replace(small_ledger().audit(), findings=findings, found=len(findings))


def finding(expected: object = "a", found: object = "b", **changes: object) -> Finding:
    whole = Finding(
        code=Code.ROW_CHANGED,
        layer=Layer.ROWS,
        record=Record(kind="case", number="7K2M-9Q4X-RT3PW.v1"),
        field="parties[0].name",
        expected=expected,
        found=found,
        leaf_index=3,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_document_names_record_field_values_and_sentence_in_both_languages() -> None:
    document = audit_document(report_with(finding("周小满", "周大满")))
    (shown,) = document["findings"]
    assert shown["record"] == {"kind": "case", "number": "7K2M-9Q4X-RT3PW.v1"}
    assert (shown["field"], shown["expected"], shown["found"]) == ("parties[0].name", "周小满", "周大满")
    assert shown["sentence"]["zh"]
    assert shown["sentence"]["en"]
    assert (document["result"], document["exit_code"]) == ("findings", 1)


def test_absent_values_are_left_out_and_null_is_not() -> None:
    (missing,) = audit_document(report_with(finding(ABSENT, None)))["findings"]
    assert "expected" not in missing
    assert missing["found"] is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"\x00\xff", "00ff"),
        (float("nan"), "nan"),
        (1.5, 1.5),
        (10**30, 10**30),
        ("\udcff", "\\udcff"),
        ({"a": [b"\x01"]}, {"a": ["01"]}),
        ((1, 2), [1, 2]),
    ],
)
def test_values_that_json_cannot_hold_are_spelt_out(value: object, shown: object) -> None:
    (item,) = audit_document(report_with(finding(value, "b")))["findings"]
    assert item["expected"] == shown


def test_long_values_are_cut_and_say_so() -> None:
    (item,) = audit_document(report_with(finding("x" * 5000, "b")))["findings"]
    assert len(item["expected"]) < MAX_VALUE_LENGTH + 20
    assert item["expected"].endswith("(5000)")


def test_json_is_utf8_sorted_and_ends_in_a_line_feed() -> None:
    data = render_json(audit_document(report_with(finding("周小满"))))
    assert "周小满".encode() in data
    assert data.endswith(b"}\n")
    assert json.loads(data)["findings"][0]["expected"] == "周小满"


def test_same_report_gives_the_same_bytes() -> None:
    first, second = (audit_document(small_ledger().audit()) for _ in range(2))
    assert render_json(first) == render_json(second)
    assert render_page(first) == render_page(second)
    assert render_text(first) == render_text(second)


def test_text_lets_no_control_character_through() -> None:
    text = render_text(audit_document(report_with(finding(EVIL, {"x": EVIL}, detail=EVIL))))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J" in text


def test_text_shows_every_layer_and_what_was_not_checked() -> None:
    text = render_text(audit_document(small_ledger().audit(chain=None)))
    assert "The contract on the chain" in text
    assert "no chain was given" in text
    assert "never that their content is true" in text


class Parsed(HTMLParser):
    """Every tag and attribute of a page, and whether each tag that was opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_page_escapes_records_and_asks_for_nothing() -> None:
    evil = finding(EVIL, EVIL, record=Record(kind=EVIL, number=EVIL), field=EVIL, detail=EVIL)
    page = render_page(audit_document(report_with(evil))).decode()
    parsed = Parsed(page)
    assert parsed.open == []
    assert not {"script", "img", "link", "iframe"} & set(parsed.tags)
    assert not {name for name, _ in parsed.attributes} & {"src", "onclick", "style"}
    assert {value for name, value in parsed.attributes if name == "href"} == {"#finding-1"}
    assert "default-src 'none'" in page
    assert not re.search(r"https?://", page)


def test_page_holds_both_languages_and_an_anchor_for_each_finding() -> None:
    page = render_page(audit_document(report_with(finding(), finding()))).decode()
    assert "账本审计报告" in page
    assert "Audit of the ledger" in page
    assert 'id="finding-2"' in page


def test_page_leads_from_each_record_to_all_that_was_found_about_it() -> None:
    other = Record(kind="document", number="0000-0000-00000")
    page = render_page(audit_document(report_with(finding(), finding(record=other), finding()))).decode()
    assert '7K2M-9Q4X-RT3PW.v1: <a href="#finding-1">1</a> <a href="#finding-3">3</a>' in page
    assert '0000-0000-00000: <a href="#finding-2">2</a>' in page


def test_page_charts_the_findings_of_each_layer_and_writes_the_numbers_out() -> None:
    on_chain = finding(code=Code.CHECKPOINT_MISMATCH, layer=Layer.CHAIN)
    page = render_page(audit_document(report_with(finding(), on_chain, finding()))).decode()
    (chart,) = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert re.findall(r'width="(\d+)" height="16"', chart) == ["360", "180"]
    assert re.findall(r">(\d+)</text>", chart) == ["2", "1"]


def test_page_without_findings_has_no_chart() -> None:
    assert "<svg" not in render_page(audit_document(small_ledger().audit())).decode()


# ------------------------------------------------------------------------------------------------------------- remarks


class Talkative:
    """A service with more to remark than a report keeps."""

    title = REMARKS.title

    def remarks(self, now: datetime) -> Iterator[Remark]:
        return (replace(REMARKS.items[0], code=f"{now:%Y}-{at}") for at in range(MAX_REMARKS + 7))


@pytest.mark.parametrize("render", [render_text, lambda document: render_page(document).decode()])
def test_remarks_stand_apart_from_the_findings_in_both_languages(render: Callable[[Document], str]) -> None:
    shown = render(audit_document(replace(small_ledger().audit(), remarks=REMARKS)))
    before, _, section = shown.partition("不属于审计发现" if "<html" in shown else "no findings; the result")
    assert "Files of documents" in before
    days = ("2026-07-15", "2026-07-20")
    words = ("7K2M-9Q4X-RT3PW", "review", *days, "示例法 第一条", "Example Act, article 1", "Review: late.")
    assert [word for word in words if word not in section] == []


@pytest.mark.parametrize("render", [render_text, lambda document: render_page(document).decode()])
def test_without_a_service_the_section_says_that_it_was_not_given(render: Callable[[Document], str]) -> None:
    document = audit_document(small_ledger().audit())
    assert document["remarks"] is None
    shown = render(document)
    section = shown[shown.index("What the service itself remarks") :]
    assert "未包含在所给的材料中。" in section
    assert "Not part of what was given." in section


def test_remarks_change_neither_result_nor_exit_code() -> None:
    report = small_ledger().audit()
    remarked = replace(report, remarks=REMARKS)
    assert (remarked.exit_code, report.exit_code) == (0, 0)
    assert {**audit_document(remarked), "remarks": None} == audit_document(report)


def test_remarks_beyond_the_bound_are_counted_and_said_to_be_more() -> None:
    remarks = gather_remarks(Talkative(), NOW)
    assert remarks is not None
    assert (len(remarks.items), remarks.found) == (MAX_REMARKS, MAX_REMARKS + 7)
    assert (remarks.items[0].code, remarks.items[-1].code) == ("2026-0", f"2026-{MAX_REMARKS - 1}")
    document = audit_document(replace(small_ledger().audit(), remarks=replace(REMARKS, found=8)))
    assert "7 more" in render_text(document)
    assert "+7" in render_page(document).decode()


def test_remarks_smuggle_nothing_out() -> None:
    words = Sentence(zh=EVIL, en=EVIL)
    evil = replace(REMARKS.items[0], code=EVIL, record=Record(kind=EVIL, number=EVIL), authority=words, sentence=words)
    document = audit_document(replace(small_ledger().audit(), remarks=Remarks(title=words, items=(evil,), found=1)))
    parsed = Parsed(render_page(document).decode())
    assert parsed.open == []
    assert "script" not in parsed.tags
    assert "\x1b" not in render_text(document)


# -------------------------------------------------------------------------------------------------------------- schema

SCHEMA = json.loads((Path(ledger.report.__file__).parent / "report.schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "report",
    [
        small_ledger().audit(),
        small_ledger().audit(chain=None),
        replace(small_ledger().audit(), findings=(finding(ABSENT, {"a": [1, None, "x"]}),), found=1),
        replace(small_ledger().audit(), remarks=REMARKS),
    ],
    ids=["clean", "no-chain", "finding", "remarks"],
)
def test_audit_document_is_what_the_schema_says(report: AuditReport) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(render_json(audit_document(report))))


TIP = Block(block_number=3, block_hash="0x" + "1" * 64, state_root="0x" + "2" * 64)
REPLACED = Replaced(hash="0x" + "3" * 64, sender="0x" + "Ab" * 20, nonce=7, replaced_by="0x" + "4" * 64)


def replay_report(**changes: Any) -> ReplayReport:
    report = ReplayReport(
        mode=Mode.EXACT,
        target="embedded",
        same_blocks=True,
        transactions=3,
        views=4,
        replaced=1,
        replacements=(REPLACED,),
        tip=TIP,
        differences=(Difference(subject="tip", field="block_hash", expected="0x1", found=ABSENT),),
        different=1,
        audit=small_ledger().audit(),
    )
    return replace(report, **changes)


@pytest.mark.parametrize(
    "changes", [{}, {"tip": None}, {"replaced": None, "replacements": ()}], ids=["whole", "no-tip", "not-told"]
)
def test_replay_document_is_what_the_schema_says(changes: dict[str, Any]) -> None:
    document = replay_document(replay_report(**changes))
    Draft202012Validator(SCHEMA).validate(json.loads(render_json(document)))


def test_replaced_transactions_are_listed_with_the_ones_that_took_their_nonces() -> None:
    document = replay_document(replay_report())
    for shown in (render_text(document), render_page(document).decode()):
        assert REPLACED.hash in shown
        assert REPLACED.replaced_by in shown
        assert REPLACED.sender in shown
    assert "被替换而未执行的交易" in render_page(document).decode()


def test_more_replaced_transactions_than_kept_are_said_to_be_more() -> None:
    document = replay_document(replay_report(replaced=7))
    assert "6 more" in render_text(document)
    assert "+6" in render_page(document).decode()


@pytest.mark.parametrize(
    ("mode", "replaced", "said"),
    [(Mode.EXACT, None, True), (Mode.EXACT, 0, False), (Mode.ANEW, None, False)],
)
def test_replay_of_a_bundle_that_does_not_tell_of_replaced_transactions_says_so(
    mode: Mode, replaced: int | None, said: bool
) -> None:
    document = replay_document(replay_report(mode=mode, replaced=replaced, replacements=()))
    assert any("does not tell of replaced" in note["en"] for note in document["notes"]) is said


def test_schema_knows_every_layer_and_result() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["layer"]["properties"]["layer"]["enum"] == [layer.value for layer in Layer]
    assert SCHEMA["$defs"]["audit"]["properties"]["exit_code"]["enum"] == sorted(RESULTS)


def test_more_findings_than_kept_are_said_to_be_more() -> None:
    report = replace(report_with(finding()), found=7)
    assert "6 more findings" in render_text(audit_document(report))
    assert "+6" in render_page(audit_document(report)).decode()
