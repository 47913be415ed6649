"""The documents of audit and replay: what machines read and what is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from ledger.anchor import ChainIdentity
from ledger.audit.findings import ABSENT, Custody, Erasure, Finding, KeptHead, LayerResult, Record
from ledger.audit.remarks import Remarks
from ledger.audit.report import AuditReport
from ledger.audit.sentences import LAYERS, SENTENCES, Sentence
from ledger.replay import Difference, Mode, ReplayReport

AUDIT_FORMAT: Final = "legal-ledger/audit-report/v1"
REPLAY_FORMAT: Final = "legal-ledger/replay-report/v1"

MAX_VALUE_LENGTH: Final = 400
"""Characters of one text value. A longer one is cut: the field's path names the place, the record holds the rest."""

Document = Mapping[str, Any]

RESULTS: Final[Mapping[int, tuple[str, str, str]]] = {
    0: ("agrees", "全部一致", "Everything agrees"),
    1: ("findings", "发现不一致", "Something does not agree"),
    40: ("could_not_check", "未能全部检查", "Not everything could be checked"),
}

NOT_PROVEN: Final[Mapping[Mode, tuple[tuple[str, str], ...]]] = {
    Mode.EXACT: (),
    Mode.ANEW: (
        (
            "检查点由本机密钥重新上链：这不能证明原来由谁、在何时、以哪些交易上链。",
            "A local key anchored the checkpoints anew: it does not show who anchored them, when, or how.",
        ),
        (
            "撤销、联署、运营机构变更以及失败或者被替换的交易均未重新执行。",
            "Not executed again: revocations, cosignatures, changes of operator, failed and replaced transactions.",
        ),
        (
            "以下运营机构地址是本机密钥的地址。",
            "The operator named below is the local key.",
        ),
    ),
}

NOT_TOLD: Final = (
    "数据包未载明被替换的交易。",
    "The bundle does not tell of replaced transactions.",
)

LIMIT: Final = (
    "本报告只说明记录自上链后未被改动，不说明其内容属实。",
    "This report shows that records have not changed since they were anchored, never that their content is true.",
)

TEST_NETWORK: Final = (
    "测试网络：无外部证明力。",
    "Test network: no outside evidence value.",
)


INCLUDED_TRUST: Final = (
    "所用的信任文件来自数据包本身；请用另行取得的信任文件再核对一次（--trust）。",
    "The trust file came with the bundle itself; check again with one that you got by another way (--trust).",
)


CONTENTS: Final = {
    "gone": ("内容已删除", "its content is gone"),
    "held": ("内容仍在所给的材料中", "its content is still held in what was given"),
    "withheld": ("内容未提供", "its content was not given"),
}
"""What is left of what was erased."""

REMARKS: Final = (
    "业务系统自身的提示（不属于审计发现，不影响审计结果）",
    "What the service itself remarks (no findings; the result does not depend on them)",
)

NO_REMARKS: Final = (
    "未包含在所给的材料中。",
    "Not part of what was given.",
)


def audit_document(report: AuditReport) -> Document:
    """The document of an audit."""
    return {
        "format": AUDIT_FORMAT,
        **_result(report.exit_code),
        "origin": report.origin,
        "size": report.size,
        "root": None if report.root is None else report.root.hex(),
        "chain": _identity(report.chain),
        "custody": _custody(report.custody),
        "former": [
            {"chain": _identity(item.chain), "until_size": item.until_size, "custody": _custody(item.custody)}
            for item in report.former
        ],
        "since": None if report.since is None else {"size": report.since.size, "root": report.since.root.hex()},
        "test_network": report.test_network,
        "checked_at": report.checked_at,
        "erasures": [_erasure(item) for item in report.erasures],
        "layers": [_layer(layer) for layer in report.layers],
        "found": report.found,
        "findings": [_finding(finding) for finding in report.findings],
        "remarks": None if report.remarks is None else _remarks(report.remarks),
        "own_trust": report.own_trust,
        "notes": _notes(
            LIMIT,
            *([TEST_NETWORK] if report.test_network else []),
            *([] if report.own_trust else [INCLUDED_TRUST]),
            *([] if report.since is None else [_since_note(report.since)]),
        ),
    }


def replay_document(report: ReplayReport) -> Document:
    """The document of a replay, with the audit's inside."""
    tip = report.tip
    return {
        "format": REPLAY_FORMAT,
        **_result(report.exit_code),
        "mode": report.mode.value,
        "target": report.target,
        "same_blocks": report.same_blocks,
        "transactions": report.transactions,
        "views": report.views,
        "replaced": report.replaced,
        "replacements": [asdict(item) for item in report.replacements],
        "tip": None
        if tip is None
        else {"block_number": tip.block_number, "block_hash": tip.block_hash, "state_root": tip.state_root},
        "different": report.different,
        "differences": [_difference(item) for item in report.differences],
        "notes": _notes(*NOT_PROVEN[report.mode], *_not_told(report)),
        "audit": audit_document(report.audit),
    }


def render_json(document: Document) -> bytes:
    """The document as indented JSON in UTF-8 with a line feed."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


# ------------------------------------------------------------------------------------------------------- the document


def _not_told(report: ReplayReport) -> list[tuple[str, str]]:
    return [NOT_TOLD] if report.mode is Mode.EXACT and report.replaced is None else []


def _result(exit_code: int) -> dict[str, Any]:
    result, zh, en = RESULTS[exit_code]
    return {"result": result, "exit_code": exit_code, "title": {"zh": zh, "en": en}}


def _since_note(since: KeptHead) -> tuple[str, str]:
    size, root = since.size, since.root.hex()
    after = f"the checkpoint of {size} statements (root {root})"
    return (
        f"只核对了 {size} 条存证记录的检查点（根 {root}）之后有变动的记录；更早的记录本次没有核对。",
        f"Only records with statements after {after} were compared; older ones were not compared this time.",
    )


def _notes(*notes: tuple[str, str]) -> list[dict[str, str]]:
    return [{"zh": zh, "en": en} for zh, en in notes]


def _identity(chain: ChainIdentity) -> dict[str, Any]:
    return {
        "chain_id": chain.chain_id,
        "genesis_hash": chain.genesis_hash,
        "contract": chain.contract,
        "code_sha256": chain.code_sha256,
        "log_id": chain.log_id,
    }


def _custody(custody: Custody | None) -> dict[str, Any] | None:
    if custody is None:
        return None
    return {
        "operators": [asdict(operator) for operator in custody.operators],
        "witnesses": [asdict(witness) for witness in custody.witnesses],
    }


def _layer(layer: LayerResult) -> dict[str, Any]:
    name = LAYERS[layer.layer]
    return {
        "layer": layer.layer.value,
        "outcome": layer.outcome.value,
        "counted": layer.counted,
        "reason": layer.reason,
        "title": _words(name),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    sentence = SENTENCES[finding.code]
    return {
        "code": finding.code.value,
        "layer": finding.layer.value,
        "record": _record(finding.record),
        "field": _shown(finding.field),
        **_pair(finding.expected, finding.found),
        "leaf_index": finding.leaf_index,
        "detail": _shown(finding.detail),
        "sentence": _words(sentence),
    }


def _erasure(item: Erasure) -> dict[str, Any]:
    return {
        "record": _record(item.record),
        "by": _record(item.by),
        "leaf_index": item.leaf_index,
        "content": item.content,
    }


def _remarks(remarks: Remarks) -> dict[str, Any]:
    return {
        "title": _words(remarks.title),
        "found": remarks.found,
        "items": [
            {
                "code": _shown(item.code),
                "record": _record(item.record),
                "authority": _words(item.authority),
                "due_on": item.due_on,
                "done_on": item.done_on,
                "state": item.state,
                "sentence": _words(item.sentence),
            }
            for item in remarks.items
        ],
    }


def _record(record: Record) -> dict[str, Any]:
    return {"kind": _shown(record.kind), "number": _shown(record.number)}


def _words(sentence: Sentence) -> dict[str, Any]:
    return {"zh": _shown(sentence.zh), "en": _shown(sentence.en)}


def _difference(item: Difference) -> dict[str, Any]:
    return {"subject": item.subject, "field": item.field, **_pair(item.expected, item.found)}


def _pair(expected: object, found: object) -> dict[str, Any]:
    """Both values; one that does not exist at all is left out, so that it is not taken for null."""
    values = {"expected": expected, "found": found}
    return {name: _shown(value) for name, value in values.items() if value is not ABSENT}


def _shown(value: object) -> Any:
    """A value as JSON can hold it: bytes as hex, other numbers and broken text spelt out, long text cut."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, bytes):
        return _cut(value.hex())
    if isinstance(value, Mapping):
        return {str(_shown(str(name))): _shown(member) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_shown(element) for element in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _shown(getattr(value, name)) for name in value.__dataclass_fields__}
    return _cut(str(value).encode("utf-8", "backslashreplace").decode())


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}… ({len(text)})"
