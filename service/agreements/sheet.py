"""The agreement as a paper: everything that is printed to be signed, and to be read out before that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor
from service.agreements.views import AgreementView, find_agreement, view_agreement
from service.law import Standing, Term, next_steps
from service.tables import Agent, Agreement, Claim, Party

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedAgent:
    """Who signs for a party, and with what authority."""

    name: str
    organisation: str | None
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedParty:
    """A party as the paper names it."""

    position: int
    role: str
    kind: str
    name: str
    representative: str | None
    gender: str | None
    birth_date: str | None
    id_number: str | None
    credit_code: str | None
    phone: str | None
    address: str | None
    agents: tuple[PrintedAgent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSheet:
    """What is printed. `claims` are the kinds of claim that the case is about."""

    agreement: AgreementView
    parties: tuple[PrintedParty, ...]
    claims: tuple[str, ...]

    @property
    def next_steps(self) -> tuple[Term, ...]:
        """The ways that the law opens from here."""
        return next_steps(
            Standing(
                form=self.agreement.form,
                state=self.agreement.state,
                dispute_type=self.agreement.dispute_type,
                claims=self.claims,
                payments_promised=bool(self.agreement.instalments),
            )
        )


def read_sheet(session: Session, actor: Actor, agreement_id: str, *, on: date) -> AgreementSheet:
    """The paper of an agreement within reach; raises NotFound."""
    agreement, case = find_agreement(session, actor, Action.CASE_READ, agreement_id)
    claims = session.exec(select(Claim.kind).where(Claim.case_id == case.id).order_by(col(Claim.position))).all()
    return AgreementSheet(
        agreement=view_agreement(session, agreement, on=on),
        parties=_printed_parties(session, agreement),
        claims=tuple(claims),
    )


def _printed_parties(session: Session, agreement: Agreement) -> tuple[PrintedParty, ...]:
    """The parties as they stood when the agreement was drafted, with the agents that they have now."""
    details = {item["position"]: item for item in json.loads(agreement.party_details)}
    agents = _agents(session, agreement.case_id)
    return tuple(
        PrintedParty(
            **{name: party[name] for name in ("position", "role", "kind", "name", "representative")},
            **{name: details[party["position"]][name] for name in _DETAILS},
            agents=tuple(agents.get(party["position"], ())),
        )
        for party in json.loads(agreement.parties)
    )


_DETAILS = ("gender", "birth_date", "id_number", "credit_code", "phone", "address")


def _agents(session: Session, case_id: str) -> Mapping[int, Sequence[PrintedAgent]]:
    query = select(Party.position, Agent).join(Agent, col(Agent.party_id) == col(Party.id))
    rows = session.exec(query.where(Party.case_id == case_id).order_by(col(Agent.position))).all()
    found: dict[int, list[PrintedAgent]] = {}
    for position, agent in rows:
        printed = PrintedAgent(name=agent.name, organisation=agent.organisation, authority=agent.authority)
        found.setdefault(position, []).append(printed)
    return found
