"""Mutation testing of the contract: change one thing in the source, and see whether a test notices.

    python -m scripts.contract_mutants                # all mutants; writes contracts/mutants.json
    python -m scripts.contract_mutants --sample 12    # so many drawn by --seed; compares, and writes nothing

Mutants are made from the compiler's syntax tree (`scripts/mutators.py`), compiled without optimiser, and put in the
place of the code under test (`LEDGER_ARTIFACT`), so that the tests are compiled once. One that lives through all of
them is compiled as the artifact is: if it gives the very code of the original, it changes nothing. Every other survivor
needs a reason in contracts/mutants.json, which also holds the hash of the sources it was made from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scripts.build_contracts import CONTRACTS, SETTINGS, compiler_input, install_packages
from scripts.mutators import Mutant, mutants_of

RESULT = CONTRACTS / "mutants.json"
WORK = CONTRACTS / "cache" / "mutants"
MUTATED = ("src/LegalLedger.sol", "src/Rfc9162.sol")
CALLS = "test/Rfc9162Calls.sol"

SUITES = (
    ["--match-contract", "AppendTest|MarksTest|RolesTest"],
    ["--match-contract", "Rfc9162Test|VectorsTest"],
    ["--match-contract", "InvariantsTest"],
)
"""The quick tests first; fuzzing and campaigns only for what they let live."""

QUICK = SETTINGS | {"optimizer": {"enabled": False}, "viaIR": False}

LIMITS = {"FOUNDRY_GAS_LIMIT": "2000000000", "FOUNDRY_FUZZ_RUNS": "64"}
"""A mutant may loop for ever; the gas ends that."""

TIMEOUT_SECONDS = 300

Json = dict[str, Any]


def compile_sources(sources: dict[str, str], settings: Json, *, tree: bool = False) -> Json:
    """Compile ledger and library; the library's calls besides, for its own tests."""
    given = compiler_input()
    given["sources"] |= {name: {"content": text} for name, text in sources.items()}
    given["sources"]["test/Vm.sol"] = {"content": (CONTRACTS / "test/Vm.sol").read_text(encoding="utf-8")}
    given["sources"][CALLS] = {"content": (CONTRACTS / CALLS).read_text(encoding="utf-8")}
    outputs: Json = {"*": {"*": ["evm.bytecode.object"]}}
    if tree:
        outputs["*"][""] = ["ast"]
    given["settings"] = settings | {"outputSelection": outputs}
    output: Json = json.loads(_compiler().answer(json.dumps(given)))
    return output


class Compiler:
    """The npm compiler, kept running: starting it takes longer than compiling."""

    def __init__(self) -> None:
        install_packages()
        self._process = subprocess.Popen(
            [CONTRACTS / "solc-npm", "--lines"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def answer(self, line: str) -> str:
        """Compile one standard JSON input, given and answered on one line."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise AssertionError("both are pipes")
        stdin.write(line + "\n")
        stdin.flush()
        return stdout.readline()


_local = threading.local()


def _compiler() -> Compiler:
    if not hasattr(_local, "compiler"):
        _local.compiler = Compiler()
    compiler: Compiler = _local.compiler
    return compiler


def codes(output: Json) -> tuple[str, str] | None:
    """Creation code of ledger and library calls; None when the mutant does not compile."""
    if any(error["severity"] == "error" for error in output.get("errors", [])):
        return None
    made = output["contracts"]
    ledger = made["src/LegalLedger.sol"]["LegalLedger"]["evm"]["bytecode"]["object"]
    calls = made[CALLS]["Rfc9162Calls"]["evm"]["bytecode"]["object"]
    return "0x" + ledger, "0x" + calls


def source_hash() -> str:
    """SHA-256 over the sources that are mutated."""
    return hashlib.sha256(b"\0".join((CONTRACTS / name).read_bytes() for name in MUTATED)).hexdigest()


def sources() -> dict[str, str]:
    """The sources that are mutated."""
    return {name: (CONTRACTS / name).read_text(encoding="utf-8") for name in MUTATED}


def all_mutants() -> list[Mutant]:
    """Every mutant, in the order of the sources."""
    output = compile_sources(sources(), QUICK, tree=True)
    trees = {name: output["sources"][name]["ast"] for name in MUTATED}
    return [mutant for name, text in sources().items() for mutant in mutants_of(name, text, trees[name])]


def fate(mutant: Mutant, original: tuple[str, str] | None) -> str:
    """Say what became of it: "not compiled", "same code", "killed" or "survived"."""
    made = codes(compile_sources({mutant.file: mutant.source}, QUICK))
    if made is None:
        return "not compiled"
    if is_killed(mutant, made):
        return "killed"
    return "same code" if codes(compile_sources({mutant.file: mutant.source}, SETTINGS)) == original else "survived"


def is_killed(mutant: Mutant, made: tuple[str, str]) -> bool:
    """Run the tests on the mutant's code; a test that fails, or does not end, kills it."""
    path = WORK / f"{hashlib.sha256(mutant.name.encode()).hexdigest()[:16]}.json"
    path.write_text(json.dumps({"bytecode": made[0], "calls_bytecode": made[1]}), encoding="utf-8")
    environment = os.environ | LIMITS | {"LEDGER_ARTIFACT": str(path.relative_to(CONTRACTS))}
    try:
        return any(_fails(suite, environment) for suite in SUITES)
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.unlink()


def _fails(suite: Sequence[str], environment: dict[str, str]) -> bool:
    command = ["node_modules/.bin/forge", "test", "--fail-fast", *suite]
    done = subprocess.run(
        command, cwd=CONTRACTS, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
    )
    if done.returncode and "[FAIL" not in done.stdout:
        raise RuntimeError(f"forge could not test:\n{done.stdout}\n{done.stderr}")
    return done.returncode != 0


def fates(mutants: Sequence[Mutant], jobs: int) -> dict[str, str]:
    """The fate of each by its name; progress goes to stderr."""
    WORK.mkdir(parents=True, exist_ok=True)
    found: dict[str, str] = {}
    original = codes(compile_sources(sources(), SETTINGS))
    with ThreadPoolExecutor(jobs) as pool:
        for mutant, outcome in zip(mutants, pool.map(lambda each: fate(each, original), mutants), strict=True):
            found[mutant.name] = outcome
            print(f"{len(found)}/{len(mutants)} {outcome}: {mutant.name}", file=sys.stderr)
    return found


def unexplained(found: dict[str, str], reasons: dict[str, str]) -> list[str]:
    """Survivors without a reason."""
    return [name for name, outcome in found.items() if outcome == "survived" and not reasons.get(name)]


def main() -> int:
    """Exit code 1 when a survivor has no reason, or the committed result is of other sources."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="try N of them and write nothing")
    parser.add_argument("--seed", type=int, default=20260720)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    committed = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {"survivors": {}}
    mutants = all_mutants()
    if options.sample:
        if committed.get("source_sha256") != source_hash():
            print("contracts/mutants.json is of other sources: run python -m scripts.contract_mutants", file=sys.stderr)
            return 1
        mutants = random.Random(options.seed).sample(mutants, options.sample)  # noqa: S311 - repeatable on purpose
    found = fates(mutants, options.jobs)
    reasons = committed["survivors"]
    if not options.sample:
        survivors = {name: reasons.get(name, "") for name, outcome in found.items() if outcome == "survived"}
        counted = {kind: sum(outcome == kind for outcome in found.values()) for kind in sorted(set(found.values()))}
        result = {"source_sha256": source_hash(), "made": len(mutants), "fates": counted, "survivors": survivors}
        RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in unexplained(found, reasons):
        print(f"survived without a reason: {name}", file=sys.stderr)
    killed = sum(outcome == "killed" for outcome in found.values())
    print(f"mutants: {len(found)} tried, {killed} killed, {sum(o == 'survived' for o in found.values())} survived")
    return 1 if unexplained(found, reasons) else 0


if __name__ == "__main__":
    sys.exit(main())
