"""Vectors of what people type: record numbers and paper codes."""

from __future__ import annotations

from tests.oracles import CROCKFORD, record_number, with_check_symbol
from tests.vector_sources.encoding import Case

SUBJECT = "5c6d1f0e-3333-4aaa-8bbb-{:012x}"


def numbers() -> Case:
    subjects = [SUBJECT.format(number) for number in range(1, 7)]
    return {
        "about": "Crockford base 32 with a check symbol: Σ α^i·c_i = 0 in GF(2^5) of x^5 + x^2 + 1, α = 2.",
        "numbers": [{"subject": subject, "number": record_number(subject)} for subject in subjects],
        "typed": [{"typed": typed, "number": number, "version": version} for typed, number, version in typed_numbers()],
        "refused": [{"name": name, "typed": typed} for name, typed in refused_numbers()],
        "paper_codes": [paper_code(symbols) for symbols in ("0000000", "ZZZZZZZ", "0C1S4XY", "7K2M9Q4")],
    }


def typed_numbers() -> list[tuple[str, str, int | None]]:
    number = record_number(SUBJECT.format(1))
    plain = number.replace("-", "")
    drawn = (record_number(SUBJECT.format(at)) for at in range(1000))
    confusable = next(found for found in drawn if found.count("1") > 1 and "0" in found)
    lookalike = confusable.replace("0", "O").replace("1", "I", 1).replace("1", "L")
    full_width = "".join(chr(ord(symbol) + 0xFEE0) for symbol in number)
    return [
        (number, number, None),
        (plain.lower(), number, None),
        (f"  {' '.join(plain)} ", number, None),
        (number.replace("-", "\u2014"), number, None),
        (number.replace("-", "\u3000"), number, None),
        (full_width, number, None),
        (full_width.lower(), number, None),
        (lookalike, confusable, None),
        (lookalike.lower(), confusable, None),
        (f"{number}.v2", number, 2),
        (f"{number} . V10", number, 10),
        (f"{number}。v3", number, 3),
        (f"{number}．ｖ４", number, 4),
    ]


def refused_numbers() -> list[tuple[str, str]]:
    number = record_number(SUBJECT.format(1))
    plain = number.replace("-", "")
    another = CROCKFORD[CROCKFORD.index(plain[3]) ^ 1]
    return [
        ("nothing", ""),
        ("one symbol short", plain[:-1]),
        ("one symbol more", plain + "0"),
        ("one symbol wrong", plain[:3] + another + plain[4:]),
        ("two symbols swapped", plain[1] + plain[0] + plain[2:]),
        ("U is not a symbol", "U" + plain[1:]),
        ("another sign", "*" + plain[1:]),
        ("version 0", f"{number}.v0"),
        ("version without v", f"{number}.2"),
        ("nothing after the dot", f"{number}."),
        ("version is not a number", f"{number}.vx"),
        ("two versions", f"{number}.v1.v2"),
        ("very long", plain * 100),
    ]


def paper_code(symbols: str) -> Case:
    bits = 0
    for symbol in symbols:
        bits = bits * 32 + CROCKFORD.index(symbol)
    code = with_check_symbol(symbols)
    return {"random_bits": bits, "code": f"{code[:4]}-{code[4:]}"}
