"""What a certificate says besides the record itself, in Chinese and English; `{name}` is filled when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ledger.verdict import Text, Verdict


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


YES: Final = _text("是", "Yes")
NO: Final = _text("否", "No")
NOTHING: Final = _text("无", "–")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What was found when the certificate was made. `tone` is a colour of the template."""

    tone: str
    title: Text
    text: Text


CONCLUSIONS: Final[Mapping[Verdict, Conclusion]] = MappingProxyType(
    {
        Verdict.VERIFIED: Conclusion(
            tone="green",
            title=_text("核验一致：上链后未被改动", "Verified: not changed since it went on the chain"),
            text=_text(
                "本证书所列内容于 {anchored} 写入区块链，区块链已最终确认，此后未被改动。",
                "What is listed here went on the chain on {anchored}, was confirmed for good, and is unchanged since.",
            ),
        ),
        Verdict.VERIFIED_NOT_FINAL: Conclusion(
            tone="teal",
            title=_text("核验一致：正在等待区块链最终确认", "Verified: waiting for the chain's final confirmation"),
            text=_text(
                "本证书所列内容于 {anchored} 写入区块链，区块链尚未最终确认。请在确认后重新下载本证书。",
                "What is listed here went on the chain on {anchored}; the chain has not confirmed it for good. "
                "Fetch this certificate again later.",
            ),
        ),
        Verdict.SUPERSEDED: Conclusion(
            tone="amber",
            title=_text("这是旧版本：已有更新的版本", "An earlier version: there is a newer one"),
            text=_text(
                "本证书所列内容于 {anchored} 写入区块链，此后未被改动；但该记录后来又登记了新的版本。",
                "What is listed here went on the chain on {anchored} and is unchanged since; a newer version of the "
                "record has been registered later.",
            ),
        ),
        Verdict.REVOKED: Conclusion(
            tone="red",
            title=_text("该登记已撤销", "This registration was withdrawn"),
            text=_text(
                "本证书所列内容于 {anchored} 写入区块链，此后未被改动；但该登记后来被撤销（{reason}，{revoked}）。",
                "What is listed here went on the chain on {anchored} and is unchanged since; the registration was "
                "withdrawn later ({reason}, {revoked}).",
            ),
        ),
    }
)
"""The verdicts on which a certificate can be issued; on every other one there is nothing to certify."""

REVOCATION_REASONS: Final[Mapping[object, Text]] = MappingProxyType(
    {
        1: _text("登记有误", "entered in error"),
        2: _text("被新的登记取代", "superseded"),
        3: _text("被裁判撤销", "set aside by a ruling"),
        4: _text("双方协商解除", "rescinded by the parties"),
        5: _text("密钥失密", "key compromised"),
    }
)
"""The contract's reasons; another number is shown as it stands."""

TITLE: Final = _text("存证证书", "Certificate of registration")
SUBTITLE: Final = _text("区块链存证 · 可独立核验", "Registered on a blockchain; anybody can check it")
NUMBER: Final = _text("存证编号", "Record number")
CODE: Final = _text("核验码", "Paper code")
QR_CAPTION: Final = _text("扫码核验", "Scan to check")
QR_ALT: Final = _text("二维码，内容为网址 {url}", "QR code with the address {url}")
DESCRIPTION: Final = _text(
    "存证编号 {number} 的存证证书，内附回执 {receipt}",
    "Certificate of the record {number}, with its receipt {receipt} inside",
)
ATTACHED: Final = _text(
    "存证回执：证明本证书所列内容已上链的数据", "Receipt: the data that prove what this certificate lists"
)
NO_EVIDENCE: Final = _text(
    "该链由运营机构自行维护，没有外部机构见证，仅供测试，不作为证据使用。",
    "The operator runs this chain alone and nobody outside vouches for it. For tests only, not as evidence.",
)
FOOTER: Final = _text(
    "存证证书 {number} · 依据截至第 {size} 条记录的日志出具，{time}",
    "Certificate {number} · made from the log as of its record no. {size}, {time}",
)
ISSUER_NOTE: Final = _text(
    "本证书由系统根据账本自动生成，内容以可核验的数据为准，不以盖章为准。",
    "Made by the system from the ledger. What counts is the data that can be checked, not a seal.",
)
SEAL: Final = _text("（盖章处）", "(seal)")

SECTIONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "registration": _text("一、登记", "1  Registration"),
        "content": _text(
            "二、登记的内容（与所附回执披露的内容相同）", "2  What was registered (as in the attached receipt)"
        ),
        "chain": _text("三、上链信息", "3  On the chain"),
        "check": _text("四、如何自行核验（无需本平台）", "4  How to check it without us"),
        "law": _text("五、法律依据与限度", "5  Legal basis and limits"),
    }
)

FACTS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "type": _text("登记事项", "What was registered"),
        "office": _text("存证主体", "Registered by"),
        "version": _text("版本", "Version"),
        "version_of": _text("第 {version} 版（现有 {newest} 版）", "No. {version} of {newest}"),
        "previous": _text("上一版本承诺值", "Version before"),
        "stream": _text("卷内序号", "No. in its file"),
        "stream_no": _text("第 {seq} 条（卷内编号连续，不可缺漏）", "{seq} (numbered without gaps)"),
        "recorded_at": _text("接收时间", "Received"),
        "anchored_at": _text("上链时间", "On the chain"),
        "network": _text("网络", "Network"),
        "network_is": _text("链 ID {chain_id} · 日志 {origin}", "chain id {chain_id} · log {origin}"),
        "contract": _text("合约地址", "Contract"),
        "code": _text("合约代码 SHA-256", "SHA-256 of its code"),
        "log_id": _text("日志标识", "Log id"),
        "transaction": _text("交易哈希", "Transaction"),
        "block": _text("区块", "Block"),
        "submitter": _text("提交地址", "Sent by"),
        "commitment": _text("密码承诺值", "Commitment"),
        "leaf": _text("日志位置", "Place in the log"),
        "leaf_is": _text(
            "第 {number} 条，在第 {index} 个检查点（{size} 条）中",
            "no. {number}, in checkpoint {index} ({size} records)",
        ),
        "root": _text("检查点根哈希", "Root of the checkpoint"),
        "block_is": _text("第 {number} 块", "no. {number}"),
        "block_hash": _text("区块哈希", "Block hash"),
        "latest": _text("日志最新状态", "Newest state of the log"),
        "latest_is": _text("共 {size} 条，{time}", "{size} records, {time}"),
        "latest_root": _text("最新根哈希", "Newest root"),
        "algorithms": _text("算法", "Algorithms"),
        "algorithms_are": _text(
            "SHA-256；RFC 9162 默克尔树；Ed25519 签名；回执格式 {format}",
            "SHA-256; RFC 9162 Merkle tree; Ed25519 signatures; receipt format {format}",
        ),
    }
)

STEPS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "compare": _text(
            "比对文件：计算手中文件的 SHA-256（Windows：certutil -hashfile 文件 SHA256；Linux：sha256sum 文件；"
            "macOS：shasum -a 256 文件），应与第二部分所列相同。",
            "Compare a file: its SHA-256 (Windows: certutil -hashfile FILE SHA256; Linux: sha256sum FILE; macOS: "
            "shasum -a 256 FILE) must be the one of part 2.",
        ),
        "verify": _text(
            "核验本证书：本 PDF 内附回执，可单独核验。运行 legal-ledger verify 本文件.pdf --trust trust.json "
            "--rpc 节点地址，或者在离线核验网页中打开本文件；再将所列内容与纸面逐项比对。"
            "信任文件 trust.json 应当从另外的途径取得。",
            "Check this certificate: the receipt inside this PDF is enough. Run legal-ledger verify FILE.pdf --trust "
            "trust.json --rpc NODE, or open this file in the offline verifier, and compare what it lists with this "
            "paper. Get trust.json by another way.",
        ),
        "ask": _text(
            "直接查询区块链：向第三部分的合约调用 checkpoint（日志标识，检查点根哈希），应得到所列的条数、时间和区块。",
            "Ask the chain itself: the contract of part 3 answers checkpoint(log id, root) with the size, time and "
            "block listed.",
        ),
        "scan_and_compare": _text(
            "在线查询并逐项比对：扫描二维码，或者打开 {url} 并输入核验码 {code}，核对登记现在是否有效，"
            "再把登记的金额、分期、日期与本纸逐项比对；有不一样的，网页会说明下一步怎么办、该打哪个电话。",
            "Online: scan the code, or open {url} and type the paper code {code}, to see whether the registration "
            "stands now, and compare the registered sum, instalments and dates with this paper line by line; where "
            "something differs, the page says what to do next and whom to call.",
        ),
        "scan": _text(
            "在线查询：扫描二维码，或者打开 {url}，核对登记现在是否有效。",
            "Online: scan the code or open {url} to see whether the registration stands now.",
        ),
    }
)

ARTICLES: Final = _text(
    "《人民法院在线诉讼规则》第十六条：区块链存储的电子数据经技术核验一致的，可以认定上链后未经篡改，有相反证据足以推翻的除外；"
    "第十七条：存证主体、平台和技术过程的审查；第十八条：上链前的真实性另行审查；第十九条：可以委托鉴定或由专业人员辅助。",
    "Rules of the People's Courts on Online Litigation: art. 16 (unchanged since it was stored on the chain, when "
    "technically verified, unless proven otherwise), 17 (review of who stored it and how), 18 (truth before "
    "storage is examined separately), 19 (expert help).",
)

LIMITS: Final = _text(
    "本证书只证明所列内容上链以后没有变化，不证明内容本身真实，也不证明上链以前的情况。",
    "This certificate proves that what is listed has not changed since it went on the chain. It never proves that "
    "the content is true, nor anything about the time before.",
)
