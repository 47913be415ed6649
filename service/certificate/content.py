"""What stands on a certificate, in order: `service/docs/certificate.md` says where each of its fields comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.anchor import LogHead
from ledger.canonical import JsonValue
from ledger.receipt import FILE_DIGEST_NAME, FORMAT, Receipt
from ledger.verdict import Report, Text, Verdict
from service.certificate.layout import frame, section, test_network_notice
from service.certificate.values import Row, render_disclosures, text_row
from service.certificate.words import (
    ARTICLES,
    CONCLUSIONS,
    DESCRIPTION,
    FACTS,
    FOOTER,
    ISSUER_NOTE,
    LIMITS,
    REVOCATION_REASONS,
    SEAL,
    SECTIONS,
    STEPS,
    SUBTITLE,
    TITLE,
)
from service.formats import CHINA, render_moment
from service.language import Language
from service.law import STATEMENT_TYPES

REVOKED_CHECK: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """A record that was just checked: its receipt, the report, the contract's head, and what the database adds."""

    receipt: Receipt
    report: Report
    head: LogHead
    code_sha256: str
    office: str
    newest: int
    submitter: str
    address: str
    paper_code: str | None

    @property
    def anchored_at(self) -> datetime:
        """When the checkpoint was mined, as the contract says; there is no certificate without."""
        return datetime.fromisoformat(str(self.report.facts["anchored_at"]))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Says the words in one language."""

    language: Language

    def say(self, words: Text, **values: object) -> str:
        return str(getattr(words, self.language.value)).format(**values)

    def row(self, name: str, text: str, kind: str = "text") -> Row:
        return text_row(self.say(FACTS[name]), text, kind)

    def moment(self, at: datetime | int | str) -> str:
        """A time to the second in China, and in UTC as the machine wrote it."""
        instant = datetime.fromtimestamp(at, CHINA) if isinstance(at, int) else at
        if isinstance(instant, str):
            instant = datetime.fromisoformat(instant)
        return f"{instant.astimezone(CHINA):%Y-%m-%d %H:%M:%S} (UTC+8)"


def render_content(certified: Certified, language: Language) -> dict[str, JsonValue]:
    """The content of the template `paper`, without its QR code."""
    write, receipt = _Writer(language), certified.receipt
    number = f"{receipt.record_no}.v{receipt.record.version}"
    return {
        **frame(
            language, title=write.say(TITLE), subtitle=write.say(SUBTITLE), number=number, date=certified.anchored_at
        ),
        **({"code": certified.paper_code} if certified.paper_code else {}),
        "author": certified.office,
        "description": write.say(DESCRIPTION, number=number, receipt=f"{number}.receipt.json"),
        "notice": test_network_notice(language) if certified.report.test_network else None,
        "verdict": _verdict(write, certified),
        "sections": [
            _section(write, "registration", _registration(write, certified)),
            _section(write, "content", _content(write, receipt)),
            _section(write, "chain", _chain(write, certified)),
            _section(write, "check", steps=_steps(write, certified)),
            _section(write, "law", steps=[write.say(ARTICLES), write.say(LIMITS)]),
        ],
        "issuer": {"note": write.say(ISSUER_NOTE), "name": certified.office, "seal": write.say(SEAL)},
        "footer": write.say(
            FOOTER,
            number=number,
            size=certified.head.size,
            time=write.moment(certified.head.time),
        ),
    }


def _section(write: _Writer, name: str, rows: Iterable[Row] = (), steps: Iterable[str] = ()) -> JsonValue:
    return section(write.say(SECTIONS[name]), rows=rows, steps=steps)


def _verdict(write: _Writer, certified: Certified) -> JsonValue:
    report = certified.report
    words = CONCLUSIONS[report.verdict]
    revoked = report.checks[REVOKED_CHECK - 1].facts if report.verdict is Verdict.REVOKED else {}
    reason = revoked.get("reason")
    text = write.say(
        words.text,
        anchored=render_moment(str(report.facts["anchored_at"]), write.language),
        revoked=render_moment(str(revoked.get("revoked_at")), write.language),
        reason=write.say(REVOCATION_REASONS[reason]) if reason in REVOCATION_REASONS else str(reason),
    )
    return {"tone": words.tone, "title": write.say(words.title), "text": text}


def _registration(write: _Writer, certified: Certified) -> list[Row]:
    record = certified.receipt.record
    term = STATEMENT_TYPES.get(record.type)
    what = str(getattr(term, write.language.value)) if term else record.type
    version = write.say(FACTS["version_of"], version=record.version, newest=certified.newest)
    return [
        write.row("type", what, "strong"),
        write.row("office", f"{certified.office} ({record.institution})"),
        write.row("version", f"{version} · {write.say(FACTS['stream_no'], seq=record.stream_seq)}"),
        *([write.row("previous", record.previous, "code")] if record.previous else []),
        write.row("recorded_at", f"{write.moment(record.recorded_at)} · {record.recorded_at}"),
    ]


def _content(write: _Writer, receipt: Receipt) -> list[Row]:
    return render_disclosures(receipt.disclosures, write.language, receipt.record.type.partition(".")[0])


def _chain(write: _Writer, certified: Certified) -> list[Row]:
    receipt, facts, head = certified.receipt, certified.report.facts, certified.head
    hint = receipt.anchors[0]
    leaf = write.say(
        FACTS["leaf_is"],
        number=receipt.proof.index + 1,
        index=facts["checkpoint_index"],
        size=receipt.checkpoint.size,
    )
    latest = write.say(FACTS["latest_is"], size=head.size, time=write.moment(head.time))
    return [
        write.row("anchored_at", f"{write.moment(str(facts['anchored_at']))} · {facts['anchored_at']}", "strong"),
        write.row("network", write.say(FACTS["network_is"], chain_id=hint.chain_id, origin=str(facts["origin"]))),
        write.row("contract", hint.contract, "code"),
        write.row("code", certified.code_sha256, "code"),
        write.row("log_id", hint.log_id, "code"),
        write.row("transaction", hint.transaction_hash, "code"),
        write.row("block", write.say(FACTS["block_is"], number=facts["block_number"])),
        write.row("block_hash", hint.block_hash, "code"),
        write.row("submitter", certified.submitter, "code"),
        write.row("commitment", str(facts["commitment"]), "code"),
        write.row("leaf", leaf),
        write.row("root", str(facts["root"]), "code"),
        write.row("latest", latest),
        write.row("latest_root", head.root.hex(), "code"),
        write.row("algorithms", write.say(FACTS["algorithms_are"], format=FORMAT)),
    ]


def _steps(write: _Writer, certified: Certified) -> list[str]:
    has_file = any(item.name == FILE_DIGEST_NAME for item in certified.receipt.disclosures)
    names = [
        "scan_and_compare" if certified.paper_code else "scan",
        *(["compare"] if has_file else []),
        "verify",
        "ask",
    ]
    return [write.say(STEPS[name], url=certified.address, code=certified.paper_code) for name in names]
