"""Ways to tamper with a receipt, its file or the trust file, each with the check that must notice.

A way is a function that takes what an honest holder has and gives it back changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import cycle
from random import Random
from typing import Any

from ledger.canonical import canonical_bytes, decode_base64, decode_base64url, encode_base64, encode_base64url
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.log import inclusion, root_at
from ledger.receipt import render_receipt
from ledger.trust import render_trust
from tests.receipts import ORIGIN, World, signer
from tests.table_node import file_of
from tests.tampering import (
    BASE64,
    STRANGER,
    TRUST,
    WAYS,
    Attempt,
    Given,
    Way,
    change_note,
    change_proof,
    change_statement,
    change_trust,
    flipped,
    honest,
    neighbour,
    other,
    render,
    slack,
    way,
)


def attempts(draw: Random, worlds: list[World], count: int) -> Iterator[Attempt]:
    """`count` attempts, every way as often as the others."""
    for _, (name, (tamper, noticed)) in zip(range(count), cycle(WAYS.items()), strict=False):
        whole = honest(draw, draw.choice(worlds))
        changed = tamper(draw, whole)
        assert changed != whole, name
        yield Attempt(way=name, honest=whole, changed=changed, noticed=noticed)


# -------------------------------------------------------------------------------------------------- bits, anywhere


@way("bit of the file", 10)
def _(draw: Random, given: Given) -> Given:
    return replace(given, file=flipped(draw, given.file))


@way("bit of the receipt", 1, 2, 5)
def _(draw: Random, given: Given) -> Given:
    return replace(given, receipt=flipped(draw, given.receipt))


def _bit_in(member: str) -> Way:
    def tamper(draw: Random, given: Given) -> Given:
        part = canonical_bytes(given.members[member])
        start = given.receipt.index(part)
        changed = flipped(draw, part)
        return replace(given, receipt=given.receipt[:start] + changed + given.receipt[start + len(part) :])

    return tamper


way("bit of the statement", 1, 2, 5)(_bit_in("statement"))
way("bit of a disclosure", 1, 2)(_bit_in("disclosures"))
way("bit of the proof", 1, 5)(_bit_in("proof"))
way("bit of the signposts", 1)(_bit_in("anchors"))
way("bit of the record number", 1)(_bit_in("record_no"))


@way("byte cut or added", 1, 2, 5)
def _(draw: Random, given: Given) -> Given:
    at = draw.randrange(len(given.receipt))
    put = draw.choice([b"", b" ", b"\n", b"0", b"}"])
    return replace(given, receipt=given.receipt[:at] + put + given.receipt[at + (not put) :])


# --------------------------------------------------------------------------------------- the receipt's own spelling


def _spelling(change: Callable[[Random, bytes], bytes]) -> Way:
    return lambda draw, given: replace(given, receipt=change(draw, given.receipt))


way("trailing data", 1)(_spelling(lambda draw, data: data + draw.choice([b"\n", b" ", b"{}", b"\0", b"x", data])))
way("no newline at the end", 1)(_spelling(lambda _, data: data[:-1]))
way("byte order mark", 1)(_spelling(lambda _, data: b"\xef\xbb\xbf" + data))
way("white space", 1)(_spelling(lambda draw, data: data.replace(b":", draw.choice([b": ", b" :", b":\t", b":\n"]), 1)))
way("member twice", 1)(
    _spelling(
        lambda draw, data: draw.choice([b'{"approvals":[],', b'{"record_no":"x",', b'{"\\u0061nchors":[],']) + data[1:]
    )
)
way("letter spelt as an escape", 1)(
    _spelling(lambda _, data: data.replace(b"legal-ledger/receipt", b"\\u006cegal-ledger/receipt", 1))
)
way("unknown member", 1)(_spelling(lambda _, data: data[:-2] + b',"z":1}\n'))
way("approval", 1)(_spelling(lambda _, data: data.replace(b'"approvals":[]', b'"approvals":[1]')))
way("another version", 1)(_spelling(lambda _, data: data.replace(b"receipt/v1", b"receipt/v2", 1)))
way("number as a fraction", 1)(
    _spelling(
        lambda draw, data: data.replace(b'"chain_id":1371103', b'"chain_id":1371103' + draw.choice([b".0", b"e0"]))
    )
)


@way("member missing", 1)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    del members[draw.choice(["anchors", "approvals", "disclosures", "format", "record_no", "statement"])]
    return render(given, members, sealed=False)


@way("base64 with bits to spare", 1)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    if draw.random() < 0.5:
        at = draw.randrange(len(members["disclosures"]))
        url_safe = BASE64[:62] + "-_"
        members["disclosures"][at] = slack(members["disclosures"][at], url_safe)
        return render(given, members)
    head, _, note = members["proof"].partition("\n\n")
    lines = note.split("\n")
    at = draw.choice([2, 4])
    before, dash, value = lines[at].rpartition(" ")
    lines[at] = before + dash + slack(value, BASE64)
    members["proof"] = head + "\n\n" + "\n".join(lines)
    return render(given, members)


@way("checksum not made anew", 1)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    name = draw.choice(["block_hash", "transaction_hash"])
    members["anchors"][0][name] = other(draw, members["anchors"][0][name], "0123456789abcdef")
    return render(given, members, sealed=False)


# ------------------------------------------------------------------------------------------ statement, disclosures


@way("statement says something else", 5)
def _(draw: Random, given: Given) -> Given:
    def change(statement: Any) -> None:
        name = draw.choice(["institution", "id", "recorded_at", "type", "subject", "stream_seq"])
        if name == "stream_seq":
            statement.update(stream_seq=draw.randrange(2, 10**6), stream_previous="cd" * 32)
        elif name == "recorded_at":
            statement[name] = f"{draw.choice([2024, 2025, 2027])}{statement[name][4:]}"
        elif name in {"id", "subject"}:
            statement[name] = statement[name][:-1] + other(draw, statement[name][-1], "0123456789abcdef")
        else:
            statement[name] = other(draw, statement[name], "LSUNIO" if name == "institution" else "documentfild")

    return change_statement(draw, given, change)


@way("field with another value", 2)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    at = draw.randrange(len(members["disclosures"]))
    salt, name, value = json.loads(decode_base64url(members["disclosures"][at]))
    changed = canonical_bytes([salt, name, f"{value}{draw.randrange(10)}"])
    members["disclosures"][at] = encode_base64url(changed)
    return render(given, members)


@way("field with another salt", 2)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    at = draw.randrange(len(members["disclosures"]))
    _, name, value = json.loads(decode_base64url(members["disclosures"][at]))
    members["disclosures"][at] = encode_base64url(canonical_bytes([encode_base64url(draw.randbytes(16)), name, value]))
    return render(given, members)


@way("field in another spelling", 2)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    at = draw.randrange(len(members["disclosures"]))
    plain = decode_base64url(members["disclosures"][at])
    members["disclosures"][at] = encode_base64url(
        draw.choice([plain + b" ", b" " + plain, plain.replace(b",", b", ", 1)])
    )
    return render(given, members)


@way("required field dropped", 2)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    required = json.loads(members["statement"])["required"]
    kept = [
        item
        for item in members["disclosures"]
        if encode_base64url(sha256(item.encode()).digest()) not in required or draw.random() < 0.4
    ]
    if len(kept) == len(members["disclosures"]):
        kept = []
    return render(given, members | {"disclosures": kept})


@way("field twice", 2)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    members["disclosures"].insert(draw.randrange(3), draw.choice(members["disclosures"]))
    return render(given, members)


@way("field of another record", 2)
def _(draw: Random, given: Given) -> Given:
    members, others = given.members, given.world.disclosures[(given.index + 1) % len(given.world.disclosures)]
    at = draw.randrange(len(members["disclosures"]))
    members["disclosures"][at] = draw.choice(others).encoded
    return render(given, members)


# ------------------------------------------------------------------------------------------------ proof and note


@way("hash of the proof", 5)
def _(draw: Random, given: Given) -> Given:
    def change(lines: list[str]) -> None:
        if len(lines) == 1:
            lines.append(encode_base64(draw.randbytes(32)))
            return
        at = draw.randrange(1, len(lines))
        lines[at] = encode_base64(flipped(draw, decode_base64(lines[at])))

    return change_proof(given, change)


@way("hash added, dropped or moved", 5)
def _(draw: Random, given: Given) -> Given:
    def change(lines: list[str]) -> None:
        what = draw.randrange(3)
        if what == 0 or len(lines) < 3:
            lines.insert(draw.randrange(1, len(lines) + 1), encode_base64(draw.randbytes(32)))
        elif what == 1:
            del lines[draw.randrange(1, len(lines))]
        else:
            lines[1], lines[-1] = lines[-1], lines[1]

    return change_proof(given, change)


@way("another index", 5)
def _(draw: Random, given: Given) -> Given:
    indexes = [index for index in range(given.size + 3) if index != given.index]
    return change_proof(given, lambda lines: lines.__setitem__(0, f"index {draw.choice([*indexes, 2**62 - 1])}"))


@way("size of the note", 4)
def _(draw: Random, given: Given) -> Given:
    size = draw.choice([given.size + 1, given.size - 1 or 7, given.size * 2, 2**53, 2**62])
    return change_note(given, lambda note: note.replace(f"\n{given.size}\n", f"\n{size}\n", 1))


@way("root of the note", 4)
def _(draw: Random, given: Given) -> Given:
    root = encode_base64(root_at(given.world.store, given.size))
    return change_note(given, lambda note: note.replace(root, encode_base64(draw.randbytes(32))))


@way("origin of the note", 4)
def _(draw: Random, given: Given) -> Given:
    return change_note(given, lambda note: note.replace(ORIGIN, other(draw, ORIGIN, "abcdefghi"), 1))


@way("signature of the note", 4)
def _(draw: Random, given: Given) -> Given:
    def change(note: str) -> str:
        text, _, value = note.rstrip("\n").rpartition(" ")
        signed = decode_base64(value)
        forged = draw.choice(
            [flipped(draw, signed[4:]), draw.randbytes(64), bytes(64), signed[4:-1], signed[4:] + b"\0", signed[4:36]]
        )
        return f"{text} {encode_base64(signed[:4] + forged)}\n"

    return change_note(given, change)


@way("good signature beside a bad one of the same key", 4)
def _(draw: Random, given: Given) -> Given:
    def change(note: str) -> str:
        line = note.rstrip("\n").rpartition("\n")[2]
        before, _, value = line.rpartition(" ")
        bad = f"{before} {encode_base64(decode_base64(value)[:4] + draw.randbytes(64))}"
        text = note.partition("\n\n")[0]
        return f"{text}\n\n" + "\n".join(draw.sample([line, bad], 2)) + "\n"

    return change_note(given, change)


@way("note signed by a stranger", 4)
def _(draw: Random, given: Given) -> Given:
    stranger = signer(draw.randrange(2, 200))
    checkpoint = Checkpoint(origin=ORIGIN, size=given.size, root=root_at(given.world.store, given.size))
    return change_note(given, lambda _: sign_checkpoint(checkpoint, stranger))


@way("note of another size", 5)
def _(draw: Random, given: Given) -> Given:
    size = draw.choice([size for size in given.world.sizes if size != given.size])
    return change_note(given, lambda _: given.world.note(size))


@way("path of (5, 8) sold as (9, 12) under the operator's own signature, and back", 7)
def _(draw: Random, given: Given) -> Given:
    # one path of hashes fits both: only the contract knows which size this root has
    (index, size), (claimed, claimed_size) = draw.choice([((5, 8), (9, 12)), ((9, 12), (5, 8))])
    members = json.loads(render_receipt(given.world.receipt(index, size)))
    lie = Checkpoint(origin=ORIGIN, size=claimed_size, root=root_at(given.world.store, size))
    hashes = [encode_base64(value) for value in inclusion(given.world.store, index, size)]
    note = sign_checkpoint(lie, given.world.signer)
    members["proof"] = "\n".join(["c2sp.org/tlog-proof@v1", "extra ", f"index {claimed}", *hashes]) + "\n\n" + note
    return replace(render(given, members), index=index, file=file_of(index))


# ------------------------------------------------------------------------------------------------- whole parts swapped


@way("receipt of another record for this file", 10)
def _(draw: Random, given: Given) -> Given:
    if given.size == 1:
        return replace(given, file=given.file + b".")
    return neighbour(draw, given)


def _swapped(*names: str) -> Way:
    def tamper(draw: Random, given: Given) -> Given:
        members = given.members
        size = max(given.world.sizes)
        index = draw.choice([index for index in range(size) if index != given.index])
        theirs = json.loads(render_receipt(given.world.receipt(index, size)))
        return render(given, members | {name: theirs[name] for name in names})

    return tamper


way("statement of another record", 1)(_swapped("statement"))
way("statement and number of another record", 2)(_swapped("statement", "record_no"))
way("disclosures of another record", 2)(_swapped("disclosures"))
way("proof of another record", 5)(_swapped("proof"))
way("all but the proof of another record", 5)(_swapped("statement", "record_no", "disclosures"))


@way("signpost to another network", 6)
def _(draw: Random, given: Given) -> Given:
    members = given.members
    anchor = members["anchors"][0]
    name = draw.choice(["contract", "log_id", "chain_id"])
    anchor[name] = anchor[name] + 1 if name == "chain_id" else other(draw, anchor[name], "123456789")
    return render(given, members)


# ------------------------------------------------------------------------------------------------------- trust file


@way("trusted key replaced", 4)
def _(draw: Random, given: Given) -> Given:
    stranger = render_trust(replace(given.world.trust, keys=(replace(given.world.trust.keys[0], vkey=STRANGER.vkey),)))
    return replace(given, trust=stranger)


@way("trusted key from a later size on", 4)
def _(draw: Random, given: Given) -> Given:
    return change_trust(given, lambda trust: trust["keys"][0].update(from_size=given.size + draw.randrange(1, 9)))


@way("character of the trusted key", TRUST)
def _(draw: Random, given: Given) -> Given:
    def change(trust: Any) -> None:
        name, key_id, material = trust["keys"][0]["vkey"].split("+", 2)
        material = other(draw, material[:-3], BASE64) + material[-3:]
        trust["keys"][0]["vkey"] = f"{name}+{key_id}+{material}"

    return change_trust(given, change)


@way("trusted key of another size", TRUST)
def _(draw: Random, given: Given) -> Given:
    def change(trust: Any) -> None:
        name, _, material = trust["keys"][0]["vkey"].split("+", 2)
        key = decode_base64(material)
        key = draw.choice([key[:-1], key + b"\0", key[:1], b"\x02" + key[1:], key + key])
        key_id = sha256(name.encode() + b"\n" + key).hexdigest()[:8]
        trust["keys"][0]["vkey"] = f"{name}+{key_id}+{encode_base64(key)}"

    return change_trust(given, change)


@way("trusted origin", TRUST)
def _(draw: Random, given: Given) -> Given:
    return change_trust(given, lambda trust: trust.update(origin=other(draw, trust["origin"], "abcdefghi")))


@way("trusted network", 6)
def _(draw: Random, given: Given) -> Given:
    def change(trust: Any) -> None:
        anchor = trust["anchors"][0]
        name = draw.choice(["genesis_hash", "code_sha256", "contract", "log_id", "chain_id"])
        anchor[name] = anchor[name] + 1 if name == "chain_id" else other(draw, anchor[name], "123456789")

    return change_trust(given, change)


@way("trusted network from a later size on", 6)
def _(draw: Random, given: Given) -> Given:
    return change_trust(given, lambda trust: trust["anchors"][0].update(from_size=given.size + draw.randrange(1, 9)))


@way("spelling of the trust file", TRUST)
def _(draw: Random, given: Given) -> Given:
    changed = draw.choice(
        [
            given.trust + b"x",
            given.trust[1:],
            b"\xef\xbb\xbf" + given.trust,
            given.trust[:1] + b'"origin":"x",' + given.trust[1:],
            given.trust.replace(b'"from_size":0', b'"from_size":0.0', 1),
            given.trust.replace(b'"from_size":0', b'"from_size":-1', 1),
            given.trust.replace(b'"depth:2"', b'"depth:02"'),
            given.trust.replace(b'"depth:2"', b'"depth:10001"'),
            given.trust.replace(b'"witnessed"', b'"trusted"'),
            given.trust.replace(b'"until_size":null', b'"until_size":"null"', 1),
        ]
    )
    return replace(given, trust=changed)
