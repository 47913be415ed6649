"""A verdict on a page: the shared words and colours of `ledger.verdict`, and what only a page has to say.

Nothing here decides a verdict. What a page adds: the four questions a lay reader asks, other words where no file was
compared (there is no match to speak of), and an answer for when the browser could not reach this service at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ledger.verdict import VERDICT_WORDS, Outcome, Text, Verdict
from service.pages.language import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ledger.verdict import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One verdict as shown. `colour` is a class of the style sheet, `icon` a drawing of `components/icons.html`."""

    code: str
    colour: str
    icon: str
    title: Text
    explanation: Text
    next_step: Text


SERVICE_UNREACHABLE = Face(
    code="service_unreachable",
    colour="grey",
    icon="cloud-off",
    title=Text(zh="未能连接本平台，没有进行核验", en="We could not reach this service, so nothing was checked"),
    explanation=Text(zh="这不说明您的文件有问题。", en="This says nothing against your file."),
    next_step=Text(zh="请检查网络后再试。", en="Check your connection and try again."),
)
"""Only a browser can see this one; the ledger has no such verdict."""

FACES: Mapping[str, Face] = MappingProxyType(
    {
        **{
            verdict.value: Face(
                code=verdict.value,
                colour=words.colour.value,
                icon=words.icon,
                title=words.title,
                explanation=words.explanation,
                next_step=words.next_step,
            )
            for verdict, words in VERDICT_WORDS.items()
        },
        SERVICE_UNREACHABLE.code: SERVICE_UNREACHABLE,
    }
)
"""Every verdict after a file was looked at."""

_CHOOSE_A_FILE = Text(
    zh="还没有比对文件。要比对您手里的文件，请在下面选择。",
    en="No file was compared. To compare yours, choose it below.",
)

RECORD_FACES: Mapping[str, Face] = MappingProxyType(
    {
        **FACES,
        Verdict.VERIFIED.value: replace(
            FACES[Verdict.VERIFIED],
            title=Text(
                zh="该登记已上链，上链后未被改动", en="This record is on the chain and has not been changed since"
            ),
            next_step=_CHOOSE_A_FILE,
        ),
        Verdict.VERIFIED_NOT_FINAL.value: replace(
            FACES[Verdict.VERIFIED_NOT_FINAL],
            title=Text(
                zh="该登记已上链，正在等待最终确认", en="This record is on the chain, waiting for final confirmation"
            ),
            explanation=Text(zh="区块链还没有最终确认。", en="The chain has not confirmed it for good yet."),
            next_step=_CHOOSE_A_FILE,
        ),
        Verdict.SUPERSEDED.value: replace(
            FACES[Verdict.SUPERSEDED],
            explanation=Text(
                zh="它确实这样登记过，但后来又登记了新的版本。",
                en="It was registered as shown, but a newer version has been registered since.",
            ),
        ),
        Verdict.NOT_FOUND.value: replace(
            FACES[Verdict.NOT_FOUND],
            title=Text(zh="没有这个编号的登记", en="There is no record with this number"),
            explanation=Text(
                zh="编号的形式没有错，但本平台没有这个编号。",
                en="The number is well formed, but this service has no record under it.",
            ),
            next_step=Text(
                zh="请与纸上的编号核对，或者联系出具文件的机构。",
                en="Compare it with the paper, or contact the institution that issued it.",
            ),
        ),
    }
)
"""Every verdict on a record alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One row of the table, for lay readers. `numbers` are the checks behind it.

    `outcome` is None in a template that the browser fills in.
    """

    label: str
    numbers: tuple[int, ...]
    outcome: str | None = None


QUESTIONS = (
    Question(label=N_("Is the file the registered one?"), numbers=(10,)),
    Question(label=N_("Is the registration still in force?"), numbers=(9,)),
    Question(label=N_("Does the office's signature hold?"), numbers=(1, 2, 3, 4, 5)),
    Question(label=N_("Does the chain confirm it for good?"), numbers=(6, 7, 8)),
)

WORST_FIRST = (Outcome.FAILED, Outcome.UNAVAILABLE, Outcome.NOT_CHECKED, Outcome.PASSED)
"""A row is as good as its worst check. `static/check.js` holds the same order for what the browser fills in."""


def answered(checks: Iterable[Check]) -> tuple[Question, ...]:
    """The four questions with their outcomes."""
    outcomes = {check.number: check.outcome for check in checks}
    return tuple(
        replace(question, outcome=min((outcomes[number] for number in question.numbers), key=WORST_FIRST.index).value)
        for question in QUESTIONS
    )
