from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from ledger.canonical import canonical_bytes
from service.inputs import AgreementInput, CaseInput, DocumentInput, EndingInput, PaymentInput, SignatureInput
from service.law import effective_date
from service.law.agreements import SignedMark
from service.sample import Account, PlainClient, SampleCase, SampleFile, SampleRefused, load_samples, make_samples
from service.sample.client import encode_multipart
from service.sample.money import DIGITS, MAX_FEN, PLACES, render_capitals, render_figures
from service.sample.photo import render_wage_slip
from service.sample.story import in_instalments, month_range, months

pytestmark = pytest.mark.longer(one_in=3)

DIGEST_OF_ALL = """
import hashlib, sys
from ledger.canonical import canonical_bytes
from service.sample import make_samples
digest = hashlib.sha256()
for sample in make_samples(int(sys.argv[1])):
    digest.update(canonical_bytes(sample.body))
    paper = (sample.agreement.paper,) if sample.agreement else ()
    for file in (*sample.files, *paper):
        digest.update(hashlib.sha256(file.content).digest())
print(digest.hexdigest())
"""

ROPE_NET_BODY: dict[str, Any] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "applicant": {
        "name": "周小满",
        "gender": "female",
        "birth_date": "1979-05-20",
        "id_number": "371103197905200009",
        "phone": "000-00000000",
        "address": "岚山区示例街道",
        "category": "migrant_worker",
    },
    "employer": {
        "name": "日照示例绳网有限公司",
        "credit_code": "91371103MA0000000L",
        "address": "岚山区示例路1号",
        "representative": "李示例",
        "phone": "000-00000001",
    },
    "claims": [
        {"kind": "wages", "amount_fen": 1864000, "detail": "2026年3月至6月工资"},
        {"kind": "severance", "amount_fen": 932000, "detail": "经济补偿"},
    ],
    "facts": "2026-03 至 2026-06 欠发工资。",
}


@pytest.fixture(scope="module")
def dozen() -> list[SampleCase]:
    return list(make_samples())


@pytest.fixture(scope="module")
def rope_net(dozen: list[SampleCase]) -> SampleCase:
    return dozen[0]


def files_of(sample: SampleCase) -> tuple[SampleFile, ...]:
    return (*sample.files, *((sample.agreement.paper,) if sample.agreement else ()))


def digest_in_new_process(seed: int, **environment: str) -> str:
    command = [sys.executable, "-c", DIGEST_OF_ALL, str(seed)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    return done.stdout


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


# What the samples are


def test_samples_of_one_seed_are_the_same_bytes_in_every_process() -> None:
    first = digest_in_new_process(7, PYTHONHASHSEED="1", TZ="UTC")
    second = digest_in_new_process(7, PYTHONHASHSEED="2", TZ="Asia/Shanghai")
    assert first == second


def test_samples_of_another_seed_are_other_people() -> None:
    one, other = list(make_samples(1)), list(make_samples(2))
    assert [a.key for a, b in zip(one, other, strict=True) if a.body == b.body] == ["01-rope-net"]


def test_samples_are_a_dozen_of_every_kind(dozen: list[SampleCase]) -> None:
    assert len(dozen) == 12
    assert {sample.body["kind"] for sample in dozen} == {"mediation", "legal_aid", "consultation"}
    assert {"D1", "D4b", "D5a", "D5b", "D5c"} <= {sample.body["dispute_type"] for sample in dozen}


def test_samples_have_real_files_of_every_kind(dozen: list[SampleCase]) -> None:
    assert {file.name.rpartition(".")[2] for sample in dozen for file in files_of(sample)} == {
        "pdf",
        "docx",
        "jpg",
        "txt",
    }


@pytest.mark.parametrize("seed", [0, 1])
def test_samples_pass_the_door_whatever_the_seed(seed: int) -> None:
    for sample in make_samples(seed, count=23):
        CaseInput.model_validate(sample.body)
        for file in files_of(sample):
            DocumentInput(doc_type=file.doc_type, title=file.title, source=file.source)
        if sample.agreement:
            AgreementInput.model_validate(sample.agreement.body)
            for signature in sample.agreement.signatures:
                SignatureInput.model_validate(signature)
            for payment in sample.agreement.payments:
                PaymentInput.model_validate(payment)
            if sample.agreement.ending:
                EndingInput.model_validate(sample.agreement.ending)


def test_samples_name_nobody_who_could_exist(dozen: list[SampleCase]) -> None:
    for sample in dozen:
        for party in CaseInput.model_validate(sample.body).all_parties:
            assert party.phone is not None
            assert party.phone.startswith("000-")
            assert party.id_number is None or party.id_number[14:17] == "000"
            assert party.credit_code is None or party.credit_code[8:17] == "MA0000000"


def test_samples_have_several_workers_and_firms_in_one_case(dozen: list[SampleCase]) -> None:
    kinds = [[party.kind for party in CaseInput.model_validate(sample.body).all_parties] for sample in dozen]
    assert any(of_case.count("worker") > 2 and "general_contractor" in of_case for of_case in kinds)
    assert any({"labour_agency", "user_firm"} <= set(of_case) for of_case in kinds)


def test_sample_files_are_what_their_names_say(dozen: list[SampleCase]) -> None:
    readers: dict[str, Callable[[bytes], str]] = {
        "pdf": pdf_text,
        "docx": lambda content: "".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs),
        "txt": bytes.decode,
    }
    for sample in dozen:
        names = [party.name for party in CaseInput.model_validate(sample.body).all_parties]
        for file in files_of(sample):
            extension = file.name.rpartition(".")[2]
            if extension == "jpg":
                with Image.open(io.BytesIO(file.content)) as image:
                    assert (image.format, image.size) == ("JPEG", (1200, 800))
            else:
                text = readers[extension](file.content)
                assert any(name in text for name in names), (sample.key, file.name)


# The case that everything else is shown with


def test_rope_net_case_is_the_published_example(rope_net: SampleCase) -> None:
    assert canonical_bytes(rope_net.body) == canonical_bytes(ROPE_NET_BODY)


def test_rope_net_agreement_promises_what_was_claimed_in_two_instalments(rope_net: SampleCase) -> None:
    assert rope_net.agreement
    agreement = AgreementInput.model_validate(rope_net.agreement.body)
    assert agreement.number == "(2026)岚劳调字第0031号"
    assert agreement.total_fen == 2_796_000 == 1_864_000 + 932_000
    assert [(item.amount_fen, item.due_on) for item in agreement.instalments] == [
        (1_000_000, date(2026, 7, 31)),
        (1_796_000, date(2026, 8, 31)),
    ]


def test_rope_net_agreement_takes_effect_on_the_day_it_was_agreed(rope_net: SampleCase) -> None:
    assert rope_net.agreement
    marks = [
        SignedMark(signer=mark.signer, party=mark.party, signed_on=date.fromisoformat(mark.signed_at[:10]))
        for mark in map(SignatureInput.model_validate, rope_net.agreement.signatures)
    ]
    assert effective_date(marks, {1, 2}) == date(2026, 7, 20)


def test_rope_net_paper_says_what_is_registered(rope_net: SampleCase) -> None:
    assert rope_net.agreement
    text = pdf_text(rope_net.agreement.paper.content)
    for said in ("(2026)岚劳调字第0031号", "27,960.00", "贰万柒仟玖佰陆拾元整", "10,000.00", "17,960.00", "2026-08-31"):
        assert said in text


# Money and months


@pytest.mark.parametrize(
    ("amount_fen", "figures", "capitals"),
    [
        (0, "0.00", "零元整"),
        (5, "0.05", "伍分"),
        (50, "0.50", "伍角整"),
        (105, "1.05", "壹元零伍分"),
        (1_864_000, "18,640.00", "壹万捌仟陆佰肆拾元整"),
        (1_000_500, "10,005.00", "壹万零伍元整"),
        (10_000_000_100, "100,000,001.00", "壹亿零壹元整"),
        (1_010_000, "10,100.00", "壹万零壹佰元整"),
    ],
)
def test_money_is_written_as_on_papers(amount_fen: int, figures: str, capitals: str) -> None:
    assert (render_figures(amount_fen), render_capitals(amount_fen)) == (figures, capitals)


def read_capitals(text: str) -> int:
    """Read capitals symbol by symbol, the slow way."""
    total = group = digit = 0
    for symbol in text.replace("零", "").removesuffix("整"):
        if symbol in DIGITS:
            digit = DIGITS.index(symbol)
        elif symbol in "万亿元":
            group += digit
            total = (total + group) if symbol == "元" else total + group * (10**4 if symbol == "万" else 10**8)
            group = digit = 0
        elif symbol in "角分":
            total_fen = digit * (10 if symbol == "角" else 1)
            return total * 100 + total_fen + (read_capitals(text.partition("角")[2]) if symbol == "角" else 0)
        else:
            group += digit * 10 ** PLACES.index(symbol)
            digit = 0
    return total * 100


@given(st.integers(0, MAX_FEN))
def test_capitals_read_back_as_the_same_sum(amount_fen: int) -> None:
    assert read_capitals(render_capitals(amount_fen)) == amount_fen


@pytest.mark.parametrize("amount_fen", [-1, MAX_FEN + 1])
def test_capitals_refuse_sums_out_of_range(amount_fen: int) -> None:
    with pytest.raises(ValueError, match=str(amount_fen)):
        render_capitals(amount_fen)


@given(st.integers(1, 10**9), st.lists(st.dates(), min_size=1, max_size=12))
def test_instalments_sum_to_the_total(total_fen: int, due: list[date]) -> None:
    assert sum(payment.amount_fen for payment in in_instalments(total_fen, *due)) == total_fen


def test_months_run_over_the_end_of_a_year() -> None:
    assert months("2025-11", 3) == ("2025-11", "2025-12", "2026-01")
    assert month_range(months("2025-11", 3)) == "2025年11月至2026年1月"
    assert month_range(months("2026-03", 4)) == "2026年3月至6月"


def test_wage_slip_refuses_characters_without_strokes() -> None:
    from random import Random

    with pytest.raises(KeyError):
        render_wage_slip(rows=(("2026-03", "龘"),), random=Random(1))


# Filing them


@dataclass
class Answer:
    status_code: int
    body: Any

    @property
    def text(self) -> str:
        return str(self.body)

    def json(self) -> Any:
        return self.body


@dataclass
class RecordingClient:
    """Answers every write with a new id and remembers it; `refuse` is the path that is answered 422."""

    refuse: str = ""
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        assert url.startswith("/api/v1/")
        path = url.removeprefix("/api/v1")
        if path == "/token":
            assert data is not None
            return Answer(200, {"access_token": data["username"]})
        if self.refuse and path.endswith(self.refuse):
            return Answer(422, "no")
        assert headers is not None
        who, key = headers["Authorization"].removeprefix("Bearer "), headers["Idempotency-Key"]
        self.sent.append((who, path, key))
        return Answer(201, {"id": f"id{len(self.sent)}"})


@dataclass
class Heard:
    """What the last request to the listening server was."""

    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@pytest.fixture
def listener() -> Iterator[tuple[str, Heard]]:
    """A real HTTP server that answers 201 with `{"id": "甲"}`, and what it heard."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.path, heard.headers = self.path, dict(self.headers)
            heard.body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = '{"id": "甲"}'.encode()
            self.send_response(201)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
            """Say nothing: a test has its own output."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", heard
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.server
def test_client_sends_json_with_its_headers(listener: tuple[str, Heard]) -> None:
    url, heard = listener
    answer = PlainClient(url).post("/api/v1/cases", json={"facts": "欠发工资"}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()) == (201, {"id": "甲"})
    assert (heard.path, heard.headers["Idempotency-Key"]) == ("/api/v1/cases", "k")
    assert json.loads(heard.body) == {"facts": "欠发工资"}


@pytest.mark.server
def test_client_sends_a_file_as_a_browser_does(listener: tuple[str, Heard]) -> None:
    url, heard = listener
    PlainClient(url).post(
        "/d", data={"title": "工资条"}, files={"file": ('工资"条.jpg', b"\xff\r\n--\x00", "image/jpeg")}
    )
    head = f"Content-Type: {heard.headers['Content-Type']}\r\n\r\n".encode()
    title, file = message_from_bytes(head + heard.body, policy=HTTP).iter_parts()
    assert (title.get_param("name", header="content-disposition"), title.get_payload(decode=True)) == (
        "title",
        "工资条".encode(),
    )
    assert (file.get_content_type(), file.get_payload(decode=True)) == ("image/jpeg", b"\xff\r\n--\x00")


def test_client_encodes_the_same_form_to_the_same_bytes() -> None:
    files = {"file": ("a.txt", b"a", "text/plain")}
    assert encode_multipart({"title": "甲"}, files) == encode_multipart({"title": "甲"}, files)


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "127.0.0.1:8000", "http://"])
def test_client_refuses_what_is_no_http_address(url: str) -> None:
    with pytest.raises(ValueError, match="^" + url):
        PlainClient(url)


LAWYER = Account(username="lawyer", password="a")
MEDIATOR = Account(username="mediator", password="b")


def test_load_sends_the_case_then_papers_signatures_and_payments(rope_net: SampleCase) -> None:
    client = RecordingClient()
    assert load_samples(client, [rope_net], lawyer=LAWYER, mediator=MEDIATOR) == ["id1"]
    assert [path.rpartition("/")[2] for _, path, _ in client.sent] == [
        "cases",
        *["documents"] * 4,
        *["steps"] * 4,
        "agreements",
        *["signatures"] * 4,
        "documents",
        *["instalments"] * 2,
        "endings",
    ]


def test_load_lets_the_lawyer_file_legal_aid_and_the_mediator_the_rest(dozen: list[SampleCase]) -> None:
    client = RecordingClient()
    load_samples(client, dozen, lawyer=LAWYER, mediator=MEDIATOR)
    opened = [who for who, path, _ in client.sent if path == "/cases"]
    assert opened == ["lawyer" if sample.body["kind"] == "legal_aid" else "mediator" for sample in dozen]


def test_load_gives_every_write_a_key_of_its_own(dozen: list[SampleCase]) -> None:
    client = RecordingClient()
    load_samples(client, dozen, lawyer=LAWYER, mediator=MEDIATOR)
    keys = [key for _, _, key in client.sent]
    assert len(set(keys)) == len(keys)


def test_load_tells_its_progress(dozen: list[SampleCase]) -> None:
    heard: list[str] = []
    load_samples(RecordingClient(), dozen[:2], lawyer=LAWYER, mediator=MEDIATOR, progress=heard.append)
    assert heard == ["01-rope-net", "02-work-injury"]


def test_load_stops_at_the_first_refusal(dozen: list[SampleCase]) -> None:
    client = RecordingClient(refuse="/documents")
    with pytest.raises(SampleRefused) as refused:
        load_samples(client, dozen, lawyer=LAWYER, mediator=MEDIATOR)
    assert (refused.value.status, refused.value.text) == (422, "no")
    assert len(client.sent) == 1
