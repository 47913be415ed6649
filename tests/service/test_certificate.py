"""The certificate: what it prints, what is inside, and what is refused rather than printed wrong."""

from __future__ import annotations

import io
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from ledger.anchor import AnchorReader, Revocation
from ledger.bundle import open_bundle
from ledger.errors import Unavailable
from ledger.receipt import parse_receipt
from service.certificate import CertifiedRecord, Issue, find_certified, make_certificate
from service.certificate.values import render_disclosures
from service.doctor import examine
from service.language import Language
from service.typesetting import FontMissing, GlyphMissing, Typesetter, check_characters, name_character
from tests.needs import need_program
from tests.offline_verifier import b64, running_verifier
from tests.service.conftest import Service, StartService, settings_of
from tests.service.papers import (
    RARE_NAME,
    TYPESETTER,
    UNKNOWN_CHARACTER,
    attachments_of,
    codes_in,
    make_font,
    picture_of,
    root_of,
    scan_by_phone,
    text_of,
)
from tests.service.test_api_agreements import MARKS, TERMS
from tests.service.visitor import Visitor

pytestmark = pytest.mark.longer(one_in=2)

PAPER = b"signed paper of the certificate"
SCAN_DPI = 150
"""What a cheap scanner or a phone held over the paper gives."""
VALIDATOR = Path(__file__).parent / "verapdf"


def _file(service: Service, case: dict[str, Any], **words: str) -> dict[str, Any]:
    answer = service.ask(
        "POST",
        f"/api/v1/cases/{case['id']}/documents",
        data={"doc_type": "wage_record", "title": f"工资表（{RARE_NAME}）", **words},
        files={"file": ("a.pdf", PAPER, "application/pdf")},
    )
    document: dict[str, Any] = answer.json()
    return document


def _certificate(service: Service, statement: dict[str, Any], lang: str = "zh", username: str = "lawyer") -> bytes:
    answer = service.ask("GET", f"/api/v1/statements/{statement['id']}/certificate.pdf?lang={lang}", username)
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.fixture(scope="session")
def records(shared: Service) -> dict[str, dict[str, Any]]:
    """The statements of a case, a document and a signed agreement in the shared service, all final."""
    case = shared.register()
    document = _file(shared, case)
    agreement = shared.ask("POST", f"/api/v1/cases/{case['id']}/agreements", json=TERMS).json()
    for mark in MARKS:
        agreement = shared.ask("POST", f"/api/v1/agreements/{agreement['id']}/signatures", json=mark).json()
    shared.wait_until_final()
    return {"case": case["statement"], "document": document["statement"], "agreement": agreement["statement"]}


@pytest.fixture(scope="session")
def certified(shared: Service, records: dict[str, dict[str, Any]]) -> CertifiedRecord:
    """The document of the shared service, found."""
    actor = shared.actor("lawyer")
    with shared.runtime.read() as session:
        return find_certified(session, actor, shared.runtime.recorder, records["document"]["id"])


def _make(
    service: Service,
    record: CertifiedRecord,
    *,
    reader: AnchorReader | None = None,
    language: Language = Language.ZH,
    typesetter: Typesetter = TYPESETTER,
) -> bytes:
    issue = Issue(
        trust=service.runtime.trust,
        reader=reader or service.runtime.reader,
        typesetter=typesetter,
        site="http://ledger.example",
        language=language,
    )
    return make_certificate(record, issue).data


# ------------------------------------------------------------------------------------------------------ what it holds


@pytest.mark.parametrize("kind", ["case", "document", "agreement"])
def test_certificate_holds_the_receipt_and_nothing_else(
    shared: Service, records: dict[str, dict[str, Any]], kind: str
) -> None:
    statement = records[kind]
    receipt = shared.ask("GET", f"/api/v1/statements/{statement['id']}/receipt")

    held = attachments_of(_certificate(shared, statement))

    name = re.search(r'filename="(.+)"', receipt.headers["content-disposition"])
    assert name is not None
    assert held == {name[1]: receipt.content}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", ["case", "document", "agreement"])
def test_certificate_prints_exactly_what_its_receipt_discloses(
    shared: Service, records: dict[str, dict[str, Any]], kind: str, language: Language
) -> None:
    paper = _certificate(shared, records[kind], language.value)
    (data,) = attachments_of(paper).values()
    receipt = parse_receipt(data)

    text = text_of(paper)

    rows = render_disclosures(receipt.disclosures, language, receipt.record.type.partition(".")[0])
    assert len(rows) >= len(receipt.disclosures)
    for row in rows:
        table: Any = row["table"] or {"header": [], "rows": []}
        for shown in (row["label"], row["text"], *table["header"], *(cell for line in table["rows"] for cell in line)):
            assert "".join(str(shown).split()) in text, row
    for secret in ("371103197905200009", "000-00000000", "示例街道", "示例路1号", "91371103MA0000000L"):
        assert secret not in text


def test_certificate_of_chosen_disclosures_prints_and_holds_no_other(
    shared: Service, records: dict[str, dict[str, Any]]
) -> None:
    path = f"/api/v1/statements/{records['document']['id']}/certificate.pdf?disclose=size"

    paper = shared.ask("GET", path).content

    (data,) = attachments_of(paper).values()
    assert {item.name for item in parse_receipt(data).disclosures} == {"size", "doc_type", "sha256", "occurred_on"}
    assert RARE_NAME not in text_of(paper)


def test_certificate_shows_rare_characters_of_names(shared: Service, records: dict[str, dict[str, Any]]) -> None:
    assert RARE_NAME in text_of(_certificate(shared, records["document"]))


def test_certificate_says_where_and_when_it_was_anchored(shared: Service, records: dict[str, dict[str, Any]]) -> None:
    statement = records["document"]
    paper = _certificate(shared, statement)
    (data,) = attachments_of(paper).values()
    receipt, head = parse_receipt(data), shared.runtime.reader.head()

    text = text_of(paper)

    (hint,) = receipt.anchors
    identity = shared.runtime.trust.anchors[-1].identity
    for fact in (
        f"{statement['record_no']}.v1",
        "岚山区示例总工会",
        hint.contract,
        hint.transaction_hash,
        hint.block_hash,
        hint.log_id,
        identity.code_sha256,
        receipt.checkpoint.root.hex(),
        head.root.hex(),
        f"共{head.size}条",
        "测试网络：无外部证明力",
        "第十六条",
        "不证明内容本身真实",
        "legal-ledgerverify",
    ):
        assert fact in text


def test_certificate_of_a_document_or_a_case_is_one_page(shared: Service, records: dict[str, dict[str, Any]]) -> None:
    for kind in ("document", "case"):
        assert "1/1" in text_of(_certificate(shared, records[kind]))


def test_certificate_is_the_same_twice(shared: Service, certified: CertifiedRecord) -> None:
    shared.wait_until_final()

    assert _make(shared, certified) == _make(shared, certified)


@pytest.mark.parametrize("language", Language)
def test_certificate_is_tagged_for_screen_readers_and_marked_for_keeping(
    shared: Service, certified: CertifiedRecord, language: Language
) -> None:
    root = root_of(_make(shared, certified, language=language))

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(language.value)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert {"/Document"} <= {kid.get_object()["/S"] for kid in root["/StructTreeRoot"]["/K"]}
    metadata = root["/Metadata"].get_data().decode()
    for mark in ("<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert mark in metadata
    (file,) = root["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Data"


def test_code_is_read_by_two_decoders_at_its_printed_size(shared: Service, certified: CertifiedRecord) -> None:
    picture = picture_of(_make(shared, certified), dots_per_inch=SCAN_DPI)

    address = f"http://ledger.example/v/{certified.receipt.record_no}.v1"
    assert codes_in(picture) == ({address}, {address})
    assert _side_of_code_mm(picture) == pytest.approx(20, abs=0.5)


def _side_of_code_mm(picture: Any) -> float:
    (code,) = zxingcpp.read_barcodes(picture)
    corners = code.position
    return float(corners.top_right.x - corners.top_left.x) / SCAN_DPI * 25.4


def test_scanned_code_leads_to_the_page_of_the_record(shared: Service, records: dict[str, dict[str, Any]]) -> None:
    (address,), _ = codes_in(picture_of(_certificate(shared, records["document"]), dots_per_inch=SCAN_DPI))

    page = shared.client.get(address)

    assert page.status_code == 200
    assert records["document"]["record_no"] in page.text


def test_second_implementation_takes_the_same_receipt_out(shared: Service, records: dict[str, dict[str, Any]]) -> None:
    paper = _certificate(shared, records["document"])

    with running_verifier() as verifier:
        found = verifier.ask("certificate", data=b64(paper))["receipts"]

    assert found == [b64(data) for data in attachments_of(paper).values()]


def test_code_of_an_agreement_holds_what_opens_its_terms(shared: Service, records: dict[str, dict[str, Any]]) -> None:
    statement = shared.ask("GET", f"/api/v1/statements/{records['agreement']['id']}").json()
    path = f"/api/v1/agreements/{statement['subject']}/paper-code"
    code = shared.ask("GET", path, "mediator").json()["paper_code"]

    paper = _certificate(shared, statement)

    page = f"http://127.0.0.1:8000/v/{statement['record_no']}.v{statement['version']}"
    read = {f"{page}#{code}"}
    assert scan_by_phone(paper) == (read, read)
    assert f"核验码{code}" in text_of(paper)


@pytest.mark.parametrize(("kind", "username"), [("agreement", "auditor"), ("document", "lawyer"), ("case", "lawyer")])
def test_code_holds_no_paper_code_for_whoever_may_print_no_paper(
    shared: Service, records: dict[str, dict[str, Any]], kind: str, username: str
) -> None:
    paper = _certificate(shared, records[kind], username=username)

    (address,), _ = codes_in(picture_of(paper, dots_per_inch=SCAN_DPI))

    assert re.fullmatch(r"http://127\.0\.0\.1:8000/v/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}\.v\d+", address)
    assert "核验码" not in text_of(paper)


# ------------------------------------------------------------------------------------------------------ what it says


class _Reader:
    """The real chain but for one answer."""

    def __init__(self, reader: Any, **answers: Any) -> None:
        self._reader, self._answers = reader, answers

    def __getattr__(self, name: str) -> Any:
        if name not in self._answers:
            return getattr(self._reader, name)
        answer = self._answers[name]

        def said(*_: object) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return said


def test_certificate_of_a_withdrawn_record_says_so_and_why(shared: Service, certified: CertifiedRecord) -> None:
    withdrawn: Any = _Reader(shared.runtime.reader, revocation=Revocation(reason=3, time=1_785_000_000))

    text = text_of(_make(shared, certified, reader=withdrawn))

    assert "该登记已撤销" in text
    assert "被裁判撤销" in text
    assert "上链后未被改动" not in text


def test_certificate_of_an_earlier_version_says_so(shared: Service, certified: CertifiedRecord) -> None:
    text = text_of(_make(shared, replace(certified, newest=2)))

    assert "这是旧版本" in text
    assert "第1版（现有2版）" in text


def test_certificate_before_finality_says_that_it_waits(shared: Service, certified: CertifiedRecord) -> None:
    waiting: Any = _Reader(shared.runtime.reader, is_final=False)

    assert "正在等待区块链最终确认" in text_of(_make(shared, certified, reader=waiting))


def test_chain_that_does_not_answer_gives_no_certificate(shared: Service, certified: CertifiedRecord) -> None:
    silent: Any = _Reader(shared.runtime.reader, checkpoint=Unavailable("chain", "it does not answer"))

    with pytest.raises(Unavailable):
        _make(shared, certified, reader=silent)


# ----------------------------------------------------------------------------------------------------- what is refused


def test_certificate_before_anchoring_is_not_anchored(
    start_service: StartService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.service.test_api_statements import _idle

    monkeypatch.setattr("ledger.anchorer.Anchorer.step", _idle)
    service = start_service()
    case = service.register()

    answer = service.ask("GET", f"/api/v1/statements/{case['statement']['id']}/certificate.pdf")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_anchored")


def test_certificate_of_another_office_is_as_if_it_were_not_there(
    shared: Service, records: dict[str, dict[str, Any]]
) -> None:
    answer = shared.ask("GET", f"/api/v1/statements/{records['document']['id']}/certificate.pdf", "other")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_character_that_no_font_has_is_named(shared: Service) -> None:
    document = _file(shared, shared.register(), title=f"{UNKNOWN_CHARACTER}某的工资表")
    shared.wait_until_final()

    answer = shared.ask("GET", f"/api/v1/statements/{document['statement']['id']}/certificate.pdf")

    assert (answer.status_code, answer.json()["code"]) == (409, "certificate_glyph_missing")
    assert f"{UNKNOWN_CHARACTER} (U+20000)" in answer.json()["title"]


@pytest.fixture
def without_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which the package with the font was not installed."""
    monkeypatch.setattr("service.typesetting.packaged_fonts", lambda: None)


@pytest.mark.usefixtures("without_font")
def test_without_a_font_only_the_certificate_is_missing(service: Service) -> None:
    case = service.register()
    service.wait_until_final()
    path = f"/api/v1/statements/{case['statement']['id']}"

    answer = service.ask("GET", f"{path}/certificate.pdf")

    assert (answer.status_code, answer.json()["code"]) == (503, "certificate_font_missing")
    assert "LEDGER_CERTIFICATE_FONTS" in answer.json()["title"]
    assert service.ask("GET", f"{path}/receipt").status_code == 200


def test_folder_without_fonts_is_a_missing_font(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match=str(tmp_path)):
        Typesetter(tmp_path).set_paper("paper", {})


def test_own_font_adds_the_character_that_was_missing(shared: Service, tmp_path: Path) -> None:
    title = f"{UNKNOWN_CHARACTER}某的工资表"
    document = _file(shared, shared.register(), title=title)
    shared.wait_until_final()
    actor = shared.actor("lawyer")
    with shared.runtime.read() as session:
        record = find_certified(session, actor, shared.runtime.recorder, document["statement"]["id"])

    make_font(tmp_path, UNKNOWN_CHARACTER)

    assert title in text_of(_make(shared, record, typesetter=Typesetter(tmp_path)))


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\x07", "\ue000", "\ufeff"])
def test_character_without_a_shape_of_its_own_is_refused(character: str) -> None:
    with pytest.raises(GlyphMissing) as caught:
        check_characters({"rows": [{"text": f"周{character}某"}]}, TYPESETTER.fonts.characters)

    assert caught.value.character == character
    assert character not in name_character(character)


def test_doctor_tells_the_fonts_and_what_to_do_without(home: Path, tmp_path: Path) -> None:
    (well,) = (item for item in examine(settings_of(home)) if item.what == "certificates")
    (ill,) = (item for item in examine(settings_of(home, certificate_fonts=tmp_path)) if item.what == "certificates")

    assert well.healthy
    assert "Noto Sans CJK SC" in well.detail
    assert not ill.healthy
    assert "LEDGER_CERTIFICATE_FONTS" in (ill.remedy or "")


# -------------------------------------------------------------------------------------------------------------- pages


def test_page_of_a_case_leads_to_the_certificate_in_its_language(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    case_id = visitor.register()
    service.wait_until_final()
    case = service.ask("GET", f"/api/v1/cases/{case_id}").json()
    path = f"/statements/{case['statement']['id']}/certificate.pdf"

    assert path in visitor.get(f"/cases/{case_id}").answer.text
    answer = visitor.get(path).answer

    assert answer.headers["content-type"] == "application/pdf"
    assert "存证证书" in text_of(answer.content)


# ------------------------------------------------------------------------------------------- an independent validator


@pytest.mark.full
def test_independent_validator_finds_nothing(
    shared: Service, records: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """veraPDF, the reference validator of the PDF Association, in Java: PDF/A-3a and PDF/UA-1 by its own rules."""
    maven = need_program("mvn", remedy="Debian and Ubuntu: apt-get install maven")
    java = need_program("java", remedy="Debian and Ubuntu: apt-get install openjdk-17-jdk-headless")
    classes = tmp_path / "classpath"
    command = [str(maven), "-q", "-B", "-f", str(VALIDATOR / "pom.xml"), "dependency:build-classpath"]
    subprocess.run([*command, f"-Dmdep.outputFile={classes}"], check=True, timeout=600)
    papers = []
    for kind, statement in records.items():
        for language in Language:
            papers.append(tmp_path / f"{kind}.{language}.pdf")
            papers[-1].write_bytes(_certificate(shared, statement, language.value))
    pack = shared.ask("GET", f"/api/v1/statements/{records['document']['id']}/evidence.zip").content
    papers.append(tmp_path / "instructions.pdf")
    with open_bundle(io.BytesIO(pack)) as bundle:
        papers[-1].write_bytes(bundle.read("instructions.pdf", max_bytes=1 << 22))

    done = subprocess.run(
        [java, "-cp", classes.read_text(), VALIDATOR / "Validate.java", "3a,ua1", *papers],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )

    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == 2 * len(papers)
    assert [result for result in results if not result["compliant"]] == []
    assert all(result["assertions"] > 1000 for result in results)
