"""What is asked when a matter comes in: of a consultation, of a request for legal aid, of a likely duplicate."""

from __future__ import annotations

from types import MappingProxyType

from service.law.terms import vocabulary

CALLERS = vocabulary(
    ("worker", "劳动者本人", "The worker"),
    ("relative", "亲属", "A relative"),
    ("colleague", "同事", "A colleague"),
    ("employer", "用人单位", "The employer"),
    ("union_officer", "工会干部", "A union officer"),
    ("other", "其他人", "Somebody else"),
)
"""Who asks for advice; nobody has to say who they are."""

OUTCOMES = vocabulary(
    ("advised", "已解答", "Advised", "法律援助法 第二十二条"),
    ("follow_up", "待回复", "To be called back"),
    ("referred", "已转介其他机构", "Referred to another office"),
    ("told_of_aid", "已告知申请法律援助", "Told how to apply for legal aid", "法律援助法 第二十三条"),
    ("converted", "已转为案件", "Turned into a case", "法律援助法 第二十三条"),
)
"""What came of a consultation. `converted` is set by the conversion alone."""

WAYS_TO_END = MappingProxyType({code: term for code, term in OUTCOMES.items() if code != "converted"})
"""Outcomes that a person may choose."""

AID_PROVIDERS = vocabulary(
    ("state", "司法局法律援助机构", "State legal-aid agency", "法律援助法 第十二条"),
    ("union", "工会", "Trade union", "工会法 第三十条"),
)

AID_FORMS = vocabulary(
    ("drafting", "代拟法律文书", "Drafting of papers", "法律援助法 第二十二条（二）"),
    ("litigation", "民事诉讼代理", "Representation in court", "法律援助法 第二十二条（四）"),
    ("arbitration", "劳动争议仲裁代理", "Representation in arbitration", "法律援助法 第二十二条（六）"),
    ("mediation", "劳动争议调解代理", "Representation in mediation", "法律援助法 第二十二条（六）"),
    ("non_litigation", "其他非诉讼代理", "Other representation out of court", "法律援助法 第二十二条（四）"),
)

HARDSHIP_BASES = vocabulary(
    (
        "exempt_no_income",
        "免予核查：无固定生活来源的未成年人、老年人、残疾人",
        "No check: minor, elderly or disabled person without fixed income",
        "法律援助法 第四十二条（一）",
    ),
    (
        "exempt_relief",
        "免予核查：社会救助、司法救助或者优抚对象",
        "No check: recipient of social or judicial relief",
        "法律援助法 第四十二条（二）",
    ),
    (
        "exempt_migrant_worker",
        "免予核查：申请支付劳动报酬或者请求工伤事故人身损害赔偿的进城务工人员",
        "No check: migrant worker who claims pay or work-injury compensation",
        "法律援助法 第四十二条（三）",
    ),
    ("no_condition", "不受经济困难条件限制", "No condition of hardship", "法律援助法 第三十二条"),
    ("commitment", "个人诚信承诺", "Personal commitment", "法律援助法 第四十一条"),
    ("data_check", "信息共享查询核查", "Checked by shared data", "法律援助法 第四十一条"),
)
"""How economic hardship is shown, or why it is not asked for."""

CATEGORIES_OF_BASIS = {
    "exempt_no_income": frozenset({"minor", "elderly", "disabled"}),
    "exempt_relief": frozenset({"social_relief"}),
    "exempt_migrant_worker": frozenset({"migrant_worker"}),
}
"""Basis → groups of people it is for. Other bases are for everybody."""

CLAIMS_OF_MIGRANT_EXEMPTION = frozenset(
    {"wages", "overtime", "double_wages", "annual_leave", "bonus", "medical", "work_injury"}
)
"""Claims for pay or for a work injury, of which one is needed for 法律援助法 第四十二条（三）."""

RELATIONS = vocabulary(
    ("spouse", "配偶", "Spouse", "民法典 第一千零四十五条"),
    ("parent", "父母", "Parent", "民法典 第一千零四十五条"),
    ("child", "子女", "Child", "民法典 第一千零四十五条"),
    ("sibling", "兄弟姐妹", "Brother or sister", "民法典 第一千零四十五条"),
    ("grandparent", "祖父母、外祖父母", "Grandparent", "民法典 第一千零四十五条"),
    ("grandchild", "孙子女、外孙子女", "Grandchild", "民法典 第一千零四十五条"),
)
"""What a close relative is to the worker who died."""

LIKENESS_REASONS = vocabulary(
    ("same_id_number", "身份证号码相同", "Same ID number"),
    ("id_number_slip", "身份证号码疑似录错", "ID number differs by a slip"),
    ("same_name", "劳动者姓名相同", "Same name of the worker"),
    ("name_sounds_alike", "劳动者姓名同音", "Worker's name sounds the same"),
    ("name_slip", "劳动者姓名差一字", "Worker's name differs by one character"),
    ("same_phone", "劳动者电话相同", "Same telephone of the worker"),
    ("same_birth_date", "出生日期相同", "Same birth date"),
    ("same_credit_code", "统一社会信用代码相同", "Same credit code"),
    ("credit_code_slip", "统一社会信用代码疑似录错", "Credit code differs by a slip"),
    ("same_firm_name", "单位名称相同", "Same name of the firm"),
    ("firm_name_sounds_alike", "单位名称同音", "Firm's name sounds the same"),
    ("firm_name_part", "单位名称为简称", "One name of the firm is short for the other"),
    ("firm_name_slip", "单位名称差一字", "Firm's name differs by one character"),
    ("same_representative", "法定代表人相同", "Same legal representative"),
    ("same_firm_phone", "单位电话相同", "Same telephone of the firm"),
    ("no_firm_named", "有一方未写明单位", "One of them names no firm"),
    ("same_months", "所涉月份重合", "The months overlap"),
    ("near_in_time", "登记时间相近（120 日内）", "Registered within 120 days"),
    ("within_months", "登记时间在 240 日内", "Registered within 240 days"),
    ("same_type", "争议类型相同", "Same type of dispute"),
    ("related_type", "争议类型相关", "Related type of dispute"),
    ("same_claims", "请求事项相同", "Same kind of claim"),
    ("other_type", "争议类型不同", "Another type of dispute"),
)
"""Why two cases are taken for one dispute, or what speaks against it."""

PARTY_HINTS = vocabulary(
    (
        "choose_representatives",
        "劳动者在十人以上且有共同请求的，可以推举代表参加调解、仲裁或者诉讼",
        "Ten or more workers with a common claim may choose representatives",
        "劳动争议调解仲裁法 第七条",
    ),
    (
        "user_firm_missing",
        "劳务派遣单位与用工单位为共同当事人，请补充用工单位",
        "Labour agency and user firm are parties together: add the user firm",
        "劳动争议调解仲裁法 第二十二条",
    ),
    (
        "agency_missing",
        "劳务派遣单位与用工单位为共同当事人，请补充劳务派遣单位",
        "Labour agency and user firm are parties together: add the labour agency",
        "劳动争议调解仲裁法 第二十二条",
    ),
    (
        "contractor_missing",
        "分包单位拖欠农民工工资的，由施工总承包单位先行清偿，请考虑追加总承包单位",
        "The general contractor pays first where a subcontractor owes migrant workers: consider adding it",
        "保障农民工工资支付条例 第三十条",
    ),
    (
        "no_special_authority",
        "代理人为一般授权，不能代为承认、放弃、变更请求或者和解",
        "An agent with general authority cannot concede, waive, change claims or settle",
        "民事诉讼法 第六十二条",
    ),
)
"""What the law lets parties do, or who is missing beside them; shown, never enforced."""
