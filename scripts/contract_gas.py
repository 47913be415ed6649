"""Measure the gas of the contract and write `contracts/gas.json` and the table in `contracts/README.md`.

    python -m scripts.contract_gas            # measure and write
    python -m scripts.contract_gas --check    # measure, compare, and hold the result against the limits

Every figure is that of a whole transaction under Paris rules on the committed artifact: 21,000 to begin with, call
data, execution. Forge runs each in a transaction of its own (contracts/test/gas/Gas.s.sol). Entries repeat after 256,
so that trees of a million leaves need no million hashes; that changes no length and no count of hashes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import struct
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ledger.merkle import prove_consistency
from tests.contracts.differential import Case, read, root

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
RESULT = CONTRACTS / "gas.json"
README = CONTRACTS / "README.md"
TABLE = re.compile(r"(?<=<!-- gas -->\n).*?(?=<!-- /gas -->)", re.DOTALL)

Pair = tuple[int, int]

SEED = 20260720
LARGEST_POWER = 20
SMALL_LOG = 10_000
RANDOM_PAIRS = 1_000
PART = 250
"""Pairs for one run of forge, which slows down with the state that the transactions before have left."""

BATCHES = (1, 10, 100, 1_000, 10_000)
OTHERS = (
    "openLog",
    "setWitness",
    "cosign",
    "revoke",
    "proposeOperator",
    "acceptOperator",
    "an OpenZeppelin-style call that stores a root, unchecked",
    "an EAS attestation of log, size and root, unchecked",
)

WORST_LIMIT = 92_000
MEDIAN_LIMIT = 75_000

TRANSACTION, NEW_SLOT, UPDATED_SLOT, EVENT = 21_000, 22_100, 5_000, 2_012
"""A new slot is 20,000 and the first access 2,100; an updated one 2,900 and 2,100; LOG3 with 64 bytes."""


def call_data_gas(pair: Pair) -> int:
    """Gas of the call data of an append; the log's id is taken to have no zero byte."""
    size1, size2 = pair
    proof = prove_consistency(size1=size1, size2=size2, read=read)
    words = [size1.to_bytes(32), size2.to_bytes(32), root(size2), (160).to_bytes(32), len(proof).to_bytes(32), *proof]
    return (4 + 32) * 16 + sum(16 if byte else 4 for word in words for byte in word)


def floor(pair: Pair) -> int:
    """What storing a head costs in any contract: transaction, call data, event, one new and two updated slots.

    In an empty log one of the two is new.
    """
    slots = 2 * UPDATED_SLOT if pair[0] else UPDATED_SLOT + NEW_SLOT
    return TRANSACTION + call_data_gas(pair) + NEW_SLOT + slots + EVENT


# --------------------------------------------------------------------------------------------------------------- pairs


def pairs_around_powers() -> list[Pair]:
    """All pairs of sizes one away from a power of two, or one, to 2^20 + 1."""
    sizes = sorted({(1 << power) + off for power in range(LARGEST_POWER + 1) for off in (-1, 0, 1)} - {0})
    return [(size1, size2) for size2 in sizes for size1 in sizes if size1 < size2]


def longest_proofs() -> list[Pair]:
    """For each height the pairs with the most hashes: from an odd size, beside the longest right edge."""
    pairs = []
    for power in range(2, LARGEST_POWER + 1):
        top = 1 << power
        candidates = [
            (size1, top - off) for off in (0, 1, 3) for size1 in (1, 3, top // 2 - 1, top // 2 + 1, top - 5, top - 3)
        ]
        pairs += [(size1, size2) for size1, size2 in candidates if 0 < size1 < size2]
    return sorted(set(pairs))


def random_pairs(below: int, rng: random.Random) -> list[Pair]:
    """Pairs of different sizes, drawn evenly."""
    drawn = (sorted(rng.sample(range(1, below), 2)) for _ in range(RANDOM_PAIRS))
    return [(size1, size2) for size1, size2 in drawn]


def batch_pairs(batch: int, rng: random.Random) -> list[Pair]:
    """Steps of so many records in a log below 10,000 leaves; the first, of 10,000, may pass that."""
    return [(size, size + batch) for size in (rng.randrange(1, SMALL_LOG) for _ in range(200))]


# ----------------------------------------------------------------------------------------------------------- measuring


def forge_script(call: str, *arguments: str) -> str:
    """Run a function of Gas.s.sol, every call in a transaction of its own, and return what forge printed."""
    command = ["node_modules/.bin/forge", "script", "test/gas/Gas.s.sol", "--isolate", "--sig", call, *arguments]
    environment = os.environ | {"LEDGER_ARTIFACT": "artifacts/LegalLedger.json"}
    done = subprocess.run(command, cwd=CONTRACTS, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def measure(pairs: Sequence[Pair]) -> list[int]:
    """Gas of `append` for each pair, on a log of its own whose one checkpoint has the first size."""
    folder = CONTRACTS / "cache" / "gas"
    folder.mkdir(parents=True, exist_ok=True)
    asked, answered = folder / "pairs.bin", folder / "used.bin"
    measured: list[int] = []
    for start in range(0, len(pairs), PART):
        asked.write_bytes(b"".join(_packed(pair) for pair in pairs[start : start + PART]))
        forge_script("appends(string,string)", "cache/gas/pairs.bin", "cache/gas/used.bin")
        measured += [used for (used,) in struct.iter_unpack(">I", answered.read_bytes())]
    return measured


def _packed(pair: Pair) -> bytes:
    size1, size2 = pair
    proof = prove_consistency(size1=size1, size2=size2, read=read)
    case = Case(number1=size1, number2=size2, word1=root(size1), word2=root(size2), proof=tuple(proof))
    return case.packed(accepted=True, anchored=True)


def measure_others() -> dict[str, int]:
    """Gas of the other transactions and of the two to compare with."""
    printed = forge_script("others()")
    used = re.search(r"used: uint256\[\d+\] \[(?P<list>.*)\]", printed)
    if used is None:
        sys.exit(f"forge printed no result:\n{printed}")
    numbers = [int(number) for number in re.findall(r"(\d+)(?: \[[^]]*\])?(?:, |$)", used["list"])]
    return dict(zip(OTHERS, numbers, strict=True))


def summary(pairs: Sequence[Pair], used: Sequence[int]) -> dict[str, Any]:
    """The figures of one set of pairs."""
    worst = max(range(len(pairs)), key=lambda at: used[at])
    return {
        "pairs": len(pairs),
        "median": round(statistics.median(used)),
        "worst": used[worst],
        "worst_pair": list(pairs[worst]),
        "median_floor": round(statistics.median(floor(pair) for pair in pairs)),
    }


def measure_all() -> dict[str, Any]:
    """Every figure of the table."""
    rng = random.Random(SEED)  # noqa: S311 - the same pairs every time are the point
    sets = {
        "around_powers_of_two": pairs_around_powers(),
        "longest_proofs": longest_proofs(),
        "random_below_10000": random_pairs(SMALL_LOG, rng),
        "random_below_2_20": random_pairs(1 << LARGEST_POWER, rng),
        "first": [(0, size) for size in (1, 100, SMALL_LOG, 1 << LARGEST_POWER)],
    } | {f"batch_{batch}": batch_pairs(batch, rng) for batch in BATCHES}
    used = iter(measure([pair for pairs in sets.values() for pair in pairs]))
    measured = {name: summary(pairs, [next(used) for _ in pairs]) for name, pairs in sets.items()}
    return {"seed": SEED, "append": measured, "others": measure_others()}


# ----------------------------------------------------------------------------------------------------------- rendering


def render_table(result: dict[str, Any]) -> str:
    """The table for the page, with the floor beside each set of pairs."""
    named = {
        "random_below_10000": "two random sizes below 10,000",
        "random_below_2_20": "two random sizes below 2^20",
        "around_powers_of_two": "all pairs around powers of two to 2^20",
        "longest_proofs": "the longest proofs to 2^20",
        "first": "the first checkpoint of a log",
    }
    append = result["append"]
    rows = ["| `append` | pairs | median | worst | floor of the median |", "|---|--:|--:|--:|--:|"]
    rows += [
        _row(label, *(append[key][column] for column in ("pairs", "median", "worst", "median_floor")))
        for key, label in named.items()
    ]
    rows += ["", "| records in one `append`, log below 10,000 | gas | gas a record |", "|---|--:|--:|"]
    for batch in BATCHES:
        gas = append[f"batch_{batch}"]["median"]
        rows.append(_row(f"{batch:,}", gas, f"{gas / batch:,.1f}" if batch > 1 else gas))
    rows += ["", "| other transactions | gas |", "|---|--:|"]
    rows += [_row(f"`{name}`" if " " not in name else name, gas) for name, gas in result["others"].items()]
    return "\n".join(rows) + "\n"


def _row(*cells: str | int) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"


def beyond_limits(result: dict[str, Any]) -> Iterable[str]:
    """Say which limit is broken."""
    append = result["append"]
    worst = max(figures["worst"] for figures in append.values())
    median = append["random_below_10000"]["median"]
    if worst > WORST_LIMIT:
        yield f"worst append: {worst:,}, above {WORST_LIMIT:,}"
    if median > MEDIAN_LIMIT:
        yield f"median of random pairs below 10,000: {median:,}, above {MEDIAN_LIMIT:,}"


def main() -> int:
    """Write, or compare; exit code 1 when the table is stale or a limit broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the committed table is stale")
    options = parser.parse_args()
    result = measure_all()
    text = json.dumps(result, indent=1) + "\n"
    page = README.read_text(encoding="utf-8")
    new_page = TABLE.sub(lambda _: render_table(result), page)
    wrong = list(beyond_limits(result))
    if not options.check:
        RESULT.write_text(text, encoding="utf-8")
        README.write_text(new_page, encoding="utf-8")
    elif new_page != page or not RESULT.exists() or RESULT.read_text(encoding="utf-8") != text:
        wrong.append("contracts/gas.json or the table is stale: run python -m scripts.contract_gas")
    for line in wrong:
        print(line, file=sys.stderr)
    append = result["append"]
    worst = max(figures["worst"] for figures in append.values())
    print(f"append: median {append['random_below_10000']['median']:,} below 10,000 leaves; worst of all {worst:,}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
