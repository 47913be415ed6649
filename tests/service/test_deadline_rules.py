"""The rules of the law, one by one: each worked out by hand, each on its last day and the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest

from service.clocks import load_holidays
from service.law import AGREEMENT_STATES, ENTRY_KINDS, KEY_DATES, NEEDS_UNTIL, PROCEEDING_KINDS, STEPS
from service.law.deadlines import (
    ACTORS,
    DEADLINE_RULES,
    HAPPENINGS,
    Deadline,
    DeadlineRule,
    DeadlineState,
    Happening,
    Matter,
    Nature,
    case_deadlines,
    missed_duties,
)
from service.law.deadlines.listing import render_rules

HOLIDAYS = load_holidays()

WORKED_OUT = {
    # code: (start, last day)
    "legal_aid_review": ("2026-07-08", "2026-07-15"),
    "legal_aid_assignment": ("2026-07-15", "2026-07-20"),  # the 18th is a Saturday
    "legal_aid_urgent_papers": ("2026-07-08", "2026-07-15"),
    "legal_aid_first_interview": ("2026-07-15", "2026-07-20"),
    "legal_aid_file": ("2026-07-20", "2026-08-19"),
    "legal_aid_file_review": ("2026-08-19", "2026-09-18"),
    "legal_aid_objection": ("2026-07-15", "2026-08-14"),
    "legal_aid_objection_review": ("2026-08-14", "2026-08-19"),
    "mediation_term": ("2026-07-08", "2026-07-23"),
    "peoples_mediation_term": ("2026-07-09", "2026-08-10"),  # 9 August is a Sunday
    "mediation_extended_term": ("2026-08-07", "2026-08-07"),
    "online_confirm": ("2026-07-09", "2026-07-14"),
    "online_ask": ("2026-07-09", "2026-07-14"),
    "online_term": ("2026-07-13", "2026-08-12"),
    "arbitration_review_request": ("2026-07-20", "2026-08-04"),
    "judicial_confirmation_request": ("2026-07-20", "2026-08-19"),
    "instalment": ("2026-07-31", "2026-07-31"),
    "agreement_arbitration": ("2025-09-30", "2026-09-30"),
    "arbitration_review_decision": ("2026-08-05", "2026-08-12"),
    "judicial_confirmation_acceptance": ("2026-08-18", "2026-08-21"),
    "judicial_confirmation_decision": ("2026-08-20", "2026-09-04"),
    "payment_order_acceptance": ("2026-09-01", "2026-09-07"),  # the 6th is a Sunday
    "payment_order_issue": ("2026-09-07", "2026-09-22"),
    "payment_order_service": ("2026-09-02", "2026-10-08"),  # 2 October is in the holiday
    "payment_order_objection": ("2026-09-22", "2026-10-08"),  # 7 October is in the holiday
    "arbitration_acceptance": ("2026-08-03", "2026-08-10"),  # the 8th is a Saturday
    "arbitration_copy": ("2026-08-10", "2026-08-17"),  # the 15th is a Saturday
    "arbitration_panel": ("2026-08-12", "2026-08-17"),
    "arbitration_defence": ("2026-08-17", "2026-08-27"),
    "arbitration_hearing_notice": ("2026-09-08", "2026-09-03"),
    "arbitration_award": ("2026-08-10", "2026-09-24"),
    "award_suit": ("2026-09-24", "2026-10-09"),
    "award_set_aside": ("2026-09-24", "2026-10-26"),  # the 24th is a Saturday
    "court_appeal": ("2026-10-12", "2026-10-27"),
    "limitation": ("2025-06-30", "2026-06-30"),
    "limitation_wages": ("2025-06-30", "2026-06-30"),
    "work_injury_employer": ("2026-06-01", "2026-07-01"),
    "work_injury_worker": ("2025-06-01", "2026-06-01"),
    "work_injury_decision": ("2026-06-01", "2026-07-31"),
}
RULES = sorted(WORKED_OUT)


def matter_of(rule: DeadlineRule) -> Matter:
    return Matter(
        kind=max(rule.kinds),
        channel=next(iter(rule.channels), "12351"),
        office_kind=next(iter(rule.offices), "union"),
        claims_wages=rule.wages_only is True,
        claims_other=rule.wages_only is not True,
    )


def one(code: str, *happenings: Happening, today: date, matter: Matter | None = None) -> Deadline:
    rule = DEADLINE_RULES[code]
    (found,) = case_deadlines(happenings, matter or matter_of(rule), today=today, holidays=HOLIDAYS, rules=[rule])
    return found


def start_of(code: str) -> tuple[Happening, date]:
    start, ends = map(date.fromisoformat, WORKED_OUT[code])
    return Happening(code=min(DEADLINE_RULES[code].starts), occurred_on=start, subject="r1"), ends


def happened(code: str, day: str | date, *, subject: str | None = None, within: str | None = None) -> Happening:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return Happening(code=code, occurred_on=day, subject=subject, within=within)


def test_every_rule_is_worked_out() -> None:
    assert WORKED_OUT.keys() == DEADLINE_RULES.keys()


@pytest.mark.parametrize("code", RULES)
def test_rule_ends_on_the_day_of_the_law(code: str) -> None:
    start, ends = start_of(code)

    assert one(code, start, today=min(start.occurred_on, ends)).due_on == ends


@pytest.mark.parametrize("code", RULES)
def test_rule_is_open_on_its_last_day_and_missed_on_the_next(code: str) -> None:
    start, ends = start_of(code)

    on_time, late = (one(code, start, today=ends + timedelta(days=days)) for days in (0, 1))

    assert (on_time.state, on_time.days_left) == (DeadlineState.OPEN, 0)
    assert late.state is DeadlineState.MISSED
    presses = DEADLINE_RULES[code].nature in {Nature.DUTY, Nature.PROMISE}
    assert (late.days_left, late.is_pending) == ((-1, True) if presses else (None, False))


@pytest.mark.parametrize(
    ("code", "done"), [(code, done) for code in RULES for done in sorted(DEADLINE_RULES[code].met_by)]
)
def test_rule_is_met_by_what_settles_it(code: str, done: str) -> None:
    start, ends = start_of(code)

    in_time, late = (
        one(code, start, happened(done, day, subject="r1"), today=ends + timedelta(days=30))
        for day in (ends, ends + timedelta(days=1))
    )

    assert (in_time.state, in_time.settled_on) == (DeadlineState.MET, ends)
    assert (late.state, late.settled_on, late.is_pending) == (DeadlineState.MISSED, ends + timedelta(days=1), False)


@pytest.mark.parametrize(
    ("code", "ended"), [(code, ended) for code in RULES for ended in sorted(DEADLINE_RULES[code].moot_by)]
)
def test_rule_falls_away_with_its_object(code: str, ended: str) -> None:
    start, ends = start_of(code)

    found = one(code, start, happened(ended, ends, subject="r1"), today=ends)

    assert (found.state, found.is_pending) == (DeadlineState.NOT_APPLICABLE, False)


@pytest.mark.parametrize("code", RULES)
def test_rule_of_another_kind_of_case_is_not_asked(code: str) -> None:
    rule = DEADLINE_RULES[code]
    start, ends = start_of(code)
    others = {"consultation", "legal_aid", "mediation"} - rule.kinds

    for kind in others:
        matter = replace(matter_of(rule), kind=kind)
        assert case_deadlines([start], matter, today=ends, holidays=HOLIDAYS, rules=[rule]) == ()


@pytest.mark.parametrize("code", RULES)
def test_rule_has_words_in_both_languages_and_an_authority(code: str) -> None:
    rule = DEADLINE_RULES[code]

    assert rule.actor in ACTORS
    assert all((rule.zh, rule.en, rule.consequence_zh, rule.consequence_en, rule.source.article, rule.source.version))
    assert rule.code == code
    assert rule.codes <= HAPPENINGS.keys()


def test_every_happening_is_used_by_a_rule() -> None:
    assert HAPPENINGS.keys() == frozenset().union(*(rule.codes for rule in DEADLINE_RULES.values()))


def test_every_happening_can_be_recorded() -> None:
    recorded = {
        *("case.received", "case.mediation_sought", "instalment.due", "instalment.paid"),
        *(f"step.{step}" for step in STEPS),
        *(f"until.{step}" for step in NEEDS_UNTIL),
        *(f"agreement.{state}" for state in AGREEMENT_STATES),
        *(f"proceeding.{kind}.{end}" for kind in PROCEEDING_KINDS for end in ("opened", "accepted", "closed")),
        "proceeding.arbitration.pursued",
        *(f"entry.{kind}" for kind in ENTRY_KINDS),
        *KEY_DATES,
    }

    assert HAPPENINGS.keys() - recorded == set()


def test_page_of_the_rules_is_what_the_rules_say() -> None:
    assert files("service").joinpath("docs", "rules.md").read_text("utf-8") == render_rules()


def test_both_clocks_of_the_specimen_agreement_come_out() -> None:
    effective = happened("agreement.effective", "2026-07-20", subject="a1")

    found = case_deadlines(
        [happened("case.received", "2026-07-08"), happened("agreement.drafted", "2026-07-20", subject="a1"), effective],
        Matter(kind="mediation", channel="12351", office_kind="union"),
        today=date(2026, 7, 20),
        holidays=HOLIDAYS,
        rules=DEADLINE_RULES.values(),
    )

    assert [(item.rule.code, str(item.due_on), item.days_left) for item in found if item.is_pending] == [
        ("arbitration_review_request", "2026-08-04", 15),
        ("judicial_confirmation_request", "2026-08-19", 30),
    ]


def test_review_stands_still_while_papers_are_completed() -> None:
    received, asked = happened("case.received", "2026-07-08"), happened("step.ask_for_material", "2026-07-10")
    supplied = happened("step.supply_material", "2026-07-13")

    waiting = one("legal_aid_review", received, asked, today=date(2026, 7, 20))
    resumed = one("legal_aid_review", received, asked, supplied, today=date(2026, 7, 13))

    assert (waiting.state, waiting.due_on, waiting.is_pending) == (DeadlineState.PAUSED, None, True)
    assert (resumed.state, resumed.due_on) == (DeadlineState.OPEN, date(2026, 7, 20))  # the 18th is a Saturday


def test_papers_asked_for_too_late_revive_nothing() -> None:
    received, asked = happened("case.received", "2026-07-08"), happened("step.ask_for_material", "2026-07-16")

    assert one("legal_aid_review", received, asked, today=date(2026, 7, 17)).state is DeadlineState.MISSED


def test_limitation_begins_anew_when_it_is_interrupted() -> None:
    known, claimed = happened("fact.rights_known", "2025-03-10"), happened("fact.claimed", "2025-12-01")
    sought = happened("case.mediation_sought", "2026-07-08")

    found = one("limitation", known, claimed, sought, today=date(2026, 7, 20))

    assert (found.started_on, found.counted_to) == (date(2026, 7, 8), date(2027, 7, 8))
    assert found.state is DeadlineState.OPEN


def test_limitation_that_has_run_out_is_not_interrupted() -> None:
    known, claimed = happened("fact.rights_known", "2025-03-10"), happened("fact.claimed", "2026-03-11")

    found = one("limitation", known, claimed, today=date(2026, 3, 12))

    assert (found.state, found.started_on) == (DeadlineState.MISSED, date(2025, 3, 10))


def test_application_that_was_given_up_only_interrupts_limitation() -> None:
    known = happened("fact.rights_known", "2025-03-10")
    opened = happened("proceeding.arbitration.opened", "2026-01-12", subject="p1")
    pursued = happened("proceeding.arbitration.pursued", "2026-01-12", subject="p1")

    given_up = one("limitation", known, opened, today=date(2026, 2, 2))
    kept_up = one("limitation", known, opened, pursued, today=date(2026, 2, 2))

    assert (given_up.state, given_up.counted_to) == (DeadlineState.OPEN, date(2027, 1, 12))
    assert kept_up.state is DeadlineState.MET


def test_wages_are_not_limited_while_employment_lasts() -> None:
    rules = [DEADLINE_RULES["limitation"], DEADLINE_RULES["limitation_wages"]]
    wages = Matter(kind="mediation", channel="12351", office_kind="union", claims_wages=True, claims_other=False)
    known, ended = happened("fact.rights_known", "2025-03-10"), happened("fact.employment_ended", "2026-06-30")

    during = case_deadlines([known], wages, today=date(2026, 7, 1), holidays=HOLIDAYS, rules=rules)
    (after,) = case_deadlines([known, ended], wages, today=date(2026, 7, 1), holidays=HOLIDAYS, rules=rules)

    assert during == ()
    assert (after.rule.code, after.due_on) == ("limitation_wages", date(2027, 6, 30))


def test_payment_of_one_instalment_leaves_the_other_open() -> None:
    first, second = (
        happened("instalment.due", day, subject=name, within="a1")
        for day, name in (("2026-07-31", "i1"), ("2026-08-31", "i2"))
    )
    paid = happened("instalment.paid", "2026-07-30", subject="i1", within="a1")

    found = case_deadlines(
        [first, second, paid],
        matter_of(DEADLINE_RULES["instalment"]),
        today=date(2026, 8, 1),
        holidays=HOLIDAYS,
        rules=[DEADLINE_RULES["instalment"]],
    )

    assert {item.subject: item.state for item in found} == {"i1": DeadlineState.MET, "i2": DeadlineState.OPEN}


def test_end_of_one_agreement_leaves_the_instalments_of_another() -> None:
    due = happened("instalment.due", "2026-08-31", subject="i1", within="a1")
    other_ended = happened("agreement.rescinded", "2026-08-01", subject="a2")
    ended = happened("agreement.rescinded", "2026-08-01", subject="a1")

    assert one("instalment", due, other_ended, today=date(2026, 8, 2)).state is DeadlineState.OPEN
    assert one("instalment", due, ended, today=date(2026, 8, 2)).state is DeadlineState.NOT_APPLICABLE


def test_confirmation_of_one_agreement_leaves_the_clock_of_another() -> None:
    effective = happened("agreement.effective", "2026-07-20", subject="a1")
    other, own = (
        happened("proceeding.judicial_confirmation.opened", "2026-07-25", subject=name, within=agreement)
        for name, agreement in (("p1", "a2"), ("p2", "a1"))
    )
    day = date(2026, 7, 26)

    assert one("judicial_confirmation_request", effective, other, today=day).state is DeadlineState.OPEN
    assert one("judicial_confirmation_request", effective, other, own, today=day).state is DeadlineState.MET


def test_period_has_not_begun_before_its_start() -> None:
    due = happened("instalment.due", "2026-08-31", subject="i1", within="a1")
    rules = [DEADLINE_RULES["agreement_arbitration"]]
    matter = matter_of(rules[0])

    assert case_deadlines([due], matter, today=date(2026, 8, 30), holidays=HOLIDAYS, rules=rules) == ()
    assert len(case_deadlines([due], matter, today=date(2026, 8, 31), holidays=HOLIDAYS, rules=rules)) == 1


def test_what_happens_after_today_settles_nothing() -> None:
    received, granted = happened("case.received", "2026-07-08"), happened("step.grant", "2026-07-14")

    assert one("legal_aid_review", received, granted, today=date(2026, 7, 13)).state is DeadlineState.OPEN


def test_notice_of_the_hearing_counts_when_it_came_before() -> None:
    notified = happened("proceeding.arbitration.hearing_notified", "2026-08-28", subject="p1")
    hearing = happened("proceeding.arbitration.hearing", "2026-09-08", subject="p1")

    assert one("arbitration_hearing_notice", notified, hearing, today=date(2026, 9, 1)).state is DeadlineState.MET


def test_assignment_of_urgent_aid_counts_for_the_grant_that_follows() -> None:
    assigned, granted = happened("step.assign", "2026-07-09"), happened("step.grant", "2026-07-15")

    assert one("legal_aid_assignment", assigned, granted, today=date(2026, 7, 30)).state is DeadlineState.MET


def test_award_shows_how_far_it_may_be_extended() -> None:
    accepted = happened("proceeding.arbitration.accepted", "2026-08-10", subject="p1")

    found = one("arbitration_award", accepted, today=date(2026, 8, 11))

    assert found.latest is not None
    assert (found.due_on, found.latest.day) == (date(2026, 9, 24), date(2026, 10, 9))


def test_overdue_duties_lead_and_what_is_settled_comes_last() -> None:
    happenings = [
        happened("case.received", "2026-07-08"),
        happened("step.grant", "2026-07-15"),
        happened("entry.review_request", "2026-07-16"),
    ]

    found = case_deadlines(
        happenings,
        Matter(kind="legal_aid", channel="12348", office_kind="legal_aid_centre"),
        today=date(2026, 7, 21),
        holidays=HOLIDAYS,
        rules=DEADLINE_RULES.values(),
    )

    assert [(item.rule.code, item.days_left) for item in found] == [
        ("legal_aid_assignment", -1),
        ("legal_aid_objection_review", 0),
        ("legal_aid_review", None),
    ]


def test_decision_on_one_review_leaves_another_open() -> None:
    first, second = (happened("entry.review_request", day, subject=day) for day in ("2026-07-01", "2026-07-06"))
    decided = happened("entry.review_decision", "2026-07-06", subject="d1", within="2026-07-01")
    rule = DEADLINE_RULES["legal_aid_objection_review"]

    found = case_deadlines(
        [first, second, decided], matter_of(rule), today=date(2026, 7, 8), holidays=HOLIDAYS, rules=[rule]
    )

    assert {item.subject: item.state for item in found} == {
        "2026-07-01": DeadlineState.MET,
        "2026-07-06": DeadlineState.OPEN,
    }


def test_missed_duties_name_the_late_and_the_never_done_and_no_rights() -> None:
    happenings = [
        happened("case.received", "2026-07-08"),
        happened("step.grant", "2026-07-16"),
        happened("agreement.effective", "2026-07-20", subject="a1"),
    ]

    found = case_deadlines(
        happenings,
        Matter(kind="legal_aid", channel="12348", office_kind="legal_aid_centre"),
        today=date(2026, 12, 1),
        holidays=HOLIDAYS,
        rules=DEADLINE_RULES.values(),
    )

    assert [(item.rule.code, item.settled_on) for item in missed_duties(found)] == [
        ("legal_aid_assignment", None),
        ("legal_aid_review", date(2026, 7, 16)),
    ]


@pytest.mark.parametrize(("day", "urgent"), [("2026-06-23", False), ("2026-06-24", True), ("2026-07-01", False)])
def test_fewer_than_seven_days_to_save_a_claim_open_urgent_aid(day: str, urgent: bool) -> None:
    known = happened("fact.rights_known", "2025-06-30")

    assert one("limitation", known, today=date.fromisoformat(day)).opens_urgent_aid is urgent


def test_deadline_of_an_office_opens_no_urgent_aid() -> None:
    received = happened("case.received", "2026-07-08")

    assert not one("legal_aid_review", received, today=date(2026, 7, 14)).opens_urgent_aid


def test_rule_of_an_unknown_happening_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"no such happening: step\.vanish"):
        replace(DEADLINE_RULES["legal_aid_review"], starts=frozenset({"step.vanish"}))
