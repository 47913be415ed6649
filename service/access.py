"""Who may do what, and to which records: one table. Every route declares the action it needs.

A reach is not a filter applied afterwards: `visible_cases` and its kin put it into the query, so that what an actor may
not see is not found, with the same answer as for what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, false, true
from sqlmodel import col, select

from ledger.errors import LedgerError
from service.tables import Case, CaseShare


class Role(StrEnum):
    """What a signed-in person is. Workers and employers have no account."""

    ADMIN = "admin"
    LAWYER = "lawyer"
    MEDIATOR = "mediator"
    DEPARTMENT = "department"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What a route does. `public` needs no account, `own_case` a party's link; everything else names who may."""

    PUBLIC = "public"
    SIGN_OUT = "sign_out"
    CASE_LIST = "case_list"
    CASE_READ = "case_read"
    CASE_CREATE = "case_create"
    CASE_CHANGE = "case_change"
    CASE_STEP = "case_step"
    CASE_SHARE = "case_share"
    OPINION_POST = "opinion_post"
    ENTRY_RECORD = "entry_record"
    REVIEW_DECIDE = "review_decide"
    DUPLICATE_LOOK = "duplicate_look"
    PROCEEDING_RECORD = "proceeding_record"
    DOCUMENT_FILE = "document_file"
    DOCUMENT_READ = "document_read"
    AGREEMENT_DRAFT = "agreement_draft"
    AGREEMENT_SIGN = "agreement_sign"
    AGREEMENT_PERFORM = "agreement_perform"
    AGREEMENT_END = "agreement_end"
    PAPER_CODE = "paper_code"
    PARTY_ACCESS = "party_access"
    OWN_CASE = "own_case"
    STATEMENT_READ = "statement_read"
    RECEIPT_READ = "receipt_read"
    EXPORT = "export"


class Reach(StrEnum):
    """How far an action goes: nowhere, cases one handles, one's office's, these and those shared with it, or all."""

    NONE = "none"
    ASSIGNED = "assigned"
    OWN_OFFICE = "own_office"
    SHARED = "shared"
    ALL = "all"


class Forbidden(LedgerError):
    """The role may not do this at all. What a role may do, but not to this record, is answered as not found."""

    code = "forbidden"

    def __init__(self, action: Action) -> None:
        super().__init__(f"this account may not do this: {action}")
        self.action = action


class Unauthenticated(LedgerError):
    """Nobody is signed in, or the token is expired or withdrawn."""

    code = "unauthenticated"


class NotFound(LedgerError):
    """There is no such record, or the actor may not see it: one answer for both."""

    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}")
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person, as the policy sees them."""

    user_id: str
    username: str
    display_name: str
    role: Role
    institution_id: str
    institution_code: str


_WORK = (
    Action.SIGN_OUT,
    Action.CASE_LIST,
    Action.CASE_READ,
    Action.CASE_CREATE,
    Action.CASE_CHANGE,
    Action.CASE_STEP,
    Action.CASE_SHARE,
    Action.ENTRY_RECORD,
    Action.REVIEW_DECIDE,
    Action.PROCEEDING_RECORD,
    Action.DOCUMENT_FILE,
    Action.DOCUMENT_READ,
    Action.AGREEMENT_DRAFT,
    Action.AGREEMENT_SIGN,
    Action.AGREEMENT_PERFORM,
    Action.AGREEMENT_END,
    Action.PAPER_CODE,
    Action.PARTY_ACCESS,
    Action.STATEMENT_READ,
    Action.RECEIPT_READ,
)
_LOOK = (
    Action.SIGN_OUT,
    Action.CASE_LIST,
    Action.CASE_READ,
    Action.DOCUMENT_READ,
    Action.STATEMENT_READ,
    Action.RECEIPT_READ,
)

POLICY: Mapping[Role, Mapping[Action, Reach]] = {
    Role.ADMIN: {Action.SIGN_OUT: Reach.OWN_OFFICE},
    Role.LAWYER: {**dict.fromkeys(_WORK, Reach.OWN_OFFICE), Action.DUPLICATE_LOOK: Reach.ALL},
    Role.MEDIATOR: {**dict.fromkeys(_WORK, Reach.OWN_OFFICE), Action.DUPLICATE_LOOK: Reach.ALL},
    Role.DEPARTMENT: dict.fromkeys((*_LOOK, Action.OPINION_POST, Action.REVIEW_DECIDE), Reach.SHARED),
    Role.AUDITOR: {**dict.fromkeys(_LOOK, Reach.ALL), Action.EXPORT: Reach.ALL},
}
"""Role × action → reach; what is not listed is refused. Administrators manage accounts and read no case.

Looking for duplicates reaches every office, because one dispute comes to several; `cases.glimpses` says how little is
shown of a case that cannot be read.
"""


def reach(actor: Actor | None, action: Action) -> Reach:
    """How far `actor` may go with `action`; raises Unauthenticated or Forbidden instead of answering `none`."""
    if action is Action.PUBLIC:
        return Reach.ALL
    if actor is None:
        raise Unauthenticated("sign in first")
    found = POLICY[actor.role].get(action, Reach.NONE)
    if found is Reach.NONE:
        raise Forbidden(action)
    return found


def visible_cases(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition on `legal_case` that limits a query to what `actor` may reach with `action`."""
    match reach(actor, action):
        case Reach.ALL:
            return true()
        case Reach.OWN_OFFICE:
            return col(Case.institution_id) == actor.institution_id
        case Reach.SHARED:
            shared = select(CaseShare.case_id).where(
                CaseShare.institution_id == actor.institution_id, col(CaseShare.withdrawn_on).is_(None)
            )
            return (col(Case.institution_id) == actor.institution_id) | col(Case.id).in_(shared)
        case Reach.ASSIGNED:
            return col(Case.handler_id) == actor.user_id
        case _:
            return false()
