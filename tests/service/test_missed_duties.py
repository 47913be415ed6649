"""What the audit of a live ledger says of duties missed by law: the service's own section, without weight."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.remarks import Remarks
from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.record_number import record_number
from ledger.report import audit_document, render_json, render_page, render_text
from service.audit_source import live_evidences
from service.cli import main
from service.clocks import load_clocks
from service.deadlines import missed_duties_of
from service.home.opening import opened
from tests.clock import FixedClock
from tests.process import SHORT_CASE
from tests.service.audited_home import AuditedHome, audited_home
from tests.service.conftest import Service, running, settings_of

pytestmark = pytest.mark.longer(one_in=3)

LATER = timedelta(days=40)
PERSONAL = ("周小满", "371103197905200009", "000-00000000", "孙示例", "欠发工资", "岚山区示例街道")


def _take(service: Service, case: dict[str, Any], step: str, day: str, **more: Any) -> None:
    body = {"step": step, "occurred_on": day, **more}
    answer = service.ask("POST", f"/api/v1/cases/{case['id']}/steps", json=body)
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def cases(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """A home with legal-aid cases whose decision came late, never, in time, and too late to be asked for any more."""
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("missed") / "var"))
    clock = FixedClock()
    with running(home, clock) as service:
        received = {"late": "2026-07-06", "never": "2026-07-08", "in_time": "2026-07-13", "dropped": "2026-07-01"}
        made = {
            name: service.register(
                {**SHORT_CASE, "kind": "legal_aid", "received_on": day, "separate_reason": f"示例 {name}"}
            )
            for name, day in received.items()
        }
        _take(service, made["late"], "grant", "2026-07-16")
        _take(service, made["late"], "assign", "2026-07-17", lawyer="孙示例")
        _take(service, made["in_time"], "grant", "2026-07-20")
        _take(service, made["in_time"], "assign", "2026-07-20", lawyer="孙示例")
        _take(service, made["dropped"], "ask_for_material", "2026-07-13", note="示例")
        _take(service, made["dropped"], "deem_withdrawn", "2026-07-20")
        service.wait_until_final()
    return home, made


@pytest.fixture(scope="module")
def missed(
    cases: tuple[Path, dict[str, dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AuditedHome]:
    with audited_home(cases[0], tmp_path_factory.mktemp("scratch")) as home:
        yield home


@pytest.fixture(scope="module")
def report(missed: AuditedHome) -> AuditReport:
    return missed.audit()


def _remarks(report: AuditReport) -> Remarks:
    assert report.remarks is not None
    return report.remarks


def _of(report: AuditReport, case: dict[str, Any]) -> list[tuple[str, str, str | None, str]]:
    number = record_number(case["id"])
    return [
        (item.code, item.due_on, item.done_on, item.state)
        for item in _remarks(report).items
        if item.record.number == number
    ]


def test_duty_done_late_is_remarked_with_both_days(
    report: AuditReport, cases: tuple[Path, dict[str, dict[str, Any]]]
) -> None:
    found = _of(report, cases[1]["late"])
    assert ("legal_aid_review", "2026-07-13", "2026-07-16", "late") in found
    assert not [item for item in found if item[0] == "legal_aid_assignment"]


def test_duty_never_done_is_remarked_as_open(
    report: AuditReport, cases: tuple[Path, dict[str, dict[str, Any]]]
) -> None:
    assert _of(report, cases[1]["never"]) == [("legal_aid_review", "2026-07-15", None, "open")]


def test_duty_done_in_time_is_not_remarked(report: AuditReport, cases: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    assert {"legal_aid_review", "legal_aid_assignment"}.isdisjoint(item[0] for item in _of(report, cases[1]["in_time"]))


def test_duty_whose_object_went_away_is_not_said_to_be_done(
    report: AuditReport, cases: tuple[Path, dict[str, dict[str, Any]]]
) -> None:
    assert _of(report, cases[1]["dropped"]) == [("legal_aid_review", "2026-07-08", None, "dropped")]


def test_remark_names_the_article_and_has_a_sentence_in_both_languages(
    report: AuditReport, cases: tuple[Path, dict[str, dict[str, Any]]]
) -> None:
    number = record_number(cases[1]["never"]["id"])
    (item,) = (item for item in _remarks(report).items if item.record.number == number)
    assert (item.record.kind, item.authority.zh) == ("case", "法律援助法 第四十三条第一款")
    assert item.authority.en.endswith("(法律援助法 第四十三条第一款)")
    assert item.sentence.zh == "审查法律援助申请：法律援助机构最迟应于 2026-07-15 办理，至今未办。"
    assert item.sentence.en == (
        "Decide on the application for legal aid: due from the legal-aid centre by 2026-07-15, still not done."
    )


def test_rule_whose_text_was_not_at_hand_says_so(report: AuditReport) -> None:
    interview = next(item for item in _remarks(report).items if item.code == "legal_aid_first_interview")
    assert interview.authority.zh.endswith("（待核实）")
    assert interview.authority.en.endswith("(to be verified)")


def test_missed_duties_are_no_findings_and_change_no_exit_code(report: AuditReport, missed: AuditedHome) -> None:
    assert _remarks(report).found == len(_remarks(report).items) > 0
    assert (report.exit_code, report.findings, report.found) == (0, (), 0)
    with live_evidences(missed.home, chain=missed.chain, no_chain="") as evidences:
        without = audit(evidences, now=missed.home.clock() + timedelta(hours=1))
    assert without.remarks is None
    assert (without.exit_code, without.layers) == (report.exit_code, report.layers)


def test_same_ledger_at_the_same_time_gives_the_same_bytes(report: AuditReport, missed: AuditedHome) -> None:
    assert render_json(audit_document(report)) == render_json(audit_document(missed.audit()))


def test_day_of_the_audit_decides_what_is_missed(cases: tuple[Path, dict[str, dict[str, Any]]], tmp_path: Path) -> None:
    clock = FixedClock()
    remarker = missed_duties_of(load_clocks())
    with (
        opened(settings_of(cases[0]), clock=clock) as home,
        live_evidences(home, chain=None, no_chain="", remarker=remarker) as evidences,
    ):
        early, late = (audit(evidences, now=clock() + wait) for wait in (timedelta(), LATER))
    assert _remarks(early).found < _remarks(late).found
    assert _of(early, cases[1]["in_time"]) == []
    assert {item[0] for item in _of(late, cases[1]["in_time"])} == {"legal_aid_first_interview"}


def test_section_holds_no_personal_data(report: AuditReport) -> None:
    document = audit_document(report)
    shown = json.dumps(document["remarks"], ensure_ascii=False)
    assert not [word for word in PERSONAL if word in shown]


def test_text_and_page_show_the_section_in_both_languages(report: AuditReport) -> None:
    document = audit_document(report)
    for rendered in (render_text(document), render_page(document).decode()):
        assert "不属于审计发现" in rendered
        assert "no findings; the result does not depend on them" in rendered
        assert "审查法律援助申请：法律援助机构最迟应于 2026-07-15 办理，至今未办。" in rendered
        assert "2026-07-16" in rendered


@pytest.mark.longer(one_in=4)
@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE legal_case SET received_on = X'00FF'",
        "UPDATE legal_case SET received_on = '0001-01-01'",
        "UPDATE legal_case SET received_on = 'never'",
        "UPDATE legal_case SET institution_id = 'gone'",
        "UPDATE legal_case SET kind = X'FF'",
        "UPDATE case_step SET occurred_on = 7, step = X'00'",
        "UPDATE case_step SET case_id = 'gone' || id",
        "DELETE FROM legal_case",
    ],
)
def test_edited_rows_are_found_and_keep_nothing_from_being_read(missed: AuditedHome, edit: str) -> None:
    report = missed.audit((edit, ()))
    assert report.exit_code == 1
    assert report.remarks is not None


def test_command_shows_missed_duties_and_ends_as_without_them(
    cases: tuple[Path, dict[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LEDGER_HOME", str(cases[0]))
    monkeypatch.setattr(sys, "argv", ["legal-ledger", "audit", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    document = json.loads(capsys.readouterr().out)
    numbers = {(item["record"]["number"], item["code"]) for item in document["remarks"]["items"]}
    assert (ended.value.code or 0, document["exit_code"]) == (0, 0)
    assert (record_number(cases[1]["never"]["id"]), "legal_aid_review") in numbers
