"""Our SHA-256 in JavaScript gives what FIPS 180-4 and hashlib give, whatever the slices."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import ledger
from tests.needs import need_node

SCRIPT = Path(ledger.__file__).parent / "offline" / "sha256.js"

KNOWN = {
    b"": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    b"abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    b"a" * 1_000_000: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
}
"""The examples of FIPS 180-4 as NIST publishes them."""

LOAD = "const Sha256 = require(process.argv[1]);"
HASH_ALL = """
let text = "";
process.stdin.on("data", (part) => { text += part; }).on("end", () => {
  const answers = JSON.parse(text).map((slices) => {
    const hash = new Sha256();
    slices.forEach((slice) => hash.update(new Uint8Array(Buffer.from(slice, "base64"))));
    return hash.hex();
  });
  process.stdout.write(JSON.stringify(answers));
});
"""


def in_node(program: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run `program` in Node with the pages' script loaded as `Sha256`."""
    command = [str(need_node()), "-e", LOAD + program, str(SCRIPT)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120, check=False)


def digests(inputs: Sequence[Sequence[bytes]]) -> list[str]:
    """Hash each input, given in slices."""
    question = json.dumps([[base64.b64encode(part).decode() for part in slices] for slices in inputs])
    answers: list[str] = json.loads(in_node(HASH_ALL, question).stdout)
    return answers


def cut(data: bytes, source: random.Random) -> list[bytes]:
    """Cut `data` into slices of random lengths, empty ones among them."""
    marks = sorted(source.randrange(len(data) + 1) for _ in range(source.randrange(6)))
    return [data[start:end] for start, end in zip([0, *marks], [*marks, len(data)], strict=True)]


def test_published_examples_are_reproduced() -> None:
    assert digests([[data] for data in KNOWN]) == list(KNOWN.values())


def test_every_length_around_the_padding_agrees_with_hashlib() -> None:
    inputs = [bytes(at % 251 for at in range(length)) for length in range(260)]
    assert digests([[data] for data in inputs]) == [hashlib.sha256(data).hexdigest() for data in inputs]


def test_any_cut_into_slices_gives_the_same_digest(seed: int) -> None:
    source = random.Random(seed)
    inputs = [source.randbytes(source.randrange(5000)) for _ in range(300)]
    assert digests([cut(data, source) for data in inputs]) == [hashlib.sha256(data).hexdigest() for data in inputs]


@pytest.mark.longer
def test_length_over_four_gigabits_is_counted() -> None:
    # 2^29 bytes are 2^32 bits: from there on the upper word of the length is not zero
    part, times = b"\0" * (1 << 24), 33
    program = f"const h = new Sha256(), part = new Uint8Array({len(part)});"
    program += f"for (let i = 0; i < {times}; i++) h.update(part); process.stdout.write(h.hex());"
    assert in_node(program).stdout == hashlib.sha256(part * times).hexdigest()


def test_spent_hash_refuses_more_input() -> None:
    done = in_node("const h = new Sha256(); h.hex(); h.update(new Uint8Array(1));")
    assert done.returncode != 0
    assert "already taken" in done.stderr
