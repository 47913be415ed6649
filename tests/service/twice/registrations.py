"""Registrations in numbers, as bodies of `POST /cases`: what an office would have on file."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.service.twice.people import Party, draw_firm, draw_worker

Body = dict[str, Any]

CLAIMS = {
    "D5a": ("wages", "overtime", "bonus"),
    "D5b": ("medical", "work_injury"),
    "D5c": ("severance", "certificate"),
    "D5d": ("damages", "double_wages"),
    "D1": ("confirm_relation",),
    "D3": ("reinstatement", "damages"),
    "D4b": ("social_insurance",),
}
"""dispute type → what is then mostly claimed."""
WORDS = {
    "wages": "工资", "overtime": "加班工资", "bonus": "奖金", "medical": "工伤医疗费", "work_injury": "工伤保险待遇",
    "severance": "经济补偿", "certificate": "离职证明", "damages": "赔偿金", "double_wages": "二倍工资",
    "confirm_relation": "确认劳动关系", "reinstatement": "继续履行劳动合同", "social_insurance": "补缴社会保险",
}  # fmt: skip
WITH_MONTHS = frozenset({"wages", "overtime", "bonus", "double_wages", "social_insurance"})
FIRST_DAY = date(2025, 1, 6)
DAYS = 600
"""Registrations come in over some twenty months."""


def shift_month(month: date, by: int) -> date:
    """The first of the month `by` months later."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def write_months(random: Random, first: date, last: date) -> str:
    """A span of months as different people write it."""
    forms: tuple[str, ...] = (
        f"{first.year}年{first.month}月至{last.year}年{last.month}月",
        f"{first:%Y-%m} 至 {last:%Y-%m}",
        f"{first:%Y.%m}-{last:%Y.%m}",
    )
    if first == last:
        forms = (f"{first.year}年{first.month}月", f"{first:%Y-%m}", f"{first.year}年{first.month}月份")
    elif first.year == last.year:
        forms = (
            *forms,
            f"{first.year}年{first.month}月至{last.month}月",
            f"{first.year}年{first.month}-{last.month}月",
        )
    return random.choice(forms)


def draw_matter(random: Random, *, dispute_type: str | None = None, received_on: date | None = None) -> Body:
    """What a quarrel is about: type, months, day it came in. `claimed` are kinds of claim."""
    type_ = dispute_type or random.choices(tuple(CLAIMS), (50, 8, 15, 8, 6, 6, 7))[0]
    received = received_on or FIRST_DAY + timedelta(days=random.randrange(DAYS))
    last = shift_month(received.replace(day=1), -random.randrange(1, 4))
    first = shift_month(last, -random.randrange(6))
    kinds = CLAIMS[type_]
    return {
        "dispute_type": type_,
        "received_on": received,
        "months": (first, last),
        "claimed": tuple(random.sample(kinds, random.randrange(1, len(kinds) + 1))),
    }


def make_body(random: Random, matter: Body, parties: list[Party], *, kind: str = "mediation") -> Body:
    """The registration of a matter between these parties, in the words of whoever took it down."""
    first, last = matter["months"]
    claimants = [place for place, party in enumerate(parties, start=1) if party["role"] == "applicant"]
    claims = []
    for place in claimants:
        for claimed in matter["claimed"]:
            months = write_months(random, first, last) if claimed in WITH_MONTHS else ""
            amount = random.randrange(2000, 60_000) * 100
            claims.append({"kind": claimed, "party": place, "detail": months + WORDS[claimed], "amount_fen": amount})
    stories = ("单位拖欠，多次催要未果。", "离职后未结清。", "与单位协商不成。", "单位称无钱支付。")
    return {
        "kind": kind,
        "dispute_type": matter["dispute_type"],
        "channel": random.choice(("12351", "window", "12348", "labour_inspection", "union_station")),
        "received_on": matter["received_on"].isoformat(),
        "parties": copy.deepcopy(parties),
        "claims": claims,
        "facts": f"{write_months(random, first, last)}，{random.choice(stories)}",
    }


def forget(random: Random, party: Party, **chances: float) -> Party:
    """The same party with some of these fields left out."""
    return {name: value for name, value in party.items() if random.random() >= chances.get(name, 0)}


def thin(random: Random, party: Party) -> Party:
    """A party as busy people write it down."""
    return forget(random, party, id_number=0.3, birth_date=0.4, phone=0.3, address=0.5, credit_code=0.5, gender=0.2)


def draw_registration(random: Random) -> Body:
    """One of the many: mostly one worker and one firm, now and then a team, an agency or a building site."""
    matter = draw_matter(random)
    workers = [thin(random, draw_worker(random)) for _ in range(random.choices((1, 2, 5, 12), (88, 6, 4, 2))[0])]
    shape = random.random()
    kinds = ("labour_agency", "user_firm") if shape < 0.05 else ("subcontractor", "general_contractor")
    firms = [draw_firm(random)] if shape >= 0.1 else [draw_firm(random, kind=kind) for kind in kinds]
    return make_body(random, matter, [*workers, *(thin(random, firm) for firm in firms)])
