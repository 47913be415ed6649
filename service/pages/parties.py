"""Forms with any number of parties, agents and claims: from rows to the body of the API, and errors back to rows.

The registration shows the first worker and the first firm in groups of their own (`applicant`, `employer`); everybody
else is a row of `parties`. In the body all of them are one list, in this order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from service.pages.forms import Form, FormError, body_of, filled, render_amount, renumber, row_count

if TYPE_CHECKING:
    from service.cases import CaseView

ROWS = ("parties", "agents", "claims")
"""Groups of repeated rows."""
NOT_SENT_ON = frozenset(
    {"csrf", "key", "step", "version", "from", "applies", "several", "decision", "separate_reason", "employer.kind"}
)
"""Fields of a form that are not part of the case as the API takes it."""
FIRST_OF = {"applicant": "worker", "employer": "employer"}
SIDES = {"worker": ("applicant", "respondent"), "employer": ("respondent", "applicant")}
"""Who applies → the roles of the first worker and of the first firm."""
_SEVERAL = re.compile(r"[\t,，、;；|]+|\s{2,}")
_ID = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
_PARTY = re.compile(r"parties\.(\d+)(?=\.|$)")
_AGENT = re.compile(r"parties\.(\d+)\.agents\.(\d+)(?=\.|$)")


def close_up(values: Mapping[str, str]) -> dict[str, str]:
    """The same rows without those that were left empty. A claim alone by its party is an empty one."""
    for group in ROWS:
        kept = {
            name: "" if name.startswith(f"{group}.") and name.endswith(".party") and _is_bare(values, name) else value
            for name, value in values.items()
        }
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

    One worker against one firm is sent in the short form, everybody else in the long one.
    """
    body = body_of(form, without=NOT_SENT_ON)
    is_consultation = body.get("kind") == "consultation"
    if not is_consultation:
        body = {"applicant": {}, "employer": {}, "claims": [{}], **body}
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
    _put_agents(parties, agents)
    return body | ({"parties": parties} if parties else {})


def change_body(form: Form) -> dict[str, Any]:
    """The parties and claims of a correction."""
    body = body_of(form, without=NOT_SENT_ON)
    parties = [_with_flags(party) for party in body.get("parties", [])]
    _put_agents(parties, body.pop("agents", []))
    return body | {"parties": parties, "claims": body.get("claims", [])}


def at_rows(form: Form, *, slots: bool) -> Form:
    """Errors that point into the list of parties as errors of the fields that were filled in."""
    first = [slot for slot in FIRST_OF if any(form.value(n) for n in form.values if n.startswith(f"{slot}."))]
    shown = first if slots else []
    agents = _agents_of(form)

    def field(name: str) -> str:
        if found := _AGENT.match(name):
            at = agents.get((int(found[1]) + 1, int(found[2])))
            return name if at is None else f"agents.{at}{name[found.end() :]}"
        if found := _PARTY.match(name):
            place = int(found[1])
            slot = shown[place] if place < len(shown) else f"parties.{place - len(shown)}"
            return f"{slot}{name[found.end() :]}"
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
                f"agents.{agents}.party": str(party.position),
                **{
                    f"agents.{agents}.{name}": str(getattr(agent, name) or "")
                    for name in ("name", "organisation", "authority", "phone")
                },
            }
            agents += 1
    for at, claim in enumerate(case.claims):
        values |= {
            f"claims.{at}.party": str(claim.party),
            f"claims.{at}.kind": claim.kind,
            f"claims.{at}.amount_fen": "" if claim.amount_fen is None else render_amount(claim.amount_fen),
            f"claims.{at}.detail": claim.detail,
        }
    return values


def named_parties(form: Form, *, slots: bool) -> list[str]:
    """The names of the parties in the order of the body, for choosing whose claim or agent a row is."""
    first = [slot for slot in FIRST_OF if any(form.value(n) for n in form.values if n.startswith(f"{slot}."))]
    names = [form.value(f"{slot}.name") for slot in first] if slots else []
    return names + [form.value(f"parties.{at}.name") for at in range(row_count(form.values, "parties"))]


def _is_short(form: Form) -> bool:
    return form.value("applies") in {"", "worker"} and form.value("employer.kind") in {"", "employer"}


def _is_bare(values: Mapping[str, str], name: str) -> bool:
    """Whether nothing but its party is filled in of the row of `name`."""
    row = name.rpartition(".")[0] + "."
    return not filled({other: value for other, value in values.items() if other.startswith(row) and other != name})


def _with_flags(party: dict[str, Any]) -> dict[str, Any]:
    return {**party, "chosen": True} if party.get("chosen") == "yes" else party


def _put_agents(parties: list[dict[str, Any]], agents: Iterable[dict[str, Any]]) -> None:
    """Give each agent to its party; one of nobody goes to the first, whose error then says so."""
    for agent in agents:
        place = agent.pop("party", 1)
        at = place - 1 if isinstance(place, int) and 0 < place <= len(parties) else 0
        if parties:
            parties[at].setdefault("agents", []).append(agent)


def _agents_of(form: Form) -> dict[tuple[int, int], int]:
    """(party, place among its agents) → the row of the form."""
    found: dict[tuple[int, int], int] = {}
    counted: dict[int, int] = {}
    for at in range(row_count(form.values, "agents")):
        place = form.value(f"agents.{at}.party") or "1"
        party = int(place[:4]) if place.isascii() and place.isdigit() else 1
        found[party, counted.get(party, 0)] = at
        counted[party] = counted.get(party, 0) + 1
    return found
