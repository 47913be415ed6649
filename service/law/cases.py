"""Cases and disputes: kinds, stages, types of dispute, channels, claims, and how a case is numbered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from service.law.terms import vocabulary
from service.law.workflow import begin

CASE_KINDS = vocabulary(
    ("consultation", "法律咨询", "Consultation", "法律援助法 第二十二条"),
    ("legal_aid", "法律援助", "Legal aid", "法律援助法 第二十二条、第三十一条"),
    ("mediation", "劳动争议调解", "Mediation", "劳动争议调解仲裁法 第十条"),
)

STAGES = vocabulary(
    ("recorded", "已登记咨询", "Consultation recorded", "法律援助法 第二十三条"),
    ("applied", "已申请", "Application received", "劳动争议调解仲裁法 第十二条；法律援助法 第四十一条"),
    ("signing", "协议待签", "Agreement waiting for signatures", "劳动争议调解仲裁法 第十四条"),
    ("performing", "协议履行中", "Agreement in effect", "劳动争议调解仲裁法 第十四条"),
    ("performed", "协议已履行", "Agreement performed", "人民调解法 第三十一条"),
    ("agreement_ended", "协议已解除或撤销", "Agreement ended without performance"),
    ("converted", "咨询已转为案件", "Consultation turned into a case", "法律援助法 第二十三条"),
    ("closed", "咨询已结束", "Consultation closed", "法律援助法 第二十三条"),
    ("need_material", "材料待补正", "Waiting for missing material", "法律援助法 第四十三条"),
    ("deemed_withdrawn", "视为撤回申请", "Application deemed withdrawn", "法律援助法 第四十三条"),
    ("granted", "已决定给予援助", "Legal aid granted", "法律援助法 第四十三条"),
    ("refused", "不予援助", "Legal aid refused", "法律援助法 第四十三条"),
    ("assigned", "已指派", "Lawyer assigned", "法律援助法 第四十三条"),
    ("handling", "承办中", "Being handled", "法律援助法 第四十六条"),
    ("completed", "已办结", "Completed", "法律援助法 第五十条"),
    ("terminated", "已终止援助", "Legal aid terminated", "法律援助法 第四十八条"),
    ("file_submitted", "结案材料已提交", "File handed in", "法律援助法 第五十条"),
    ("file_reviewed", "案卷已检查", "File reviewed", "法律援助法 第五十九条"),
    ("archived", "已归档", "Archived", "档案法 第十四条"),
    ("consulting_other", "征询对方意愿", "Other side being asked", "人民法院在线调解规则 第十五条"),
    ("accepted", "已受理", "Accepted", "人民法院在线调解规则 第十二条"),
    ("not_accepted", "不予受理", "Not accepted", "人民法院在线调解规则 第十二条"),
    ("mediating", "调解中", "In mediation", "劳动争议调解仲裁法 第十三条"),
    ("agreed", "已达成合意", "Agreement reached", "劳动争议调解仲裁法 第十四条"),
    ("failed", "调解不成", "Mediation failed", "人民调解法 第二十六条"),
)
"""Where a case stands. `service.law.workflow` says which step leads from which to which."""

FIRST_STAGE: Mapping[str, str] = MappingProxyType({kind: begin(kind).stage for kind in CASE_KINDS})
"""The stage of a new case, by its kind."""

DISPUTE_TYPES = vocabulary(
    ("D1", "确认劳动关系", "Existence of an employment relationship", "劳动争议调解仲裁法 第二条（一）"),
    ("D2", "订立、履行、变更、解除和终止劳动合同", "Labour contract", "劳动争议调解仲裁法 第二条（二）"),
    ("D3", "除名、辞退和辞职、离职", "Dismissal and resignation", "劳动争议调解仲裁法 第二条（三）"),
    ("D4a", "工作时间、休息休假", "Working hours and leave", "劳动争议调解仲裁法 第二条（四）"),
    ("D4b", "社会保险", "Social insurance", "劳动争议调解仲裁法 第二条（四）"),
    ("D4c", "福利、培训", "Benefits and training", "劳动争议调解仲裁法 第二条（四）"),
    ("D4d", "劳动保护", "Occupational safety", "劳动争议调解仲裁法 第二条（四）"),
    ("D5a", "劳动报酬", "Wages", "劳动争议调解仲裁法 第二条（五）"),
    ("D5b", "工伤医疗费", "Medical costs of a work injury", "劳动争议调解仲裁法 第二条（五）"),
    ("D5c", "经济补偿", "Severance pay", "劳动争议调解仲裁法 第二条（五）"),
    ("D5d", "赔偿金", "Damages", "劳动争议调解仲裁法 第二条（五）"),
    ("D6", "法律、法规规定的其他劳动争议", "Other labour dispute by law", "劳动争议调解仲裁法 第二条（六）"),
)

EXCLUDED_DISPUTES = vocabulary(
    (
        "NX1",
        "请求社保经办机构发放社会保险金",
        "Claim on a social insurance agency",
        "劳动争议司法解释（一） 第二条（一）",
    ),
    ("NX2", "住房制度改革的公有住房转让", "Transfer of public housing", "劳动争议司法解释（一） 第二条（二）"),
    (
        "NX3",
        "对伤残等级或职业病诊断鉴定的异议",
        "Objection to a disability or occupational disease appraisal",
        "劳动争议司法解释（一） 第二条（三）",
    ),
    ("NX4", "家庭或个人与家政服务人员", "Household and domestic worker", "劳动争议司法解释（一） 第二条（四）"),
    ("NX5", "个体工匠与帮工、学徒", "Craftsman and helper or apprentice", "劳动争议司法解释（一） 第二条（五）"),
    (
        "NX6",
        "农村承包经营户与受雇人",
        "Rural contract household and its help",
        "劳动争议司法解释（一） 第二条（六）",
    ),
)
"""Quarrels that are no labour disputes. They may be registered, with a warning, so that the person is sent on."""

ALL_DISPUTE_TYPES = MappingProxyType({**DISPUTE_TYPES, **EXCLUDED_DISPUTES})
"""What `dispute_type` may be."""

CHANNELS = vocabulary(
    ("window", "窗口", "Counter"),
    ("12348", "12348 公共法律服务热线", "Hotline 12348"),
    ("12345", "12345 政务服务热线工单", "Hotline 12345"),
    ("12351", "12351 职工维权热线", "Union hotline 12351"),
    ("website", "网站", "Website"),
    ("wechat", "微信小程序或公众号", "WeChat"),
    ("app", "齐鲁工惠 App", "App"),
    ("union_station", "工会法律服务站", "Union service station"),
    ("enterprise_committee", "企业劳动争议调解委员会", "Enterprise mediation committee", "劳动争议调解仲裁法 第十条"),
    ("street_centre", "镇街调解中心", "Township mediation centre", "劳动争议调解仲裁法 第十条"),
    ("labour_inspection", "劳动监察转介", "Referred by labour inspection"),
    ("arbitration_station", "仲裁院工作站", "Station at the arbitration court"),
    ("court_referral", "法院委派或委托", "Referred by a court", "人民法院在线调解规则 第十条"),
    ("own_motion", "主动调解", "Begun by the mediator", "人民调解法 第十七条"),
)
"""How the matter came in."""

REFERRALS = vocabulary(
    ("labour_inspection", "劳动监察机构", "Labour inspection", "保障农民工工资支付条例 第三十九条"),
    ("court", "人民法院", "Court", "人民法院在线调解规则 第十条"),
    ("arbitration", "劳动人事争议仲裁机构", "Arbitration body"),
    ("hr_bureau", "人力资源和社会保障部门", "Human-resources bureau"),
    ("justice_bureau", "司法行政部门", "Justice bureau"),
    ("union", "工会", "Trade union", "工会法 第三十条"),
    ("petition_office", "信访部门", "Petition office"),
    ("town", "乡镇、街道", "Township or street office"),
    ("other", "其他单位", "Another body"),
)
"""Which kind of body sent the matter here; none where the person came by themselves."""

CLAIM_KINDS = vocabulary(
    ("wages", "工资", "Wages", "劳动合同法 第三十条"),
    ("overtime", "加班工资", "Overtime pay", "劳动法 第四十四条"),
    ("double_wages", "未签书面合同二倍工资", "Double wages for lack of a written contract", "劳动合同法 第八十二条"),
    ("annual_leave", "未休年休假工资", "Pay for annual leave not taken", "职工带薪年休假条例 第五条"),
    ("bonus", "奖金、津贴、补贴", "Bonuses and allowances"),
    ("severance", "经济补偿", "Severance pay", "劳动合同法 第四十六条、第四十七条"),
    ("damages", "赔偿金", "Damages for unlawful termination", "劳动合同法 第八十七条"),
    ("medical", "工伤医疗费", "Medical costs of a work injury", "工伤保险条例 第三十条"),
    ("work_injury", "工伤保险待遇", "Work injury benefits", "工伤保险条例 第三十条至第四十五条"),
    ("social_insurance", "社会保险", "Social insurance", "劳动合同法 第三十八条；社会保险法 第五十八条"),
    ("confirm_relation", "确认劳动关系", "Confirmation of employment", "劳动争议调解仲裁法 第二条（一）"),
    ("reinstatement", "继续履行劳动合同", "Reinstatement", "劳动合同法 第四十八条"),
    ("certificate", "离职证明、档案转移", "Certificate of employment and file", "劳动合同法 第五十条"),
    ("deposit", "返还押金、证件", "Return of deposits and papers", "劳动合同法 第九条、第八十四条"),
    ("other", "其他", "Other"),
)

PROCEEDING_KINDS = vocabulary(
    ("arbitration", "劳动仲裁", "Arbitration", "劳动争议调解仲裁法 第二十八条"),
    ("court", "诉讼", "Court", "劳动争议调解仲裁法 第五十条"),
    ("judicial_confirmation", "司法确认", "Judicial confirmation", "民事诉讼法 第二百零五条；人民调解法 第三十三条"),
    ("payment_order", "支付令", "Payment order", "劳动争议调解仲裁法 第十六条"),
    ("arbitration_review", "仲裁审查", "Arbitration review", "劳动人事争议仲裁办案规则 第七十四条（待核实）"),
)

CASE_WORDS: Mapping[str, str] = MappingProxyType({"consultation": "询", "legal_aid": "援申", "mediation": "劳调"})
"""What the numbers of each kind of case say."""

_CASE_NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "consultation": "({year}){area}询字第{serial:04d}号",
        "legal_aid": "({area})援申字[{year}]第{serial:04d}号",
        "mediation": "({year}){area}劳调字第{serial:04d}号",
    }
)


def render_case_number(*, kind: str, year: int, serial: int, area: str) -> str:
    """The number as offices write it, `(2026)岚劳调字第0031号`; `area` is the district's short name."""
    return _CASE_NUMBERS[kind].format(year=year, serial=serial, area=area)
