"""A verdict on a page: the shared words and colours of `ledger.verdict`, and the one that only a browser can see.

Nothing here decides a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ledger.verdict import RECORD_WORDS, VERDICT_WORDS, Text, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.verdict import VerdictWords


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


def _faces(words: Mapping[Verdict, VerdictWords]) -> dict[str, Face]:
    return {
        verdict.value: Face(
            code=verdict.value,
            colour=shown.colour.value,
            icon=shown.icon,
            title=shown.title,
            explanation=shown.explanation,
            next_step=shown.next_step,
        )
        for verdict, shown in words.items()
    }


FACES: Mapping[str, Face] = MappingProxyType({**_faces(VERDICT_WORDS), SERVICE_UNREACHABLE.code: SERVICE_UNREACHABLE})
"""Every verdict after a file was looked at."""

RECORD_FACES: Mapping[str, Face] = MappingProxyType(_faces(RECORD_WORDS))
"""Every verdict on a record alone."""

PAPER_FACES: Mapping[str, Face] = MappingProxyType(
    {
        **RECORD_FACES,
        Verdict.VERIFIED.value: replace(
            RECORD_FACES[Verdict.VERIFIED.value],
            next_step=Text(
                zh="请把下面每一行与您手里的纸质件逐行比对。", en="Compare each row below with the paper in your hand."
            ),
        ),
    }
)
"""Every verdict on a record whose registered terms are shown below it."""
