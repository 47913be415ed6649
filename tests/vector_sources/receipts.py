"""Vectors of receipts: the outcome of each check and the verdict, given a trust file and a chain's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tests.oracles import NaiveTree, record_number
from tests.vector_sources.encoding import Case, base64std, base64url, compact, sha256
from tests.vector_sources.json_text import SALTS, made_disclosure, statement_commitment
from tests.vector_sources.log_files import ORIGIN, OTHER_SEED, SEED, signed, vkey
from tests.vector_sources.merkle import log_entries

FILE_SHA256 = sha256("调解协议书".encode()).hex()
SIZES = (5, 8, 9, 12)
AT = 5
DEPTH = 2

FIELDS: dict[str, object] = {"amount_fen": 1_864_000, "sha256": FILE_SHA256, "title": "调解协议书", "remark": None}
REQUIRED = ("amount_fen", "sha256")

IDENTITY: Case = {
    "chain_id": 1371103,
    "genesis_hash": "0x" + "9a" * 32,
    "contract": "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    "code_sha256": "c0" * 32,
    "log_id": "0x" + sha256(ORIGIN.encode()).hex(),
}

NEW_IDENTITY: Case = IDENTITY | {"genesis_hash": "0x" + "7b" * 32, "contract": "0x" + "32" * 20}
"""Where a log that has moved goes on."""

ALL_PASSED = "ppppppppppn"


def disclosed(fields: Mapping[str, object]) -> list[Case]:
    salts = dict(zip(FIELDS, SALTS, strict=False))
    return [made_disclosure(name, value, salts.get(name, SALTS[-1])) for name, value in fields.items()]


def statement_of(fields: Mapping[str, object]) -> str:
    made = disclosed(fields)
    return compact(
        {
            "_sd": sorted(item["digest"] for item in made),
            "_sd_alg": "sha-256",
            "id": "5c6d1f0e-1111-4aaa-8bbb-000000000004",
            "institution": "LS-UNION",
            "previous": None,
            "recorded_at": "2026-07-20T09:15:30.250Z",
            "required": sorted(item["digest"] for item in made if item["name"] in REQUIRED),
            "schema": "legal-ledger/statement/v1",
            "stream": "5c6d1f0e-2222-4aaa-8bbb-000000000001",
            "stream_previous": "ab" * 32,
            "stream_seq": 4,
            "subject": "5c6d1f0e-3333-4aaa-8bbb-000000000004",
            "type": "document.filed",
            "version": 1,
        }
    )


STATEMENT = statement_of(FIELDS)


def grown_tree() -> NaiveTree:
    entries = log_entries(max(SIZES))
    entries[AT] = statement_commitment(STATEMENT)
    return NaiveTree(entries)


TREE = grown_tree()


def note(size: int, *, root: bytes | None = None, seed: bytes = SEED, origin: str = ORIGIN) -> str:
    text = f"{origin}\n{size}\n{base64std(TREE.root(size) if root is None else root)}\n"
    return signed(text, origin, seed)


def hint() -> Case:
    return {
        "block_hash": "0x" + "b1" * 32,
        "block_number": 5,
        "chain_id": IDENTITY["chain_id"],
        "checkpoint_index": 3,
        "contract": IDENTITY["contract"],
        "log_id": IDENTITY["log_id"],
        "transaction_hash": "0x" + "7a" * 32,
    }


def members(**changed: object) -> Case:
    """A receipt's members, from parts of which some are `changed`; the checksum is made last."""
    parts: Case = {
        "statement": STATEMENT,
        "fields": FIELDS,
        "index": AT,
        "hashes": TREE.inclusion(AT, 12),
        "note": note(12),
        "anchors": [hint()],
        "extra": None,
    } | changed
    covered = compact({"anchors": parts["anchors"], "approvals": [], "note": parts["note"]})
    checksum = parts["extra"] or base64std(sha256(b"legal-ledger/receipt-checksum/v1\n" + covered.encode()))
    lines = ["c2sp.org/tlog-proof@v1", f"extra {checksum}", f"index {parts['index']}"]
    lines += [base64std(value) for value in parts["hashes"]]
    return {
        "anchors": parts["anchors"],
        "approvals": [],
        "disclosures": [item["encoded"] for item in disclosed(parts["fields"])],
        "format": "legal-ledger/receipt/v1",
        "proof": "\n".join([*lines, "", parts["note"]]),
        "record_no": record_number(json.loads(parts["statement"])["subject"]),
        "statement": parts["statement"],
    }


def receipt(**changed: object) -> str:
    return compact(members(**changed)) + "\n"


def trust(**changed: object) -> str:
    anchor = IDENTITY | {"from_size": 0, "until_size": None, "finality": f"depth:{DEPTH}", "evidence": "witnessed"}
    whole: Case = {
        "format": "legal-ledger/trust/v1",
        "origin": ORIGIN,
        "keys": [{"vkey": vkey(ORIGIN, SEED), "from_size": 0, "until_size": None}],
        "anchors": [anchor | changed],
    }
    return compact(whole)


def moved(size: int) -> str:
    """The trust file of a log that went on in another contract at `size`."""
    whole: Case = json.loads(trust())
    (old,) = whole["anchors"]
    whole["anchors"] = [old | {"until_size": size}, old | NEW_IDENTITY | {"from_size": size}]
    return compact(whole)


def chain(sizes: Sequence[int] = SIZES, *, above: int = DEPTH, **changed: object) -> Case:
    """What a node answers: each checkpoint in a block of its own from number 2, and `above` blocks on the newest."""
    checkpoints = [
        {
            "root": TREE.root(size).hex(),
            "index": index,
            "size": size,
            "time": 1_784_510_000 + index,
            "block_number": 2 + index,
            "previous_block": 1 + index if index else 0,
        }
        for index, size in enumerate(sizes)
    ]
    answers: Case = {
        "identity": IDENTITY,
        "newest_block": 1 + len(sizes) + above,
        "depth": DEPTH,
        "checkpoints": checkpoints,
        "revocations": [],
    }
    return answers | changed


def revoked(reason: int) -> Case:
    commitment = statement_commitment(STATEMENT).hex()
    return chain(revocations=[{"commitment": commitment, "reason": reason, "time": 1_784_510_100}])


def under_another_size() -> Case:
    answers = chain()
    answers["checkpoints"][-1]["size"] = 13
    return answers


def rewritten(above: int) -> Case:
    answers = chain(above=above)
    for checkpoint in answers["checkpoints"]:
        checkpoint["root"] = sha256(bytes.fromhex(checkpoint["root"])).hex()
    return answers


def bit_flipped(text: str, at: int) -> str:
    data = bytearray(text.encode())
    data[at] ^= 1
    return data.decode("utf-8", "surrogateescape")


def misspelt_receipts() -> list[Case]:
    good = receipt()
    respelt = json.dumps(members(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    wrong_checksum = members(extra=base64std(bytes(32)))
    other_hash = members()
    other_hash["anchors"] = [hint() | {"block_hash": "0x" + "00" * 32}]
    unknown = members() | {"note": ""}
    approved = members() | {"approvals": [{}]}
    no_extra = members()
    no_extra["proof"] = "\n".join(line for line in no_extra["proof"].split("\n") if not line.startswith("extra "))
    cases = {
        "no newline at the end": good[:-1],
        "another newline at the end": good + "\n",
        "spaces": respelt,
        "byte order mark": "\ufeff" + good,
        "unknown member": compact(unknown) + "\n",
        "an approval": compact(approved) + "\n",
        "number of another record": good.replace(members()["record_no"], record_number(SUBJECT_OF_ANOTHER)),
        "checksum is not the one": compact(wrong_checksum) + "\n",
        "no checksum": compact(no_extra) + "\n",
        "signpost changed under the old checksum": compact(other_hash) + "\n",
        "one bit of the statement": bit_flipped(good, good.encode().index(b"LS-UNION")),
        "statement not canonical": compact(members() | {"statement": STATEMENT + " "}) + "\n",
        "another version of the format": good.replace("receipt/v1", "receipt/v2"),
        "nothing": "",
    }
    # The statement stays well formed with one letter changed; its leaf is another.
    results = dict.fromkeys(cases, ("fnnnnnnnnnn", "bad_input"))
    results["one bit of the statement"] = ("ppppfnnnnpn", "receipt_invalid")
    return [case(name, *results[name], receipt=text) for name, text in cases.items()]


SUBJECT_OF_ANOTHER = "5c6d1f0e-3333-4aaa-8bbb-000000000005"


def invalid_receipts() -> list[Case]:
    # A proof binds neither index nor size: the path of leaf 5 of 8 is one of leaf 9 of 12, to the same root.
    same_path = {"index": 9, "hashes": TREE.inclusion(AT, 8)}
    cosigned = note(12) + "— witness.example " + base64std(bytes(76)) + "\n"
    dearer = FIELDS | {"amount_fen": 1}
    fields = {
        "a value changed under its old salt": dearer,
        "a field that was never stated": FIELDS | {"waiver": True},
        "a required field left out": {"sha256": FILE_SHA256},
    }
    proofs: dict[str, Case] = {
        "index of the neighbour": {"index": AT + 1},
        "index outside the tree": {"index": 12},
        "a hash left out": {"hashes": TREE.inclusion(AT, 12)[:-1]},
        "a hash too many": {"hashes": [*TREE.inclusion(AT, 12), bytes(32)]},
        "hashes in another order": {"hashes": TREE.inclusion(AT, 12)[::-1]},
        "another statement, stated alike": {"statement": statement_of(dearer), "fields": dearer},
        "leaf 5 of 8 claimed as leaf 9 of 12": same_path,
        "leaf 5 of 8 claimed as leaf 9, with its own note": same_path | {"note": note(8)},
        "note of another size": {"note": note(9)},
    }
    notes = {
        "signed by another key of that name": note(12, seed=OTHER_SEED),
        "signed for another log": note(12, origin="demo.ledger.example/other/1"),
    }
    forged = note(12).replace("\n12\n", "\n13\n")
    return [
        *(
            case(name, "pfpppnnnnnn", "receipt_invalid", receipt=receipt(fields=value))
            for name, value in fields.items()
        ),
        *(case(name, "ppppfnnnnpn", "receipt_invalid", receipt=receipt(**parts)) for name, parts in proofs.items()),
        *(case(name, "pppfpnnnnpn", "receipt_invalid", receipt=receipt(note=text)) for name, text in notes.items()),
        case("size changed under the signature", "pppfpnnnnpn", "receipt_invalid", receipt=receipt(note=forged)),
        case("an unknown witness has cosigned", ALL_PASSED, "verified", receipt=receipt(note=cosigned)),
    ]


def chain_cases() -> list[Case]:
    lie = note(12, root=TREE.root(8))
    false_size = receipt(index=9, hashes=TREE.inclusion(AT, 8), note=lie)
    elsewhere = [hint() | {"chain_id": 1}]
    other_genesis = chain(identity=IDENTITY | {"genesis_hash": "0x" + "66" * 32})
    other_code = chain(identity=IDENTITY | {"code_sha256": "bd" * 32})
    return [
        case("no node", "pppppnnnnpn", "chain_unreachable", chain=None),
        case("no trust file", "pppnpnnnnpn", "chain_unreachable", trust=None),
        case("another chain answers", "pppppfnnnpn", "wrong_chain", chain=other_genesis),
        case("another program answers", "pppppfnnnpn", "wrong_chain", chain=other_code),
        case("no network is trusted at this size", "pppppfnnnpn", "wrong_chain", trust=trust(from_size=13)),
        case("signpost to another network", "pppppfnnnpn", "wrong_chain", receipt=receipt(anchors=elsewhere)),
        case("no signpost", ALL_PASSED, "verified", receipt=receipt(anchors=[])),
        case("the node is behind the receipt", "ppppppunppn", "chain_unreachable", chain=chain(SIZES[:-1])),
        case("another history, not final", "ppppppunppn", "chain_unreachable", chain=rewritten(above=0)),
        case("another history, final", "ppppppfnppn", "ledger_mismatch", chain=rewritten(above=DEPTH)),
        case("this root under another size", "ppppppfnppn", "ledger_mismatch", chain=under_another_size()),
        case("an old root signed under a false size", "ppppppfnppn", "ledger_mismatch", receipt=false_size),
        case("not final", "pppppppfppn", "verified_not_final", chain=chain(above=1)),
        case("entered in error", "ppppppppfpn", "revoked", chain=revoked(1)),
        case("replaced", "ppppppppfpn", "superseded", chain=revoked(2)),
        case("set aside", "ppppppppfpn", "revoked", chain=revoked(3)),
    ]


def question_cases() -> list[Case]:
    bare = receipt(fields={name: FIELDS[name] for name in REQUIRED})
    return [
        case("untouched", ALL_PASSED, "verified"),
        case("redacted to what is required", ALL_PASSED, "verified", receipt=bare),
        case("no file", "pppppppppnn", "verified", file_sha256=None),
        case("another file", "pppppppppfn", "different", file_sha256="00" * 32),
        case("another file and no node", "pppppnnnnfn", "different", file_sha256="00" * 32, chain=None),
        case("no newer version", "ppppppppppp", "verified", newer=False),
        case("a newer version", "ppppppppppf", "superseded", newer=True),
    ]


def case(name: str, outcomes: str, verdict: str, **changed: object) -> Case:
    """A case: `changed` names what differs from the document's `given`."""
    return {"name": name, **changed, "outcomes": outcomes, "verdict": verdict}


def moved_cases() -> list[Case]:
    """A receipt of 12 leaves, where the log moved at that size, after or before; asked of the old chain or new."""
    wrong = {("old", 8), ("new", 13)}
    cases = []
    for size, when in ((12, "at"), (13, "after"), (8, "before")):
        new = chain([known for known in (8, 12) if known >= size], identity=NEW_IDENTITY)
        for name, answers in (("old", chain()), ("new", new)):
            outcomes, verdict = ("pppppfnnnpn", "wrong_chain") if (name, size) in wrong else (ALL_PASSED, "verified")
            title = f"the log moved {when} this size, the {name} chain answers"
            cases.append(case(title, outcomes, verdict, trust=moved(size), chain=answers))
    return cases


def receipts() -> Case:
    return {
        "about": "Checks 1 to 11 by their first letters (passed, failed, not checked, unavailable), and the verdict. "
        "Each case is `given`, but for what it has of its own. `chain` is what a node answers: a block is final when "
        "`depth` blocks lie on it.",
        "given": {
            "receipt": receipt(),
            "trust": trust(),
            "chain": chain(),
            "file_sha256": FILE_SHA256,
            "newer": None,
        },
        "commitment": statement_commitment(STATEMENT).hex(),
        "disclosure_digests": [base64url(sha256(item["encoded"].encode())) for item in disclosed(FIELDS)],
        "cases": [*question_cases(), *misspelt_receipts(), *invalid_receipts(), *chain_cases(), *moved_cases()],
    }
