"""“Download my case”: everything that a party is entitled to, in one file that is checked without this service.

Its members are described in `ledger/docs/formats.md`, "Bundle".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Final

from ledger.bundle import BundleWriter, Profile
from ledger.certificate import SUFFIX
from ledger.offline import FILE_NAME, render_offline_verifier
from ledger.receipt import Receipt, render_receipt
from ledger.store.tables import StatementRow
from service.access import NotFound
from service.blobs import BlobStore
from service.documents import Content, open_version
from service.inputs import CHINA, Refused
from service.law import STATEMENT_TYPES
from service.party_access.links import Holder
from service.party_access.receipts import entitled_statements, shown_to
from service.party_access.releases import released_papers
from service.recording import Recorder
from service.tables import Case, Institution, Party
from service.verification import build_receipt

if TYPE_CHECKING:
    from sqlmodel import Session

README: Final = "README.txt"
TRUST: Final = "trust.json"
BUNDLE_NAME: Final = "my-case.zip"
_EXTENSION: Final = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")

_README: Final = """\
我的案件

案号：{case_no}
登记机构：{office}
下载时间：{moment}

这个文件包里有：
1. 向您开放的材料（papers 文件夹），每份材料旁边有它的回执（同名，末尾加 .receipt.json）。
2. 案件每一步登记的回执（records 文件夹）。
3. 离线核验网页 {verifier}：用浏览器打开，选择整个压缩包或里面的文件即可核验，不需要联网，文件不会离开您的手机或电脑。
4. 信任文件 trust.json：记录本平台的公钥和链上合约。请通过别的途径再取得一份核对，不要只依据本包里的这一份。

回执能证明：登记的内容和文件上链以后没有改动过。不能证明：内容本身是真的，也不能证明上链以前的情况。
不联网时可以核对签名和文件，链上的部分显示“未能核验”，这不说明文件有问题。
{waiting}
目录：
{listing}

请妥善保管：包里有您案件的内容。免费法律咨询：12348；职工维权咨询：12351。

In English: papers released to you with their receipts, receipts of each step of your case, a page that checks them
offline in any browser, and the trust file, to be compared with one from elsewhere. On the command line:
legal-ledger verify my-case.zip --trust TRUST.json
"""
_WAITING: Final = "\n还有 {count} 项登记尚未上链，还没有回执，所以不在包里。请过几分钟再下载。\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """A receipt, with the released file that it is about where there is one. `title` is for people."""

    path: str
    receipt: Receipt
    title: str
    content: Content | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCase:
    """What goes into a party's bundle. `waiting` counts statements that have no receipt yet."""

    case_no: str
    office: str
    moment: datetime
    items: tuple[_Item, ...]
    waiting: int


def find_my_case(session: Session, recorder: Recorder, holder: Holder, *, blobs: BlobStore) -> MyCase:
    """Gather receipts and papers; raises NeedsAttention when a released file is damaged."""
    case = session.get_one(Case, holder.case_id)
    office = session.get_one(Institution, case.institution_id)
    party = session.get_one(Party, holder.party_id)
    papers = {(file.document_id, file.version): file for _, file in released_papers(session, party)}
    items: list[_Item] = []
    waiting = 0
    for row in entitled_statements(session, holder):
        try:
            receipt = shown_to(session, holder, build_receipt(session, row, recorder))
        except NotFound:
            continue  # a record of an older version of this program that tells too much
        except Refused:
            waiting += 1
            continue
        file = papers.get((row.subject, row.version))
        content = open_version(session, recorder, file, case_id=case.id, blobs=blobs) if file else None
        items.append(_item(row, receipt, content, title=file.title if file else STATEMENT_TYPES[row.type].zh))
    return MyCase(
        case_no=case.case_no, office=office.name, moment=recorder.clock(), items=tuple(items), waiting=waiting
    )


def write_my_case(file: BinaryIO, found: MyCase, *, trust_file: bytes) -> str:
    """Write the bundle to the seekable, empty `file` and return what to call it.

    Raises Mismatch when a stored file breaks off; `file` then holds no bundle.
    """
    with BundleWriter(file, profile=Profile.MY_CASE, created_at=found.moment.replace(microsecond=0)) as bundle:
        bundle.write(README, _render_readme(found).encode())
        for item in found.items:
            if item.content is not None:
                with bundle.open(item.path) as member:
                    for chunk in item.content.chunks:
                        member.write(chunk)
            bundle.write(f"{item.path}{SUFFIX}", render_receipt(item.receipt))
        bundle.write(TRUST, trust_file)
        bundle.write(FILE_NAME, render_offline_verifier().encode())
    return BUNDLE_NAME


def _item(row: StatementRow, receipt: Receipt, content: Content | None, *, title: str) -> _Item:
    """A member named after record and version; of a file's own name only its extension is kept."""
    name = f"{receipt.record_no}.v{row.version}"
    if content is None:
        return _Item(path=f"records/{name}", receipt=receipt, title=title)
    extension = _EXTENSION.search(content.file_name)
    path = f"papers/{name}.{extension[1].lower() if extension else 'bin'}"
    return _Item(path=path, receipt=receipt, title=title, content=content)


def _render_readme(found: MyCase) -> str:
    return _README.format(
        case_no=found.case_no,
        office=found.office,
        moment=found.moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M (UTC+8)"),
        verifier=FILE_NAME,
        waiting=_WAITING.format(count=found.waiting) if found.waiting else "",
        listing="\n".join(_listed(found.items)),
    )


def _listed(items: Sequence[_Item]) -> list[str]:
    return [f"{item.path}{'' if item.content else SUFFIX}  {item.title}" for item in items]
