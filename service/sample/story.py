"""What a sample case is before it becomes request bodies and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from service.sample.people import Firm, Worker

FEN_PER_YUAN = 100
SUNDAY = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one worker asks for. `amount_fen` is None where no sum is asked, as for social insurance paid in arrears."""

    kind: str
    amount_fen: int | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One instalment. `paid_on` is None while nothing was recorded as paid."""

    amount_fen: int
    due_on: date
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What the parties agreed on; the payments sum to the total. Unless `signed`, the paper is still a draft."""

    serial: int
    agreed_on: date
    mediator: str
    payments: tuple[Payment, ...]
    waivers: tuple[str, ...] = ()
    employment_ends_on: date | None = None
    signed: bool = True

    @property
    def number(self) -> str:
        """The number printed on the paper."""
        return f"({self.agreed_on.year})岚劳调字第{self.serial:04d}号"

    @property
    def total_fen(self) -> int:
        """The sum of the payments."""
        return sum(payment.amount_fen for payment in self.payments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step of the office, so many days after the matter came in. `ground` and `note` where the step wants them."""

    after_days: int
    step: str
    ground: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A dispute as it reached the office. `claims` has one tuple for each worker, in the same order.

    `firms` are the respondents: the employer first, then a user firm or a general contractor. With `firm_applies` the
    sides are swapped: the firm is the applicant and `claims` holds one tuple, the firm's.
    """

    key: str
    kind: str
    dispute_type: str
    channel: str
    received_on: date
    workers: tuple[Worker, ...]
    firms: tuple[Firm, ...]
    claims: tuple[tuple[Claim, ...], ...]
    facts: str
    unpaid_months: tuple[str, ...] = ()
    chat: tuple[tuple[str, str], ...] = ()
    """(who, what) of a chat, as exported from a telephone; who is 我 or 老板."""
    finding: str = ""
    """The text of an official paper that was brought along, such as a work-injury decision."""
    firm_applies: bool = False
    moves: tuple[Move, ...] = ()
    """What the office did, in order. That the parties agreed follows from the settlement."""
    settlement: Settlement | None = None

    @property
    def claimed_fen(self) -> int:
        """What is asked for in all."""
        return sum(claim.amount_fen or 0 for claims in self.claims for claim in claims)


TALKS = (
    Move(after_days=1, step="consult_other_side"),
    Move(after_days=2, step="accept"),
    Move(after_days=5, step="start_mediation"),
)
"""How a mediation begins: the other side is asked, the application accepted, the talks begun."""

GRANTED = (
    Move(after_days=3, step="grant"),
    Move(after_days=5, step="assign"),
    Move(after_days=6, step="start_handling"),
)
"""How legal aid begins: within the seven and three days of 法律援助法 第四十三条."""


def months(first: str, count: int) -> tuple[str, ...]:
    """Return `count` months from `first` on: `months("2026-03", 4)` ends with `2026-06`."""
    year, month = (int(part) for part in first.split("-"))
    ahead = [year * 12 + month - 1 + offset for offset in range(count)]
    return tuple(f"{total // 12}-{total % 12 + 1:02d}" for total in ahead)


def month_range(of: tuple[str, ...]) -> str:
    """`("2026-03", …, "2026-06")` → `2026年3月至6月`; across years both are named."""
    (first_year, first), (last_year, last) = of[0].split("-"), of[-1].split("-")
    begin = f"{first_year}年{int(first)}月"
    if len(of) == 1:
        return begin
    return f"{begin}至{'' if first_year == last_year else last_year + '年'}{int(last)}月"


def office_day(random: Random, first: date, span: int) -> date:
    """Draw a day from `first` on, but not a Sunday: offices receive applications on six days."""
    day = first + timedelta(days=random.randrange(span))
    return day + timedelta(days=1) if day.isoweekday() == SUNDAY else day


def wages(worker: Worker, unpaid: tuple[str, ...]) -> Claim:
    """Return the claim for these months' wages."""
    return Claim(kind="wages", amount_fen=worker.monthly_wage_fen * len(unpaid), detail=f"{month_range(unpaid)}工资")


def severance(worker: Worker, years: int) -> Claim:
    """Return the claim for economic compensation: a month's wage for each full year (劳动合同法 第四十七条)."""
    return Claim(kind="severance", amount_fen=worker.monthly_wage_fen * years, detail=f"经济补偿({years}个月工资)")


def in_instalments(total_fen: int, *due: date, first_fen: int | None = None) -> tuple[Payment, ...]:
    """Split a sum over these days in whole yuan, the rest on the last; `first_fen` sets the first one."""
    left, payments = total_fen, []
    for position, day in enumerate(due):
        remaining = len(due) - position
        share = left // remaining // FEN_PER_YUAN * FEN_PER_YUAN if remaining > 1 else left
        if position == 0 and first_fen is not None:
            share = first_fen
        payments.append(Payment(amount_fen=share, due_on=day))
        left -= share
    return tuple(payments)
