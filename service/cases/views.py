"""Reading cases: what there is within an actor's reach, one or a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from service.access import Action, Actor, NotFound, visible_cases
from service.cases.parts import AidView, ConsultationView, Notice, ShareView, StepView
from service.law import (
    CASE_WORDS,
    EXCLUDED_DISPUTES,
    PARTY_HINTS,
    REMEDIES,
    PartyStanding,
    Term,
    parse_case_number,
    party_hints,
)
from service.statements import Page, StatementRef, newest_statements
from service.tables import (
    Agent,
    AidRequest,
    Case,
    CaseShare,
    CaseStep,
    Claim,
    Consultation,
    Institution,
    Party,
    Proceeding,
    User,
)

if TYPE_CHECKING:
    from sqlmodel import Session

_View = TypeVar("_View")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """Who acts for a party."""

    name: str
    organisation: str | None
    authority: str
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyView:
    """A party of a case; `position` is its place in the list, from 1."""

    position: int
    role: str
    kind: str
    name: str
    gender: str | None
    birth_date: str | None
    id_number: str | None
    category: str | None
    credit_code: str | None
    representative: str | None
    representative_post: str | None
    phone: str | None
    address: str | None
    occupation: str | None
    chosen: bool
    stands_for: str | None
    relation: str | None
    agents: tuple[AgentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """What the party at `party` claims."""

    kind: str
    amount_fen: int | None
    detail: str
    party: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as it stands. `statement` is the newest one about it.

    `warnings` refuse nothing. `converted_from` is the consultation it came from, `converted_to` the case that a
    consultation was turned into.
    """

    id: str
    case_no: str
    kind: str
    version: int
    stage: str
    institution: str
    dispute_id: str
    dispute_type: str
    channel: str
    referral: str | None
    referred_by: str | None
    received_on: str
    facts: str
    handler: str | None
    created_at: str
    warnings: tuple[Notice, ...]
    parties: tuple[PartyView, ...]
    claims: tuple[ClaimView, ...]
    shares: tuple[ShareView, ...]
    aid: AidView | None
    consultation: ConsultationView | None
    separate_reason: str | None
    converted_from: str | None
    converted_to: str | None
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case in a list: `applicants` and `respondents` are names."""

    id: str
    case_no: str
    kind: str
    version: int
    stage: str
    institution: str
    dispute_type: str
    channel: str
    received_on: str
    handler: str | None
    created_at: str
    applicants: tuple[str, ...]
    respondents: tuple[str, ...]
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list shows; None does not narrow it. `text` stands in the case number or in a party's name."""

    text: str | None = None
    kind: str | None = None
    stage: str | None = None
    handler: str | None = None


def read_case(session: Session, actor: Actor, case_id: str) -> CaseView:
    """One case within reach; raises NotFound."""
    return view_case(session, find_case(session, actor, Action.CASE_READ, case_id))


def list_cases(
    session: Session,
    actor: Actor,
    wanted: CaseFilter,
    *,
    limit: int,
    after: tuple[str, str] | None = None,
) -> Page[CaseSummary]:
    """Cases within reach, newest first; `after` is the (created_at, id) where the page before ended."""
    query = select(Case).where(visible_cases(actor, Action.CASE_LIST))
    if wanted.text is not None:
        query = query.where(_says(wanted.text))
    if wanted.kind is not None:
        query = query.where(Case.kind == wanted.kind)
    if wanted.stage is not None:
        query = query.where(Case.stage == wanted.stage)
    if wanted.handler is not None:
        query = query.where(col(Case.handler_id).in_(select(User.id).where(User.username == wanted.handler)))
    if after is not None:
        moment, last = after
        earlier = col(Case.created_at) < moment
        query = query.where(earlier | ((col(Case.created_at) == moment) & (col(Case.id) < last)))
    query = query.order_by(col(Case.created_at).desc(), col(Case.id).desc()).limit(limit + 1)
    cases = session.exec(query).all()
    page = cases[:limit]
    next_key = (page[-1].created_at, page[-1].id) if len(cases) > limit else None
    return Page(items=_summaries(session, page), next_key=next_key)


def _says(text: str) -> ColumnElement[bool]:
    """Cases where `text` stands in the number or a party's name, or is their number or one of their proceedings'.

    A number is known in any width and bracket, with or without its zeros, 字 and 第.
    """
    named = select(Party.case_id).where(col(Party.name).contains(text, autoescape=True))
    found = col(Case.case_no).contains(text, autoescape=True) | col(Case.id).in_(named)
    number = parse_case_number(text)
    if number is None:
        return found
    kinds = [kind for kind, word in CASE_WORDS.items() if number.word.endswith(word)]
    own = and_(col(Case.year) == number.year, col(Case.serial) == number.serial, col(Case.kind).in_(kinds))
    elsewhere = select(Proceeding.case_id).where(Proceeding.number == number.render())
    return or_(found, own, col(Case.id).in_(elsewhere))


def find_case(session: Session, actor: Actor, action: Action, case_id: str, *, lock: bool = False) -> Case:
    """The row of a case within reach of `action`; raises NotFound. `lock` keeps other writers out until the commit."""
    query = select(Case).where(Case.id == case_id).where(visible_cases(actor, action))
    case = session.exec(query.with_for_update() if lock else query).first()
    if case is None:
        raise NotFound("case")
    return case


def view_case(session: Session, case: Case) -> CaseView:
    """A case with its parties, claims and newest statement."""
    parties = case_parties(session, case.id)
    place = {party.id: party.position for party in parties}
    agents: dict[str, list[AgentView]] = {party.id: [] for party in parties}
    found = session.exec(select(Agent).where(Agent.case_id == case.id).order_by(col(Agent.position)))
    for row in found:
        agents[row.party_id].append(
            AgentView(name=row.name, organisation=row.organisation, authority=row.authority, phone=row.phone)
        )
    claims = session.exec(select(Claim).where(Claim.case_id == case.id).order_by(col(Claim.position))).all()
    office = session.get_one(Institution, case.institution_id)
    handler = session.get(User, case.handler_id) if case.handler_id else None
    return CaseView(
        id=case.id,
        case_no=case.case_no,
        kind=case.kind,
        version=case.version,
        stage=case.stage,
        institution=office.code,
        dispute_id=case.dispute_id,
        dispute_type=case.dispute_type,
        channel=case.channel,
        referral=case.referral,
        referred_by=case.referred_by,
        received_on=case.received_on,
        facts=case.facts,
        handler=handler.username if handler else None,
        created_at=case.created_at,
        warnings=(
            *case_warnings(case.dispute_type),
            *(notice_of(PARTY_HINTS[code]) for code in party_hints(_standing(p, agents[p.id]) for p in parties)),
        ),
        parties=tuple(_view_party(party, agents[party.id]) for party in parties),
        claims=tuple(
            ClaimView(kind=row.kind, amount_fen=row.amount_fen, detail=row.detail, party=place[row.party_id])
            for row in claims
        ),
        shares=_view_shares(session, case.id),
        aid=_beside(AidView, session.get(AidRequest, case.id)),
        consultation=_beside(ConsultationView, session.get(Consultation, case.id)),
        separate_reason=case.separate_reason,
        converted_from=case.converted_from,
        converted_to=_converted_to(session, case.id),
        statement=newest_statements(session, [case.id])[case.id].ref,
    )


def case_warnings(dispute_type: str) -> tuple[Notice, ...]:
    """What to think about when a case of this type is registered: that it is no labour dispute, if so."""
    excluded = EXCLUDED_DISPUTES.get(dispute_type)
    if excluded is None:
        return ()
    return (
        Notice(
            code="excluded_dispute",
            zh=f"“{excluded.zh}”不属于劳动争议，劳动仲裁和调解可能不予受理；请告知当事人其他途径。",
            en=f"“{excluded.en}” is no labour dispute: arbitration and mediation may not take it. "
            "Tell the person where else to turn.",
            article=excluded.article,
        ),
    )


def view_steps(session: Session, case_id: str) -> tuple[StepView, ...]:
    """The steps taken in a case, in their order."""
    rows = session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.position)))
    names = tuple(field.name for field in fields(StepView) if field.name != "remedy")
    return tuple(
        StepView(
            **{name: getattr(row, name) for name in names},
            remedy=notice_of(REMEDIES[row.step]) if row.step in REMEDIES else None,
        )
        for row in rows
    )


def notice_of(term: Term) -> Notice:
    """A term of the law as a sentence to show."""
    return Notice(code=term.code, zh=term.zh, en=term.en, article=term.article)


def case_parties(session: Session, case_id: str) -> Sequence[Party]:
    """The parties of a case in their order."""
    return session.exec(select(Party).where(Party.case_id == case_id).order_by(col(Party.position))).all()


def _view_shares(session: Session, case_id: str) -> tuple[ShareView, ...]:
    query = select(CaseShare, Institution.code).join(Institution, col(CaseShare.institution_id) == Institution.id)
    rows = session.exec(query.where(CaseShare.case_id == case_id).order_by(col(CaseShare.position)))
    return tuple(
        ShareView(institution=code, shared_on=row.shared_on, withdrawn_on=row.withdrawn_on) for row, code in rows
    )


def _converted_to(session: Session, case_id: str) -> str | None:
    steps = select(CaseStep.converted_to).where(CaseStep.case_id == case_id).where(CaseStep.step == "convert")
    return session.exec(steps).first()


def _beside(view: type[_View], row: object | None) -> _View | None:
    """What stands beside a case of one kind, as a view of the same names."""
    if row is None:
        return None
    named: Any = view
    return view(**{field.name: getattr(row, field.name) for field in fields(named)})


def _standing(party: Party, agents: Iterable[AgentView]) -> PartyStanding:
    return PartyStanding(
        role=party.role,
        kind=party.kind,
        category=party.category,
        chosen=party.chosen,
        authorities=tuple(agent.authority for agent in agents),
    )


def _view_party(party: Party, agents: Iterable[AgentView]) -> PartyView:
    return PartyView(
        position=party.position,
        role=party.role,
        kind=party.kind,
        name=party.name,
        gender=party.gender,
        birth_date=party.birth_date,
        id_number=party.id_number,
        category=party.category,
        credit_code=party.credit_code,
        representative=party.representative,
        representative_post=party.representative_post,
        phone=party.phone,
        address=party.address,
        occupation=party.occupation,
        chosen=party.chosen,
        stands_for=party.stands_for,
        relation=party.relation,
        agents=tuple(agents),
    )


def _summaries(session: Session, cases: Sequence[Case]) -> tuple[CaseSummary, ...]:
    ids = [case.id for case in cases]
    newest = newest_statements(session, ids)
    names: dict[tuple[str, bool], list[str]] = {}
    parties = session.exec(select(Party).where(col(Party.case_id).in_(ids)).order_by(col(Party.position)))
    for party in parties:
        if party.role != "third_party":
            names.setdefault((party.case_id, party.role == "respondent"), []).append(party.name)
    offices = dict(session.exec(select(Institution.id, Institution.code)).all())
    handlers = _usernames(session, (case.handler_id for case in cases))
    return tuple(
        CaseSummary(
            id=case.id,
            case_no=case.case_no,
            kind=case.kind,
            version=case.version,
            stage=case.stage,
            institution=offices[case.institution_id],
            dispute_type=case.dispute_type,
            channel=case.channel,
            received_on=case.received_on,
            handler=handlers.get(case.handler_id or ""),
            created_at=case.created_at,
            applicants=tuple(names.get((case.id, False), ())),
            respondents=tuple(names.get((case.id, True), ())),
            statement=newest[case.id].ref,
        )
        for case in cases
    )


def _usernames(session: Session, ids: Iterable[str | None]) -> Mapping[str, str]:
    wanted = {user_id for user_id in ids if user_id is not None}
    return dict(session.exec(select(User.id, User.username).where(col(User.id).in_(wanted))).all())
