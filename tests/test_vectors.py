"""The public vectors are what their sources make, and the sources know nothing of the ledger."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts import make_vectors

TESTS = Path(__file__).parent
SOURCES = [TESTS / "oracles.py", *sorted((TESTS / "vector_sources").glob("*.py")), Path(make_vectors.__file__)]


@pytest.mark.parametrize("name", sorted(make_vectors.SOURCES))
def test_vectors_made_anew_are_those_in_the_tree(name: str) -> None:
    made = make_vectors.render(make_vectors.SOURCES[name]())

    assert (make_vectors.FOLDER / f"{name}.json").read_bytes() == made.encode()


def test_every_file_of_vectors_has_a_source() -> None:
    assert sorted(path.stem for path in make_vectors.FOLDER.glob("*.json")) == sorted(make_vectors.SOURCES)


def test_every_file_of_vectors_is_explained() -> None:
    readme = (make_vectors.FOLDER / "README.md").read_text(encoding="utf-8")

    assert [name for name in make_vectors.SOURCES if f"| `{name}.json` |" not in readme] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_source_of_vectors_imports_nothing_of_the_ledger(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}

    assert not imported & {"ledger", "service"}
