"""The public vectors of tests/vectors as test parameters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.vector_sources.encoding import Case

FOLDER = Path(__file__).parent / "vectors"


def load_vectors(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def named(cases: Sequence[Case]) -> list[Any]:
    """One parameter for each case, called by its `name`."""
    return [pytest.param(case, id=case["name"]) for case in cases]
