"""Have halmos prove the properties of test/symbolic on the bytecode with the artifact's settings.

Without an argument the ledger's properties are explored for climbs of up to six levels, with proofs of up to one hash;
with --full for all sizes, with proofs of up to two. The library's are always explored whole. Functions named `canary_`
are false on purpose: were one of them proved too, the proofs would be looking at nothing.

halmos 0.3.3 declares its SHA-256, any function of so many bits, with the number of bytes, and stops. Here the
declaration is made in bits.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import z3
from halmos import sevm
from halmos.__main__ import _main as halmos

CONTRACTS = Path(__file__).resolve().parent
COMMON = [f"--root={CONTRACTS}", "--forge-build-out=out/shipped", "--no-status"]
# 64 shifts empty a size, and the loop's condition is looked at once more.
WHOLE = ["--loop=65"]
BOUNDED = ["--loop=6", "--array-lengths=proof={0,1}"]
LEAST_PROVED = 18
CANARIES = 2


def in_bits(name: str, *sorts: z3.SortRef) -> z3.FuncDeclRef:
    """z3.Function, with the argument of a SHA-256 as wide as its input."""
    if name.startswith("f_sha256_"):
        sorts = (z3.BitVecSort(8 * int(name.removeprefix("f_sha256_"))), *sorts[1:])
    return z3.Function(name, *sorts)


def run(contract: str, prefix: str, bounds: list[str]) -> dict[str, bool]:
    """Names of the functions of a contract, each with whether it was proved."""
    outcome = halmos([*COMMON, f"--contract={contract}", f"--function={prefix}", *bounds])
    results = [result for results in (outcome.test_results or {}).values() for result in results]
    return {result.name: result.exitcode == 0 for result in results}


def main() -> int:
    """Exit code 0 when every property is proved and no canary is."""
    ledger_bounds = WHOLE if "--full" in sys.argv[1:] else BOUNDED
    proved = run("LibraryProofs", "check_", WHOLE) | run("LedgerProofs", "check_", ledger_bounds)
    canaries = run("LibraryProofs", "canary_", [*WHOLE, "--early-exit"])
    canaries |= run("LedgerProofs", "canary_", [*BOUNDED, "--early-exit"])
    failed = [name for name, held in proved.items() if not held] + [name for name, held in canaries.items() if held]
    for name in failed:
        print(f"NOT AS IT SHOULD BE: {name}")
    print(f"halmos: {sum(proved.values())} properties proved, {len(failed)} failed, {len(canaries)} canaries")
    return 1 if failed or len(proved) < LEAST_PROVED or len(canaries) < CANARIES else 0


if __name__ == "__main__":
    sevm.Function = in_bits
    # the compiler is named relative to the folder
    os.chdir(CONTRACTS)
    os.environ["FOUNDRY_PROFILE"] = "shipped"
    os.environ["PATH"] = f"{CONTRACTS / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    sys.exit(main())
