"""Who takes part: roles, kinds and categories of parties, agents' authority, and the kinds of institutions."""

from __future__ import annotations

from types import MappingProxyType

from service.law.terms import vocabulary

PARTY_ROLES = vocabulary(
    ("applicant", "申请人", "Applicant", "劳动争议调解仲裁法 第十二条"),
    ("respondent", "被申请人", "Respondent", "劳动争议调解仲裁法 第十二条"),
    ("recipient", "受援人", "Recipient of legal aid", "法律援助法 第四十三条"),
    ("third_party", "第三人", "Third party", "劳动争议调解仲裁法 第二十三条"),
)

PARTY_KINDS = vocabulary(
    ("worker", "劳动者", "Worker", "劳动争议调解仲裁法 第二条"),
    ("relative", "近亲属", "Close relative", "劳动争议调解仲裁法 第二十五条"),
    ("employer", "用人单位", "Employer", "劳动争议调解仲裁法 第二条"),
    ("labour_agency", "劳务派遣单位", "Labour agency", "劳动争议调解仲裁法 第二十二条"),
    ("user_firm", "用工单位", "User firm", "劳动争议调解仲裁法 第二十二条"),
    ("general_contractor", "施工总承包单位", "General contractor", "保障农民工工资支付条例 第三十条"),
    ("subcontractor", "分包单位", "Subcontractor", "保障农民工工资支付条例 第三十条"),
)

FIRM_KINDS = MappingProxyType(
    {code: PARTY_KINDS[code] for code in ("labour_agency", "user_firm", "subcontractor", "general_contractor")}
)
"""Firms other than a plain employer, for a form that names the employer first."""

NATURAL_PERSONS = frozenset({"worker", "relative"})
"""Kinds of party that are people: they have an ID number and a birth date, and no credit code."""

GENDERS = vocabulary(("female", "女", "Female"), ("male", "男", "Male"))

PERSON_CATEGORIES = vocabulary(
    ("migrant_worker", "农民工（进城务工人员）", "Migrant worker", "法律援助法 第四十二条（三）"),
    ("disabled", "残疾人", "Person with a disability", "法律援助法 第四十二条（一）"),
    ("elderly", "老年人", "Elderly person", "法律援助法 第四十二条（一）"),
    ("minor", "未成年人", "Minor", "法律援助法 第四十二条（一）"),
    ("social_relief", "社会救助、司法救助或优抚对象", "Recipient of social relief", "法律援助法 第四十二条（二）"),
    ("woman", "妇女", "Woman"),
    ("low_income", "一般贫困者", "Person of low income"),
    ("other", "其他", "Other"),
)

AUTHORITIES = vocabulary(
    ("general", "一般授权", "General authority", "民事诉讼法 第六十二条"),
    ("special", "特别授权", "Special authority", "民事诉讼法 第六十二条"),
    ("statutory", "法定代理", "By law", "民法典 第二十三条"),
)
"""What an agent may do. Only special authority reaches to conceding, settling and signing an agreement."""

INSTITUTION_KINDS = vocabulary(
    ("union", "工会", "Trade union", "工会法 第三十条"),
    ("legal_aid_centre", "法律援助机构", "Legal-aid centre", "法律援助法 第十二条"),
    ("mediation_committee", "人民调解委员会", "People's mediation committee", "人民调解法 第八条"),
    ("township_mediation", "镇街劳动争议调解组织", "Township mediation organisation", "劳动争议调解仲裁法 第十条"),
    ("enterprise_committee", "企业劳动争议调解委员会", "Enterprise mediation committee", "劳动争议调解仲裁法 第十条"),
    ("hr_bureau", "人力资源和社会保障局", "Human-resources bureau"),
    ("justice_bureau", "司法局", "Justice bureau", "法律援助法 第五条"),
    ("arbitration", "劳动人事争议仲裁委员会", "Arbitration commission", "劳动争议调解仲裁法 第十七条"),
    ("court", "人民法院", "Court"),
    ("law_firm", "律师事务所", "Law firm"),
)
