"""The sentences of problems, by their permanent codes, in Chinese and English; `{name}` is filled from the facts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from service.law import PROCEEDING_REASONS, REASONS


class Words(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


PROBLEMS: Mapping[str, Words] = MappingProxyType(
    {
        "invalid_input": Words("提交的内容有误", "Something in the input cannot be taken"),
        "malformed_request": Words("请求无法读取", "The request cannot be read"),
        "malformed_json": Words("提交的 JSON 无法读取", "The body is not JSON as this service reads it"),
        "unsupported_media_type": Words("不支持这种内容类型", "This content type is not taken here"),
        "unauthenticated": Words("请先登录", "Sign in first"),
        "forbidden": Words("本账户无权进行此操作", "This account may not do this"),
        "not_found": Words("未找到", "There is no such thing here"),
        "method_not_allowed": Words("不支持这种请求方法", "This method is not taken here"),
        "conflict": Words("与现有记录冲突", "The state of the record refuses this"),
        "version_stale": Words("记录已被他人更新，请重新读取", "Somebody has changed the record since: read it again"),
        "precondition_required": Words("请用 If-Match 写明所修改的版本", "Name the version you change in If-Match"),
        "idempotency_key_reused": Words(
            "这个 Idempotency-Key 已用于另一请求", "This Idempotency-Key was used for another request"
        ),
        "idempotency_key_malformed": Words(
            "Idempotency-Key 应为 1 至 255 个可见 ASCII 字符",
            "An Idempotency-Key has 1 to 255 visible ASCII characters",
        ),
        "too_large": Words("内容过大，最多 {limit} 字节", "Too large: at most {limit} bytes are taken"),
        "rate_limited": Words(
            "操作过于频繁，请 {seconds} 秒后再试", "Too many requests: try again in {seconds} seconds"
        ),
        "not_anchored": Words("该记录尚未上链，请稍后再取回执", "Not on the chain yet: ask for the receipt later"),
        "certificate_font_missing": Words(
            "本系统没有可用的中文字体，无法生成证书；请管理员安装 noto-cjk-sans-otc，或者设置 LEDGER_CERTIFICATE_FONTS",
            "There is no font to set a certificate with: an administrator installs noto-cjk-sans-otc, "
            "or sets LEDGER_CERTIFICATE_FONTS",
        ),
        "certificate_glyph_missing": Words(
            "现有字体没有“{character}”这个字，未生成证书；请管理员在 LEDGER_CERTIFICATE_FONTS 中加入含有该字的字体",
            "No font at hand has {character}, so no certificate was made: an administrator adds one that has it "
            "to LEDGER_CERTIFICATE_FONTS",
        ),
        "no_checkpoint": Words("日志尚无检查点", "The log has no checkpoint yet"),
        "no_space": Words("存储空间不足，内容未保存", "The disk is full: nothing was kept"),
        "unavailable": Words("服务暂时不可用，请稍后再试", "Not available just now: try again"),
        "document_damaged": Words(
            "所存文件已损坏或缺失，登记信息仍然有效", "The stored file is damaged or missing; its record still stands"
        ),
        "needs_attention": Words("系统需要管理员处理", "An administrator has to look at this system"),
        "wrong_chain": Words("区块链与预设不符", "The chain is not the pinned one"),
        "internal_error": Words("系统内部错误", "An error inside the service"),
        # what the state of a case or agreement refuses
        "institution_exists": Words("机构代码 {code} 已存在", "The institution {code} exists already"),
        "username_taken": Words("用户名 {username} 已存在", "The user name {username} is taken"),
        "possible_duplicate": Words(
            "可能已有同一争议的案件，请选择并入该争议，或者写明理由另立",
            "There may be a case about this dispute already: join it, or say why this is another one",
        ),
        "not_a_consultation": Words("只有咨询登记可以转为案件", "Only a consultation is turned into a case"),
        "party_has_signed": Words(
            "第 {position} 位当事人已签署协议，不能移除",
            "Party {position} has signed an agreement and cannot be removed",
        ),
        **{code: Words(term.zh, term.en) for code, term in {**REASONS, **PROCEEDING_REASONS}.items()},
        "shared_already": Words("案件已与该机构共享", "The case is shared with this institution already"),
        "not_shared": Words("案件未与该机构共享", "The case is not shared with this institution"),
        "oral_not_possible": Words(
            "口头协议仅限人民调解委员会", "Only a people's mediation committee records an oral agreement"
        ),
        "oral_is_not_signed": Words("口头协议无需签署", "An oral agreement is not signed"),
        "paper_code_wrong": Words(
            "核验码与存证编号不符，请与纸上核对", "This is not the paper code of that record: compare it with the paper"
        ),
        "paper_code_replaced": Words(
            "这张纸上的核验码已更换，请向登记机构索取新的纸质件",
            "The code on this paper was replaced: ask the institution for a new copy",
        ),
        "not_being_signed": Words("协议不在签署阶段", "The agreement is not being signed"),
        "already_signed": Words("该签名或盖章已登记", "This signature is recorded already"),
        "not_in_effect": Words("协议未生效或已终结", "The agreement is not in effect"),
        "one_side_cannot_rescind": Words(
            "解除协议须双方一致，单方不能解除", "An agreement is rescinded by all its parties, never by one alone"
        ),
        "withdrawn_already": Words("这条记录已经撤销", "This entry has been withdrawn already"),
        "link_unknown": Words("没有这个查阅码，请与纸条核对", "There is no such access code: compare it with the slip"),
        "link_expired": Words("这个查阅码已过期", "This access code has expired"),
        "link_revoked": Words("这个查阅码已停用", "This access code was withdrawn"),
        "link_of_another": Words(
            "案件当事人信息已变更，请联系机构重新发放查阅码",
            "The party of this link was changed: ask the office for a new one",
        ),
        "party_has_access": Words(
            "第 {position} 位当事人已领取查阅码、材料或有反映记录，不能移除",
            "Party {position} has a link, papers or a report and cannot be removed",
        ),
        "already_answered": Words("这项反映已有答复", "This report has been answered already"),
        "paid_already": Words("这一期已经付清", "This payment was made in full"),
        "not_paid_in_full": Words("尚有 {due_fen} 分未支付", "{due_fen} fen are still due"),
    }
)
"""Titles, by problem code."""

FIELDS: Mapping[str, Words] = MappingProxyType(
    {
        "required": Words("必填", "Required"),
        "not_disclosed": Words(
            "回执中没有这一项，可选：{expected}", "The receipt does not show this; choose among: {expected}"
        ),
        "unknown_field": Words("没有这个字段", "There is no such field"),
        "wrong_type": Words("类型不对，应为{expected}", "Of another type: {expected} is expected"),
        "not_in_list": Words("不在可选范围内：{expected}", "Not one of: {expected}"),
        "too_short": Words("内容太短", "Too short"),
        "too_long": Words("内容太长，最多 {limit}", "Too long: at most {limit}"),
        "too_small": Words("数值太小，至少 {limit}", "Too small: at least {limit}"),
        "too_large": Words("数值太大，最多 {limit}", "Too large: at most {limit}"),
        "not_of_form": Words("格式不对", "Not of the form that is expected"),
        "forbidden_character": Words(
            "含有换行或不可见的控制字符", "Holds a line break or an invisible control character"
        ),
        "not_a_day": Words("日期应写作 年-月-日，如 2026-07-08", "A day is written YYYY-MM-DD"),
        "no_such_day": Words("没有这一天", "This day does not exist"),
        "no_such_moment": Words("没有这个时间", "This moment does not exist"),
        "day_out_of_range": Words("年份超出范围", "The year is out of range"),
        "in_the_future": Words("日期尚未到来", "This day has not come yet"),
        "id_number_form": Words("身份证号码应为 17 位数字加 1 位数字或 X", "17 digits and a digit or X"),
        "id_number_date": Words("身份证号码中的出生日期不存在", "The birth date in the number does not exist"),
        "id_number_check": Words("身份证号码校验位不对", "The check symbol does not fit"),
        "birth_date_differs": Words("与身份证号码中的出生日期不一致", "The ID number says another birth date"),
        "credit_code_form": Words(
            "统一社会信用代码应为 18 位，不含 I O S V Z", "18 digits and capital letters without I O S V Z"
        ),
        "credit_code_check": Words("统一社会信用代码校验位不对", "The check symbol does not fit"),
        "phone_form": Words("电话号码应为 5 至 30 位数字、横线或空格", "5 to 30 digits, dashes and spaces"),
        "sha256_form": Words("SHA-256 应为 64 位十六进制数字", "A SHA-256 has 64 hexadecimal digits"),
        "record_no_form": Words("存证编号有误：{reason}", "The record number is not right: {reason}"),
        "paper_code_form": Words("核验码有误：{reason}", "The paper code is not right: {reason}"),
        "code_without_number": Words("核验码须与存证编号一起给出", "A paper code comes with its record number"),
        "not_of_this_kind": Words("此类当事人没有这一项", "This kind of party has no such field"),
        "not_of_this_case": Words("此类案件没有这一项", "This kind of case has no such field"),
        "set_by_conversion": Words("只能由转为案件时设定", "Only turning it into a case sets this"),
        "basis_does_not_fit": Words(
            "申请人或其请求不符合这项免予核查的条件", "No applicant, or no claim, fits this ground for no check"
        ),
        "too_few_to_choose": Words(
            "劳动者不足十人，不能推举代表（调解仲裁法第七条）", "Fewer than ten workers choose no representatives"
        ),
        "joined_or_separate": Words(
            "并入争议与另立理由只能填一项", "Give the dispute that is joined or the reason for another one, not both"
        ),
        "no_such_dispute": Words("没有这个争议，或者无权并入", "No such dispute, or not one that may be joined"),
        "in_this_dispute": Words("本案已在这个争议中", "The case is in this dispute already"),
        "dispute_of_its_own": Words("本案已是单独的争议", "The case is a dispute of its own already"),
        "not_a_month": Words("月份应写作 年-月，如 2026-07", "A month is written YYYY-MM"),
        "two_forms": Words(
            "请用 applicant 和 employer，或用 parties，不要混用", "Use applicant and employer, or parties"
        ),
        "no_such_party": Words("没有第 {party} 位当事人", "There is no party {party}"),
        "named_twice": Words("同一当事人出现两次", "A party is named twice"),
        "both_sides_needed": Words("协议需要申请人和被申请人双方", "An agreement needs both sides"),
        "nothing_to_change": Words("没有要修改的内容", "Nothing to change"),
        "no_such_colleague": Words("本机构没有这位律师或调解员", "No lawyer or mediator of this office"),
        "instalments_do_not_sum": Words(
            "各期合计 {total} 分，与总额不符", "The instalments sum to {total} fen, not to the total"
        ),
        "due_before_agreed": Words("付款日早于达成协议之日", "Due before the agreement"),
        "before_agreed": Words("早于达成协议之日", "Before the agreement"),
        "before_effect": Words("早于协议生效之日", "Before the agreement took effect"),
        "method_of_another_signer": Words("该签署人不用这种方式", "This signer does not sign in this form"),
        "signer_and_party": Words(
            "当事人或代理人须写明 party，其他人不写", "A party or agent has `party`, nobody else"
        ),
        "no_such_instalment": Words("没有第 {position} 期", "There is no instalment {position}"),
        "more_than_due": Words("超过应付数额，尚欠 {due_fen} 分", "More than is due: {due_fen} fen"),
        "required_for_ending": Words("这种终结方式须填写此项", "This ending needs it"),
        "no_such_report": Words("没有第 {position} 项反映", "There is no report {position}"),
        "already_past": Words("这一天已经过去", "This day has passed"),
        "too_far": Words("最长 {days} 天", "At most {days} days ahead"),
        "released_already": Words("该当事人已可查阅这份材料", "This party may read this document already"),
        "not_due_yet": Words("这一期尚未到期", "This payment is not due yet"),
        "own_report": Words("不能答复自己的反映", "A party does not answer its own report"),
        "before_report": Words("早于反映之日", "Before the report"),
        "not_of_this_ending": Words("这种终结方式没有此项", "This ending has no such field"),
        "before_received": Words("早于收到申请之日", "Before the application was received"),
        "before_last_step": Words("早于上一步骤（{day}）", "Before the last step ({day})"),
        "not_of_this_entry": Words("这种记载没有此项", "This entry has no such field"),
        "no_such_record": Words("本案没有这项记录", "There is no such record in this case"),
        "no_such_office": Words("没有这个机构", "There is no such institution"),
        "own_office": Words("这是本机构", "This is the office that keeps the file"),
        "corrected_already": Words("该记载已被更正", "This entry was corrected already"),
        "not_of_this_step": Words("这一步骤没有此项", "This step has no such field"),
        "not_after_the_step": Words("应晚于这一步骤之日", "Not after the day of the step"),
        "case_number_form": Words("不是案号，如 (2026)鲁1103民督1号", "No case number, such as (2026)鲁1103民督1号"),
        "number_of_another_kind": Words("案号属于另一种程序", "The number is one of another kind of proceeding"),
        "outcome_of_another_kind": Words("此类程序没有这种结果", "This kind of proceeding does not end so"),
        "before_opening": Words("早于程序启动之日", "Before the proceeding was opened"),
        "basis_of_a_suit": Words("只有诉讼须写明起诉依据", "A court proceeding names its basis, and no other does"),
        "no_such_case": Words("本机构没有这件案件", "There is no such case in this office"),
        "nothing_to_verify": Words("请给出 SHA-256、存证编号或回执", "Give a SHA-256, a record number or a receipt"),
        "two_questions": Words("存证编号与回执只能给出一个", "Give a record number or a receipt, not both"),
        "password_too_simple": Words("密码中不同的字符太少", "Too few different characters"),
        "file_missing": Words("没有选择文件", "There is no file"),
        "empty_file": Words("选择的文件是空的", "The file is empty"),
        "no_such_document": Words("本案没有这份材料", "There is no such document in this case"),
        "cursor_not_ours": Words("分页游标无效", "This cursor is not one of ours"),
        "not_of_any_use": Words("无法使用", "Cannot be used"),
    }
)
"""Sentences for one field, by code."""
