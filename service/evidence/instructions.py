"""The page inside an evidence pack: what each file is, how to check it, what it proves and what not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from ledger.canonical import JsonValue
from ledger.receipt import FILE_DIGEST_NAME
from ledger.verdict import Text
from service.certificate import CertifiedRecord
from service.certificate.layout import frame, section, test_network_notice
from service.certificate.values import text_row
from service.certificate.words import ARTICLES
from service.language import Language


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


TITLE: Final = _text("证据包说明", "About this evidence pack")
SUBTITLE: Final = _text(
    "供人民法院、仲裁机构核验使用；出具机构停止服务后仍可核验", "For courts: it can be checked when its issuer is gone"
)
DESCRIPTION: Final = _text("存证编号 {number} 的证据包说明", "About the evidence pack of the record {number}")
FOOTER: Final = _text("证据包 {number}", "Evidence pack {number}")
PARTS: Final = _text("一、包内文件", "1  What is inside")
STEPS_TITLE: Final = _text("二、核验步骤", "2  How to check it")
LIMITS_TITLE: Final = _text("三、能证明什么，不能证明什么", "3  What it proves, and what not")

MEMBERS: Final[Mapping[str, tuple[Text, Text]]] = MappingProxyType(
    {
        "document": (_text("登记的文件", "The file"), _text("与登记时逐字节相同。", "Byte for byte as registered.")),
        "receipt": (
            _text("存证回执", "Receipt"),
            _text(
                "证明该登记在日志中，并由链上合约确认；只含应当披露的内容。",
                "Proves that the registration is in the log, whose head the contract holds; shows no more than it may.",
            ),
        ),
        "certificate": (
            _text("存证证书", "Certificate"),
            _text(
                "可打印的证书，内附同一回执，可单独核验。",
                "For paper, with the same receipt inside; can be checked alone.",
            ),
        ),
        "trust": (
            _text("信任文件", "Trust file"),
            _text(
                "日志的公钥和链上合约。请向运营机构以外的途径核对，不要只依据本包。",
                "The log's key and its contract. Compare it with one from elsewhere; do not rely on this pack alone.",
            ),
        ),
        "verifier": (
            _text("离线核验网页", "Offline verifier"),
            _text(
                "用浏览器打开即可，不需要联网，文件不会离开本机。", "Opens in any browser; no file leaves the machine."
            ),
        ),
        "chain": (
            _text("链上数据", "From the chain"),
            _text(
                "写入检查点的签名交易、交易回执和区块头，节点原样返回。",
                "The signed transaction that wrote the checkpoint, its receipt and its block, as the node gave them.",
            ),
        ),
    }
)

LIMITS: Final = _text(
    "本包只证明：登记的内容和文件上链以后没有变化；不证明内容本身真实，也不证明上链以前的情况。",
    "This pack proves that what was registered has not changed since it went on the chain. It never proves that the "
    "content is true, nor anything about the time before.",
)

SCAN: Final = _text(
    "用浏览器打开 {verifier}，一次选择本包（zip）或者解压后的全部文件；如能访问该链的节点，填入节点地址。",
    "Open {verifier} in a browser and choose this pack, or all its files; give the address of a node of the chain.",
)
COMMAND: Final = _text(
    "或者使用命令行：legal-ledger verify 本包.zip --trust 另行取得的trust.json --rpc 节点地址。",
    "Or on the command line: legal-ledger verify PACK.zip --trust TRUST.json --rpc NODE, with your own trust file.",
)
COMPARE: Final = _text(
    "逐项比对：{certificate} 第二部分所列内容，应与核验结果中列出的披露内容相同。",
    "Compare part 2 of {certificate} with what the verifier lists as disclosed.",
)
DIGEST: Final = _text(
    "只比对文件：{document} 的 SHA-256 应为 {sha256}（Windows：certutil -hashfile 文件 SHA256）。",
    "The file alone: the SHA-256 of {document} must be {sha256} (Windows: certutil -hashfile FILE SHA256).",
)
TRANSACTION: Final = _text(
    "核对链上数据：向任一节点查询交易 {transaction}，所在区块、时间和状态应与 {chain} 相同。",
    "The chain: any node shows the transaction {transaction} in the block, with the time and status, of {chain}.",
)
OUTCOMES: Final = _text(
    "绿色表示各项核验全部通过；灰色表示未能核验（例如没有节点），不说明文件有问题；红色表示某项核验未通过，结果会写明是哪一项。",
    "Green: every check passed. Grey: something could not be checked (no node, for example), which is nothing against "
    "the file. Red: a check failed, and the result says which.",
)


def render_instructions(
    record: CertifiedRecord,
    members: Mapping[str, str],
    *,
    language: Language,
    anchored_at: datetime,
    test_network: bool,
) -> dict[str, JsonValue]:
    """The content of the template `paper`: `members` are the paths inside the pack by what they are."""

    def say(words: Text, **values: object) -> str:
        return str(getattr(words, language.value)).format(**values)

    receipt = record.receipt
    number = f"{receipt.record_no}.v{receipt.record.version}"
    sha256 = next((item.value for item in receipt.disclosures if item.name == FILE_DIGEST_NAME), "")
    facts = {**members, "sha256": sha256, "transaction": receipt.anchors[0].transaction_hash}
    steps = [SCAN, COMMAND, COMPARE, *([DIGEST] if "document" in members else []), TRANSACTION, OUTCOMES]
    rows = [text_row(say(MEMBERS[what][0]), f"{path}\n{say(MEMBERS[what][1])}") for what, path in members.items()]
    return {
        **frame(language, title=say(TITLE), subtitle=say(SUBTITLE), number=number, date=anchored_at),
        "notice": test_network_notice(language) if test_network else None,
        "author": record.office,
        "description": say(DESCRIPTION, number=number),
        "footer": say(FOOTER, number=number),
        "sections": [
            section(say(PARTS), rows=rows),
            section(say(STEPS_TITLE), steps=[say(step, **facts) for step in steps]),
            section(say(LIMITS_TITLE), steps=[say(LIMITS), say(ARTICLES)]),
        ],
    }
