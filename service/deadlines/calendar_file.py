"""Deadlines as an iCalendar file (RFC 5545): case number, rule, day and article, and nothing about a person.

The file leaves the house: it lies on a phone and on the servers of whoever keeps that calendar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from service.deadlines.views import OfficeDeadline
from service.language import Language

REMINDER: Final = timedelta(days=-3)
REFRESH: Final = timedelta(hours=6)
"""How often a calendar should ask again (RFC 7986 §5.7)."""
PRODUCT: Final = "-//legal-ledger//deadlines//EN"

WORDS: Final = {
    Language.ZH: ("案件期限", "【已逾期】", "依据：{}", "待核实", "{}年放假安排尚未录入，仅按周末计算。"),
    Language.EN: (
        "Deadlines of cases",
        "Overdue: ",
        "Authority: {}",
        "to be verified",
        "The holidays of {} are not in the calendar yet: weekends only.",
    ),
}


def render_calendar(
    deadlines: Iterable[OfficeDeadline], *, language: Language, origin: str, public_url: str | None, now: datetime
) -> bytes:
    """The file. Every deadline that has a last day is an entry for that day, with a reminder three days before."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", WORDS[language][0])
    calendar.add("x-wr-calname", WORDS[language][0])
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for item in deadlines:
        event = _event(item, language, origin, now)
        if event is not None:
            if public_url is not None:
                event.add("url", f"{public_url}/cases/{item.case_id}")
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(item: OfficeDeadline, language: Language, origin: str, now: datetime) -> Event | None:
    deadline, (_, overdue, *_) = item.deadline, WORDS[language]
    if deadline.due_on is None:
        return None
    name = getattr(deadline.name, language.value)
    event = Event()
    event.add("uid", f"{_identity(item)}@{origin}")
    event.add("dtstamp", now)
    event.add("dtstart", deadline.due_on)
    event.add("dtend", deadline.due_on + timedelta(days=1))
    event.add("summary", f"{overdue if deadline.is_overdue else ''}{item.case_no} {name}")
    event.add("description", _description(item, language))
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", name)
    alarm.add("trigger", REMINDER)
    event.add_component(alarm)
    return event


def _description(item: OfficeDeadline, language: Language) -> str:
    _, _, authority, unverified, missing = WORDS[language]
    deadline = item.deadline
    cited = deadline.article if deadline.checked_on else f"{deadline.article} ({unverified})"
    lines = [getattr(deadline.actor_name, language.value), authority.format(cited)]
    lines += [missing.format(year) for year in deadline.missing_years]
    return "\n".join(lines)


def _identity(item: OfficeDeadline) -> str:
    """The same for the same deadline in every edition of the file, and telling nothing to who does not know it."""
    deadline = item.deadline
    parts = (item.case_id, deadline.rule, deadline.subject or "", deadline.started_on.isoformat())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
