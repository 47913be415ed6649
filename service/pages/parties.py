"""Forms with any number of parties, agents and claims: from rows to the body of the API, and errors back to rows.

The registration shows the first worker and the first firm in groups of their own (`applicant`, `employer`); everybody
else is a row of `parties`. In the body all of them are one list, in this order. In the form a claim or an agent names
the slot of its party, so that it stays with it whatever rows come and go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.inputs import refuse
from service.pages.forms import Form, FormError, body_of, filled, render_amount, renumber, row_count

if TYPE_CHECKING:
    from service.cases import CaseView

ROWS = ("parties", "agents", "claims")
"""Groups of repeated rows."""
NOT_SENT_ON = frozenset(
    {"csrf", "key", "step", "version", "from", "applies", "several", "decision", "separate_reason", "employer.kind"}
)
"""Fields of a form that are not part of the case as the API takes it."""
NOWHERE = "nowhere"
"""Refers to a party whose row was emptied."""
FIRST_OF = {"applicant": "worker", "employer": "employer"}
SIDES = {"worker": ("applicant", "respondent"), "employer": ("respondent", "applicant")}
"""Who applies → the roles of the first worker and of the first firm."""
_SEVERAL = re.compile(r"[\t,，、;；|]+|\s{2,}")
_ID = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
_PARTY = re.compile(r"parties\.(\d+)(?=\.|$)")
_AGENT = re.compile(r"parties\.(\d+)\.agents\.(\d+)(?=\.|$)")


def close_up(values: Mapping[str, str]) -> dict[str, str]:
    """The same rows without those that were left empty; what refers to a party goes on referring to it.

    A claim or an agent of which only the party is chosen is empty.
    """
    for group in ROWS:
        kept = {
            name: "" if name.startswith(f"{group}.") and name.endswith(".party") and _is_bare(values, name) else value
            for name, value in values.items()
        }
        moved = _moved(kept) if group == "parties" else {}
        kept = {name: moved.get(value, value) if name.endswith(".party") else value for name, value in kept.items()}
        values = renumber(kept, group)
    return dict(values)


def add_several(form: Form) -> Form:
    """The names of `several`, one a line with ID number and telephone if they are known, as rows of parties."""
    values = {name: value for name, value in form.values.items() if name != "several"}
    at = row_count(close_up(values), "parties")
    values = close_up(values)
    for line in form.value("several").splitlines():
        parts = [part.strip() for part in _SEVERAL.split(line) if part.strip()]
        if not parts:
            continue
        row = {"role": "applicant", "kind": "worker", "name": parts[0]}
        for part in parts[1:]:
            row["id_number" if _ID.fullmatch(part) else "phone"] = part
        values |= {f"parties.{at}.{name}": value for name, value in row.items()}
        at += 1
    return Form(values=values)


def registration_body(form: Form) -> dict[str, Any]:
    """The registration as the API takes it. Groups left empty are sent empty, so that every fault is named at once.

    One worker against one firm is sent in the short form, everybody else in the long one. Raises InvalidInput for an
    agent of nobody.
    """
    body = body_of(form, without=NOT_SENT_ON)
    if body.get("kind") != "consultation":
        body = {"applicant": {}, "employer": {}, "claims": [{}], **body}
    order = slots_of(form)
    _place_claims(body, order)
    agents = body.pop("agents", [])
    if _is_short(form) and not agents and "parties" not in body:
        return body
    parties = []
    worker_role, firm_role = SIDES[form.value("applies") or "worker"]
    for slot, role in (("applicant", worker_role), ("employer", firm_role)):
        if slot in body:
            kind = form.value("employer.kind") if slot == "employer" else ""
            parties.append({"role": role, "kind": kind or FIRST_OF[slot], **body.pop(slot)})
    parties += [_with_flags(party) for party in body.pop("parties", [])]
    _place_agents(parties, agents, order)
    return body | ({"parties": parties} if parties else {})


def change_body(form: Form) -> dict[str, Any]:
    """The parties and claims of a correction. Raises InvalidInput for an agent of nobody."""
    body = {"parties": [], "claims": [], **body_of(form, without=NOT_SENT_ON)}
    order = slots_of(form, first=False)
    _place_claims(body, order)
    body["parties"] = [_with_flags(party) for party in body["parties"]]
    _place_agents(body["parties"], body.pop("agents", []), order)
    return body


def slots_of(form: Form, *, first: bool = True) -> list[str]:
    """Where the parties of the form are filled in, in the order of the body: `applicant`, `employer`, then the rows."""
    slots = [slot for slot in FIRST_OF if first and (form.value("kind") != "consultation" or _has(form, slot))]
    return slots + [f"parties.{at}" for at in range(row_count(form.values, "parties"))]


def named_parties(form: Form, *, first: bool = True) -> list[tuple[str, str]]:
    """Slot and name of each party, for choosing whose claim or agent a row is."""
    return [(slot, form.value(f"{slot}.name")) for slot in slots_of(form, first=first)]


def at_rows(form: Form, *, first: bool = True) -> Form:
    """Errors that point into the list of parties as errors of the fields that were filled in."""
    order = slots_of(form, first=first)
    agents = _rows_of_agents(form, order)

    def field(name: str) -> str:
        if found := _AGENT.match(name):
            at = agents.get((int(found[1]), int(found[2])))
            return name if at is None else f"agents.{at}{name[found.end() :]}"
        found = _PARTY.match(name)
        if found and int(found[1]) < len(order):
            return order[int(found[1])] + name[found.end() :]
        return name

    return form.with_errors(FormError(field=field(error.field), message=error.message) for error in form.errors)


def values_of(case: CaseView) -> dict[str, str]:
    """A case's parties, agents and claims as they are filled in again."""
    values: dict[str, str] = {}
    agents = 0
    for at, party in enumerate(case.parties):
        names = (
            "role", "kind", "name", "id_number", "gender", "birth_date", "category", "phone", "address", "occupation",
            "stands_for", "relation", "credit_code", "representative", "representative_post",
        )  # fmt: skip
        values |= {f"parties.{at}.{name}": str(getattr(party, name) or "") for name in names}
        values[f"parties.{at}.chosen"] = "yes" if party.chosen else ""
        for agent in party.agents:
            values |= {
                f"agents.{agents}.party": f"parties.{at}",
                **{
                    f"agents.{agents}.{name}": str(getattr(agent, name) or "")
                    for name in ("name", "organisation", "authority", "phone")
                },
            }
            agents += 1
    for at, claim in enumerate(case.claims):
        values |= {
            f"claims.{at}.party": f"parties.{claim.party - 1}",
            f"claims.{at}.kind": claim.kind,
            f"claims.{at}.amount_fen": "" if claim.amount_fen is None else render_amount(claim.amount_fen),
            f"claims.{at}.detail": claim.detail,
        }
    return values


def _is_short(form: Form) -> bool:
    return form.value("applies") in {"", "worker"} and form.value("employer.kind") in {"", "employer"}


def _is_bare(values: Mapping[str, str], name: str) -> bool:
    """Whether nothing but its party is filled in of the row of `name`."""
    row = name.rpartition(".")[0] + "."
    return not filled({other: value for other, value in values.items() if other.startswith(row) and other != name})


def _with_flags(party: dict[str, Any]) -> dict[str, Any]:
    return {**party, "chosen": True} if party.get("chosen") == "yes" else party


def _has(form: Form, slot: str) -> bool:
    """Whether anything is filled in of a party."""
    return any(value for name, value in form.values.items() if name.startswith(f"{slot}.") and name not in NOT_SENT_ON)


def _moved(values: Mapping[str, str]) -> dict[str, str]:
    """Where each row of parties goes when the empty ones are closed up; of a row that goes, nowhere."""
    rows = [f"parties.{at}" for at in range(row_count(values, "parties"))]
    left = [row for row in rows if any(value for name, value in values.items() if name.startswith(f"{row}."))]
    return {row: f"parties.{left.index(row)}" if row in left else NOWHERE for row in rows}


def _place_claims(body: dict[str, Any], order: Sequence[str]) -> None:
    """Write the place of its party into each claim; one of a party that is gone is refused by the place of nobody."""
    for claim in body.get("claims", ()):
        if "party" in claim:
            claim["party"] = order.index(claim["party"]) + 1 if claim["party"] in order else len(order) + 1


def _place_agents(parties: list[dict[str, Any]], agents: Iterable[dict[str, Any]], order: Sequence[str]) -> None:
    """Give each agent to its party, the first one where none is chosen."""
    for at, agent in enumerate(agents):
        slot = agent.pop("party", order[0] if order else NOWHERE)
        if slot not in order:
            raise refuse(f"/agents/{at}/party", "no_such_party", party=len(order) + 1)
        parties[order.index(slot)].setdefault("agents", []).append(agent)


def _rows_of_agents(form: Form, order: Sequence[str]) -> dict[tuple[int, int], int]:
    """(place of the party, place among its agents), both from 0 → the row of the form."""
    found: dict[tuple[int, int], int] = {}
    counted = dict.fromkeys(range(len(order)), 0)
    for at in range(row_count(form.values, "agents")):
        slot = form.value(f"agents.{at}.party")
        place = order.index(slot) if slot in order else 0
        found[place, counted.get(place, 0)] = at
        counted[place] = counted.get(place, 0) + 1
    return found
