"""A story as the request bodies that a user's program would send."""

from __future__ import annotations

from datetime import timedelta

from ledger.canonical import JsonValue
from service.sample.people import Firm, Worker
from service.sample.story import Move, Settlement, Story

ORGANISATION = "岚山区示例劳动争议调解委员会"

Body = dict[str, JsonValue]


def _person(worker: Worker) -> Body:
    person: Body = {
        "name": worker.name,
        "gender": "female" if worker.female else "male",
        "birth_date": worker.birth_date.isoformat(),
        "id_number": worker.id_number,
        "phone": worker.phone,
        "address": worker.address,
    }
    return person | ({"category": "migrant_worker"} if worker.migrant else {})


def _firm(firm: Firm) -> Body:
    return {
        "name": firm.name,
        "credit_code": firm.credit_code,
        "address": firm.address,
        "representative": firm.representative,
        "phone": firm.phone,
    }


def _parties(story: Story) -> list[JsonValue]:
    worker_role, firm_role = ("respondent", "applicant") if story.firm_applies else ("applicant", "respondent")
    workers = [{"role": worker_role, "kind": "worker", **_person(worker)} for worker in story.workers]
    firms = [{"role": firm_role, "kind": firm.kind, **_firm(firm)} for firm in story.firms]
    return [*firms, *workers] if story.firm_applies else [*workers, *firms]


def _is_simple(story: Story) -> bool:
    """Whether the short form is enough: one worker against one employer."""
    return len(story.workers) == len(story.firms) == 1 and not story.firm_applies


def _claims(story: Story) -> list[JsonValue]:
    claims: list[JsonValue] = []
    for position, of_party in enumerate(story.claims, start=1):
        for claim in of_party:
            body: Body = {"kind": claim.kind, "detail": claim.detail}
            if claim.amount_fen is not None:
                body["amount_fen"] = claim.amount_fen
            if not _is_simple(story):
                body["party"] = position
            claims.append(body)
    return claims


LAWYER, LICENCE_NO, LAW_FIRM = "赵示例", "13711202000000000", "示例律师事务所"
"""Who is assigned in legal aid."""


def case_body(story: Story) -> Body:
    """The body of `POST /cases`: in the short form where it is enough."""
    parties: Body = {"parties": _parties(story)}
    if _is_simple(story):
        parties = {"applicant": _person(story.workers[0]), "employer": _firm(story.firms[0])}
    return {
        "kind": story.kind,
        "dispute_type": story.dispute_type,
        "channel": story.channel,
        "received_on": story.received_on.isoformat(),
        **parties,
        "claims": _claims(story),
        "facts": story.facts,
    }


def step_bodies(story: Story) -> tuple[Body, ...]:
    """The bodies of `POST /cases/{id}/steps`, in order; the last one of a mediation that succeeded is `agree`."""
    bodies = [_step(story, move) for move in story.moves]
    if story.settlement:
        bodies.append({"step": "agree", "occurred_on": story.settlement.agreed_on.isoformat()})
    return tuple(bodies)


def _step(story: Story, move: Move) -> Body:
    body: Body = {
        "step": move.step,
        "occurred_on": (story.received_on + timedelta(days=move.after_days)).isoformat(),
        **{name: value for name in ("ground", "note") if (value := getattr(move, name))},
    }
    if move.step == "assign":
        body |= {"lawyer": LAWYER, "licence_no": LICENCE_NO, "firm": LAW_FIRM}
    return body


def agreement_body(story: Story, settlement: Settlement) -> Body:
    """The body of `POST /cases/{id}/agreements`."""
    body: Body = {
        "form": "written",
        "number": settlement.number,
        "dispute_type": story.dispute_type,
        "facts": story.facts,
        "total_fen": settlement.total_fen,
        "instalments": [
            {"amount_fen": payment.amount_fen, "due_on": payment.due_on.isoformat(), "method": "bank_transfer"}
            for payment in settlement.payments
        ],
        "waivers": list(settlement.waivers),
        "closure": "this_dispute",
        "payee": story.workers[0].name,
        "payee_bank": "示例银行岚山支行",
        "payee_account": "0000 **** **** 0000",
        "mediator": settlement.mediator,
        "organisation": ORGANISATION,
        "agreed_on": settlement.agreed_on.isoformat(),
    }
    if settlement.employment_ends_on:
        body["employment_ends_on"] = settlement.employment_ends_on.isoformat()
    return body


def signature_bodies(story: Story, settlement: Settlement) -> tuple[Body, ...]:
    """The bodies of `POST /agreements/{id}/signatures`: every worker, every firm, the mediator, the organisation.

    Workers sign by fingerprint, firms and the organisation by seal, all on the day of the agreement.
    """
    at = f"{settlement.agreed_on.isoformat()}T10:00:00+08:00"
    marks: list[Body] = [
        {"signer": "party", "party": position, "name": worker.name, "method": "fingerprint", "signed_at": at}
        for position, worker in enumerate(story.workers, start=1)
    ]
    marks += [
        {"signer": "party", "party": position, "name": firm.name, "method": "seal", "signed_at": at}
        for position, firm in enumerate(story.firms, start=len(story.workers) + 1)
    ]
    marks.append({"signer": "mediator", "name": settlement.mediator, "method": "handwritten", "signed_at": at})
    marks.append({"signer": "organisation", "name": ORGANISATION, "method": "seal", "signed_at": at})
    return tuple(marks)


def ending_body(settlement: Settlement) -> Body | None:
    """The body of `POST /agreements/{id}/endings`: performed, once the last instalment was paid."""
    paid = [payment.paid_on for payment in settlement.payments if payment.paid_on]
    if len(paid) < len(settlement.payments):
        return None
    return {"ending": "performed", "occurred_on": max(paid).isoformat()}


def payment_bodies(story: Story, settlement: Settlement) -> tuple[Body, ...]:
    """The bodies of `POST /agreements/{id}/instalments`, one for each instalment that was paid."""
    return tuple(
        {
            "position": position,
            "paid_fen": payment.amount_fen,
            "paid_on": payment.paid_on.isoformat(),
            "paid_by": story.firms[0].name,
        }
        for position, payment in enumerate(settlement.payments, start=1)
        if payment.paid_on
    )
