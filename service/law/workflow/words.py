"""The words of a case's way: its steps, their grounds, why a step is refused, and what must be told with an ending."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.law.terms import Vocabulary, vocabulary

_CONSULTATION = vocabulary(
    ("record", "登记咨询", "Record the consultation", "法律援助法 第二十三条"),
    ("convert", "转为案件", "Turn into a case", "法律援助法 第二十三条"),
    ("close", "咨询结束", "Close the consultation", "法律援助法 第二十三条"),
)
_LEGAL_AID = vocabulary(
    ("ask_for_material", "一次性告知补正材料", "Ask for missing material", "法律援助法 第四十三条"),
    ("supply_material", "收到补正材料", "Receive the missing material", "法律援助法 第四十三条"),
    ("deem_withdrawn", "视为撤回申请", "Deem the application withdrawn", "法律援助法 第四十三条"),
    ("grant", "决定给予法律援助", "Grant legal aid", "法律援助法 第四十三条"),
    ("refuse", "决定不予法律援助", "Refuse legal aid", "法律援助法 第四十三条"),
    ("give_urgent_aid", "先行提供法律援助", "Give aid before the decision", "法律援助法 第四十四条"),
    ("assign", "指派法律援助人员", "Assign a lawyer", "法律援助法 第四十三条"),
    ("reassign", "更换法律援助人员", "Assign another lawyer", "法律援助法 第五十五条"),
    ("start_handling", "开始承办", "Start handling", "法律援助法 第四十六条"),
    ("complete", "办结", "Complete", "法律援助法 第五十条"),
    ("terminate", "终止法律援助", "Terminate legal aid", "法律援助法 第四十八条"),
    ("submit_file", "提交结案材料", "Hand in the file", "法律援助法 第五十条"),
    ("review_file", "案卷检查", "Review the file", "法律援助法 第五十九条"),
    ("archive", "归档", "Archive", "档案法 第十四条"),
)
_MEDIATION = vocabulary(
    ("consult_other_side", "征询对方当事人意愿", "Ask the other side", "人民法院在线调解规则 第十五条"),
    ("accept", "受理调解申请", "Accept the application", "人民法院在线调解规则 第十二条"),
    ("not_accept", "不予受理调解申请", "Do not accept the application", "人民法院在线调解规则 第十二条"),
    ("start_mediation", "开始调解", "Start the mediation", "劳动争议调解仲裁法 第十三条"),
    ("extend", "各方同意延长调解期限", "Extend the term by consent", "人民法院在线调解规则 第二十四条"),
    ("agree", "达成调解合意", "Reach an agreement", "劳动争议调解仲裁法 第十四条"),
    ("fail", "调解不成", "End without agreement", "人民调解法 第二十六条"),
)

STEPS_OF: Mapping[str, Vocabulary] = MappingProxyType(
    {"consultation": _CONSULTATION, "legal_aid": _LEGAL_AID, "mediation": _MEDIATION}
)
"""The steps of each kind of case, in the order in which they mostly come."""

STEPS: Vocabulary = MappingProxyType({**_CONSULTATION, **_LEGAL_AID, **_MEDIATION})
"""Every step of every kind."""

AGREEMENT_EVENTS = vocabulary(
    ("agreement_drafted", "拟定调解协议", "Agreement drafted", "劳动争议调解仲裁法 第十四条"),
    ("agreement_effective", "调解协议生效", "Agreement in effect", "劳动争议调解仲裁法 第十四条"),
    ("agreement_performed", "调解协议履行完毕", "Agreement performed", "人民调解法 第三十一条"),
    ("agreement_ended", "调解协议解除或撤销", "Agreement ended", "民法典 第五百六十二条"),
)
"""What happens to an agreement and moves its case. No step of its own: the agreement's statement tells it."""

TERMINATION_GROUNDS = vocabulary(
    (
        "fraud",
        "受援人以欺骗或者其他不正当手段获得法律援助",
        "The aid was obtained by deceit or other improper means",
        "法律援助法 第四十八条（一）",
    ),
    (
        "concealment",
        "受援人故意隐瞒重要事实或者提供虚假证据",
        "The recipient hid important facts or gave false evidence",
        "法律援助法 第四十八条（二）",
    ),
    (
        "unlawful_use",
        "受援人利用法律援助从事违法活动",
        "The recipient used the aid for unlawful acts",
        "法律援助法 第四十八条（三）",
    ),
    (
        "means_changed",
        "受援人经济状况发生变化，不再符合条件",
        "The recipient's means changed and no longer meet the conditions",
        "法律援助法 第四十八条（四）",
    ),
    ("case_closed", "案件终止审理或者已经被撤销", "The case was ended or withdrawn", "法律援助法 第四十八条（五）"),
    (
        "own_lawyer",
        "受援人自行委托律师或者其他代理人",
        "The recipient engaged a lawyer or agent",
        "法律援助法 第四十八条（六）",
    ),
    (
        "own_request",
        "受援人有正当理由要求终止",
        "The recipient asked for it with good reason",
        "法律援助法 第四十八条（七）",
    ),
    ("by_law", "法律法规规定的其他情形", "Another case named by law", "法律援助法 第四十八条（八）"),
)

URGENCY_GROUNDS = vocabulary(
    (
        "time_limit",
        "距法定时效或者期限届满不足七日",
        "Less than seven days of a limitation or time limit are left",
        "法律援助法 第四十四条（一）",
    ),
    (
        "preservation",
        "需要立即申请保全或者先予执行",
        "Preservation or advance enforcement is needed at once",
        "法律援助法 第四十四条（二）",
    ),
    (
        "other_urgency",
        "法律、法规、规章规定的其他情形",
        "Another case named by law or rule",
        "法律援助法 第四十四条（三）",
    ),
)

NON_ACCEPTANCES = vocabulary(
    ("other_side_refuses", "对方当事人拒绝调解", "The other side refuses mediation", "人民调解法 第十七条"),
    (
        "other_side_not_found",
        "无法联系对方当事人",
        "The other side cannot be reached",
        "人民法院在线调解规则 第十五条",
    ),
    ("outside_scope", "不属于本组织调解范围", "Outside what this office mediates", "人民法院在线调解规则 第十二条"),
    ("not_suitable", "其他不适宜受理的情形", "Not fit for mediation", "人民法院在线调解规则 第十二条"),
)

MEDIATION_FAILURES = vocabulary(
    (
        "settled_and_withdrawn",
        "当事人自行和解，撤回申请",
        "The parties settled by themselves and withdrew",
        "人民法院在线调解规则 第二十五条（二）",
    ),
    (
        "unreachable",
        "调解期限内无法联系到当事人",
        "A party cannot be reached within the term",
        "人民法院在线调解规则 第二十五条（三）",
    ),
    (
        "unwilling",
        "一方明确表示不愿意继续调解",
        "A party does not want to go on",
        "人民法院在线调解规则 第二十五条（四）",
    ),
    (
        "differences",
        "分歧较大且难以达成协议",
        "The parties are too far apart",
        "人民法院在线调解规则 第二十五条（五）",
    ),
    (
        "term_expired",
        "期限届满未达成协议且未合意延长",
        "The term ended without agreement or extension",
        "人民法院在线调解规则 第二十五条（六）",
    ),
    (
        "refused_to_sign",
        "一方拒绝在调解协议上签章",
        "A party refuses to sign the agreement",
        "人民法院在线调解规则 第二十五条（七）",
    ),
    (
        "impossible",
        "其他导致调解无法进行的情形",
        "Another cause makes mediation impossible",
        "人民法院在线调解规则 第二十五条（八）",
    ),
)
"""Why a mediation ends without an agreement; the first of the eight ends of article 25 is the agreement itself."""

GROUNDS: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "give_urgent_aid": URGENCY_GROUNDS,
        "terminate": TERMINATION_GROUNDS,
        "not_accept": NON_ACCEPTANCES,
        "fail": MEDIATION_FAILURES,
    }
)
"""Steps that name a ground, and from which list."""

ALL_GROUNDS: Vocabulary = MappingProxyType({code: term for words in GROUNDS.values() for code, term in words.items()})
"""Every ground of every step; no two lists share a code."""

NEEDS_NOTE = frozenset({"ask_for_material", "refuse", "reassign"})
"""Steps that say why in words: what is missing, why aid is refused (法律援助法 第四十三条), why a lawyer goes."""
NEEDS_LAWYER = frozenset({"assign", "reassign", "give_urgent_aid"})
"""Steps that name a lawyer."""
NEEDS_UNTIL = frozenset({"extend"})
"""Steps that name the day until which something runs."""

REASONS = vocabulary(
    ("step_of_another_kind", "此类案件没有这一步骤", "This kind of case has no such step"),
    ("recorded_already", "咨询已经登记", "The consultation is recorded already", "法律援助法 第二十三条"),
    ("case_has_ended", "案件已终结", "The case has ended"),
    (
        "no_agreement_in_consultation",
        "咨询登记中不能拟定调解协议",
        "A consultation has no agreement",
        "劳动争议调解仲裁法 第十四条",
    ),
    (
        "material_asked_already",
        "需补正的材料应当一次性告知，已告知过",
        "Missing material is asked for once only, and was",
        "法律援助法 第四十三条",
    ),
    ("no_material_asked", "未要求申请人补正材料", "No material was asked for", "法律援助法 第四十三条"),
    (
        "material_outstanding",
        "申请人尚未补正材料，也未视为撤回",
        "Material that was asked for is still outstanding",
        "法律援助法 第四十三条",
    ),
    (
        "past_examination",
        "申请审查阶段已过",
        "The examination of the application is over",
        "法律援助法 第四十三条",
    ),
    (
        "application_withdrawn",
        "申请已视为撤回，可以重新申请",
        "The application counts as withdrawn; a new one can be made",
        "法律援助法 第四十三条",
    ),
    (
        "decision_stands",
        "不予或终止的决定未经司法行政部门责令改正",
        "The decision stands until the justice bureau orders it corrected",
        "法律援助法 第四十九条",
    ),
    (
        "aid_not_granted",
        "尚未决定给予法律援助",
        "Legal aid has not been granted",
        "法律援助法 第四十三条",
    ),
    (
        "lawyer_assigned_already",
        "已指派法律援助人员，如需更换请用更换",
        "A lawyer is assigned already; another one replaces them",
        "法律援助法 第五十五条",
    ),
    ("no_lawyer_assigned", "尚未指派法律援助人员", "No lawyer is assigned", "法律援助法 第四十三条"),
    ("handling_begun", "已开始承办", "The case is being handled already", "法律援助法 第四十六条"),
    ("handling_not_begun", "尚未开始承办", "Handling has not begun", "法律援助法 第四十六条"),
    (
        "agreement_being_signed",
        "调解协议尚在签署",
        "An agreement is still being signed",
        "劳动争议调解仲裁法 第十四条",
    ),
    (
        "papers_due",
        "先行提供法律援助的手续尚未补办",
        "The papers of the aid given before the decision are still due",
        "法律援助法 第四十四条",
    ),
    ("aid_not_ended", "法律援助尚未办结或终止", "The aid is neither completed nor terminated", "法律援助法 第五十条"),
    ("file_not_submitted", "结案材料尚未提交", "The file has not been handed in", "法律援助法 第五十条"),
    ("file_submitted_already", "结案材料已提交", "The file was handed in already", "法律援助法 第五十条"),
    ("file_not_reviewed", "案卷尚未检查", "The file has not been reviewed", "法律援助法 第五十九条"),
    ("file_reviewed_already", "案卷已检查", "The file was reviewed already", "法律援助法 第五十九条"),
    (
        "other_side_asked",
        "已征询对方当事人",
        "The other side has been asked already",
        "人民法院在线调解规则 第十五条",
    ),
    (
        "other_side_not_asked",
        "尚未征询对方当事人",
        "The other side has not been asked",
        "人民法院在线调解规则 第十五条",
    ),
    ("mediation_accepted", "调解申请已受理", "The application is accepted already", "人民法院在线调解规则 第十二条"),
    (
        "mediation_not_accepted",
        "调解申请尚未受理",
        "The application has not been accepted",
        "人民法院在线调解规则 第十二条",
    ),
    ("mediation_begun", "调解已开始", "The mediation has begun already", "劳动争议调解仲裁法 第十三条"),
    ("mediation_not_begun", "调解尚未开始", "The mediation has not begun", "劳动争议调解仲裁法 第十三条"),
    ("agreement_reached", "已达成调解协议", "An agreement was reached", "劳动争议调解仲裁法 第十四条"),
    (
        "nothing_to_sign",
        "尚无可供签署的协议",
        "There is no agreement to sign",
        "劳动争议调解仲裁法 第十四条",
    ),
    (
        "nothing_to_review",
        "没有可申请审查的不予或终止决定",
        "There is no refusal or termination to review",
        "法律援助法 第四十九条",
    ),
    ("review_pending", "该决定的异议正在审查", "The decision is under review already", "法律援助法 第四十九条"),
    ("review_decided", "该异议已作出决定", "This request has been decided", "法律援助法 第四十九条"),
    ("no_agreement_yet", "尚无调解协议", "There is no agreement yet", "劳动争议调解仲裁法 第十四条"),
)
"""Why a step cannot be taken now: problem codes, with the article each rests on."""

REMEDIES = vocabulary(
    (
        "refuse",
        (
            "应书面告知并说明理由。申请人有异议的，可以向设立该法律援助机构的司法行政部门提出，五日内审查；"
            "对维持决定不服的，可以申请行政复议或者提起行政诉讼。"
        ),
        (
            "Tell the applicant in writing, with reasons. They may object to the justice bureau, which reviews "
            "within five days; against its confirmation there is administrative review or an administrative suit."
        ),
        "法律援助法 第四十三条、第四十九条",
    ),
    (
        "deem_withdrawn",
        "应告知申请人：材料齐备后可以重新申请。",
        "Tell the applicant that a new application can be made once the material is complete.",
        "法律援助法 第四十三条",
    ),
    (
        "terminate",
        (
            "应告知受援人：有异议的，可以向设立该法律援助机构的司法行政部门提出，五日内审查；"
            "对维持决定不服的，可以申请行政复议或者提起行政诉讼。"
        ),
        (
            "Tell the recipient: they may object to the justice bureau, which reviews within five days; against its "
            "confirmation there is administrative review or an administrative suit."
        ),
        "法律援助法 第四十八条、第四十九条",
    ),
    (
        "not_accept",
        "应告知当事人：可以依法向劳动争议仲裁委员会申请仲裁，仲裁时效期间为一年。",
        "Tell the parties: they may apply to the labour arbitration commission; the limitation period is one year.",
        "劳动争议调解仲裁法 第五条、第二十七条",
    ),
    (
        "fail",
        "应告知当事人：可以依法向劳动争议仲裁委员会申请仲裁，仲裁时效期间为一年；调解中的让步不得作为不利证据。",
        (
            "Tell the parties: they may apply to the labour arbitration commission; the limitation period is one year. "
            "What was conceded in the mediation is no evidence against them."
        ),
        "人民调解法 第二十六条；劳动争议调解仲裁法 第五条、第二十七条；人民法院在线调解规则 第十八条",
    ),
    (
        "give_urgent_aid",
        "应告知受援人：及时补办有关手续，补充有关材料。",
        "Tell the recipient to complete the papers and material without delay.",
        "法律援助法 第四十四条",
    ),
    (
        "complete",
        "承办人员应及时报告，并提交法律文书副本、办理情况报告等材料。",
        "The lawyer reports without delay and hands in copies of the documents and the report.",
        "法律援助法 第五十条",
    ),
)
"""By step: what the law wants people to be told with it."""
