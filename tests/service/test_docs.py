"""What the pages of documentation promise about paths and codes is so."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from service.problems.words import FIELDS, PROBLEMS
from tests.service.conftest import Service

PAGES = ("README.md", "docs/api.md", "docs/rules-of-cases.md")
TESTS = Path(__file__).parent


def _page(name: str) -> str:
    return files("service").joinpath(*name.split("/")).read_text("utf-8")


def test_every_path_of_the_page_exists(shared: Service) -> None:
    description: dict[str, Any] = shared.client.get("/api/v1/openapi.json").json()
    known = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path).removeprefix("/api/v1"))
        for path, item in description["paths"].items()
        for method in item
    }

    named = set(re.findall(r"`(GET|POST|PATCH|DELETE) (/[a-z{}/.-]+)", _page("docs/api.md")))

    assert len(named) >= 18
    assert named <= known


def test_every_code_of_the_page_exists() -> None:
    table = _page("docs/api.md").partition("| Status | Codes |")[2]

    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+|conflict|forbidden|unauthenticated|unavailable)`", table))

    assert named - {"errors"} <= PROBLEMS.keys() | FIELDS.keys()


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    folder = name.rpartition("/")[0]

    for target in re.findall(r"\]\(([^)#:]+)\)", _page(name)):
        assert (
            files("service").joinpath(*folder.split("/"), *target.split("/")).is_file()
            if folder
            else files("service").joinpath(*target.split("/")).is_file()
        ), target


def test_every_rule_of_cases_has_its_article_and_a_test_that_exists() -> None:
    rows = [
        line.split(" | ") for line in _page("docs/rules-of-cases.md").splitlines() if re.match(r"\| .*第.*条", line)
    ]
    known = {
        name
        for path in TESTS.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }

    assert len(rows) >= 30
    for _, rule, tests in rows:
        named = set(re.findall(r"`(test_\w+)`", tests))
        assert named, rule
        assert named <= known, named - known
