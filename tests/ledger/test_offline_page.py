"""The offline verifier as a file: complete in itself, the same bytes each time, readable by old browsers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

import ledger
from ledger.offline import core_script, render_offline_verifier
from ledger.verdict import CHECK_CODES, VERDICT_WORDS, Check, Outcome, Verdict, sentence_of
from tests.needs import need_node
from tests.table_node import INTERFACE

pytestmark = pytest.mark.longer(one_in=2)

PAGE = render_offline_verifier()
FOLDER = Path(ledger.__file__).parent / "offline"

PARSE = """
const acorn = require("internal/deps/acorn/acorn/dist/acorn");
acorn.parse(require("fs").readFileSync(0, "utf8"), { ecmaVersion: 2017 });
"""


def element(name: str) -> str:
    found = re.search(rf"<{name}>(.*)</{name}>", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_page_is_the_same_each_time() -> None:
    assert render_offline_verifier() == PAGE


def test_page_is_small() -> None:
    assert len(gzip.compress(PAGE.encode())) < 60_000


def test_policy_names_the_one_script_and_the_one_style() -> None:
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', PAGE)
    for name in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(element(name).encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert PAGE.count("<script") == PAGE.count("<style") == 1


def test_page_loads_nothing_from_anywhere() -> None:
    assert not re.findall(r"\b(?:src|href|action)=\"(?!#)", PAGE)
    assert set(re.findall(r"https?://[^\s\"'/]+", PAGE)) == {"http://www.w3.org"}
    assert not re.findall(r"\beval\b|new Function|innerHTML|@import|url\(", PAGE)


def test_script_is_syntax_of_2017(tmp_path: Path) -> None:
    command = [str(need_node()), "--expose-internals", "-e", PARSE]
    done = subprocess.run(command, input=element("script"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_syntax_of_2018_would_be_noticed() -> None:
    command = [str(need_node()), "--expose-internals", "-e", PARSE]
    done = subprocess.run(command, input="const a = {...{}};", capture_output=True, text=True, check=False)
    assert "SyntaxError" in done.stderr


def test_words_are_those_of_the_ledger() -> None:
    (line,) = re.findall(r"^self\.Offline\.words = (.*);$", element("script"), re.MULTILINE)
    words = json.loads(line)
    for verdict in Verdict:
        shown = words["verdicts"][verdict.value]
        assert shown["title"] == {"zh": VERDICT_WORDS[verdict].title.zh, "en": VERDICT_WORDS[verdict].title.en}
        assert shown["exit_code"] == verdict.exit_code
    for number in CHECK_CODES:
        for outcome in Outcome:
            sentence = sentence_of(Check(number=number, outcome=outcome))
            assert words["checks"][number - 1][outcome.value] == {"zh": sentence.zh, "en": sentence.en}


def test_every_text_is_in_both_languages() -> None:
    program = (FOLDER / "texts.js").read_text(encoding="utf-8")
    command = [
        str(need_node()),
        "-e",
        f"globalThis.self = {{Offline: {{}}}};{program};console.log(JSON.stringify(self.Offline.texts))",
    ]
    texts = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    marks = re.compile(r"\{\w+\}")
    for key, (zh, en) in texts.items():
        assert zh.strip(), key
        assert en.strip(), key
        assert sorted(marks.findall(zh)) == sorted(marks.findall(en)), key
    used = set(re.findall(r'data-text="(\w+)"', PAGE)) | set(re.findall(r'\bsay\("(\w+)"', element("script")))
    assert used <= set(texts)


def test_selectors_are_those_of_the_contract() -> None:
    found = re.findall(r'"(\w+)\(([\w,]*)\)": "(0x[0-9a-f]{8})"', core_script())
    assert len(found) == 3
    for name, types, selector in found:
        words = [bytes(32)] * len(types.split(","))
        assert "0x" + INTERFACE.encode(name, *words)[:4].hex() == selector
