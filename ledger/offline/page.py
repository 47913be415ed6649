"""Puts the offline verifier together: scripts, style, words and page become one HTML file that needs nothing beside it.

The words of verdicts and checks come from `ledger.verdict`, so that command line, service and this file say the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Final

from ledger.verdict import CHECK_CODES, TEST_NETWORK, VERDICT_WORDS, Check, Outcome, Text, sentence_of

FILE_NAME: Final = "legal-ledger-verifier.html"
"""What the file is called where it is handed out."""

CORE: Final = (
    "sha256.js",
    "bytes.js",
    "natural.js",
    "json.js",
    "tree.js",
    "note.js",
    "statement.js",
    "receipt.js",
    "trust.js",
    "node.js",
    "contract.js",
    "signature.js",
    "verdict.js",
    "checks.js",
    "files.js",
    "bundle.js",
    "certificate.js",
    "ledger.js",
)
"""What checks, in an order in which each file finds what it uses. It needs no page, and runs in Node as well."""

PAGE: Final = ("texts.js", "intake.js", "document.js", "result.js", "page.js")
"""What people see."""

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src http: https:; "
    "base-uri 'none'; form-action 'none'"
)
"""One script and one style, by their digests. It may speak to the node whose address its user types; no other address
stands in the file."""


def render_offline_verifier() -> str:
    """Return the whole HTML file; the same text each time for one version of this package."""
    script = "\n".join([core_script(), _words_script(), *(_read(name) for name in PAGE)])
    style = _read("style.css")
    policy = CONTENT_SECURITY_POLICY.format(script=_source_hash(script), style=_source_hash(style))
    page = _read("page.html")
    for mark, content in (("{{policy}}", policy), ("{{style}}", style), ("{{script}}", script)):
        before, _, after = page.partition(mark)
        page = before + content + after
    return page


def core_script() -> str:
    """Return the part that checks, as one classic script that adds `Offline` to `self`."""
    return "\n".join(_read(name) for name in CORE)


def sha256_script() -> bytes:
    """Return the streaming SHA-256 that the pages of a service share with this file."""
    return _read("sha256.js").encode()


def _words_script() -> str:
    words = {
        "verdicts": {
            verdict.value: {
                "exit_code": verdict.exit_code,
                "icon": shown.icon,
                "colour": shown.colour.value,
                "title": _both(shown.title),
                "explanation": _both(shown.explanation),
                "next_step": _both(shown.next_step),
            }
            for verdict, shown in VERDICT_WORDS.items()
        },
        "checks": [
            {outcome.value: _both(sentence_of(Check(number=number, outcome=outcome))) for outcome in Outcome}
            for number in CHECK_CODES
        ],
        "test_network": _both(TEST_NETWORK),
    }
    return f"self.Offline.words = {json.dumps(words, ensure_ascii=False, sort_keys=True)};\n"


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _read(name: str) -> str:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    if name.endswith((".js", ".css")) and "</" in text:
        raise ValueError(f"{name} holds </, which could end the element it stands in")
    return text


def _source_hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
