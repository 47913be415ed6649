"""Disputes that came to an agreement. The first is the same for every seed; the others draw people, firms and wages."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from service.sample.money import render_figures
from service.sample.people import OFFICIALS, Firm, Worker, credit_code, draw_firm, draw_worker, id_number
from service.sample.story import (
    TALKS,
    Claim,
    Payment,
    Settlement,
    Story,
    in_instalments,
    month_range,
    months,
    office_day,
    severance,
    wages,
)

ZHOU = Worker(
    name="周小满",
    female=True,
    birth_date=date(1979, 5, 20),
    id_number=id_number(birth_date=date(1979, 5, 20), county="371103"),
    phone="000-00000000",
    address="岚山区示例街道",
    job="缝纫工",
    monthly_wage_fen=466_000,
    migrant=True,
)
ROPE_NET_FIRM = Firm(
    name="日照示例绳网有限公司",
    credit_code=credit_code("371103"),
    address="岚山区示例路1号",
    representative="李示例",
    phone="000-00000001",
)

SERIALS = (40, 400)
"""Numbers of agreements are drawn from here."""

TEAM_SIZE = 7
"""Below ten, where the workers would have to choose representatives (劳动争议调解仲裁法 第七条)."""


def rope_net(_: Random) -> Story:
    """周小满 against the rope-net firm: four months' wages and two months' compensation, paid in two instalments."""
    unpaid = months("2026-03", 4)
    return Story(
        key="rope-net",
        kind="mediation",
        dispute_type="D5a",
        channel="12351",
        received_on=date(2026, 7, 8),
        workers=(ZHOU,),
        firms=(ROPE_NET_FIRM,),
        claims=(
            (
                wages(ZHOU, unpaid),
                Claim(kind="severance", amount_fen=2 * ZHOU.monthly_wage_fen, detail="经济补偿"),
            ),
        ),
        facts="2026-03 至 2026-06 欠发工资。",
        unpaid_months=unpaid,
        chat=(
            ("我", "李经理，3月到现在的工资什么时候发？家里等着用钱。"),
            ("老板", "再等等，货款还没回来。"),
            ("我", "已经四个月了，一共18640元，您给个准日子。"),
            ("老板", "月底一定想办法。"),
        ),
        moves=TALKS,
        settlement=Settlement(
            serial=31,
            agreed_on=date(2026, 7, 20),
            mediator="王示例",
            employment_ends_on=date(2026, 6, 30),
            payments=(
                Payment(amount_fen=1_000_000, due_on=date(2026, 7, 31), paid_on=date(2026, 7, 30)),
                Payment(amount_fen=1_796_000, due_on=date(2026, 8, 31), paid_on=date(2026, 8, 28)),
            ),
        ),
    )


def workshop_closed(random: Random) -> Story:
    """A workshop closed; compensation by years of service, three instalments, the first one paid."""
    worker = draw_worker(random, job="挡车工", wage_yuan=(3800, 5200), migrant=False)
    firm = draw_firm(random, trade="纺织")
    years = random.randrange(4, 11)
    closed = date(2026, 5, 31)
    claim = severance(worker, years)
    agreed = office_day(random, date(2026, 6, 22), 9)
    first, *others = in_instalments(
        claim.amount_fen or 0, agreed + timedelta(days=10), agreed + timedelta(days=41), agreed + timedelta(days=71)
    )
    return Story(
        key="workshop-closed",
        kind="mediation",
        dispute_type="D5c",
        channel="union_station",
        received_on=agreed - timedelta(days=11),
        workers=(worker,),
        firms=(firm,),
        claims=((claim,),),
        facts=(
            f"{2026 - years} 年 5 月入职。{closed.isoformat()} 车间关停，单位与其协商解除劳动合同，"
            f"未支付经济补偿。工作满 {years} 年，月工资 {render_figures(worker.monthly_wage_fen)} 元。"
        ),
        moves=TALKS,
        settlement=Settlement(
            serial=random.randrange(*SERIALS),
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            employment_ends_on=closed,
            payments=(
                Payment(amount_fen=first.amount_fen, due_on=first.due_on, paid_on=first.due_on - timedelta(days=1)),
                *others,
            ),
        ),
    )


def building_site(random: Random) -> Story:
    """A team of migrant workers on a building site; subcontractor and general contractor answer together. Paid."""
    workers = tuple(
        draw_worker(random, job=random.choice(("钢筋工", "木工", "瓦工")), wage_yuan=(6600, 9800))
        for _ in range(TEAM_SIZE)
    )
    subcontractor = draw_firm(random, trade="建筑劳务", kind="subcontractor")
    contractor = draw_firm(random, trade="建设集团", kind="general_contractor")
    unpaid = months("2026-04", 2)
    claims = tuple((wages(worker, unpaid),) for worker in workers)
    total = sum(claim.amount_fen or 0 for (claim,) in claims)
    received = office_day(random, date(2026, 6, 15), 14)
    agreed = received + timedelta(days=9)
    return Story(
        key="building-site",
        kind="mediation",
        dispute_type="D5a",
        channel="labour_inspection",
        received_on=received,
        workers=workers,
        firms=(subcontractor, contractor),
        claims=claims,
        facts=(
            f"{workers[0].name} 等 {len(workers)} 人 2026 年 3 月经人介绍到示例花园二期工地干活，未签书面合同，"
            f"{month_range(unpaid)}工资未发。劳务公司称总承包单位未付工程款。"
        ),
        unpaid_months=unpaid,
        finding="工地考勤表记载各人 4 月、5 月均满勤，由班组长与项目部共同签字。",
        moves=TALKS,
        settlement=Settlement(
            serial=random.randrange(*SERIALS),
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            payments=(
                Payment(amount_fen=total, due_on=agreed + timedelta(days=7), paid_on=agreed + timedelta(days=6)),
            ),
        ),
    )


def labour_agency(random: Random) -> Story:
    """A dispatched worker was sent back; agency and user firm point at each other. The agreement is a draft."""
    worker = draw_worker(random, job="分拣员", wage_yuan=(4200, 5600))
    agency = draw_firm(random, trade="人力资源服务", kind="labour_agency")
    user_firm = draw_firm(random, trade="物流", kind="user_firm")
    unpaid = months("2026-07", 1)
    claims = (wages(worker, unpaid), severance(worker, 1))
    agreed = office_day(random, date(2026, 9, 1), 12)
    total = sum(claim.amount_fen or 0 for claim in claims)
    return Story(
        key="labour-agency",
        kind="mediation",
        dispute_type="D2",
        channel="wechat",
        received_on=agreed - timedelta(days=13),
        workers=(worker,),
        firms=(agency, user_firm),
        claims=(claims,),
        facts=(
            f"2025 年 7 月与 {agency.name} 签订派遣合同，被派往 {user_firm.name} 工作。"
            "2026 年 7 月底被退回，派遣公司未安排新岗位，当月工资未发。"
        ),
        unpaid_months=unpaid,
        moves=TALKS,
        settlement=Settlement(
            serial=random.randrange(*SERIALS),
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            payments=in_instalments(total, agreed + timedelta(days=15)),
            waivers=("不再要求补发 2025 年高温津贴",),
            signed=False,
        ),
    )


def dismissal(random: Random) -> Story:
    """Dismissed by word of mouth; the firm settles for part of the damages in two instalments, none paid yet."""
    worker = draw_worker(random, job="客服", wage_yuan=(4000, 5400), migrant=False)
    firm = draw_firm(random, trade="电商")
    years = random.randrange(2, 5)
    claimed = 2 * years * worker.monthly_wage_fen
    agreed = office_day(random, date(2026, 8, 17), 12)
    settled = claimed * 8 // 10 // 100 * 100
    return Story(
        key="dismissal",
        kind="mediation",
        dispute_type="D5d",
        channel="window",
        received_on=agreed - timedelta(days=8),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="damages", amount_fen=claimed, detail=f"违法解除赔偿金({2 * years}个月工资)"),),),
        facts=f"工作满 {years} 年。单位以“岗位撤销”为由口头通知不用再来，未提前三十日通知，也未说明依据。",
        chat=(
            ("老板", "岗位撤了，明天不用来了，工资结到今天。"),
            ("我", "没有书面通知吗？凭什么辞退我？"),
        ),
        moves=TALKS,
        settlement=Settlement(
            serial=random.randrange(*SERIALS),
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            employment_ends_on=agreed - timedelta(days=30),
            payments=in_instalments(settled, agreed + timedelta(days=14), agreed + timedelta(days=45)),
            waivers=(f"放弃其余赔偿金 {render_figures(claimed - settled)} 元",),
        ),
    )
