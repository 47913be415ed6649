"""A document as one printable HTML page in both languages that needs nothing beside it: no script, font or address."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from ledger.report.chart import finding_chart
from ledger.report.document import CONTENTS, NO_REMARKS, REMARKS, REPLAY_FORMAT, Document

STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.6 system-ui, "Noto Sans SC", "Microsoft YaHei", sans-serif; color: #0b0c0c; background: #fff;
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.en { color: #3d4347; }
.result { border-left: .5rem solid #505a5f; padding: .5rem 1rem; background: #f3f2f1; }
.result.agrees { border-color: #00703c; }
.result.findings { border-color: #d4351c; }
.notes { margin: .5rem 0 0; padding: 0; list-style: none; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #b1b4b6; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .25rem 0 0; }
dt { color: #3d4347; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
code, dd { font-family: ui-monospace, Consolas, monospace; font-size: .9rem; }
article { border-top: 1px solid #b1b4b6; padding: .75rem 0; break-inside: avoid; }
article h3 { font-size: 1rem; margin: 0; }
svg { max-width: 100%; height: auto; font-size: 14px; }
svg rect { fill: #d4351c; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
""".strip()

OUTCOMES: Final = {
    "checked": ("已检查", "checked"),
    "not_checked": ("未检查", "not checked"),
    "unavailable": ("未能检查", "could not be checked"),
}

NAMES: Final = {
    "field": ("字段", "field"),
    "expected": ("应为", "expected"),
    "found": ("实为", "found"),
    "leaf_index": ("叶编号", "leaf index"),
    "detail": ("说明", "detail"),
}


REMARK_NAMES: Final = {
    "authority": ("依据", "authority"),
    "due_on": ("应于", "due on"),
    "done_on": ("完成于", "done on"),
}

STATES: Final = {
    "open": ("尚未完成", "still open"),
    "late": ("逾期完成", "done late"),
    "dropped": ("未完成，事由已消失", "never done, its object is gone"),
}


def render_page(document: Document) -> bytes:
    """The page in UTF-8. Everything that comes from records is escaped."""
    title = _title(document)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="zh-Hans">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title[0])}</title>",
        f"<style>{STYLE}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{_both(*title)}</h1>",
        *_body(document),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts).encode() + b"\n"


def _title(document: Document) -> tuple[str, str]:
    if document["format"] == REPLAY_FORMAT:
        return "账本重放报告", "Replay of the ledger"
    return "账本审计报告", "Audit of the ledger"


def _body(document: Document) -> Iterator[str]:
    yield from _result(document)
    if document["format"] == REPLAY_FORMAT:
        yield from _replay(document)
        yield f"<h2>{_both('对照重放所得的链审计', 'Audit against the replayed chain')}</h2>"
        yield from _result(document["audit"])
        yield from _audit(document["audit"])
    else:
        yield from _audit(document)


def _result(document: Document) -> Iterator[str]:
    yield f'<div class="result {escape(document["result"])}" role="status">'
    yield f"<strong>{_both(document['title']['zh'], document['title']['en'])}</strong>"
    yield '<ul class="notes">'
    for note in document["notes"]:
        yield f"<li>{_both(note['zh'], note['en'])}</li>"
    yield "</ul>"
    yield "</div>"


def _audit(document: Document) -> Iterator[str]:
    chain = document["chain"]
    yield from _facts(
        [
            (("日志", "log"), document["origin"]),
            (("存证记录数", "statements in the log"), document["size"]),
            (("根", "root"), document["root"]),
            (("合约", "contract"), chain["contract"]),
            (("链号", "chain id"), chain["chain_id"]),
            (("创世区块", "genesis block"), chain["genesis_hash"]),
            (("检查时间", "checked at"), document["checked_at"]),
        ]
    )
    yield from _erasures(document["erasures"])
    for item in document["former"]:
        yield from _former(item)
    if document["custody"] is not None:
        yield from _custody(document["custody"])
    yield f"<h2>{_both('逐层结果', 'Layer by layer')}</h2>"
    yield "<table>"
    for layer in document["layers"]:
        outcome = _both(*OUTCOMES[layer["outcome"]])
        reason = f"<br>{escape(layer['reason'])}" if layer["reason"] else ""
        yield (
            f'<tr><th scope="row">{_both(layer["title"]["zh"], layer["title"]["en"])}</th><td>{outcome}{reason}</td>'
            f'<td class="number">{layer["counted"]}</td></tr>'
        )
    yield "</table>"
    yield f"<h2>{_both('不一致之处', 'Findings')} ({document['found']})</h2>"
    if document["findings"]:
        yield from finding_chart(document)
        yield from _records(document["findings"])
    for number, finding in enumerate(document["findings"], start=1):
        yield from _finding(number, finding)
    if (more := document["found"] - len(document["findings"])) > 0:
        yield f"<p>… +{more}</p>"
    yield from _remarks(document["remarks"])


def _remarks(remarks: Mapping[str, Any] | None) -> Iterator[str]:
    """The service's section, apart from the findings by a heading that says what it is not."""
    yield f"<h2>{_both(*REMARKS)}</h2>"
    if remarks is None:
        yield f"<p>{_both(*NO_REMARKS)}</p>"
        return
    yield f"<h3>{_words(remarks['title'])} ({remarks['found']})</h3>"
    for item in remarks["items"]:
        record = item["record"]
        yield "<article>"
        yield f"<h3>{escape(record['kind'])} {escape(record['number'])}</h3>"
        yield f"<div>{_words(item['sentence'])} <code>{escape(item['code'])}</code></div>"
        yield "<dl>"
        for name, words in REMARK_NAMES.items():
            value = item[name]
            if value is not None:
                shown = _words(value) if isinstance(value, Mapping) else escape(value)
                yield f"<dt>{_both(*words)}</dt><dd>{shown}</dd>"
        yield f"<dt>{_both('状态', 'state')}</dt><dd>{_both(*STATES[item['state']])}</dd>"
        yield "</dl>"
        yield "</article>"
    if (more := remarks["found"] - len(remarks["items"])) > 0:
        yield f"<p>… +{more}</p>"


def _erasures(erasures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was erased on record, by which statement, and what is left of it."""
    if not erasures:
        return
    yield f"<h2>{_both('已删除且有删除存证', 'Erased, and the erasure is on record')} ({len(erasures)})</h2>"
    yield "<table>"
    for item in erasures:
        by = f"{_both('删除存证', 'by')} {escape(item['by']['number'])}"
        yield (
            f'<tr><th scope="row">{escape(item["record"]["number"])}</th><td>{by}</td>'
            f"<td>{_both(*CONTENTS[item['content']])}</td></tr>"
        )
    yield "</table>"


def _former(item: Mapping[str, Any]) -> Iterator[str]:
    """A contract that held the log before it moved, and who held it there."""
    size, chain = item["until_size"], item["chain"]
    yield f"<h2>{_both(f'迁移前（至第 {size} 条）', f'Before the log moved, up to {size} statements')}</h2>"
    yield from _facts(
        [
            (("合约", "contract"), chain["contract"]),
            (("链号", "chain id"), chain["chain_id"]),
            (("创世区块", "genesis block"), chain["genesis_hash"]),
        ]
    )
    if item["custody"] is not None:
        yield from _custody(item["custody"])


def _custody(custody: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2>{_both('谁持有日志', 'Who held the log')}</h2>"
    yield "<table>"
    for item in custody["operators"]:
        index = item["from_index"]
        since = _both(f"自检查点 {index} 起", f"from checkpoint {index} on")
        yield _holder(_both("运营机构地址", "operator"), item["address"], since)
    for item in custody["witnesses"]:
        count = item["cosigned"]
        cosigned = _both(f"已联署检查点 {count} 个", f"{count} checkpoints cosigned")
        former = "" if item["named"] else "<br>" + _both("已不再担任", "no longer named")
        yield _holder(_both("联署机构地址", "witness"), item["address"], cosigned + former)
    yield "</table>"


def _holder(role: str, address: str, standing: str) -> str:
    return f'<tr><th scope="row">{role}</th><td><code>{escape(address)}</code></td><td>{standing}</td></tr>'


def _records(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each record once, with the way to all that was found about it."""
    places: dict[tuple[str, str], list[int]] = {}
    for number, finding in enumerate(findings, start=1):
        record = finding["record"]
        places.setdefault((record["kind"], record["number"]), []).append(number)
    yield f"<h3>{_both('按记录', 'By record')} ({len(places)})</h3>"
    yield "<ul>"
    for (kind, name), numbers in places.items():
        ways = " ".join(f'<a href="#finding-{number}">{number}</a>' for number in numbers)
        yield f"<li>{escape(kind)} {escape(name)}: {ways}</li>"
    yield "</ul>"


def _finding(number: int, finding: Mapping[str, Any]) -> Iterator[str]:
    record = finding["record"]
    yield f'<article id="finding-{number}">'
    yield f"<h3>{number}. {escape(record['kind'])} {escape(record['number'])}</h3>"
    sentence = finding["sentence"]
    yield f"<div>{_both(sentence['zh'], sentence['en'])} <code>{escape(finding['code'])}</code></div>"
    yield from _facts(
        [
            (words, finding[name])
            for name, words in NAMES.items()
            if finding.get(name) is not None or (name in {"expected", "found"} and name in finding)
        ]
    )
    yield "</article>"


def _replay(document: Document) -> Iterator[str]:
    tip = document["tip"] or {}
    yield from _facts(
        [
            (("重放到", "replayed onto"), document["target"]),
            (("方式", "mode"), document["mode"]),
            (("交易数", "transactions"), document["transactions"]),
            (("对照的合约数据", "values of the contract"), document["views"]),
            (("对照区块哈希与状态根", "block hashes and state root compared"), document["same_blocks"]),
            *([(("最新区块", "newest block"), f"{tip['block_number']} {tip['block_hash']}")] if tip else []),
            *([(("状态根", "state root"), tip["state_root"])] if tip else []),
        ]
    )
    if document["replaced"] is not None:
        yield from _replaced(document)
    yield f"<h2>{_both('重放中的差异', 'What came out differently')} ({document['different']})</h2>"
    for number, item in enumerate(document["differences"], start=1):
        yield f'<article id="difference-{number}">'
        yield f"<h3>{number}. {escape(item['subject'])}</h3>"
        yield from _facts([(words, item[name]) for name, words in NAMES.items() if name in item])
        yield "</article>"


def _replaced(document: Document) -> Iterator[str]:
    yield f"<h2>{_both('被替换而未执行的交易', 'Transactions replaced before they ran')} ({document['replaced']})</h2>"
    for item in document["replacements"]:
        yield "<article>"
        yield f"<h3>{escape(item['hash'])}</h3>"
        yield from _facts(
            [
                (("发送地址", "sender"), item["sender"]),
                (("序号", "nonce"), item["nonce"]),
                (("由此交易取代", "replaced by"), item["replaced_by"]),
            ]
        )
        yield "</article>"
    if (more := document["replaced"] - len(document["replacements"])) > 0:
        yield f"<p>… +{more}</p>"


def _facts(facts: list[tuple[tuple[str, str], Any]]) -> Iterator[str]:
    yield "<dl>"
    for words, value in facts:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
        yield f"<dt>{_both(*words)}</dt><dd>{escape(shown)}</dd>"
    yield "</dl>"


def _both(zh: str, en: str) -> str:
    return f'{escape(zh)} <span class="en" lang="en">{escape(en)}</span>'


def _words(words: Mapping[str, Any]) -> str:
    return _both(words["zh"], words["en"])
