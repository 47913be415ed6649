"""Vectors of what is JSON: strict reading and RFC 8785, disclosures, statements."""

from __future__ import annotations

import json

from tests.vector_sources.encoding import Case, base64url, compact, sha256, with_unused_bits

SALTS = [sha256(f"salt {number}".encode())[:16] for number in range(8)]

FIELDS: list[tuple[str, object]] = [
    ("applicant_name", "周小满"),
    ("amount_fen", 1_864_000),
    ("closed_on", None),
    ("is_final", True),
    ("printed", {"条款": ["一", "二"], "fen": 932_000}),
    ("compatibility_ideograph", "\uf91d"),
    ("empty", ""),
    ("list", []),
]


# ------------------------------------------------------------------------------------------------------------- JSON


def canonical_json() -> Case:
    return {
        "about": "Strict JSON in, RFC 8785 out. `input` is the hex of the bytes read, `output` of the bytes written.",
        "accepted": [
            {"name": name, "input": text.encode().hex(), "output": output.encode().hex()}
            for name, text, output in accepted_json()
        ],
        "refused": [{"name": name, "input": data.hex()} for name, data in refused_json()],
    }


def accepted_json() -> list[tuple[str, str, str]]:
    # RFC 8785 §3.2.3, and §3.2.2 without its fractions, which the ledger refuses.
    sorting = r"""{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
        "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"""
    in_order = (
        '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
        '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
    )
    strings = r"""{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    stringed = r"""{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"""
    deep = "[" * 64 + "]" * 64
    return [
        ("RFC 8785 §3.2.3, sorting", sorting, in_order),
        ("RFC 8785 §3.2.2, strings and literals", strings, stringed),
        (
            "nested members are sorted too",
            '[56, {"d": true, "10": null, "1": [ ]}]',
            '[56,{"1":[],"10":null,"d":true}]',
        ),
        ("every escape", r'"\b\t\n\f\r\u0000\u001f\u007f\/"', '"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f/"'),
        ("text is not normalised", r'["A\u030a","\u00c5","\uf91d"]', '["A\u030a","\u00c5","\uf91d"]'),
        ("largest integers", "[9007199254740991, -9007199254740991, 0]", "[9007199254740991,-9007199254740991,0]"),
        ("64 levels", deep, deep),
        ("white space around", " \t\r\n{} ", "{}"),
    ]


def refused_json() -> list[tuple[str, bytes]]:
    return [
        ("RFC 8785 §3.2.2, fractions", b'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3]}'),
        ("a fraction that is whole", b"[1.0]"),
        ("an exponent", b"[1e2]"),
        ("minus zero", b"[-0]"),
        ("2^53", b"[9007199254740992]"),
        ("-2^53", b"[-9007199254740992]"),
        ("500 digits", b"[" + b"9" * 500 + b"]"),
        ("leading zero", b"[01]"),
        ("NaN", b"[NaN]"),
        ("Infinity", b"[-Infinity]"),
        ("member twice", b'{"a":1,"b":2,"a":1}'),
        ("member twice under an escape", b'{"a":1,"\\u0061":1}'),
        ("member twice deep inside", b'[{"a":{"b":1,"b":1}}]'),
        ("lone high surrogate", b'["\\ud800"]'),
        ("lone low surrogate as a member name", b'{"\\udc00":1}'),
        ("surrogate as bytes", b'["\xed\xa0\x80"]'),
        ("overlong UTF-8", b'["\xc0\xaf"]'),
        ("Latin-1", b'["\xe9"]'),
        ("byte order mark", b"\xef\xbb\xbf{}"),
        ("UTF-16", b"\xff\xfe{\x00}\x00"),
        ("trailing data", b"{} {}"),
        ("trailing comma", b"[1,]"),
        ("comment", b"{} // x"),
        ("control character in text", b'["\n"]'),
        ("single quotes", b"{'a':1}"),
        ("nothing", b""),
        ("65 levels", b"[" * 65 + b"]" * 65),
        ("2,000 levels, never closed", b"[" * 2_000),
    ]


# ------------------------------------------------------------------------------------------------------ disclosures


def made_disclosure(name: str, value: object, salt: bytes) -> Case:
    encoded = base64url(compact([base64url(salt), name, value]).encode())
    digest = base64url(sha256(encoded.encode()))
    return {"salt": salt.hex(), "name": name, "value": value, "encoded": encoded, "digest": digest}


def disclosures() -> Case:
    salt = base64url(SALTS[0])
    # Not as we would write it: RFC 9901 has the text hashed as received.
    spaced = base64url(f'["{salt}", "given_name", "周"]'.encode())
    return {
        "about": "RFC 9901 §4.2. `received` is not what we write, but is read, and its digest is that of the text.",
        "made": [made_disclosure(name, value, salt) for (name, value), salt in zip(FIELDS, SALTS, strict=True)],
        "received": [{"name": "spaces inside", "encoded": spaced, "digest": base64url(sha256(spaced.encode()))}],
        "refused": [{"name": name, "encoded": encoded} for name, encoded in refused_disclosures(salt)],
    }


def refused_disclosures(salt: str) -> list[tuple[str, str]]:
    texts = [
        ("two elements", f'["{salt}","x"]'),
        ("four elements", f'["{salt}","x",1,2]'),
        ("not an array", f'{{"{salt}":1}}'),
        ("name _sd", f'["{salt}","_sd",[]]'),
        ("name ...", f'["{salt}","...",1]'),
        ("empty name", f'["{salt}","",1]'),
        ("name is a number", f'["{salt}",1,1]'),
        ("salt of 8 bytes", '["6qMQvRL5haj","family_name","Möbius"]'),
        ("salt is a number", '[1,"x",1]'),
        ("fraction", f'["{salt}","x",1.5]'),
        ("member twice", f'["{salt}","x",{{"a":1,"a":2}}]'),
    ]
    good = base64url(f'["{salt}","x",1]'.encode())
    spelt = [
        ("padding", good + "=" * (-len(good) % 4)),
        ("standard alphabet", good[:-1] + "+"),
        ("unused bits set", with_unused_bits(good)),
        ("white space", good + "\n"),
        ("not ASCII", "周"),
        ("empty", ""),
    ]
    return [(name, base64url(text.encode())) for name, text in texts] + spelt


# ------------------------------------------------------------------------------------------------------- statements


def statement_commitment(text: str) -> bytes:
    return sha256(b"legal-ledger/statement/v1\n" + text.encode())


def example_statements() -> tuple[Case, Case]:
    digests = sorted(made["digest"] for made in disclosures()["made"])
    first: Case = {
        "_sd": digests,
        "_sd_alg": "sha-256",
        "id": "5c6d1f0e-1111-4aaa-8bbb-000000000001",
        "institution": "LS-UNION",
        "previous": None,
        "recorded_at": "2026-07-08T01:30:00.000Z",
        "required": digests[:2],
        "schema": "legal-ledger/statement/v1",
        "stream": "5c6d1f0e-2222-4aaa-8bbb-000000000001",
        "stream_previous": None,
        "stream_seq": 1,
        "subject": "5c6d1f0e-3333-4aaa-8bbb-000000000001",
        "type": "case.registered",
        "version": 1,
    }
    link = statement_commitment(compact(first)).hex()
    second = first | {
        "id": "5c6d1f0e-1111-4aaa-8bbb-000000000002",
        "previous": link,
        "recorded_at": "2026-07-20T09:15:30.250Z",
        "stream_previous": link,
        "stream_seq": 2,
        "type": "case.updated",
        "version": 2,
    }
    return first, second


def statements() -> Case:
    first, second = example_statements()
    bare = first | {"_sd": [], "required": [], "type": "agreement.nonperformance_reported", "institution": "a"}
    accepted = []
    for members in (first, second, bare):
        text = compact(members)
        commitment = statement_commitment(text)
        leaf = sha256(b"\0" + commitment)
        accepted.append({"statement": text, "commitment": commitment.hex(), "leaf": leaf.hex()})
    refused = changed_statements(first, second) + misspelt_statements(first)
    return {
        "about": "commitment = SHA-256(`legal-ledger/statement/v1` newline ‖ statement); leaf = SHA-256(0x00 ‖ it).",
        "accepted": accepted,
        "refused": [{"name": name, "statement": text} for name, text in refused],
    }


def changed_statements(first: Case, second: Case) -> list[tuple[str, str]]:
    """Canonical JSON that breaks one rule of the statement."""
    digests = first["_sd"]
    changes: list[tuple[str, Case]] = [
        *[(f"without {name}", {key: first[key] for key in first if key != name}) for name in first],
        ("unknown member", first | {"note": "x"}),
        ("another schema", first | {"schema": "legal-ledger/statement/v2"}),
        ("another algorithm", first | {"_sd_alg": "sha-512"}),
        ("_sd not sorted", first | {"_sd": digests[::-1]}),
        ("digest twice", first | {"_sd": sorted([*digests, digests[0]])}),
        ("_sd is not an array", first | {"_sd": digests[0]}),
        ("digest is a number", first | {"_sd": [1], "required": []}),
        ("digest of 31 bytes", first | {"_sd": [base64url(bytes(31))], "required": []}),
        ("digest with padding", first | {"_sd": [digests[0] + "="], "required": []}),
        ("required not in _sd", first | {"_sd": digests[1:]}),
        ("required not sorted", first | {"required": digests[1::-1]}),
        ("id in upper case", first | {"id": first["id"].upper()}),
        ("subject without hyphens", first | {"subject": first["subject"].replace("-", "")}),
        ("stream is no UUID", first | {"stream": "case 7"}),
        ("empty institution", first | {"institution": ""}),
        ("institution with a newline", first | {"institution": "LS-UNION\n"}),
        ("type without a dot", first | {"type": "registered"}),
        ("type is null", first | {"type": None}),
        ("version 0", first | {"version": 0}),
        ("version is true", first | {"version": True}),
        ("version is text", first | {"version": "1"}),
        ("first version with a previous one", first | {"previous": second["previous"]}),
        ("second version without a previous one", second | {"previous": None}),
        ("previous in upper case", second | {"previous": second["previous"].upper()}),
        ("previous too short", second | {"previous": second["previous"][2:]}),
        ("first of a stream with one before", first | {"stream_previous": second["stream_previous"]}),
        ("second of a stream with none before", second | {"stream_previous": None}),
        ("stream_seq negative", first | {"stream_seq": -1}),
        ("time without milliseconds", first | {"recorded_at": "2026-07-08T01:30:00Z"}),
        ("time with an offset", first | {"recorded_at": "2026-07-08T09:30:00.000+08:00"}),
        ("day that does not exist", first | {"recorded_at": "2026-02-30T01:30:00.000Z"}),
        ("second 60", first | {"recorded_at": "2026-06-30T23:59:60.000Z"}),
    ]
    return [(name, compact(members)) for name, members in changes]


def misspelt_statements(first: Case) -> list[tuple[str, str]]:
    """The right members, but not the one canonical text of them."""
    text = compact(first)
    return [
        ("final newline", text + "\n"),
        ("white space", text.replace(",", ", ", 1)),
        ("members not sorted", json.dumps(dict(reversed(first.items())), separators=(",", ":"))),
        ("member twice", text[:-1] + ',"version":1}'),
        ("escaped where it need not be", text.replace("LS-UNION", "LS\\u002dUNION")),
        ("fraction", text.replace('"version":1', '"version":1.0')),
        ("not an object", "[]"),
    ]
