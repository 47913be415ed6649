"""The sample cases: each a story told as request bodies and files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from service.sample import pending, settled
from service.sample.bodies import (
    Body,
    agreement_body,
    case_body,
    ending_body,
    payment_bodies,
    signature_bodies,
    step_bodies,
)
from service.sample.filing import SampleFile, make_files
from service.sample.story import Story

SEED = 20260720
"""The seed of the demo: the day on which the agreement of its first case was signed."""

FIRST_STORY = settled.rope_net
OTHER_STORIES: tuple[Callable[[Random], Story], ...] = (
    pending.work_injury,
    settled.workshop_closed,
    pending.social_insurance,
    settled.building_site,
    settled.labour_agency,
    pending.overtime,
    pending.rider,
    settled.dismissal,
    pending.no_contract,
    pending.phone_question,
    pending.training_fee,
)
DOZEN = 1 + len(OTHER_STORIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAgreement:
    """What is sent about an agreement, in this order. Without signatures it stays a draft."""

    body: Body
    signatures: tuple[Body, ...]
    paper: SampleFile
    payments: tuple[Body, ...]
    ending: Body | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCase:
    """What is sent about one case. `key` is unique within a seed."""

    key: str
    body: Body
    files: tuple[SampleFile, ...]
    steps: tuple[Body, ...]
    agreement: SampleAgreement | None


def _tell(key: str, story: Story, random: Random) -> SampleCase:
    files = make_files(story, random)
    agreement = None
    if story.settlement:
        agreement = SampleAgreement(
            body=agreement_body(story, story.settlement),
            signatures=signature_bodies(story, story.settlement) if story.settlement.signed else (),
            paper=files[-1],
            payments=payment_bodies(story, story.settlement),
            ending=ending_body(story.settlement),
        )
    return SampleCase(
        key=key,
        body=case_body(story),
        files=files[:-1] if agreement else files,
        steps=step_bodies(story),
        agreement=agreement,
    )


def make_samples(seed: int = SEED, *, count: int = DOZEN) -> Iterator[SampleCase]:
    """Yield `count` cases, one at a time; the same seed gives the same bytes.

    The first is 周小满's, whatever the seed. More than a dozen tell the other stories again of other people.
    """
    for index in range(count):
        random = Random(f"legal-ledger/sample/{seed}/{index}")
        story = OTHER_STORIES[(index - 1) % len(OTHER_STORIES)](random) if index else FIRST_STORY(random)
        yield _tell(f"{index + 1:02d}-{story.key}", story, random)
