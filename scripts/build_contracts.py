#!/usr/bin/env python3
"""Compile the contract and write `contracts/artifacts/LegalLedger.json`; with `--check`, compare instead.

The compiler is driven by py-solc-x through the standard JSON interface: the native `solc` where it is installed or can
be downloaded, otherwise npm's `solc` behind `contracts/solc-npm`. The artifact holds

    contract            name of the contract
    abi                 its interface
    bytecode            creation code, hex; the constructor's arguments are appended to it
    deployed_bytecode   code as `eth_getCode` gives it, hex: there is no metadata hash and no immutable in it
    code_sha256         SHA-256 of that code, hex
    compiler            version and commit of the compiler
    settings            what it was told
    input_sha256        SHA-256 of the whole compiler input, sources included, as canonical JSON
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import solcx
from requests import RequestException

Json = dict[str, Any]
Compiler = Literal["auto", "native", "npm"]

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
ARTIFACT = CONTRACTS / "artifacts" / "LegalLedger.json"
CONTRACT = "LegalLedger"
ENTRY = "src/LegalLedger.sol"
SOLC_VERSION = "0.8.37"
SETTINGS: Json = {
    # Consortium chains lag behind the main net; nothing newer than this is needed.
    "evmVersion": "paris",
    # Measured: the IR pipeline saves some 1,900 gas on the median append; 1,000,000 runs would save 3 more and add a
    # twelfth to the cost of deployment.
    "optimizer": {"enabled": True, "runs": 10_000},
    "viaIR": True,
    # Without them neither comments nor folders enter the code, so its hash depends on the program alone.
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
}
_IMPORT = re.compile(r'^import\s[^;]*?"(?P<path>[^"]+)";', re.MULTILINE)


def compiler_input() -> Json:
    """The standard JSON input: the entry file and all it imports, each under a name that knows no machine."""
    sources: Json = {}
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop()
        if name in sources:
            continue
        text = _locate(name).read_text(encoding="utf-8")
        sources[name] = {"content": text}
        waiting += [_resolve(name, found["path"]) for found in _IMPORT.finditer(text)]
    outputs = {CONTRACT: ["abi", "evm.bytecode.object", "evm.deployedBytecode"]}
    return {
        "language": "Solidity",
        "sources": dict(sorted(sources.items())),
        "settings": SETTINGS | {"outputSelection": {ENTRY: outputs}},
    }


def build(compiler: Compiler) -> Json:
    """Compile and return the artifact."""
    given = compiler_input()
    solc = find_solc(compiler)
    output = solcx.compile_standard(given, solc_binary=solc)
    made = output["contracts"][ENTRY][CONTRACT]
    deployed = made["evm"]["deployedBytecode"]
    if deployed.get("immutableReferences") or deployed.get("linkReferences"):
        sys.exit("the deployed code would differ from the artifact: it has immutables or linked libraries")
    code = bytes.fromhex(deployed["object"])
    return {
        "contract": CONTRACT,
        "abi": made["abi"],
        "bytecode": "0x" + made["evm"]["bytecode"]["object"],
        "deployed_bytecode": "0x" + code.hex(),
        "code_sha256": hashlib.sha256(code).hexdigest(),
        "compiler": str(solcx.wrapper.get_solc_version(solc, with_commit_hash=True)),
        "settings": SETTINGS,
        "input_sha256": hashlib.sha256(_canonical(given)).hexdigest(),
    }


def render(artifact: Json) -> str:
    """The artifact's file: the interface and settings readable, each code one line."""
    return json.dumps(artifact, indent=1, ensure_ascii=False) + "\n"


def find_solc(compiler: Compiler) -> Path:
    """Path of a compiler of the pinned version; exits with a sentence when there is none."""
    if compiler != "npm":
        if SOLC_VERSION not in map(str, solcx.get_installed_solc_versions()):
            try:
                solcx.install_solc(SOLC_VERSION)
            except (RequestException, solcx.exceptions.SolcInstallationError) as error:
                if compiler == "native":
                    sys.exit(f"native solc {SOLC_VERSION} cannot be had: {error}")
        if SOLC_VERSION in map(str, solcx.get_installed_solc_versions()):
            return Path(solcx.install.get_executable(SOLC_VERSION))
    install_packages()
    return CONTRACTS / "solc-npm"


def install_packages() -> None:
    """Bring in what `contracts/package-lock.json` names, unless it is there: the lock's copy stands beside it."""
    lock = CONTRACTS / "package-lock.json"
    installed = CONTRACTS / "node_modules" / ".installed-lock.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to compile the contract: install Node.js 20 or later")
    subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=CONTRACTS, check=True)
    shutil.copyfile(lock, installed)


def _locate(name: str) -> Path:
    if name.startswith("@"):
        install_packages()
        return CONTRACTS / "node_modules" / name
    return CONTRACTS / name


def _resolve(importer: str, path: str) -> str:
    if not path.startswith("."):
        return path
    parts = importer.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _canonical(value: Json) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def main() -> int:
    """Write the artifact, or say whether the committed one is what the sources give."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the artifact is stale")
    parser.add_argument("--compiler", choices=("auto", "native", "npm"), default="auto")
    options = parser.parse_args()
    text = render(build(options.compiler))
    if not options.check:
        ARTIFACT.parent.mkdir(exist_ok=True)
        ARTIFACT.write_text(text, encoding="utf-8")
        print(f"wrote {ARTIFACT.name}")
        return 0
    if ARTIFACT.exists() and ARTIFACT.read_text(encoding="utf-8") == text:
        print(f"{ARTIFACT.name} is what the sources give")
        return 0
    print(f"{ARTIFACT.name} is not what the sources give: run scripts/build_contracts.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
