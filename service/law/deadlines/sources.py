"""The laws behind the rules, each in the version that was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from service.law.calendar import Length, Unit
from service.law.deadlines.rules import Source

CHECKED_ON: Final = date(2026, 11, 25)
"""The day on which the articles were compared with the texts at hand, a collection of April 2025."""


def _law(law: str, law_en: str, version: str, *, checked: bool = True) -> Source:
    return Source(law=law, law_en=law_en, article="", version=version, checked_on=CHECKED_ON if checked else None)


LEGAL_AID: Final = _law("法律援助法", "Legal Aid Law", "2022-01-01 施行")
AID_PROCEDURE: Final = _law(
    "办理法律援助案件程序规定", "Rules on handling legal-aid cases", "2023（司法部令第148号）", checked=False
)
SHANDONG_AID: Final = _law("山东省法律援助条例", "Shandong Legal Aid Regulations", "2015-04-01 修正")
MEDIATION: Final = _law("劳动争议调解仲裁法", "Law on Labour Dispute Mediation and Arbitration", "2008-05-01 施行")
ARBITRATION_RULES_33: Final = _law(
    "劳动人事争议仲裁办案规则",
    "Rules on handling labour arbitration cases",
    "2017-07-01 施行（人社部令第33号）",
    checked=False,
)
PEOPLES_MEDIATION: Final = _law("人民调解法", "People's Mediation Law", "2011-01-01 施行")
PEOPLES_MEDIATION_WORK: Final = _law(
    "人民调解工作若干规定", "Provisions on people's mediation work", "2002（司法部令第75号）", checked=False
)
ONLINE_MEDIATION: Final = _law(
    "人民法院在线调解规则", "Rules of Online Mediation of the People's Courts", "2022-01-01 施行"
)
CONFIRMATION: Final = _law(
    "最高人民法院关于人民调解协议司法确认程序的若干规定",
    "Provisions on judicial confirmation of mediation agreements",
    "2011-03-30 施行（法释〔2011〕5号）",
)
CIVIL_PROCEDURE: Final = _law("民事诉讼法", "Civil Procedure Law", "2023-09-01 修正，2024-01-01 施行")
CIVIL_PROCEDURE_READING: Final = _law(
    "最高人民法院关于适用《民事诉讼法》的解释", "Interpretation of the Civil Procedure Law", "2022-04-10 施行"
)
WORK_INJURY: Final = _law("工伤保险条例", "Work Injury Insurance Regulations", "2010-12-20 修订，2011-01-01 施行")


def article(source: Source, name: str) -> Source:
    """An article of a law."""
    return replace(source, article=name)


def days(count: int) -> Length:
    """Calendar days: what plain 日 means (民法典 第二百条)."""
    return Length(count=count, unit=Unit.CALENDAR_DAYS)


def working_days(count: int) -> Length:
    """Working days, where the article says so."""
    return Length(count=count, unit=Unit.WORKING_DAYS)


def months(count: int) -> Length:
    """Months by their corresponding day (民法典 第二百零二条)."""
    return Length(count=count, unit=Unit.MONTHS)


def years(count: int) -> Length:
    """Years by their corresponding day (民法典 第二百零二条)."""
    return Length(count=count, unit=Unit.YEARS)
