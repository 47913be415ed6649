"""Mediation agreements: forms, states, who signs and how, when one takes effect, how it ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from service.law.terms import vocabulary

AGREEMENT_FORMS = vocabulary(
    ("written", "书面", "Written", "劳动争议调解仲裁法 第十四条"),
    ("oral", "口头", "Oral", "人民调解法 第二十八条、第三十条"),
)

AGREEMENT_STATES = vocabulary(
    ("drafted", "已拟定", "Drafted"),
    ("signing", "签署中", "Being signed"),
    ("effective", "已生效", "In effect", "劳动争议调解仲裁法 第十四条"),
    ("performed", "已履行完毕", "Performed", "人民调解法 第三十一条"),
    ("rescinded", "双方协商解除", "Rescinded by the parties", "民法典 第五百六十二条"),
    ("set_aside", "被撤销或确认无效", "Set aside", "劳动争议司法解释（一） 第三十五条"),
)

SIGNERS = vocabulary(
    ("party", "当事人", "Party", "劳动争议调解仲裁法 第十四条"),
    ("agent", "委托代理人", "Agent of a party", "民事诉讼法 第六十二条"),
    ("mediator", "调解员", "Mediator", "劳动争议调解仲裁法 第十四条"),
    ("organisation", "调解组织", "Mediation organisation", "劳动争议调解仲裁法 第十四条"),
    ("recorder", "记录人", "Recorder"),
)

SIGNATURE_METHODS = vocabulary(
    ("handwritten", "签名", "Signature by hand", "人民调解法 第二十九条"),
    ("fingerprint", "按指印", "Fingerprint", "人民调解法 第二十九条"),
    ("seal", "盖章", "Seal", "人民调解法 第二十九条"),
    ("electronic", "电子签名", "Electronic signature", "电子签名法 第十四条"),
)

METHODS_OF = {
    "party": frozenset(SIGNATURE_METHODS),
    "agent": frozenset({"handwritten", "fingerprint", "electronic"}),
    "mediator": frozenset({"handwritten", "electronic"}),
    "organisation": frozenset({"seal", "electronic"}),
    "recorder": frozenset({"handwritten", "electronic"}),
}
"""In which forms each signer signs: an organisation seals, a mediator signs (劳动争议调解仲裁法 第十四条)."""

PAYMENT_METHODS = vocabulary(
    ("bank_transfer", "银行转账", "Bank transfer", "保障农民工工资支付条例 第十一条"),
    ("cash", "现金", "Cash"),
    ("wechat", "微信转账", "WeChat transfer"),
    ("alipay", "支付宝转账", "Alipay transfer"),
    ("other", "其他", "Other"),
)

CLOSURES = vocabulary(
    ("none", "不作一次性了结约定", "No clause that settles everything"),
    ("this_dispute", "本次争议一次性了结", "Settles this dispute"),
    ("all_claims", "双方劳动关系存续期间全部争议一次性了结", "Settles every claim from the employment"),
)
"""Whether the agreement settles more than what it names. Waived claims are listed one by one besides."""

ENDINGS = vocabulary(
    ("performed", "履行完毕", "Performed", "人民调解法 第三十一条"),
    ("rescinded", "双方协商解除", "Rescinded by the parties", "民法典 第五百六十二条"),
    ("set_aside", "被撤销或确认无效", "Set aside", "劳动争议司法解释（一） 第三十五条"),
)
"""How an agreement ends. Which body set it aside and under which number is said with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMark:
    """A signature or seal as the rule needs it: who signed, for which party (a position in the agreement), and when."""

    signer: str
    party: int | None
    signed_on: date


def missing_signers(marks: Iterable[SignedMark], parties: Collection[int]) -> tuple[str, ...]:
    """What a written agreement still lacks to take effect: `party:<position>`, `mediator`, `organisation`.

    A party is bound by their own mark or that of their agent (劳动争议调解仲裁法 第十四条: 双方当事人签名或者盖章，
    经调解员签名并加盖调解组织印章后生效).
    """
    marks = tuple(marks)
    signed = {mark.party for mark in marks if mark.signer in {"party", "agent"}}
    present = {mark.signer for mark in marks}
    lacking = [f"party:{position}" for position in sorted(parties) if position not in signed]
    return (*lacking, *(signer for signer in ("mediator", "organisation") if signer not in present))


def effective_date(marks: Iterable[SignedMark], parties: Collection[int]) -> date | None:
    """The day a written agreement took effect: the last of the marks it needs; None while one is missing.

    A second mark of the same signer changes nothing: the first one bound them.
    """
    marks = tuple(marks)
    if missing_signers(marks, parties):
        return None
    first: dict[tuple[str, int | None], date] = {}
    for mark in marks:
        who = ("party", mark.party) if mark.signer in {"party", "agent"} else (mark.signer, None)
        if mark.signer != "recorder":
            first[who] = min(mark.signed_on, first.get(who, mark.signed_on))
    return max(first.values())
