"""Every stage × every step of the three kinds of case, against a table written from the law and not from the code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service import law
from service.law import NotPossible, Step, Taken, case_state, judge_step, possible_grounds
from service.law.workflow import Consultation, LegalAid, Mediation, begin, legal_aid, machine, mediation
from service.law.workflow.rules import Rule, complete, rule

CONSULTATION = """
                     recorded          converted  closed
record               !recorded_already !over      !over
convert              converted         !over      !over
close                closed            !over      !over
agreement_drafted    !no_agreement_in_consultation !no_agreement_in_consultation !no_agreement_in_consultation
agreement_effective  !no_agreement_in_consultation !no_agreement_in_consultation !no_agreement_in_consultation
agreement_performed  !no_agreement_in_consultation !no_agreement_in_consultation !no_agreement_in_consultation
agreement_ended      !no_agreement_in_consultation !no_agreement_in_consultation !no_agreement_in_consultation
"""

LEGAL_AID_BEFORE = """
                     applied          need_material     refused     deemed_withdrawn granted            assigned
ask_for_material     need_material    !asked            !over       !withdrawn       !past              !past
supply_material      !not_asked       applied           !over       !withdrawn       !not_asked         !not_asked
deem_withdrawn       !not_asked       deemed_withdrawn  !over       !withdrawn       !not_asked         !not_asked
grant                granted          !outstanding      !stands     !withdrawn       !past              !past
refuse               refused          !outstanding      !over       !withdrawn       !past              !past
give_urgent_aid      assigned         assigned          !over       !withdrawn       !past              !past
assign               !not_granted     !not_granted      !over       !over            assigned           !has_lawyer
reassign             !not_granted     !not_granted      !over       !over            !no_lawyer         =
start_handling       !not_granted     !not_granted      !over       !over            !no_lawyer         handling
complete             !not_granted     !not_granted      !over       !over            !no_lawyer         !not_begun
terminate            !not_granted     !not_granted      !over       !over            terminated         terminated
submit_file          !not_ended       !not_ended        !over       !over            !not_ended         !not_ended
review_file          !no_file         !no_file          !over       !over            !no_file           !no_file
archive              !no_file         !no_file          !over       !over            !no_file           !no_file
agreement_drafted    !not_granted     !not_granted      !over       !over            !no_lawyer         !not_begun
agreement_effective  !no_paper        !no_paper         !over       !over            =                  =
agreement_performed  !no_paper        !no_paper         !over       !over            =                  =
agreement_ended      !no_paper        !no_paper         !over       !over            =                  =
"""

LEGAL_AID_WORK = """
                     handling     signing          performing   performed    agreement_ended
ask_for_material     !past        !past            !past        !past        !past
supply_material      !not_asked   !not_asked       !not_asked   !not_asked   !not_asked
deem_withdrawn       !not_asked   !not_asked       !not_asked   !not_asked   !not_asked
grant                !past        !past            !past        !past        !past
refuse               !past        !past            !past        !past        !past
give_urgent_aid      !past        !past            !past        !past        !past
assign               !has_lawyer  !has_lawyer      !has_lawyer  !has_lawyer  !has_lawyer
reassign             =            =                =            =            =
start_handling       !begun       handling         !begun       !begun       handling
complete             completed    !being_signed    completed    completed    completed
terminate            terminated   terminated       terminated   terminated   terminated
submit_file          !not_ended   !not_ended       !not_ended   !not_ended   !not_ended
review_file          !no_file     !no_file         !no_file     !no_file     !no_file
archive              !no_file     !no_file         !no_file     !no_file     !no_file
agreement_drafted    signing      =                signing      signing      signing
agreement_effective  performing   performing       =            performing   performing
agreement_performed  performed    performed        performed    =            performed
agreement_ended      agreement_ended agreement_ended agreement_ended agreement_ended =
"""

LEGAL_AID_AFTER = """
                     completed       terminated      file_submitted  file_reviewed  archived
ask_for_material     !over           !over           !over           !over          !over
supply_material      !over           !over           !over           !over          !over
deem_withdrawn       !over           !over           !over           !over          !over
grant                !over           !stands         !over           !over          !over
refuse               !over           !over           !over           !over          !over
give_urgent_aid      !over           !over           !over           !over          !over
assign               !over           !over           !over           !over          !over
reassign             !over           !over           !over           !over          !over
start_handling       !over           !over           !over           !over          !over
complete             !over           !over           !over           !over          !over
terminate            !over           !over           !over           !over          !over
submit_file          file_submitted  file_submitted  !handed_in      !handed_in     !handed_in
review_file          !no_file        !no_file        file_reviewed   !reviewed      !reviewed
archive              !no_file        !no_file        !not_reviewed   archived       !over
agreement_drafted    !over           !over           !over           !over          !over
agreement_effective  =               =               =               =              =
agreement_performed  =               =               =               =              =
agreement_ended      =               =               =               =              =
"""

MEDIATION_BEFORE = """
                     applied            consulting_other   accepted         mediating        agreed
consult_other_side   consulting_other   !asked_other       !accepted        !accepted        !accepted
accept               accepted           accepted           !accepted        !accepted        !accepted
not_accept           not_accepted       not_accepted       !accepted        !accepted        !accepted
start_mediation      !not_accepted      !not_accepted      mediating        !talks_begun     !talks_begun
extend               !no_talks          !no_talks          !no_talks        =                !reached
agree                !no_talks          !no_talks          !no_talks        agreed           !reached
fail                 failed             failed             failed           failed           failed
agreement_drafted    signing            signing            signing          signing          signing
agreement_effective  performing         performing         performing       performing       performing
agreement_performed  !no_paper          !no_paper          !no_paper        !no_paper        !no_paper
agreement_ended      !no_paper          !no_paper          !no_paper        !no_paper        !no_paper
"""

MEDIATION_AFTER = """
                     signing       performing    performed     agreement_ended  not_accepted  failed
consult_other_side   !accepted     !accepted     !accepted     !accepted        !over         !over
accept               !accepted     !accepted     !accepted     !accepted        !over         !over
not_accept           !accepted     !accepted     !accepted     !accepted        !over         !over
start_mediation      !talks_begun  !talks_begun  !talks_begun  !talks_begun     !over         !over
extend               !reached      !reached      !reached      !reached         !over         !over
agree                !reached      !reached      !reached      !reached         !over         !over
fail                 failed        !reached      !reached      !reached         !over         !over
agreement_drafted    =             signing       signing       signing          !over         !over
agreement_effective  performing    =             performing    performing       !over         !over
agreement_performed  performed     performed     =             performed        !over         !over
agreement_ended      agreement_ended agreement_ended agreement_ended =          !over         !over
"""

SHORT = {
    "over": "case_has_ended",
    "asked": "material_asked_already",
    "not_asked": "no_material_asked",
    "outstanding": "material_outstanding",
    "past": "past_examination",
    "withdrawn": "application_withdrawn",
    "stands": "decision_stands",
    "not_granted": "aid_not_granted",
    "has_lawyer": "lawyer_assigned_already",
    "no_lawyer": "no_lawyer_assigned",
    "begun": "handling_begun",
    "not_begun": "handling_not_begun",
    "being_signed": "agreement_being_signed",
    "not_ended": "aid_not_ended",
    "no_file": "file_not_submitted",
    "handed_in": "file_submitted_already",
    "not_reviewed": "file_not_reviewed",
    "reviewed": "file_reviewed_already",
    "asked_other": "other_side_asked",
    "accepted": "mediation_accepted",
    "not_accepted": "mediation_not_accepted",
    "talks_begun": "mediation_begun",
    "no_talks": "mediation_not_begun",
    "reached": "agreement_reached",
    "no_paper": "no_agreement_yet",
}

TABLES = (
    ("consultation", CONSULTATION),
    ("legal_aid", LEGAL_AID_BEFORE),
    ("legal_aid", LEGAL_AID_WORK),
    ("legal_aid", LEGAL_AID_AFTER),
    ("mediation", MEDIATION_BEFORE),
    ("mediation", MEDIATION_AFTER),
)


def _cells() -> Iterator[tuple[str, str, str, str]]:
    """Each (kind, stage, step, expected) of the tables."""
    for kind, table in TABLES:
        head, *rows = table.strip("\n").splitlines()
        for row in rows:
            step, *cells = row.split()
            for stage, cell in zip(head.split(), cells, strict=True):
                yield kind, stage, step, cell


CELLS = tuple(_cells())


@pytest.mark.parametrize(("kind", "stage", "step", "cell"), CELLS, ids=str)
def test_step_leads_where_the_law_says_or_is_refused_with_its_reason(
    kind: str, stage: str, step: str, cell: str
) -> None:
    state = case_state(kind=kind, stage=stage, steps=())
    result = judge_step(state, Step(code=step))

    if cell.startswith("!"):
        assert result == NotPossible(reason=SHORT.get(cell[1:], cell[1:]))
    else:
        assert isinstance(result, Taken)
        assert result.stage == (stage if cell == "=" else cell)


def test_tables_leave_out_no_stage_and_no_step() -> None:
    known = {
        "consultation": machine.CONSULTATION_STAGES,
        "legal_aid": legal_aid.STAGES,
        "mediation": mediation.STAGES,
    }
    expected = {
        (kind, stage, step)
        for kind, stages in known.items()
        for stage in stages
        for step in (*law.STEPS_OF[kind], *law.AGREEMENT_EVENTS)
    }

    assert {cell[:3] for cell in CELLS} == expected
    assert len(CELLS) == len(expected)
    assert {stage for stages in known.values() for stage in stages} == law.STAGES.keys()


@pytest.mark.parametrize("kind", law.CASE_KINDS)
def test_step_of_another_kind_is_refused_at_every_stage(kind: str) -> None:
    stages = {cell[1] for cell in CELLS if cell[0] == kind}
    for step in law.STEPS.keys() - law.STEPS_OF[kind].keys():
        for stage in stages:
            result = judge_step(case_state(kind=kind, stage=stage, steps=()), Step(code=step))
            assert result == NotPossible(reason="step_of_another_kind")


def test_every_reason_is_known_and_used() -> None:
    used = {SHORT.get(cell[1:], cell[1:]) for *_, cell in CELLS if cell.startswith("!")}
    beside = {"step_of_another_kind", "papers_due", "other_side_not_asked", "nothing_to_sign"}
    of_reviews = {"nothing_to_review", "review_pending", "review_decided"}

    assert used | beside | of_reviews == law.REASONS.keys()


@pytest.mark.parametrize(
    ("step", "statement"),
    [
        ("refuse", "case.refused"),
        ("not_accept", "case.refused"),
        ("deem_withdrawn", "case.deemed_withdrawn"),
        ("terminate", "case.terminated"),
        ("complete", "case.completed"),
        ("fail", "mediation.failed"),
        ("grant", "case.updated"),
        ("archive", "case.updated"),
        ("agree", "case.updated"),
        ("close", "case.updated"),
    ],
)
def test_ending_has_a_statement_of_its_own_type(step: str, statement: str) -> None:
    legal = [(kind, stage) for kind, stage, found, cell in CELLS if found == step and not cell.startswith("!")]

    for kind, stage in legal:
        result = judge_step(case_state(kind=kind, stage=stage, steps=()), Step(code=step))
        assert isinstance(result, Taken)
        assert result.statement == statement


def test_case_begins_at_its_first_stage() -> None:
    assert begin("consultation") == Consultation(stage="recorded")
    assert begin("legal_aid") == LegalAid(stage="applied")
    assert begin("mediation") == Mediation(stage="applied")


# ------------------------------------------------------------------------------------- what the stage does not tell


def test_material_is_asked_for_once_only() -> None:
    state = case_state(kind="legal_aid", stage="applied", steps=["ask_for_material", "supply_material"])

    assert judge_step(state, Step(code="ask_for_material")) == NotPossible(reason="material_asked_already")


def test_aid_given_before_the_decision_is_not_completed_without_its_papers() -> None:
    urgent = case_state(kind="legal_aid", stage="handling", steps=["give_urgent_aid", "start_handling"])
    mended = case_state(kind="legal_aid", stage="handling", steps=["give_urgent_aid", "start_handling", "grant"])

    assert judge_step(urgent, Step(code="complete")) == NotPossible(reason="papers_due")
    assert judge_step(mended, Step(code="complete")) == Taken(stage="completed", statement="case.completed")


@pytest.mark.parametrize("stage", ["assigned", "handling", "signing", "performing", "performed", "agreement_ended"])
def test_papers_of_urgent_aid_are_made_good_wherever_the_case_stands(stage: str) -> None:
    state = case_state(kind="legal_aid", stage=stage, steps=["give_urgent_aid"])

    assert judge_step(state, Step(code="grant")) == Taken(stage=stage, statement="case.updated")


@pytest.mark.parametrize("stage", ["refused", "terminated"])
def test_decision_that_the_bureau_overturned_may_be_mended(stage: str) -> None:
    state = case_state(kind="legal_aid", stage=stage, steps=(), decision_overturned=True)

    assert judge_step(state, Step(code="grant")) == Taken(stage="granted", statement="case.updated")


@pytest.mark.parametrize("stage", ["deemed_withdrawn", "completed", "file_submitted", "archived"])
def test_overturned_decision_opens_nothing_else(stage: str) -> None:
    state = case_state(kind="legal_aid", stage=stage, steps=(), decision_overturned=True)

    assert isinstance(judge_step(state, Step(code="grant")), NotPossible)


GROUNDS_OF_FAILURE = """
                       applied             consulting_other    accepted            mediating        agreed  signing
settled_and_withdrawn  yes                 yes                 yes                 yes              yes     yes
unreachable            other_side_not_asked yes                yes                 yes              yes     yes
unwilling              other_side_not_asked yes                yes                 yes              yes     yes
differences            mediation_not_begun mediation_not_begun mediation_not_begun yes              yes     yes
term_expired           yes                 yes                 yes                 yes              yes     yes
refused_to_sign        nothing_to_sign     nothing_to_sign     nothing_to_sign     nothing_to_sign  yes     yes
impossible             yes                 yes                 yes                 yes              yes     yes
"""


@pytest.mark.parametrize("row", GROUNDS_OF_FAILURE.strip("\n").splitlines()[1:], ids=lambda row: row.split()[0])
def test_ground_of_a_failure_fits_how_far_the_talks_came(row: str) -> None:
    ground, *cells = row.split()
    for stage, cell in zip(GROUNDS_OF_FAILURE.split()[:6], cells, strict=True):
        result = judge_step(Mediation(stage=stage), Step(code="fail", ground=ground))
        failed = Taken(stage="failed", statement="mediation.failed")
        assert result == (failed if cell == "yes" else NotPossible(reason=cell))


def test_grounds_of_failure_are_those_of_the_list() -> None:
    listed = {row.split()[0] for row in GROUNDS_OF_FAILURE.strip("\n").splitlines()[1:]}

    assert listed == law.MEDIATION_FAILURES.keys()


def test_ground_does_not_make_an_ended_mediation_fail_again() -> None:
    for stage in ("performing", "failed", "not_accepted"):
        for ground in law.MEDIATION_FAILURES:
            assert isinstance(judge_step(Mediation(stage=stage), Step(code="fail", ground=ground)), NotPossible)


def test_possible_grounds_are_those_with_which_the_step_is_lawful() -> None:
    assert possible_grounds(Mediation(stage="accepted"), "fail") == (
        "settled_and_withdrawn",
        "unreachable",
        "unwilling",
        "term_expired",
        "impossible",
    )
    assert possible_grounds(LegalAid(stage="granted"), "terminate") == tuple(law.TERMINATION_GROUNDS)
    assert possible_grounds(LegalAid(stage="granted"), "assign") == ()


def test_no_two_lists_of_grounds_share_a_code() -> None:
    assert len(law.ALL_GROUNDS) == sum(len(words) for words in law.GROUNDS.values())


def test_every_ground_of_article_48_is_named() -> None:
    assert [term.article[-3:] for term in law.TERMINATION_GROUNDS.values()] == [
        f"（{number}）" for number in "一二三四五六七八"
    ]


# ---------------------------------------------------------------------------------------------------- the rule table


def test_rule_that_names_a_stage_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        complete(("a", "b"), {"step": rule([(("a",), "b")], [(("a",), "over")], otherwise="over")})


def test_rule_that_names_a_foreign_stage_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="another kind"):
        complete(("a", "b"), {"step": rule([(("c",), "b")], [], otherwise="over")})


def test_rule_does_not_know_a_foreign_stage() -> None:
    with pytest.raises(KeyError):
        Rule(to={}, refused={}).judge("grant", "nowhere")


@pytest.mark.parametrize("listed", [law.REMEDIES, law.GROUNDS, dict.fromkeys(law.NEEDS_NOTE | law.NEEDS_LAWYER)])
def test_what_is_said_of_steps_is_said_of_known_ones(listed: dict[str, object]) -> None:
    assert listed.keys() <= law.STEPS.keys()


@pytest.mark.parametrize("step", ["refuse", "deem_withdrawn", "terminate", "not_accept", "fail"])
def test_ending_against_somebody_says_what_they_can_do(step: str) -> None:
    assert law.REMEDIES[step].article
