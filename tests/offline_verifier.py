"""The core of the offline verifier in Node, so that tests can put one question to it and to Python."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ledger.offline import core_script
from tests.needs import need_node

HARNESS = Path(__file__).with_suffix(".js")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A running Node. Bytes go in and out as base64."""

    questions: IO[str]
    answers: IO[str]

    def ask(self, job: str, **given: Any) -> dict[str, Any]:
        """One answer; `{"malformed": …}` where the input is refused."""
        (answer,) = self.ask_all([{"job": job, **given}])
        return answer

    def ask_all(self, jobs: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """An answer to each job, in order; one is in flight at a time, so neither pipe can fill up."""
        for job in jobs:
            self.questions.write(json.dumps(job) + "\n")
            self.questions.flush()
            line = self.answers.readline()
            assert line, "the offline verifier has ended; see its traceback above"
            yield json.loads(line)

    def accepts(self, form: str, data: bytes | str) -> bool:
        """Whether the reader of that name takes `data`."""
        raw = data.encode() if isinstance(data, str) else data
        return "malformed" not in self.ask("parse", format=form, data=b64(raw))


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@contextmanager
def running_verifier() -> Iterator[Verifier]:
    """Node with the core loaded; it ends with the context."""
    node = need_node()
    with tempfile.TemporaryDirectory() as folder:
        core = Path(folder) / "core.js"
        core.write_text(core_script(), encoding="utf-8")
        process = subprocess.Popen(
            [str(node), str(HARNESS), str(core)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with process:
            try:
                yield Verifier(questions=process.stdin, answers=process.stdout)
            finally:
                process.stdin.close()
