"""Seeded edits of a `ledger` bundle, with a manifest that was mended to fit; and one byte of a member without that."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from ledger.audit.report import AuditReport
from ledger.audit.run import audit, refuse
from ledger.audit.seen import number_of
from ledger.audit.sources import AuditedChain
from ledger.bundle import BundleWriter, Profile, open_bundle
from ledger.bundle_source import BundleSource
from ledger.chain import decode_transaction
from ledger.cli.bundles import evidences_of, pinned
from ledger.errors import Malformed
from ledger.trust import Trust, parse_trust
from tests.ledger.bundled import joined, lines
from tests.service.edit_shapes import (
    ANY,
    NONE,
    Edit,
    Target,
    Wanted,
    other_bytes,
    other_json,
    other_value,
    wanted,
)

Line = dict[str, Any]
Members = Mapping[str, bytes | None]

LINES: Final = {
    "statements.jsonl": ("leaf_index", "statement"),
    "disclosures.jsonl": ("id", "disclosures"),
    "rows.jsonl": ("table", "subject", "version", "values"),
    "chain/transactions.jsonl": (
        "hash",
        "raw",
        "from",
        "nonce",
        "block_number",
        "block_hash",
        "block_time",
        "status",
        "gas_used",
        "contract_address",
        "logs",
    ),
    "checkpoints.jsonl": ("size", "note", "transaction_hash"),
}
"""member → the fields of its lines, as `ledger/docs/bundle.md` numbers them."""

KEYS: Final = {
    "statements.jsonl": "leaf_index",
    "disclosures.jsonl": "id",
    "rows.jsonl": "subject",
    "chain/transactions.jsonl": "hash",
    "checkpoints.jsonl": "size",
}
"""member → the field that says which line this is; two lines are swapped by exchanging all others."""

FIELDS: Final = {
    "statements.jsonl leaf_index": "leaf_index|leaf",
    "statements.jsonl statement": ANY,
    "disclosures.jsonl id": f"{NONE}|id",
    "disclosures.jsonl disclosures": ANY,
    "rows.jsonl table": "record",
    "rows.jsonl subject": NONE,
    "rows.jsonl version": f"{NONE}|version",
    "chain/transactions.jsonl raw": "raw|hash|sender|nonce",
    "chain/transactions.jsonl from": "sender",
    "checkpoints.jsonl note": ANY,
    "checkpoints.jsonl transaction_hash": "checkpoint_size",
}
"""Fields that are found under another name than their own. A statement's text, its disclosures and a checkpoint's note
are whole: the field is what of them no longer fits. What anchored a checkpoint is said of the transaction."""

WHOLE: Final = {
    "chain/head.json": "block",
    "contract.json": "contract.json",
    "genesis.json": "genesis.json",
    "trust.json": "trust.json",
}
"""Members that are one JSON object."""


@dataclass(slots=True)
class BundleEdits:
    """Draws edits of one bundle, which is held in memory and audited against the chain with the auditor's own trust."""

    members: dict[str, bytes]
    created_at: datetime
    trust: Trust
    chain: AuditedChain

    @classmethod
    def of(cls, data: bytes, *, chain: AuditedChain) -> BundleEdits:
        """The edits of the bundle with these bytes."""
        with open_bundle(io.BytesIO(data)) as bundle:
            members = {path: bundle.open(path).read() for path in bundle.members}
            trust = parse_trust(members["trust.json"])
            return cls(members=members, created_at=bundle.created_at, trust=trust, chain=chain)

    def audit(self, changed: Members) -> AuditReport:
        """Audit the bundle with these members in the place of its own (None: without it), and a manifest that fits."""
        return self._audit(self._written(changed))

    def _written(self, changed: Members) -> bytes:
        file = io.BytesIO()
        with BundleWriter(file, profile=Profile.LEDGER, created_at=self.created_at) as writer:
            for path, data in {**self.members, **changed}.items():
                if data is not None:
                    writer.write(path, data)
        return file.getvalue()

    def _audit(self, data: bytes) -> AuditReport:
        with open_bundle(io.BytesIO(data)) as bundle:
            source = BundleSource(bundle, decode=decode_transaction, trust=self.trust, pinned=pinned)
            damage = list(source.damage())
            if damage:
                return refuse(source.trust, damage, own_trust=True, now=self.created_at)
            return audit(evidences_of(source, chain=self.chain), now=self.created_at)

    def targets(self) -> list[Target]:
        """Every field of every kind of line, a line more, one less, two swapped; every other member; mere damage."""
        found: list[Target] = []
        for path, names in LINES.items():
            found += [Target(name=f"bundle {path} {name}", draw=self._field(path, name)) for name in names]
            found += [
                Target(name=f"bundle {path} {how}", draw=self._of_lines(path, way))
                for how, way in (("deleted", self._deleted), ("inserted", self._inserted), ("swapped", self._swapped))
            ]
        found += [Target(name=f"bundle {path}", draw=self._whole(path)) for path in WHOLE]
        for folder, named in (("tiles/", self._tile_wanted), ("documents/", self._document_wanted)):
            found += [
                Target(name=f"bundle {folder} changed", draw=self._binary(folder, named, other_bytes)),
                Target(name=f"bundle {folder} deleted", draw=self._binary(folder, named, lambda _draw, _data: None)),
            ]
        found.append(Target(name="bundle documents/ inserted", draw=self._foreign_document))
        found.append(Target(name="bundle documents/ swapped", draw=self._swapped_documents))
        # An empty member has no byte to damage.
        held = [path for path, data in self.members.items() if data]
        kinds = sorted({path if "." in path else path.partition("/")[0] + "/" for path in held})
        return [*found, *(Target(name=f"bundle damaged {kind}", draw=self._damage(kind)) for kind in kinds)]

    # --------------------------------------------------------------------------------------------------------- lines

    def _lines(self, path: str) -> list[Line]:
        return lines(self.members[path])

    def _edit(self, said: str, expected: list[Wanted], changed: Members) -> Edit | None:
        if all(self.members.get(path) == data for path, data in changed.items()):
            return None
        return Edit(said=said, wanted=tuple(expected), audit=lambda: self.audit(changed))

    def _field(self, path: str, name: str) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            held = self._lines(path)
            at = random.randrange(len(held))
            before = held[at][name]
            fields, after = self._other(random, path, name, before, [line[name] for line in held])
            changed = [*held[:at], {**held[at], name: after}, *held[at + 1 :]]
            if after == before or not _is_of_the_form(path, changed):
                return None
            expected = self._wanted(path, held[at], fields)
            if name in {"size", "hash", "transaction_hash"}:
                expected = wanted({str(before), str(after)}, fields)
            said = f"{path} line {at + 1}, {name}: {before!r} → {after!r}"
            return self._edit(said, [expected], {path: joined(changed)})

        return draw

    def _other(self, random: Random, path: str, name: str, before: Any, others: list[Any]) -> tuple[str, Any]:
        """(the fields under which it is to be found, another value)."""
        fields = FIELDS.get(f"{path} {name}", rf"{name}(\[.*|[.].*)?")
        if random.random() < 0.3:
            after = random.choice(others)
            return (ANY if name == "values" else fields), after
        if isinstance(before, dict | list):
            where, after = other_json(random, before)
            return (rf"{where[0]}(\[.*|[.].*)?" if name == "values" else fields), after
        if isinstance(before, str) and before.startswith("0x"):
            at = random.randrange(2, len(before))
            return fields, before[:at] + random.choice("0123456789abcdef") + before[at + 1 :]
        return fields, other_value(random, before)

    def _wanted(self, path: str, line: Line, fields: str) -> Wanted:
        """The record, leaf, checkpoint or transaction that a line is about."""
        match path:
            case "statements.jsonl":
                return self._statement_wanted(line, fields)
            case "disclosures.jsonl":
                statements = self._lines("statements.jsonl")
                own = next(one for one in statements if json.loads(one["statement"])["id"] == line["id"])
                return self._statement_wanted(own, fields)
            case "rows.jsonl":
                return wanted(number_of(line["subject"]), fields)
        return wanted(str(line[KEYS[path]]), fields)

    def _statement_wanted(self, line: Line, fields: str) -> Wanted:
        subject = json.loads(line["statement"])["subject"]
        return wanted({number_of(subject), str(line["leaf_index"])}, fields, leaf=line["leaf_index"])

    def _of_lines(
        self, path: str, way: Callable[[Random, str, list[Line]], tuple[list[Wanted], list[Line]] | None]
    ) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            drawn = way(random, path, self._lines(path))
            if drawn is None or not _is_of_the_form(path, drawn[1]):
                return None
            return self._edit(f"{path}: {way.__name__} {drawn[0]}", drawn[0], {path: joined(drawn[1])})

        return draw

    def _deleted(self, random: Random, path: str, held: list[Line]) -> tuple[list[Wanted], list[Line]]:
        at = random.randrange(len(held))
        expected = self._wanted(path, held[at], ANY)
        if path == "chain/transactions.jsonl":
            # Of one that left no event of the log nothing but its place among its sender's is known.
            sent = f"{held[at]['from']}/{held[at]['nonce']}"
            expected = wanted({held[at]["hash"], sent}, ANY)
        return [expected], held[:at] + held[at + 1 :]

    def _inserted(self, random: Random, path: str, held: list[Line]) -> tuple[list[Wanted], list[Line]]:
        """A copy of a line, as it is or under another key, beside the one that it copies."""
        at = random.randrange(len(held))
        key = KEYS[path]
        copy = dict(held[at])
        if random.random() < 0.5:
            copy[key] = other_value(random, copy[key])
        expected = self._wanted(path, held[at], ANY)
        either = Wanted(
            numbers=expected.numbers | {str(copy[key]), number_of(copy[key])},
            fields=expected.fields,
            leaf=expected.leaf,
        )
        return [either], [*held[: at + 1], copy, *held[at + 1 :]]

    def _swapped(self, random: Random, path: str, held: list[Line]) -> tuple[list[Wanted], list[Line]] | None:
        first, second = random.sample(range(len(held)), 2)
        keys = {KEYS[path], "table", "version"} if path == "rows.jsonl" else {KEYS[path]}
        one, other = held[first], held[second]
        if one.get("table") != other.get("table") or {**one, **_part(other, keys)} == other:
            return None
        changed = list(held)
        changed[first], changed[second] = {**other, **_part(one, keys)}, {**one, **_part(other, keys)}
        return [self._wanted(path, held[at], ANY) for at in (first, second)], changed

    # ------------------------------------------------------------------------------------------------- other members

    def _whole(self, path: str) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            before = json.loads(self.members[path])
            where, after = other_json(random, before)
            data = json.dumps(after).encode()
            if path == "trust.json":
                with suppress(Malformed):
                    if parse_trust(data) == self.trust:
                        return None
                try:
                    parse_trust(data)
                except Malformed:
                    return None  # no trust file any more: refused before anything is compared
            expected = wanted(WHOLE[path], rf"{where[0]}.*")
            if path == "chain/head.json":
                number = before["block_number"]
                expected = wanted({str(number), str(after["block_number"])}, f"{where[0]}|block_hash")
            elif path == "genesis.json":
                # the hash of the first block does not cover the chain id
                expected = wanted(path, "genesis_hash|chain_id" if where[-1] == "chainId" else "genesis_hash")
            if after == before or (path == "chain/head.json" and type(after[where[0]]) is not type(before[where[0]])):
                return None
            return self._edit(f"{path} {where}: {after!r}"[:300], [expected], {path: data})

        return draw

    def _binary(
        self, folder: str, named: Callable[[str], Wanted], way: Callable[[Random, bytes], bytes | None]
    ) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            path = random.choice([path for path in self.members if path.startswith(folder)])
            return self._edit(f"{path} changed", [named(path)], {path: way(random, self.members[path])})

        return draw

    def _tile_wanted(self, path: str) -> Wanted:
        level, number = path.split("/")[2], path.split("/")[3]
        return wanted(f"{level}/{int(number.partition('.')[0])}", r"hashes.*")

    def _document_wanted(self, path: str) -> Wanted:
        digest = path.partition("/")[2]
        rows = [row for row in self._lines("rows.jsonl") if row["values"].get("sha256") == digest]
        return wanted({number_of(row["subject"], row["version"]) for row in rows}, "sha256")

    def _foreign_document(self, random: Random) -> Edit | None:
        path = f"documents/{random.getrandbits(256):064x}"
        return self._edit(f"{path} inserted", [wanted(path, "path")], {path: random.randbytes(9)})

    def _swapped_documents(self, random: Random) -> Edit | None:
        first, second = random.sample([path for path in self.members if path.startswith("documents/")], 2)
        changed = {first: self.members[second], second: self.members[first]}
        return self._edit(f"{changed.keys()} swapped", [self._document_wanted(path) for path in changed], changed)

    def _damage(self, kind: str) -> Callable[[Random], Edit | None]:
        """A bit of a member, while the manifest stays as it is."""

        def draw(random: Random) -> Edit | None:
            path = random.choice([path for path in self.members if path.startswith(kind)])
            before = self.members[path]
            at = random.randrange(len(before))
            data = bytearray(self._written({}))
            data[data.index(before) + at] ^= 1 << random.randrange(8)
            expected = wanted(path, "sha256")
            return Edit(said=f"{path}: byte {at}", wanted=(expected,), audit=lambda: self._audit(bytes(data)))

        return draw


def _part(line: Line, keys: set[str]) -> Line:
    return {name: line[name] for name in keys}


def _is_of_the_form(path: str, held: list[Line]) -> bool:
    """Whether the lines are still what the format allows: another order of checkpoints, or an odd value, is refused
    before anything is compared."""
    if path == "checkpoints.jsonl":
        sizes = [line["size"] for line in held]
        return sizes == sorted(sizes)
    if path == "rows.jsonl":
        return all(isinstance(line["version"], int) and isinstance(line["values"], dict) for line in held)
    return True
