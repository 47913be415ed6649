"""A sample of records: anybody draws the same one, what is in it is compared, and the log is compared whole."""

from __future__ import annotations

from ledger.audit.findings import Code, Layer, Outcome
from ledger.audit.run import audit
from ledger.audit.sampling import Sample, draw_sample
from ledger.audit.seen import number_of
from tests.ledger.audited import NOW, MemoryLedger, small_ledger
from tests.ledger.edits import edit_body, first_row, set_value


def draw(ledger: MemoryLedger, number: int, seed: int) -> Sample:
    return draw_sample(ledger, number=number, seed=seed)


def sample_with(ledger: MemoryLedger, subject: str, *, drawn: bool) -> Sample:
    """A sample of two records with this one in it, or not."""
    samples = (draw(ledger, 2, seed) for seed in range(100))
    return next(sample for sample in samples if (subject in sample.subjects) is drawn)


def test_same_seed_draws_the_same_records_and_another_one_others() -> None:
    first, again = (draw(small_ledger(), 2, 7) for _ in range(2))
    assert first == again
    assert len({draw(small_ledger(), 2, seed).subjects for seed in range(20)}) > 1


def test_sample_larger_than_the_ledger_holds_every_record() -> None:
    ledger = small_ledger()
    sample = draw(ledger, 1000, 1)
    assert len(sample.subjects) == sample.of
    assert audit(ledger.evidences(), now=NOW, part=sample).found == 0


def test_report_names_how_many_records_were_drawn_and_the_seed() -> None:
    ledger = small_ledger()
    report = audit(ledger.evidences(), now=NOW, part=draw(ledger, 2, 7))
    partial = {layer.layer: layer.reason for layer in report.layers if layer.outcome is Outcome.NOT_CHECKED}
    assert report.exit_code == 0
    assert partial.keys() == {Layer.CONTAINER, Layer.ROWS, Layer.DISCLOSURES, Layer.DOCUMENTS}
    assert partial[Layer.ROWS] == f"a sample of 2 of {draw(ledger, 2, 7).of} records, drawn with seed 7"


def test_edited_row_is_found_exactly_when_its_record_is_drawn() -> None:
    ledger = small_ledger()
    row = first_row(ledger)
    set_value(ledger, row, facts="从未欠薪")
    subject = row[0]

    drawn = audit(ledger.evidences(), now=NOW, part=sample_with(ledger, subject, drawn=True))
    assert [(item.code, item.field) for item in drawn.findings] == [(Code.ROW_CHANGED, "facts")]
    assert drawn.findings[0].record.number.startswith(number_of(subject))
    left_out = audit(ledger.evidences(), now=NOW, part=sample_with(ledger, subject, drawn=False))
    assert left_out.found == 0


def test_edited_statement_is_found_although_its_record_is_not_drawn() -> None:
    ledger = small_ledger()
    subject = first_subject(ledger)
    sample = sample_with(ledger, subject, drawn=False)
    edit_body(ledger, 0, b"case.registered", b"case.registerex")
    assert audit(ledger.evidences(), now=NOW, part=sample).exit_code == 1


def test_changed_file_is_found_exactly_when_its_record_is_drawn() -> None:
    ledger = small_ledger()
    file = ledger.stored_files[0]
    ledger.contents[file.handle] = b"another"
    drawn = audit(ledger.evidences(), now=NOW, part=sample_with(ledger, file.subject, drawn=True))
    assert [item.code for item in drawn.findings] == [Code.DOCUMENT_CHANGED]
    left_out = audit(ledger.evidences(), now=NOW, part=sample_with(ledger, file.subject, drawn=False))
    assert left_out.found == 0


def first_subject(ledger: MemoryLedger) -> str:
    statement = next(iter(ledger.statements()))
    return str(statement.columns["subject"])


def test_chain_is_compared_whole_beside_a_sample() -> None:
    ledger = small_ledger()
    ledger.chain.appended[0] = (*ledger.chain.appended[0][:1], bytes(32), ledger.chain.appended[0][2])
    assert audit(ledger.evidences(), now=NOW, part=draw(ledger, 1, 1)).exit_code == 1
