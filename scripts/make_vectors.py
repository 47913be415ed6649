"""Make the public test vectors of tests/vectors from second implementations; nothing of `ledger` is imported.

Run from the root of the checkout: `python -m scripts.make_vectors`. The same files come out every time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.vector_sources import evm, json_text, log_files, merkle, numbers, receipts
from tests.vector_sources.encoding import Case

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors"

SOURCES: dict[str, Callable[[], Case]] = {
    "canonical_json": json_text.canonical_json,
    "disclosures": json_text.disclosures,
    "evm_consistency": evm.consistency,
    "evm_inclusion": evm.inclusion,
    "merkle_consistency": merkle.consistency,
    "merkle_inclusion": merkle.inclusion,
    "merkle_roots": merkle.roots,
    "notes": log_files.notes,
    "proof_files": log_files.proof_files,
    "receipts": receipts.receipts,
    "record_numbers": numbers.numbers,
    "statements": json_text.statements,
    "tiles": log_files.tiles,
}


def render(vectors: Case) -> str:
    """Render one file as indented JSON, so that a change shows as the lines that changed."""
    return json.dumps(vectors, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write every file."""
    for name, source in SOURCES.items():
        (FOLDER / f"{name}.json").write_text(render(source()), encoding="utf-8")


if __name__ == "__main__":
    main()
