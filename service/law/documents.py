"""Documents: what a filed file is, and where it came from."""

from __future__ import annotations

from service.law.terms import vocabulary

DOCUMENT_TYPES = vocabulary(
    ("application", "申请书", "Application", "劳动争议调解仲裁法 第十二条"),
    ("intake_form", "受理登记表", "Intake form", "人民调解法 第二十七条"),
    ("rights_notice", "权利义务告知书", "Notice of rights and duties"),
    ("identity", "身份证明", "Proof of identity"),
    ("business_registration", "营业执照、主体信息", "Business registration"),
    ("authorisation", "授权委托书", "Power of attorney", "民事诉讼法 第六十二条"),
    ("hardship_statement", "经济困难状况说明、诚信承诺", "Statement of hardship", "法律援助法 第四十一条"),
    ("labour_contract", "劳动合同", "Labour contract", "劳动合同法 第十条"),
    ("wage_record", "工资表、工资条", "Wage record", "保障农民工工资支付条例 第十五条"),
    ("attendance_record", "考勤记录", "Attendance record"),
    ("bank_record", "银行流水", "Bank record"),
    ("social_insurance_record", "社会保险缴费记录", "Social insurance record"),
    ("chat_record", "聊天记录", "Chat record", "最高人民法院关于民事诉讼证据的若干规定 第十四条"),
    ("photo", "照片", "Photograph"),
    ("medical_record", "病历、诊断证明", "Medical record"),
    ("work_injury_decision", "工伤认定决定书", "Work injury decision", "工伤保险条例 第二十条"),
    ("disability_appraisal", "劳动能力鉴定结论", "Disability appraisal", "工伤保险条例 第二十五条"),
    ("termination_notice", "解除或终止劳动合同通知", "Notice of termination", "劳动合同法 第五十条"),
    ("interview_note", "谈话笔录", "Interview note"),
    ("investigation_note", "调查笔录", "Investigation note"),
    ("mediation_record", "调解笔录", "Record of mediation", "人民调解法 第二十七条"),
    ("agreement", "调解协议书", "Mediation agreement", "劳动争议调解仲裁法 第十四条"),
    ("decision", "决定书、通知书", "Decision or notice", "法律援助法 第四十三条"),
    ("assignment_notice", "指派通知书", "Notice of assignment", "法律援助法 第四十三条"),
    ("service_receipt", "送达回证", "Proof of service"),
    ("payment_proof", "履行凭证", "Proof of payment"),
    ("award", "仲裁裁决书、仲裁调解书", "Arbitral award", "劳动争议调解仲裁法 第四十二条、第四十六条"),
    ("judgment", "法院裁判文书", "Court decision"),
    ("return_visit", "回访记录", "Return visit note", "法律援助法 第五十九条"),
    ("closing_report", "结案报告", "Closing report", "法律援助法 第五十条"),
    ("evidence", "其他证据材料", "Other evidence"),
    ("other", "其他材料", "Other"),
)

DOCUMENT_SOURCES = vocabulary(
    ("uploaded", "电子文件上传", "Uploaded file"),
    ("scan", "纸质原件扫描", "Scan of paper", "人民法院在线诉讼规则 第十二条"),
    ("photo", "拍照", "Photograph of paper", "人民法院在线诉讼规则 第十二条"),
    ("born_digital", "系统生成", "Made by a computer system"),
    ("oral_record", "口头陈述记录", "Note of an oral statement", "劳动争议调解仲裁法 第十二条"),
)
"""Where a file came from: what a court asks first once the chain has shown that it did not change."""
