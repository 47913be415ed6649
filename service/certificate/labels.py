"""What the disclosed names are called on a paper, and which closed list a value is a word of.

`parent.name` is for a name inside another one, or of one kind of record, where it means something of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.verdict import Text
from service import law

NAMES_OF_RECORDS: Final = frozenset(
    {
        *("about_id", "agreement", "case", "corrects", "dispute", "document", "ending_document"),
        *("ending_document_id", "instalment", "institution", "of", "proceeding"),
    }
)
"""Names whose value is the id of another record: its record number is printed, which everybody derives from the id."""

VOCABULARIES: Final[Mapping[str, law.Vocabulary]] = MappingProxyType(
    {
        "agreement.state": law.AGREEMENT_STATES,
        "case_kind": law.CASE_KINDS,
        "category": law.PERSON_CATEGORIES,
        "relation": law.RELATIONS,
        "channel": law.CHANNELS,
        "claims.kind": law.CLAIM_KINDS,
        "closure": law.CLOSURES,
        "dispute_type": law.ALL_DISPUTE_TYPES,
        "doc_type": law.DOCUMENT_TYPES,
        "form": law.AGREEMENT_FORMS,
        "instalments.method": law.PAYMENT_METHODS,
        "institution_kind": law.INSTITUTION_KINDS,
        "parties.kind": law.PARTY_KINDS,
        "role": law.PARTY_ROLES,
        "signatures.method": law.SIGNATURE_METHODS,
        "signer": law.SIGNERS,
        "source": law.DOCUMENT_SOURCES,
        "step": law.STEPS,
        "proceeding_kind": law.PROCEEDING_KINDS,
        "claim_kinds": law.CLAIM_KINDS,
        "basis": law.COURT_BASES,
        "outcome": law.ALL_OUTCOMES,
        "entry_kind": law.ENTRY_KINDS,
        "raiser": law.RAISERS,
        "about_kind": law.ABOUT_KINDS,
        "grounds": law.OBJECTION_GROUNDS,
        "service.method": law.SERVICE_METHODS,
        "visit.method": law.VISIT_METHODS,
        "service.result": law.SERVICE_RESULTS,
        "visit.result": law.VISIT_RESULTS,
        "review.result": law.REVIEW_RESULTS,
        "ground": law.ALL_GROUNDS,
        "date.code": law.KEY_DATES,
        "stage": law.STAGES,
    }
)


def _labels(*rows: tuple[str, str, str]) -> Mapping[str, Text]:
    labels = {name: Text(zh=zh, en=en) for name, zh, en in rows}
    if len(labels) != len(rows):
        raise ValueError("a name stands twice")
    return MappingProxyType(labels)


LABELS: Final = _labels(
    ("record", "记录类型", "Kind of record"),
    ("position", "序号", "No."),
    ("instalments.position", "期次", "No."),
    ("case_no", "案号", "Case number"),
    ("case_kind", "案件类别", "Kind of case"),
    ("number", "协议编号", "Agreement number"),
    ("title", "材料名称", "Title"),
    ("doc_type", "材料类型", "Kind of document"),
    ("agreement", "所属协议", "Agreement"),
    ("case", "所属案件", "Case"),
    ("terms", "协议内容", "Terms"),
    ("role", "地位", "Role"),
    ("claims.kind", "项目", "Claim"),
    ("parties.kind", "类型", "Kind"),
    ("party", "当事人序号", "Party no."),
    ("claims.party", "当事人序号", "Party no."),
    ("signer", "身份", "Signed as"),
    ("name", "姓名、名称", "Name"),
    ("representative", "法定代表人", "Representative"),
    ("representative_post", "职务", "Post"),
    ("chosen", "推举的代表人", "Chosen representative"),
    ("stands_for", "已故劳动者", "Worker who died"),
    ("relation", "与已故劳动者的关系", "Relation to the worker who died"),
    ("category", "人员类别", "Group"),
    ("dispute_type", "争议类型", "Dispute"),
    ("form", "协议形式", "Form"),
    ("state", "状态", "State"),
    ("stage", "案件阶段", "Stage"),
    ("steps", "办理步骤", "Steps"),
    ("step", "步骤", "Step"),
    ("ground", "情形", "Ground"),
    ("until", "延长至", "Until"),
    ("entry_kind", "记载类型", "Kind of entry"),
    ("made_on", "日期", "On"),
    ("raiser", "提出者", "From"),
    ("about_kind", "所涉", "About"),
    ("about_id", "所涉记录", "About the record"),
    ("about_version", "所涉版本", "Version"),
    ("grounds", "质证方面", "Grounds"),
    ("result", "结果", "Result"),
    ("corrects", "更正的记载", "Corrects the entry"),
    ("proceeding_kind", "程序", "Kind of proceeding"),
    ("proceeding.number", "案号", "Number"),
    ("body", "受理机构", "Body"),
    ("applicants", "申请人序号", "Applying parties no."),
    ("claim_kinds", "请求", "Claims"),
    ("basis", "起诉依据", "Basis"),
    ("opened_on", "申请日期", "Applied for on"),
    ("accepted_on", "受理日期", "Accepted on"),
    ("closed_on", "结束日期", "Closed on"),
    ("outcome", "结果", "Outcome"),
    ("received_on", "受理日期", "Came in on"),
    ("occurred_on", "发生日期", "Happened on"),
    ("agreed_on", "达成日期", "Agreed on"),
    ("effective_on", "生效日期", "In effect since"),
    ("reason", "原因", "Reason"),
    ("parties", "当事人", "Parties"),
    ("claims", "请求事项", "Claims"),
    ("facts", "事实", "Facts"),
    ("detail", "说明", "Details"),
    ("total_fen", "约定总额", "Sum agreed"),
    ("amount_fen", "金额", "Amount"),
    ("due_on", "应付日期", "Due on"),
    ("instalments", "履行安排", "Payments"),
    ("paid_fen", "已付金额", "Paid"),
    ("paid_on", "付款日期", "Paid on"),
    ("paid_by", "付款人", "Paid by"),
    ("instalments.method", "支付方式", "Method"),
    ("signatures.method", "方式", "Form"),
    ("method", "方式", "Way"),
    ("waivers", "放弃的请求", "Claims given up"),
    ("closure", "一次性了结条款", "What it settles"),
    ("employment_ends_on", "劳动关系终止日", "Employment ends on"),
    ("place", "履行地点", "Place"),
    ("late_terms", "逾期责任", "If payment is late"),
    ("mediator", "调解员", "Mediator"),
    ("organisation", "调解组织", "Mediation organisation"),
    ("signatures", "签名、盖章", "Signatures"),
    ("signed_at", "签署时间", "Signed"),
    ("source", "来源", "Source"),
    ("original_compared", "与原件核对", "Compared with the original"),
    ("captured_by", "采集人", "Captured by"),
    ("file_name", "文件名", "File name"),
    ("media_type", "文件格式", "File format"),
    ("size", "文件大小", "Size of the file"),
    ("sha256", "文件 SHA-256", "SHA-256 of the file"),
    ("sm3", "文件 SM3", "SM3 of the file"),
    ("channel", "来源渠道", "Came in by"),
    ("institution", "机构", "Institution"),
    ("code", "机构代码", "Institution's code"),
    ("institution_kind", "机构类别", "Kind of institution"),
    ("instalment", "所涉分期", "Instalment"),
    ("reported_on", "反映日期", "Reported on"),
    ("reported_by", "反映人", "Reported by"),
    ("answered_on", "答复日期", "Answered on"),
    ("answered_by", "答复人", "Answered by"),
    ("answer", "答复", "Answer"),
    ("ending", "协议终结", "How it ended"),
    ("ended_on", "终结日期", "Ended on"),
    ("rescinded_by", "提出解除方", "Rescinded by"),
    ("set_aside_by", "撤销或确认无效的机关", "Set aside by"),
    ("set_aside_number", "撤销或确认无效的文号", "Number of that decision"),
    ("ending_document", "依据材料", "Document it rests on"),
    ("date.code", "日期类别", "Kind of day"),
    ("document", "材料", "Document"),
    ("document_version", "材料版本", "Version of the document"),
    ("released_on", "开放日期", "Released on"),
    ("withdrawn_on", "停止开放日期", "Release taken back on"),
    ("expires_on", "查阅码有效期至", "Link good until"),
    ("revoked_on", "查阅码停用日期", "Link withdrawn on"),
    ("day", "日期", "Day"),
    ("withdrawn", "已撤回", "Withdrawn"),
    ("of", "所涉记录", "About the record"),
    ("way", "查阅方式", "Read by"),
    ("hour", "查阅时段", "In the hour"),
    ("active", "账户启用", "Account in use"),
    ("entered_by", "录入人", "Entered by"),
)
"""In the order in which a paper prints them: fields of a record and columns of a table alike."""

ORDER: Final[Mapping[str, int]] = MappingProxyType(
    {name.rpartition(".")[2]: place for place, name in reversed(list(enumerate(LABELS)))}
)
"""The place of a name, whatever it stands inside of."""
