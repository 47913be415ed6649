"""One dispute registered twice, in every way we could think of; and pairs that only look like it.

Written and committed before there was a matcher. A `Pair` holds what is on file and what comes in afterwards, both as
bodies of `POST /cases`, and whether the two are about one dispute.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from tests.service.twice import slips
from tests.service.twice.people import BRANDS, TRADES, Party, draw_firm, draw_name, draw_worker, firm_name, id_number
from tests.service.twice.registrations import (
    Body,
    draw_matter,
    draw_registration,
    forget,
    make_body,
    shift_month,
    thin,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`filed` is on file, `comes` comes in; `same` says whether a person who knows all would join them."""

    of: str
    filed: Body
    comes: Body
    same: bool


Edit = Callable[[Random, Body], None]
"""Changes the second registration of a dispute in place."""


def _workers(body: Body) -> list[Party]:
    return [party for party in body["parties"] if party["kind"] == "worker"]


def _firms(body: Body) -> list[Party]:
    return [party for party in body["parties"] if party["kind"] != "worker"]


def _on_names(change: Callable[[str, Random], str]) -> Edit:
    def edit(random: Random, body: Body) -> None:
        for party in body["parties"]:
            party["name"] = change(party["name"], random)

    return edit


def _on_firms(change: Callable[[str, Random], str]) -> Edit:
    def edit(random: Random, body: Body) -> None:
        for firm in _firms(body):
            firm["name"] = change(firm["name"], random)

    return edit


def _width(random: Random, body: Body) -> None:
    for party in body["parties"]:
        for field in ("name", "id_number", "credit_code", "phone"):
            if field in party:
                party[field] = slips.full_width(party[field], random)


def _spaces(random: Random, body: Body) -> None:
    for party in body["parties"]:
        for field in ("name", "id_number", "credit_code", "phone"):
            if field in party:
                party[field] = slips.spaced(party[field], random)


def _brackets(random: Random, body: Body) -> None:
    for firm in _firms(body):
        firm["name"] = slips.bracketed(firm["name"], random)


def _worker_homophone(random: Random, body: Body) -> None:
    worker = _workers(body)[0]
    worker["name"] = slips.sounding_alike(worker["name"], random)


def _worker_character_missing(random: Random, body: Body) -> None:
    worker = _workers(body)[0]
    if len(worker["name"]) > 2:
        worker["name"] = slips.without_one(worker["name"], random)
    else:
        worker["name"] = slips.sounding_alike(worker["name"], random)


def _firm_slip(random: Random, body: Body) -> None:
    firm = _firms(body)[0]
    core = firm["name"].removesuffix("有限公司")
    change = random.choice((slips.sounding_alike, slips.without_one, slips.swapped))
    firm["name"] = core[:2] + change(core[2:], random) + "有限公司"


def _id_slip(random: Random, body: Body) -> None:
    worker = _workers(body)[0]
    if "id_number" in worker:
        worker["id_number"] = random.choice(slips.NUMBER_SLIPS)(worker["id_number"], random)


def _code_slip(random: Random, body: Body) -> None:
    for firm in _firms(body):
        if "credit_code" in firm:
            firm["credit_code"] = random.choice(slips.NUMBER_SLIPS)(firm["credit_code"], random)


def _numbers_missing(random: Random, body: Body) -> None:
    del random
    for party in body["parties"]:
        for field in ("id_number", "credit_code", "birth_date", "phone"):
            party.pop(field, None)


def _coded_otherwise(random: Random, body: Body) -> None:
    """Another office sees the same quarrel under a neighbouring head; what is claimed stays."""
    others = {"D5a": ("D2", "D6"), "D5c": ("D5d", "D3"), "D5d": ("D5c", "D3"), "D3": ("D5d", "D2"), "D5b": ("D6",)}
    body["dispute_type"] = random.choice(others.get(body["dispute_type"], ("D2",)))


def _as_legal_aid(random: Random, body: Body) -> None:
    """The legal-aid centre registers what a mediator has on file: the worker is a recipient, the months unsaid."""
    body["kind"] = "legal_aid"
    body["facts"] = random.choice(("申请法律援助。", "单位欠薪，请求援助。"))
    for claim in body["claims"]:
        claim["detail"] = claim["detail"][-4:]
    for worker in _workers(body):
        worker["role"] = "recipient"


def _firm_applies(random: Random, body: Body) -> None:
    """The employer was first at the other office: sides change, and so do the claims."""
    del random
    for party in body["parties"]:
        party["role"] = "respondent" if party["kind"] == "worker" else "applicant"
    body["claims"] = [{"kind": "other", "party": len(body["parties"]), "detail": "确认不欠付", "amount_fen": None}]


def _several_slips(random: Random, body: Body) -> None:
    _worker_homophone(random, body)
    _on_firms(random.choice((slips.other_suffix, slips.branch, slips.bracketed)))(random, body)
    for worker in _workers(body):
        worker.pop("id_number", None)


def _nothing(random: Random, body: Body) -> None:
    del random, body


EDITS: Mapping[str, Edit] = {
    "typed again": _nothing,
    "width": _width,
    "spaces": _spaces,
    "traditional": _on_names(slips.traditional),
    "legal form and place": _on_firms(slips.other_suffix),
    "branch": _on_firms(slips.branch),
    "brackets": _brackets,
    "short name": _on_firms(slips.short_name),
    "worker's name by sound": _worker_homophone,
    "character missing": _worker_character_missing,
    "slip in the firm's name": _firm_slip,
    "slip in the ID number": _id_slip,
    "slip in the credit code": _code_slip,
    "numbers missing": _numbers_missing,
    "coded otherwise": _coded_otherwise,
    "as legal aid": _as_legal_aid,
    "firm applies": _firm_applies,
    "several slips": _several_slips,
}


def _second(random: Random, filed: Body) -> Body:
    """The same dispute taken down again, days or weeks later, by somebody who asked for other things."""
    body = copy.deepcopy(filed)
    later = date.fromisoformat(filed["received_on"]) + timedelta(days=random.randrange(-20, 75))
    body["received_on"] = later.isoformat()
    body["channel"] = random.choice(("12345", "website", "court_referral", "window"))
    for claim in body["claims"]:
        if random.random() < 0.5:
            claim["amount_fen"] = random.randrange(2000, 60_000) * 100
    body["parties"] = [forget(random, party, phone=0.3, address=0.5, representative=0.5) for party in body["parties"]]
    return body


def _one_against_one(random: Random) -> Body:
    return make_body(random, draw_matter(random), [thin(random, draw_worker(random)), thin(random, draw_firm(random))])


def _of_edit(random: Random, *, of: str) -> Pair:
    filed = _one_against_one(random)
    comes = _second(random, filed)
    EDITS[of](random, comes)
    return Pair(of=of, filed=filed, comes=comes, same=True)


def _part_of_a_team(random: Random) -> Pair:
    workers = [thin(random, draw_worker(random)) for _ in range(12)]
    filed = make_body(random, draw_matter(random, dispute_type="D5a"), [*workers, draw_firm(random)])
    comes = _second(random, filed)
    few = random.sample(range(12), 3)
    comes["parties"] = [comes["parties"][place] for place in few] + [comes["parties"][-1]]
    comes["claims"] = [{**claim, "party": 1} for claim in comes["claims"][:1]]
    return Pair(of="part of a team", filed=filed, comes=comes, same=True)


def _one_of_two_firms(random: Random) -> Pair:
    firms = [draw_firm(random, kind="labour_agency"), draw_firm(random, kind="user_firm")]
    filed = make_body(random, draw_matter(random), [thin(random, draw_worker(random)), *firms])
    comes = _second(random, filed)
    del comes["parties"][random.choice((1, 2))]
    comes["parties"][1]["kind"] = "employer"
    return Pair(of="one of two firms", filed=filed, comes=comes, same=True)


def _call_without_firm(random: Random) -> Pair:
    filed = make_body(random, draw_matter(random), [draw_worker(random), draw_firm(random)])
    comes = _second(random, filed)
    comes |= {"kind": "consultation", "claims": [], "parties": _workers(comes)}
    comes["parties"][0] |= {"phone": filed["parties"][0]["phone"]}
    return Pair(of="call without the firm", filed=filed, comes=comes, same=True)


DUPLICATES: Mapping[str, Callable[[Random], Pair]] = {
    **{of: partial(_of_edit, of=of) for of in EDITS},
    "part of a team": _part_of_a_team,
    "one of two firms": _one_of_two_firms,
    "call without the firm": _call_without_firm,
}
"""Class → a pair that is one dispute."""


def _told_apart(random: Random, one: Party, other: Party) -> None:
    """Leave in both at least one thing that tells two people apart; without any nobody could."""
    kept = random.choice(("id_number", "birth_date"))
    for party in (one, other):
        for field in {"id_number", "birth_date", "phone"} - {kept}:
            if random.random() < 0.4:
                party.pop(field, None)


def _namesake(random: Random) -> Pair:
    """Two people of one name at one firm, in the same months."""
    name = draw_name(random)
    one, other = draw_worker(random, name=name), draw_worker(random, name=name)
    _told_apart(random, one, other)
    firm, matter = thin(random, draw_firm(random)), draw_matter(random)
    filed, comes = (make_body(random, matter, [worker, firm]) for worker in (one, other))
    return Pair(of="namesake", filed=filed, comes=comes, same=False)


def _other_period(random: Random) -> Pair:
    """The same two quarrel again, about other months."""
    matter = draw_matter(random, dispute_type=random.choice(("D5a", "D5a", "D4b")))
    apart = random.randrange(8, 15)
    first, last = matter["months"]
    received: date = matter["received_on"]
    later = matter | {
        "months": (shift_month(first, apart), shift_month(last, apart)),
        "received_on": received + timedelta(days=30 * apart),
        "claimed": matter["claimed"],
    }
    parties = [thin(random, draw_worker(random)), thin(random, draw_firm(random))]
    filed, comes = (make_body(random, each, parties) for each in (matter, later))
    return Pair(of="other period", filed=filed, comes=comes, same=False)


def _sister_firms(random: Random) -> Pair:
    """One brand, two trades: the worker changed from one to the other, or two namesakes work there."""
    brand = random.choice(BRANDS)
    firms = [draw_firm(random, name=firm_name(random, brand=brand, trade=each)) for each in random.sample(TRADES, 2)]
    worker, matter = thin(random, draw_worker(random)), draw_matter(random)
    firms = [forget(random, firm, credit_code=0.3) for firm in firms]
    filed, comes = (make_body(random, matter, [worker, firm]) for firm in firms)
    return Pair(of="sister firms", filed=filed, comes=comes, same=False)


def _father_and_son(random: Random) -> Pair:
    """One house, one telephone, one firm, names of one pattern."""
    surname = draw_name(random)[0]
    generation = draw_name(random, surname="")[0]
    names = [surname + generation + each for each in random.sample("强军国华明平", 2)]
    born = date(1962, 1, 1) + timedelta(days=random.randrange(12 * 365))
    father, son = draw_worker(random, name=names[0]), draw_worker(random, name=names[1])
    for party, birth in ((father, born), (son, born.replace(day=1) + timedelta(days=random.randrange(22, 32) * 365))):
        party |= {"birth_date": birth.isoformat(), "id_number": id_number(birth, random.randrange(1000))}
        party |= {"phone": father["phone"], "address": father["address"], "gender": "male"}
    _told_apart(random, father, son)
    firm, matter = thin(random, draw_firm(random)), draw_matter(random)
    filed, comes = (make_body(random, matter, [worker, firm]) for worker in (father, son))
    return Pair(of="father and son", filed=filed, comes=comes, same=False)


def _colleague(random: Random) -> Pair:
    """The same firm, months and claims, of a colleague; each has a dispute of their own."""
    one, other = (thin(random, draw_worker(random)) for _ in range(2))
    while one["name"] == other["name"]:
        other["name"] = draw_name(random)
    firm, matter = thin(random, draw_firm(random)), draw_matter(random)
    filed, comes = (make_body(random, matter, [worker, firm]) for worker in (one, other))
    return Pair(of="colleague", filed=filed, comes=comes, same=False)


def _other_matter(random: Random) -> Pair:
    """The same two quarrel about something else, a year on."""
    one, other = random.sample(("D5a", "D5b", "D5c", "D4b"), 2)
    matter = draw_matter(random, dispute_type=one)
    received: date = matter["received_on"]
    later = draw_matter(random, dispute_type=other, received_on=received + timedelta(days=random.randrange(270, 540)))
    parties = [thin(random, draw_worker(random)), thin(random, draw_firm(random))]
    filed, comes = (make_body(random, each, parties) for each in (matter, later))
    return Pair(of="other matter", filed=filed, comes=comes, same=False)


HARD_NEGATIVES: Mapping[str, Callable[[Random], Pair]] = {
    "namesake": _namesake,
    "other period": _other_period,
    "sister firms": _sister_firms,
    "father and son": _father_and_son,
    "colleague": _colleague,
    "other matter": _other_matter,
}
"""Class → a pair that only looks like one dispute."""


def draw_pairs(seed: int, *, each: int) -> Iterator[Pair]:
    """`each` pairs of every class, the same for the same seed."""
    for of, draw in {**DUPLICATES, **HARD_NEGATIVES}.items():
        random = Random(f"registered twice/{seed}/{of}")
        for _ in range(each):
            yield draw(random)


def draw_file(seed: int, *, size: int) -> Iterator[Body]:
    """What the offices have on file besides: `size` registrations that have nothing to do with any pair."""
    random = Random(f"registered twice/{seed}/on file")
    for _ in range(size):
        yield draw_registration(random)
