"""The page of a record for whoever holds its paper, as it works without any script; and the slip that is printed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from ledger.canonical import encode_base64url
from ledger.keys import seal
from service.accounts import SYSTEM, set_institution_phone
from service.tables import PaperCode
from tests.clock import START, FixedClock
from tests.service.conftest import OFFICE, Service, running
from tests.service.test_papers import Paper, accesses, make_paper
from tests.service.visitor import Shown, Visitor

pytestmark = pytest.mark.longer(one_in=2)

PHONE = "0633-0000001"


@pytest.fixture(scope="module")
def desk(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("papers") / "var"))
    with running(home, FixedClock(now=START.replace(month=9))) as service:
        with service.runtime.database.write() as session:
            set_institution_phone(session, service.runtime.recorder, OFFICE.code, phone=PHONE, entered_by=SYSTEM)
        yield service


@pytest.fixture(scope="module")
def paper(desk: Service) -> Paper:
    made = make_paper(desk)
    desk.wait_until_final()
    return made


def read(desk: Service, paper: Paper, *, code: str | None = None, language: str = "zh-CN", **answers: str) -> Shown:
    sent = {"paper_code": paper.code if code is None else code} | {
        name.replace("_", "."): value for name, value in answers.items()
    }
    return Visitor(desk, language=language).post(f"/v/{paper.record_no}", sent)


def visible(shown: Shown, mark: str) -> bool:
    found = re.search(rf'<\w+[^>]*data-when="{mark}"( hidden)?', shown.answer.text)
    assert found is not None
    return not found[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh-CN",
            ("27,960.00 元", "2026年7月31日前支付 · 银行转账", "周*满放弃加班工资", "日照****有限公司", "已生效"),
        ),
        ("en", ("CNY 27,960.00", "due on 31 July 2026 · Bank transfer", "周*满放弃加班工资", "In effect")),
    ],
)
def test_code_shows_every_line_that_can_be_compared(
    desk: Service, paper: Paper, language: str, words: tuple[str, ...]
) -> None:
    shown = read(desk, paper, language=language)

    assert shown.status == 200
    assert [word for word in words if word not in shown.seen] == []
    for secret in ("周小满", "示例绳网", "李示例", "双方确认"):
        assert secret not in shown.answer.text


@pytest.mark.parametrize(
    ("language", "with_rows", "without"),
    [
        ("zh-CN", "请把下面每一行与您手里的纸质件逐行比对。", "请选择文件"),
        ("en", "Compare each row below with the paper in your hand.", "To compare yours, choose it."),
    ],
)
def test_next_step_speaks_of_what_the_reader_holds(
    desk: Service, paper: Paper, language: str, with_rows: str, without: str
) -> None:
    shown, alone = read(desk, paper, language=language), Visitor(desk, language=language).get(f"/v/{paper.record_no}")

    with_code, number_alone = (page.answer.text.partition("data-outcome-of")[2] for page in (shown, alone))
    with_code, number_alone = (banner.partition("</section>")[0] for banner in (with_code, number_alone))
    assert with_rows in with_code
    assert without not in with_code
    assert without in number_alone
    assert with_rows not in number_alone


def test_page_with_terms_is_kept_by_no_cache(desk: Service, paper: Paper) -> None:
    assert read(desk, paper).answer.headers["cache-control"] == "no-store"


def test_number_alone_asks_for_the_code_and_shows_no_line(desk: Service, paper: Paper) -> None:
    shown = Visitor(desk).get(f"/v/{paper.record_no}")

    assert "27,960.00" not in shown.seen
    assert "paper_code" in shown.fields


def test_record_that_has_no_paper_asks_for_no_code(desk: Service) -> None:
    number = desk.register(username="mediator")["statement"]["record_no"]

    shown = Visitor(desk).get(f"/v/{number}")

    assert "paper_code" not in shown.fields
    assert "选择文件" in shown.seen


def test_one_line_that_differs_says_what_to_do_and_whom_to_call(desk: Service, paper: Paper) -> None:
    shown = read(desk, paper, answer_0="same", answer_1="different")

    assert (visible(shown, "different"), visible(shown, "same"), visible(shown, "open")) == (True, False, False)
    for words in ("不一样的地方： 第 1 期", PHONE, "12348", "12351", paper.record_no):
        assert words in shown.seen
    assert f'href="tel:{PHONE}"' in shown.answer.text


def test_all_lines_the_same_is_said(desk: Service, paper: Paper) -> None:
    rows = len(re.findall(r"<fieldset", read(desk, paper).answer.text))
    shown = read(desk, paper, **{f"answer_{row}": "same" for row in range(rows)})

    assert (visible(shown, "different"), visible(shown, "same"), visible(shown, "open")) == (False, True, False)


def test_line_without_an_answer_is_asked_for(desk: Service, paper: Paper) -> None:
    shown = read(desk, paper, answer_0="same")

    assert (visible(shown, "different"), visible(shown, "same"), visible(shown, "open")) == (False, False, True)


def test_answer_that_no_page_offers_counts_as_none(desk: Service, paper: Paper) -> None:
    assert not visible(read(desk, paper, answer_0="<script>"), "open")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("0000-0000", "核验码与存证编号不符"),
        ("0000-0001", "这不是有效的核验码"),
        ("", "这不是有效的核验码"),
        ("x" * 300, "这不是有效的核验码"),
    ],
)
def test_wrong_code_is_explained_beside_its_field(desk: Service, paper: Paper, code: str, words: str) -> None:
    shown = read(desk, paper, code=code)

    assert shown.status == 422
    assert words in shown.seen
    assert 'aria-invalid="true"' in shown.answer.text
    assert shown.fields["paper_code"] == code[:80]
    assert "27,960.00" not in shown.seen


def test_replaced_code_is_told_so_on_the_page(desk: Service) -> None:
    paper = make_paper(desk)
    mediator = Visitor(desk).sign_in("mediator")
    path = f"/agreements/{paper.agreement}/slip"
    assert mediator.fill(path, {"reason": "当事人遗失"}).status == 303

    assert "这张纸上的核验码已更换" in read(desk, paper).seen


@pytest.mark.parametrize("choice", ["lang=en", "size=large"])
def test_switches_keep_paper_and_answers(desk: Service, paper: Paper, choice: str) -> None:
    text = read(desk, paper, answer_1="different").answer.text

    form = re.search(rf'<form method="post" action="/v/{paper.record_no}\?{choice}">(.*?)</form>', text)
    assert form is not None
    assert f'name="paper_code" value="{paper.code}"' in form[1]
    assert 'name="answer.1" value="different"' in form[1]


def test_number_and_code_typed_on_the_first_page_lead_to_the_record(desk: Service, paper: Paper) -> None:
    typed = {"record_no": paper.record_no.lower(), "paper_code": paper.code}
    sent = Visitor(desk).post("/v?lang=en", typed)

    assert (sent.status, sent.location) == (307, f"/v/{paper.record_no}?lang=en")


def test_number_without_a_code_typed_on_the_first_page_leads_to_the_record(desk: Service, paper: Paper) -> None:
    sent = Visitor(desk).post("/v", {"record_no": paper.record_no, "paper_code": ""})

    assert (sent.status, sent.location) == (303, f"/v/{paper.record_no}")


def test_form_of_another_site_is_not_taken(desk: Service, paper: Paper) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    shown = Visitor(desk).post(f"/v/{paper.record_no}", {"paper_code": paper.code}, headers=headers)

    assert shown.status == 403
    assert "27,960.00" not in shown.seen


def test_unknown_number_is_not_found_with_any_code(desk: Service, paper: Paper) -> None:
    shown = Visitor(desk).post("/v/0000-0000-00000", {"paper_code": paper.code})

    assert shown.status == 404
    assert "没有这个编号的登记" in shown.seen


def test_reading_on_the_page_is_recorded(desk: Service, paper: Paper) -> None:
    desk.clock.advance(timedelta(hours=1))
    before = len(accesses(desk))
    read(desk, paper)

    assert len(accesses(desk)) == before + 1


def test_rescinded_agreement_is_revoked_and_says_which_who_and_when(desk: Service) -> None:
    paper = make_paper(desk)
    ending = {"ending": "rescinded", "occurred_on": "2026-08-01", "reason": "双方协商解除", "parties": [1, 2]}
    done = desk.ask("POST", f"/api/v1/agreements/{paper.agreement}/endings", "mediator", json=ending)
    assert done.status_code == 201, done.text
    desk.wait_until_final()

    shown = read(desk, paper)

    assert "该登记已撤销" in shown.seen
    for words in (f"存证编号 {paper.record_no}", "岚山区示例总工会 于 2026年", "双方协商解除", "登记的内容没有被改动"):
        assert words in shown.seen


# ------------------------------------------------------------------------------------------------------------ the slip


def test_slip_shows_number_code_and_where_to_go(desk: Service, paper: Paper) -> None:
    shown = Visitor(desk).sign_in("mediator").get(f"/agreements/{paper.agreement}/slip")

    assert shown.status == 200
    for words in (paper.record_no, paper.code, PHONE, f"http://127.0.0.1:8000/v/{paper.record_no}"):
        assert words in shown.seen
    assert re.search(r"<figure[^>]*>\s*<svg", shown.answer.text)
    assert f"/agreements/{paper.agreement}/slip" in (
        Visitor(desk).sign_in("mediator").get(f"/agreements/{paper.agreement}").answer.text
    )


def test_slip_is_for_whoever_prints_papers(desk: Service, paper: Paper) -> None:
    path = f"/agreements/{paper.agreement}/slip"

    assert Visitor(desk).sign_in("auditor").get(path).status == 403
    assert Visitor(desk).sign_in("other").get(path).status == 404
    assert path not in Visitor(desk).sign_in("auditor").get(f"/agreements/{paper.agreement}").answer.text


def test_code_is_not_replaced_without_a_reason(desk: Service, paper: Paper) -> None:
    mediator = Visitor(desk).sign_in("mediator")
    shown = mediator.fill(f"/agreements/{paper.agreement}/slip", {"reason": ""})

    assert shown.status == 422
    assert paper.code in shown.seen


def test_slip_of_a_code_whose_key_is_lost_offers_a_new_one(fresh_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(fresh_home, tmp_path / "var"))
    with running(home, FixedClock(now=START.replace(month=9))) as desk:
        paper = make_paper(desk)
        with desk.runtime.database.write() as session:
            row = session.exec(select(PaperCode)).one()
            row.sealed = encode_base64url(seal(bytes(32), b'["0000-0000"]', b"sealed by a service that is lost"))
        mediator, path = Visitor(desk).sign_in("mediator"), f"/agreements/{paper.agreement}/slip"

        before = mediator.get(path)
        replaced = mediator.fill(path, {"reason": "服务器重建"})
        after = mediator.get(path)

        assert before.status == 200
        assert "没有可以显示的核验码" in before.seen
        assert "<figure" not in before.answer.text
        assert replaced.status == 303
        assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}\b", after.seen)
        assert paper.code not in after.seen
