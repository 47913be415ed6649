"""A document for a terminal, in English with the Chinese sentence of each finding."""

from __future__ import annotations

import json

from ledger.report.document import CONTENTS, NO_REMARKS, REMARKS, REPLAY_FORMAT, Document


def render_text(document: Document) -> str:
    """Lines of text, each ending in a line feed; no control character of a record gets through."""
    if document["format"] == REPLAY_FORMAT:
        return "".join(f"{line}\n" for line in [*_replay_lines(document), "", *_audit_lines(document["audit"])])
    return "".join(f"{line}\n" for line in _audit_lines(document))


def _audit_lines(document: Document) -> list[str]:
    lines = [
        f"Audit of {document['origin']}: {document['title']['en']} · {document['title']['zh']}",
        f"  statements in the log  {document['size']}",
        f"  root                   {document['root']}",
        f"  contract               {document['chain']['contract']} on chain {document['chain']['chain_id']}",
        f"  checked at             {document['checked_at']}",
        "",
    ]
    for item in document["former"]:
        chain = item["chain"]
        lines.append(f"  until {item['until_size']:<17}{chain['contract']} on chain {chain['chain_id']}")
        lines += _custody_lines(item["custody"]) or [""]
    lines += _custody_lines(document["custody"])
    for layer in document["layers"]:
        reason = f"  ({layer['reason']})" if layer["reason"] else ""
        lines.append(f"  {layer['title']['en']:28}{layer['outcome']:12}{layer['counted']:>9}{reason}")
    for number, finding in enumerate(document["findings"], start=1):
        lines += ["", *_finding_lines(number, finding)]
    if (more := document["found"] - len(document["findings"])) > 0:
        lines += ["", f"  … and {more} more findings"]
    if document["erasures"]:
        lines += ["", f"  erased, and the erasure is on record: {len(document['erasures'])}"]
        lines += [_erasure_line(item) for item in document["erasures"]]
    lines += ["", *_remark_lines(document["remarks"])]
    return [*lines, "", *(f"  {note['en']} {note['zh']}" for note in document["notes"])]


def _erasure_line(item: Document) -> str:
    zh, en = CONTENTS[item["content"]]
    return _one_line(f"     {item['record']['number']} by {item['by']['number']}: {en} · {zh}")


def _remark_lines(remarks: Document | None) -> list[str]:
    """The service's section, apart from the findings by a heading that says what it is not."""
    heading = f"  {REMARKS[1]} {REMARKS[0]}"
    if remarks is None:
        return [heading, f"  {NO_REMARKS[1]} {NO_REMARKS[0]}"]
    lines = [heading, f"  {_both(remarks['title'])}: {remarks['found']}"]
    for item in remarks["items"]:
        record, done = item["record"], "" if item["done_on"] is None else f", done on {item['done_on']}"
        lines += ["", _one_line(f"  {item['code']}  {record['kind']} {record['number']}")]
        lines.append(f"     due on {item['due_on']}{done} ({item['state']})")
        lines += [f"     {_both(item['sentence'])}", f"     {_both(item['authority'])}"]
    if (more := remarks["found"] - len(remarks["items"])) > 0:
        lines += ["", f"  … and {more} more"]
    return lines


def _both(words: Document) -> str:
    return _one_line(f"{words['en']} {words['zh']}")


def _custody_lines(custody: Document | None) -> list[str]:
    if custody is None:
        return []
    lines = [
        f"  operator               {item['address']} from checkpoint {item['from_index']} on"
        for item in custody["operators"]
    ]
    for item in custody["witnesses"]:
        standing = "" if item["named"] else " (no longer named)"
        newest = "" if item["newest"] is None else f", the newest {item['newest']}"
        lines.append(f"  witness                {item['address']}{standing}: {item['cosigned']} cosigned{newest}")
    return [*lines, ""]


def _finding_lines(number: int, finding: Document) -> list[str]:
    record = finding["record"]
    lines = [f"  {number}. {finding['code']}  {record['kind']} {record['number']}"]
    lines += [f"     {finding['sentence']['en']}", f"     {finding['sentence']['zh']}"]
    for name in ("field", "expected", "found", "leaf_index", "detail"):
        if finding.get(name) is not None or (name in {"expected", "found"} and name in finding):
            value = finding[name]
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
            lines.append(f"     {name:11}{_one_line(shown)}")
    return lines


def _one_line(text: str) -> str:
    """Control characters spelt out: a value must not move the terminal's cursor or fake a line of the report."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _replay_lines(document: Document) -> list[str]:
    lines = [
        f"Replay onto {document['target']} ({document['mode']}): {document['title']['en']} · {document['title']['zh']}",
        f"  transactions           {document['transactions']}",
        f"  values of the contract {document['views']}",
        f"  same blocks            {'compared' if document['same_blocks'] else 'not to be expected here'}",
    ]
    if document["tip"] is not None:
        tip = document["tip"]
        lines += [f"  newest block           {tip['block_number']} {tip['block_hash']}"]
        lines += [f"  state root             {tip['state_root']}"]
    if document["replaced"] is not None:
        lines += [f"  replaced               {document['replaced']}"]
    for item in document["replacements"]:
        lines += [f"    {_one_line(item['hash'])} by {_one_line(item['replaced_by'])}"]
        lines += [f"      nonce {item['nonce']} of {_one_line(item['sender'])}"]
    if (more := (document["replaced"] or 0) - len(document["replacements"])) > 0:
        lines += [f"    … and {more} more"]
    for item in document["differences"]:
        lines += ["", f"  {item['subject']}  {item['field']}"]
        lines += [f"     {name:11}{_one_line(str(item[name]))}" for name in ("expected", "found") if name in item]
    if (more := document["different"] - len(document["differences"])) > 0:
        lines += ["", f"  … and {more} more differences"]
    return [*lines, *(f"  {note['en']} {note['zh']}" for note in document["notes"])]
