"""What people read: every verdict and every check in Chinese and English, with icon and colour.

Titles say what was found in lay words and accuse nobody. Command line, API and pages share this one table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from ledger.verdict.rule import Check, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One sentence or title in both languages."""

    zh: str
    en: str


class Colour(StrEnum):
    """The class of colour. Always beside an icon and a word, never alone (WCAG 2.2, 1.4.1)."""

    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictWords:
    """A verdict as shown. `title` is at most 30 Chinese characters or 15 English words; `icon` is a name."""

    icon: str
    colour: Colour
    title: Text
    explanation: Text
    next_step: Text


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


TEST_NETWORK = _text("测试网络：无外部证明力", "Test network: no outside evidence value")
"""Beside any verdict on a network that nobody outside the operator vouches for; icon `flask`."""

VERDICT_WORDS = MappingProxyType(
    {
        Verdict.VERIFIED: VerdictWords(
            icon="tick",
            colour=Colour.GREEN,
            title=_text("核验一致：与登记时的内容相同", "Match: this is the same as what was registered"),
            explanation=_text(
                "写入区块链以后没有变化；这不说明内容本身真实。",
                "It has not changed since it went on the chain; this does not say that the content is true.",
            ),
            next_step=_text(
                "请核对登记时间、登记机构和存证编号。",
                "Compare the time, the institution and the record number with your paper.",
            ),
        ),
        Verdict.VERIFIED_NOT_FINAL: VerdictWords(
            icon="tick-clock",
            colour=Colour.TEAL,
            title=_text("核验一致，正在等待最终确认", "Match, waiting for final confirmation"),
            explanation=_text(
                "与登记时的内容相同，但区块链还没有最终确认。",
                "It is the same as what was registered, but the chain has not confirmed it for good.",
            ),
            next_step=_text("请过几分钟再查一次。", "Check again in a few minutes."),
        ),
        Verdict.PENDING: VerdictWords(
            icon="clock",
            colour=Colour.BLUE,
            title=_text("已受理，尚未写入区块链", "Received, not yet on the chain"),
            explanation=_text(
                "登记已经保存，写入区块链之后才能核验。",
                "The registration is stored; it can be checked once it is on the chain.",
            ),
            next_step=_text("请保留存证编号，稍后再查。", "Keep the record number and check again later."),
        ),
        Verdict.SUPERSEDED: VerdictWords(
            icon="up-arrow",
            colour=Colour.AMBER,
            title=_text("这是旧版本，已有更新版本", "This is an earlier version"),
            explanation=_text(
                "与当时登记的内容相同，但后来又登记了新的版本。",
                "It is what was registered then, but a newer version has been registered since.",
            ),
            next_step=_text("请用存证编号查看现在的版本。", "Look up the record number to see the current version."),
        ),
        Verdict.ERASED: VerdictWords(
            icon="erased",
            colour=Colour.GREY,
            title=_text("登记内容已删除，存证记录仍在", "The content was erased; the ledger record remains"),
            explanation=_text(
                "内容已按规定删除，不能再作比对。",
                "The content was erased under the rules and can no longer be compared.",
            ),
            next_step=_text(
                "如需了解删除的依据，请联系登记机构。",
                "Ask the institution on what ground it was erased.",
            ),
        ),
        Verdict.REVOKED: VerdictWords(
            icon="no-entry",
            colour=Colour.RED,
            title=_text("该登记已撤销", "This registration was withdrawn"),
            explanation=_text(
                "当时确实这样登记过，但登记后来被撤销。",
                "It was registered as shown, and the registration was withdrawn later.",
            ),
            next_step=_text("请联系登记机构，了解撤销的原因。", "Contact the institution and ask why."),
        ),
        Verdict.DIFFERENT: VerdictWords(
            icon="not-equal",
            colour=Colour.RED,
            title=_text("文件与登记内容不一致", "This file is not the one registered under this number"),
            explanation=_text(
                "另存、转换格式、加水印、压缩，或者用微信转发图片，都会改变文件。",
                "Saving again, converting, watermarks, compression or sending as a picture all change a file.",
            ),
            next_step=_text(
                "请选择最初收到的原文件再试，或者联系登记机构。",
                "Choose the original file and try again, or contact the institution.",
            ),
        ),
        Verdict.NOT_FOUND: VerdictWords(
            icon="question",
            colour=Colour.GREY,
            title=_text("未查到登记记录", "No registration found"),
            explanation=_text(
                "这不代表文件是假的：可能是另一个版本、由其他机构登记，或者只是纸质件的照片。",
                "That does not count against it: it may be another version, another institution's, or a photo of it.",
            ),
            next_step=_text(
                "请输入纸上的存证编号再查，或者联系出具文件的机构。",
                "Enter the record number on the paper, or contact the institution that issued it.",
            ),
        ),
        Verdict.RECEIPT_INVALID: VerdictWords(
            icon="broken",
            colour=Colour.RED,
            title=_text("这份回执没有通过核验", "This receipt does not pass the check"),
            explanation=_text(
                "回执里的内容、证明或者签名对不上。",
                "Its content, its proof or its signature does not fit.",
            ),
            next_step=_text(
                "请向登记机构重新索取回执，并确认信任文件是对的。",
                "Ask the institution for a new receipt, and see that the trust file is the right one.",
            ),
        ),
        Verdict.LEDGER_MISMATCH: VerdictWords(
            icon="warning",
            colour=Colour.RED,
            title=_text("运营机构签署的记录与区块链不一致", "The operator's signed record and the chain disagree"),
            explanation=_text(
                "这份回执有运营机构的签名，区块链上却没有对应的记录。",
                "The operator signed this receipt, yet the chain holds nothing that fits it.",
            ),
            next_step=_text(
                "请保存好这份回执，它就是证据，并联系审计人员。",
                "Keep this receipt, it is evidence, and contact an auditor.",
            ),
        ),
        Verdict.CHAIN_UNREACHABLE: VerdictWords(
            icon="cloud-off",
            colour=Colour.GREY,
            title=_text(
                "暂时无法连接区块链，未能完成核验",
                "We could not reach the chain, so this check is not complete",
            ),
            explanation=_text(
                "这不说明文件或者回执有问题。",
                "This says nothing against the file or the receipt.",
            ),
            next_step=_text("请稍后再试，或者换一个区块链节点。", "Try again later, or ask another node."),
        ),
        Verdict.WRONG_CHAIN: VerdictWords(
            icon="warning",
            colour=Colour.RED,
            title=_text("网络或合约与预设不符，已停止核验", "The network or contract is not the one we trust"),
            explanation=_text(
                "所连接的网络，或者回执里写的网络，不在信任文件里。",
                "The network that was asked, or that the receipt names, is not in the trust file.",
            ),
            next_step=_text(
                "请不要采用这次的结果，并联系运营机构。",
                "Do not rely on this result; contact the operator.",
            ),
        ),
        Verdict.BAD_INPUT: VerdictWords(
            icon="pencil",
            colour=Colour.GREY,
            title=_text("无法读取", "We cannot read this"),
            explanation=_text(
                "内容不完整，格式不对，或者回执里没有可以比对的文件。",
                "It is incomplete, of another format, or names no file to compare with.",
            ),
            next_step=_text("请重新取得文件和回执，再试一次。", "Get the file and the receipt again, then try again."),
        ),
        Verdict.RATE_LIMITED: VerdictWords(
            icon="hourglass",
            colour=Colour.GREY,
            title=_text("查询过于频繁，请稍后再试", "Too many checks; try again later"),
            explanation=_text("这次没有核验。", "Nothing was checked this time."),
            next_step=_text("请等一会儿再试。", "Wait a moment, then try again."),
        ),
    }
)

_CHOOSE_A_FILE = _text(
    "还没有比对文件。要比对您手里的文件，请选择文件。", "No file was compared. To compare yours, choose it."
)

RECORD_WORDS = MappingProxyType(
    {
        **VERDICT_WORDS,
        Verdict.VERIFIED: replace(
            VERDICT_WORDS[Verdict.VERIFIED],
            title=_text("该登记已上链，上链后未被改动", "This record is on the chain and has not been changed since"),
            next_step=_CHOOSE_A_FILE,
        ),
        Verdict.VERIFIED_NOT_FINAL: replace(
            VERDICT_WORDS[Verdict.VERIFIED_NOT_FINAL],
            title=_text(
                "该登记已上链，正在等待最终确认", "This record is on the chain, waiting for final confirmation"
            ),
            explanation=_text("区块链还没有最终确认。", "The chain has not confirmed it for good yet."),
        ),
        Verdict.SUPERSEDED: replace(
            VERDICT_WORDS[Verdict.SUPERSEDED],
            explanation=_text(
                "它确实这样登记过，但后来又登记了新的版本。",
                "It was registered as shown, but a newer version has been registered since.",
            ),
        ),
        Verdict.NOT_FOUND: replace(
            VERDICT_WORDS[Verdict.NOT_FOUND],
            title=_text("没有这个编号的登记", "There is no record with this number"),
            explanation=_text(
                "编号的形式没有错，但本平台没有这个编号。",
                "The number is well formed, but this service has no record under it.",
            ),
            next_step=_text(
                "请与纸上的编号核对，或者联系出具文件的机构。",
                "Compare it with the paper, or contact the institution that issued it.",
            ),
        ),
    }
)
"""The same where no file was compared, so that there is no match to speak of."""

_NOT_REACHED = _text("前面的检查没有完成，这一项没有检查。", "Not checked, because an earlier check did not pass.")
_NO_ANSWER = _text("没有得到答复，这一项未能检查。", "Not checked, because no answer came.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _CheckWords:
    passed: Text
    failed: Text
    not_checked: Text = _NOT_REACHED
    unavailable: Text = _NO_ANSWER


_CHECK_WORDS = MappingProxyType(
    {
        1: _CheckWords(
            passed=_text("回执完整，格式正确。", "The receipt is complete and of the right form."),
            failed=_text("回执读不出来：不完整，或者格式不对。", "The receipt is incomplete or of another form."),
        ),
        2: _CheckWords(
            passed=_text("所列内容与存证记录一致。", "The fields shown belong to the ledger record."),
            failed=_text(
                "所列内容与存证记录不一致，或者缺了必须列出的内容。",
                "A field shown does not belong to the ledger record, or one that must be shown is missing.",
            ),
        ),
        3: _CheckWords(
            passed=_text("已算出存证记录的指纹。", "The ledger record's fingerprint was computed."),
            failed=_text("存证记录的指纹与日志中的不同。", "The ledger record's fingerprint is not that in the log."),
        ),
        4: _CheckWords(
            passed=_text("有运营机构的可信签名。", "Signed by the operator with a trusted key."),
            failed=_text("没有可信的签名。", "There is no signature by a trusted key."),
            not_checked=_text(
                "没有信任文件，或者浏览器不能验签，签名没有检查。",
                "Signature not checked: there is no trust file, or this browser cannot check signatures.",
            ),
        ),
        5: _CheckWords(
            passed=_text("存证记录在运营机构签署的日志里。", "The ledger record is in the log that was signed."),
            failed=_text(
                "证明不成立：存证记录不在所签署的日志里。",
                "The proof fails: the ledger record is not in the log that was signed.",
            ),
        ),
        6: _CheckWords(
            passed=_text("网络和合约是可信的那一个。", "Network and contract are the trusted ones."),
            failed=_text("网络或合约不是信任文件里的那一个。", "Network or contract is not the one in the trust file."),
            not_checked=_text(
                "没有给出区块链节点或信任文件，网络没有检查。",
                "Network not checked: no node or no trust file was given.",
            ),
            unavailable=_text("区块链节点没有答复。", "The chain's node did not answer."),
        ),
        7: _CheckWords(
            passed=_text("区块链上有这份日志的对应记录。", "The chain holds this state of the log."),
            failed=_text("区块链上没有与签名相符的记录。", "The chain holds nothing that fits what was signed."),
            not_checked=_text("没有向区块链核对。", "Not compared with the chain."),
            unavailable=_text(
                "区块链节点没有答复，或者还没有跟上。",
                "The chain's node did not answer, or has not caught up.",
            ),
        ),
        8: _CheckWords(
            passed=_text("区块链已经最终确认。", "The chain has confirmed it for good."),
            failed=_text("区块链还没有最终确认。", "The chain has not confirmed it for good yet."),
            not_checked=_text("没有查询最终确认。", "Final confirmation was not asked for."),
            unavailable=_text("未能查到是否最终确认。", "Whether it is final could not be learnt."),
        ),
        9: _CheckWords(
            passed=_text("登记没有被撤销。", "The registration has not been withdrawn."),
            failed=_text("登记已被撤销或者被取代。", "The registration was withdrawn or replaced."),
            not_checked=_text("没有查询是否撤销。", "Whether it was withdrawn was not asked."),
            unavailable=_text("未能查到是否撤销。", "Whether it was withdrawn could not be learnt."),
        ),
        10: _CheckWords(
            passed=_text("文件与登记的文件相同。", "The file is the one that was registered."),
            failed=_text("文件与登记的文件不同。", "The file is not the one that was registered."),
            not_checked=_text("没有给出文件，没有比对。", "No file was given to compare."),
            unavailable=_text(
                "回执里没有文件的指纹，无法比对。",
                "The receipt shows no fingerprint of a file, so nothing could be compared.",
            ),
        ),
        11: _CheckWords(
            passed=_text("没有更新的版本。", "No newer version is known."),
            failed=_text("已有更新的版本。", "There is a newer version."),
            not_checked=_text(
                "没有查询是否有更新的版本。",
                "Whether there is a newer version was not asked.",
            ),
            unavailable=_text("未能查到是否有更新的版本。", "Whether there is a newer version could not be learnt."),
        ),
    }
)


def words_of(verdict: Verdict, *, file: bool = True) -> VerdictWords:
    """Return the words, icon and colour of a verdict; without `file`, of a verdict on a record alone."""
    return (VERDICT_WORDS if file else RECORD_WORDS)[verdict]


def sentence_of(check: Check) -> Text:
    """Return the sentence for a check, which depends on its number and outcome alone."""
    words = _CHECK_WORDS[check.number]
    match check.outcome:
        case Outcome.PASSED:
            return words.passed
        case Outcome.FAILED:
            return words.failed
        case Outcome.NOT_CHECKED:
            return words.not_checked
        case Outcome.UNAVAILABLE:
            return words.unavailable
