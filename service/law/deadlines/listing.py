"""Every rule as one page, with its article and the test that works it out: `service/docs/rules.md`."""

from __future__ import annotations

from typing import Final

from service.law.calendar import Length, Unit
from service.law.deadlines.rules import ACTORS, DeadlineRule
from service.law.deadlines.table import DEADLINE_RULES

UNITS: Final = {
    Unit.CALENDAR_DAYS: ("日", "days"),
    Unit.WORKING_DAYS: ("个工作日", "working days"),
    Unit.MONTHS: ("个月", "months"),
    Unit.YEARS: ("年", "years"),
}
TESTS: Final = "tests/service/test_deadline_rules.py"

HEAD: Final = f"""\
# Rules of deadlines

Every legal clock that this service keeps. A *duty* is an office's or a court's; a *right* lapses on its last day; a
*promise* is a party's, made in the agreement; a *guide* opens another way when it passes. Days are counted as
`service/law/calendar.py` says (民法典 第二百条至第二百零四条). 待核实 marks a rule whose text was not at hand: set it,
with its source, in the file that `LEDGER_LOCAL_TERMS` names ([deadlines](deadlines.md)).

Each rule is worked out by hand in `{TESTS}`, in the case of its code.

| Code | Rule | Article | Version | Checked on | Period | From | Done by | Who | Kind |
|---|---|---|---|---|---|---|---|---|---|
"""

NOT_FOLLOWED: Final = """
## Not followed

The following clocks are known and not kept, because the day from which they run is not recorded in an office's case:

- the court's three working days to name a mediator (人民法院在线调解规则 第十条): they run before it comes here;
- the five days for passing the defence on to the applicant (劳动争议调解仲裁法 第三十条第二款);
- the fifteen days for suing after a court set a final award aside (劳动争议调解仲裁法 第四十九条第三款);
- the two years for enforcement (民事诉讼法 第二百五十条): they run from the last day that the instrument itself sets;
- the suspension of limitation by force majeure (劳动争议调解仲裁法 第二十七条第三款): a person has to judge it.
"""


def render_rules() -> str:
    """The page, in Markdown."""
    return HEAD + "".join(f"{_row(rule)}\n" for rule in DEADLINE_RULES.values()) + NOT_FOLLOWED


def render_length(length: Length | None, *, chinese: bool = False) -> str:
    """A period in words, such as `15 days` or `3个工作日`; `that day` where the start is itself the last day."""
    if length is None:
        return "当日" if chinese else "that day"
    name = UNITS[length.unit][0 if chinese else 1]
    if chinese:
        return f"{length.count}{name}"
    return f"{length.count} {name.removesuffix('s') if length.count == 1 else name}"


def render_period(rule: DeadlineRule, *, chinese: bool = False) -> str:
    """The period of a rule in words, such as `45 days (+15)` or `前5日`."""
    period = render_length(rule.length, chinese=chinese)
    if rule.before:
        period = f"前{period}" if chinese else f"{period} before"
    if rule.extendable:
        period += f"（可延长{rule.extendable}）" if chinese else f" (+{rule.extendable})"
    return period


def _row(rule: DeadlineRule) -> str:
    source = rule.source
    cells = (
        f"`{rule.code}`",
        f"{rule.zh}<br>{rule.en}",
        source.cited,
        source.version,
        source.checked_on.isoformat() if source.checked_on else "待核实",
        render_period(rule),
        _codes(rule.starts),
        _codes(rule.met_by),
        ACTORS[rule.actor].en,
        str(rule.nature),
    )
    return f"| {' | '.join(cells)} |"


def _codes(codes: frozenset[str]) -> str:
    return "<br>".join(f"`{code}`" for code in sorted(codes))
