"""The files that come with a dispute: what the office writes, what the worker brings along, what is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from service.sample.money import FEN_PER_YUAN, render_capitals, render_figures
from service.sample.papers import Paper, Table, render_docx, render_pdf, render_txt
from service.sample.people import Firm, Worker
from service.sample.photo import render_wage_slip
from service.sample.story import Settlement, Story

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "txt": "text/plain",
}

MAX_SLIP_ROWS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """A file as a person would choose it for upload. `doc_type` and `source` are codes of `service.law`."""

    name: str
    media_type: str
    doc_type: str
    title: str
    source: str
    content: bytes


def _worker_line(worker: Worker) -> str:
    return (
        f"{worker.name},{'女' if worker.female else '男'},{worker.birth_date.isoformat()} 出生，"
        f"住{worker.address}，身份证号 {worker.id_number}，电话 {worker.phone},{worker.job}。"
    )


def _firm_line(firm: Firm) -> str:
    return (
        f"{firm.name}，统一社会信用代码 {firm.credit_code}，住所地{firm.address},"
        f"法定代表人 {firm.representative}，电话 {firm.phone}。"
    )


def _parties(story: Story) -> tuple[str, ...]:
    workers = tuple(_worker_line(worker) for worker in story.workers)
    firms = tuple(_firm_line(firm) for firm in story.firms)
    first, second = (firms, workers) if story.firm_applies else (workers, firms)
    return (*(f"申请人：{line}" for line in first), *(f"被申请人：{line}" for line in second))


def _claim_table(story: Story) -> Table:
    names = [firm.name for firm in story.firms] if story.firm_applies else [worker.name for worker in story.workers]
    rows = [
        (name, claim.detail, "—" if claim.amount_fen is None else render_figures(claim.amount_fen))
        for name, claims in zip(names, story.claims, strict=False)
        for claim in claims
    ]
    return Table(rows=(("请求人", "请求事项", "金额(元)"), *rows))


def _application(story: Story) -> Paper:
    title = "法律援助申请表" if story.kind == "legal_aid" else "劳动争议调解申请书"
    total = f"以上共计人民币 {render_figures(story.claimed_fen)} 元（{render_capitals(story.claimed_fen)}）。"
    applicant = story.firms[0].name if story.firm_applies else "、".join(worker.name for worker in story.workers)
    return Paper(
        title=title,
        blocks=(
            *_parties(story),
            "一、请求事项",
            _claim_table(story),
            *((total,) if story.claimed_fen else ()),
            "二、事实与理由",
            story.facts,
            "三、承诺",
            "本人（单位）自愿申请，所述属实，已被告知在调解中的权利和义务。",
            f"申请人（签名、按指印或盖章）:{applicant}",
            f"日期：{story.received_on.isoformat()}",
        ),
    )


def _interview(story: Story) -> Paper:
    worker = story.workers[0]
    questions = [
        ("问：你在哪里上班，做什么工作？", f"答：在{story.firms[0].name}，做{worker.job}。"),
        ("问：每月工资多少，怎么发？", f"答：每月 {render_figures(worker.monthly_wage_fen)} 元，打到银行卡上。"),
        ("问：发生了什么事？", f"答：{story.facts}"),
        ("问：你有什么要求？", f"答：{';'.join(claim.detail for claim in story.claims[0])}。"),
        ("问：以上是否属实？", "答：属实，已念给我听过。"),
    ]
    if story.firm_applies:
        questions[2] = ("问：公司说你提前走了，是这样吗？", "答：我做满了一年才辞职，数额不该这么多。")
        questions[3] = ("问：你愿意调解吗？", "答：愿意，能分期就行。")
    return Paper(
        title="谈话笔录",
        blocks=(
            f"时间：{story.received_on.isoformat()} 地点：岚山区示例法律服务站 被谈话人：{worker.name}",
            *(line for pair in questions for line in pair),
            f"被谈话人（签名、按指印）:{worker.name}",
        ),
    )


def _chat(story: Story) -> Iterator[str]:
    moment = datetime(story.received_on.year, story.received_on.month, story.received_on.day, 19, 42)  # noqa: DTZ001
    moment -= timedelta(days=6)
    names = {"我": story.workers[0].name, "老板": f"{story.firms[0].representative}（{story.firms[0].name}）"}
    yield "微信聊天记录导出"
    yield f"参与人：{'、'.join(names.values())}"
    for number, (who, text) in enumerate(story.chat):
        yield f"{moment + timedelta(minutes=3 * number):%Y-%m-%d %H:%M} {names[who]}：{text}"


def _wage_slip(story: Story, random: Random) -> bytes:
    wage_fen = story.workers[0].monthly_wage_fen
    amount = f"{wage_fen // FEN_PER_YUAN}.{wage_fen % FEN_PER_YUAN:02d} 元 未发"
    return render_wage_slip(rows=tuple((month, amount) for month in story.unpaid_months[:MAX_SLIP_ROWS]), random=random)


def _agreement(story: Story, settlement: Settlement) -> Paper:
    payments = Table(
        rows=(
            ("期次", "支付日期", "金额(元)", "方式"),
            *(
                (str(number), payment.due_on.isoformat(), render_figures(payment.amount_fen), "银行转账")
                for number, payment in enumerate(settlement.payments, start=1)
            ),
        )
    )
    workers, firms = "、".join(worker.name for worker in story.workers), "、".join(firm.name for firm in story.firms)
    figures, capitals = render_figures(settlement.total_fen), render_capitals(settlement.total_fen)
    ends = settlement.employment_ends_on
    terms: list[str | Table] = [f"1. {firms}向{workers}支付人民币 {figures} 元（{capitals}），按下表支付：", payments]
    if ends:
        terms.append(f"2. 双方劳动关系于 {ends.isoformat()} 解除。")
    terms += [f"申请人放弃的请求：{waiver}。" for waiver in settlement.waivers]
    return Paper(
        title="劳动争议调解协议书",
        number=settlement.number,
        blocks=(
            *_parties(story),
            "一、争议事项",
            _claim_table(story),
            "二、查明的主要事实",
            story.facts,
            "三、协议内容",
            *terms,
            "四、告知",
            "双方可自协议生效之日起十五日内共同申请仲裁审查，三十日内共同申请司法确认。",
            "逾期不付的，劳动者可以持本协议依法申请支付令或者申请仲裁。",
            "五、份数和生效",
            "本协议一式三份，双方各执一份，调解组织留存一份。",
            "自双方签名或者盖章、经调解员签名并加盖调解组织印章后生效。",
            f"申请人（签名、按指印）：{workers}",
            f"被申请人（盖章）：{firms}",
            f"调解员（签名）：{settlement.mediator}",
            "调解组织（印章）：岚山区示例劳动争议调解委员会",
            f"日期：{settlement.agreed_on.isoformat() if settlement.signed else ''}",
        ),
    )


def _finding(story: Story) -> Paper:
    injury = story.dispute_type == "D5b"
    return Paper(
        title="认定工伤决定书" if injury else "考勤情况说明",
        number=f"(2026)示例{'工伤认字' if injury else '证字'}第0108号",
        blocks=(*_parties(story), story.finding, "示例机关（印章）"),
    )


def _file(name: str, doc_type: str, source: str, content: bytes, *, title: str | None = None) -> SampleFile:
    stem, _, extension = name.rpartition(".")
    return SampleFile(
        name=name,
        media_type=MEDIA_TYPES[extension],
        doc_type=doc_type,
        title=title or stem,
        source=source,
        content=content,
    )


def make_files(story: Story, random: Random) -> tuple[SampleFile, ...]:
    """Return the dispute's files in the order in which they are filed; the agreement, if there is one, is the last."""
    files = []
    if story.kind != "consultation":
        files.append(_file("申请书.pdf", "application", "scan", render_pdf(_application(story))))
    files.append(_file("谈话笔录.docx", "interview_note", "uploaded", render_docx(_interview(story))))
    if story.unpaid_months:
        files.append(_file("工资条.jpg", "wage_record", "photo", _wage_slip(story, random), title="手写工资条照片"))
    if story.chat:
        files.append(
            _file("聊天记录.txt", "chat_record", "uploaded", render_txt(list(_chat(story))), title="微信聊天记录")
        )
    if story.finding and story.dispute_type == "D5b":
        files.append(_file("认定工伤决定书.pdf", "work_injury_decision", "scan", render_pdf(_finding(story))))
    elif story.finding:
        files.append(_file("考勤情况说明.pdf", "attendance_record", "scan", render_pdf(_finding(story))))
    if story.settlement:
        paper = render_pdf(_agreement(story, story.settlement))
        files.append(_file("调解协议书.pdf", "agreement", "scan", paper, title=f"调解协议书 {story.settlement.number}"))
    return tuple(files)
