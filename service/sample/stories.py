"""The dozen disputes. All but the first draw people, firms, wages and dates from the generator; sums always add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from service.sample.money import render_figures
from service.sample.people import OFFICIALS, Firm, Worker, credit_code, draw_firm, draw_worker, id_number
from service.sample.story import (
    Claim,
    Payment,
    Settlement,
    Story,
    in_instalments,
    month_range,
    months,
    severance,
    wages,
)

ZHOU = Worker(
    name="周小满",
    female=True,
    birth_date=date(1979, 5, 20),
    id_number=id_number(birth_date=date(1979, 5, 20), female=True, county="371103"),
    phone="000-00000000",
    address="岚山区示例街道",
    job="缝纫工",
    monthly_wage_fen=466_000,
    migrant=True,
)
ROPE_NET_FIRM = Firm(
    name="日照示例绳网有限公司",
    credit_code=credit_code(0, county="371103"),
    address="岚山区示例路1号",
    representative="李示例",
    phone="000-00000001",
)

TEAM_SIZE = 7
"""Below ten, where the workers would have to choose representatives (劳动争议调解仲裁法 第七条)."""


def _day(random: Random, first: date, span: int) -> date:
    """Draw a day from `first` on, but not a Sunday: offices receive applications on six days."""
    day = first + timedelta(days=random.randrange(span))
    return day + timedelta(days=1) if day.isoweekday() == 7 else day  # noqa: PLR2004 - Sunday


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
            ("我", "李经理,3月到现在的工资什么时候发?家里等着用钱。"),
            ("老板", "再等等,货款还没回来。"),
            ("我", "已经四个月了,一共18640元,您给个准日子。"),
            ("老板", "月底一定想办法。"),
        ),
        settlement=Settlement(
            number="(2026)岚劳调字第0031号",
            agreed_on=date(2026, 7, 20),
            mediator="王示例",
            employment_ends_on=date(2026, 6, 30),
            payments=(
                Payment(amount_fen=1_000_000, due_on=date(2026, 7, 31), paid_on=date(2026, 7, 30)),
                Payment(amount_fen=1_796_000, due_on=date(2026, 8, 31), paid_on=date(2026, 8, 28)),
            ),
        ),
    )


def work_injury(random: Random) -> Story:
    """A machine operator's hand was crushed; the firm pays neither treatment nor wages. Legal aid, still open."""
    worker = draw_worker(random, job="冲压工", wage_yuan=(4600, 6200))
    firm = draw_firm(random, trade="机械制造")
    injured = _day(random, date(2026, 4, 7), 20)
    decided = injured + timedelta(days=52)
    treatment_fen = random.randrange(8_000_00, 26_000_00)
    unpaid = months(f"{injured:%Y-%m}", 3)
    return Story(
        key="work-injury",
        kind="legal_aid",
        dispute_type="D5b",
        channel="window",
        received_on=decided + timedelta(days=9),
        workers=(worker,),
        firms=(firm,),
        claims=(
            (
                Claim(kind="injury_medical", amount_fen=treatment_fen, detail="工伤医疗费"),
                Claim(
                    kind="wages",
                    amount_fen=worker.monthly_wage_fen * len(unpaid),
                    detail=f"停工留薪期工资({month_range(unpaid)})",
                ),
            ),
        ),
        facts=(
            f"{injured.isoformat()} 上班期间右手被冲床压伤,住院17天,自付医疗费 {render_figures(treatment_fen)} 元。"
            f"{decided.isoformat()} 认定为工伤。单位未支付医疗费,停工期间未发工资。"
        ),
        unpaid_months=unpaid,
        finding=(
            f"经查,{worker.name} 于 {injured.isoformat()} 在 {firm.name} 车间操作冲床时受伤,符合《工伤保险条例》"
            f"第十四条第(一)项之规定,认定为工伤。认定日期:{decided.isoformat()}。"
        ),
    )


def workshop_closed(random: Random) -> Story:
    """A workshop closed; compensation by years of service, three instalments, the first one paid."""
    worker = draw_worker(random, job="挡车工", wage_yuan=(3800, 5200), migrant=False)
    firm = draw_firm(random, trade="纺织")
    years = random.randrange(4, 11)
    closed = date(2026, 5, 31)
    claim = severance(worker, years)
    agreed = _day(random, date(2026, 6, 22), 9)
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
            f"{2026 - years} 年 5 月入职。{closed.isoformat()} 车间关停,单位与其协商解除劳动合同,"
            f"未支付经济补偿。工作满 {years} 年,月工资 {render_figures(worker.monthly_wage_fen)} 元。"
        ),
        settlement=Settlement(
            number="(2026)岚劳调字第0027号",
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            employment_ends_on=closed,
            payments=(
                Payment(amount_fen=first.amount_fen, due_on=first.due_on, paid_on=first.due_on - timedelta(days=1)),
                *others,
            ),
        ),
    )


def social_insurance(random: Random) -> Story:
    """Pension insurance was never paid. No sum is asked for: the contributions go to the fund, not to the worker."""
    worker = draw_worker(random, job="包装工", wage_yuan=(3600, 4800))
    firm = draw_firm(random, trade="水产加工")
    return Story(
        key="social-insurance",
        kind="mediation",
        dispute_type="D4b",
        channel="12345",
        received_on=_day(random, date(2026, 6, 1), 40),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="social_insurance", amount_fen=None, detail="补缴2024年1月至2026年5月养老保险"),),),
        facts="2024 年 1 月入职,签有劳动合同,单位一直未缴纳养老保险,称已折算在工资里。",
        chat=(
            ("我", "我去社保大厅查了,一个月都没有交。"),
            ("老板", "每月多给你的三百就是保险钱。"),
            ("我", "工作人员说不能用钱代替,要补缴。"),
        ),
    )


def building_site(random: Random) -> Story:
    """A team of migrant workers on a building site; subcontractor and general contractor answer together. Paid."""
    workers = tuple(
        draw_worker(random, job=random.choice(("钢筋工", "木工", "瓦工")), wage_yuan=(6600, 9800))
        for _ in range(TEAM_SIZE)
    )
    subcontractor = draw_firm(random, trade="建筑劳务")
    contractor = draw_firm(random, trade="建设集团")
    unpaid = months("2026-04", 2)
    claims = tuple((wages(worker, unpaid),) for worker in workers)
    total = sum(claim.amount_fen or 0 for (claim,) in claims)
    received = _day(random, date(2026, 6, 15), 14)
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
            f"{workers[0].name} 等 {len(workers)} 人 2026 年 3 月经人介绍到示例花园二期工地干活,未签书面合同,"
            f"{month_range(unpaid)}工资未发。劳务公司称总承包单位未付工程款。"
        ),
        unpaid_months=unpaid,
        finding="工地考勤表记载各人 4 月、5 月均满勤,由班组长与项目部共同签字。",
        settlement=Settlement(
            number="(2026)岚劳调字第0029号",
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            payments=(
                Payment(
                    amount_fen=total, due_on=agreed + timedelta(days=7), paid_on=agreed + timedelta(days=6)
                ),
            ),
        ),
    )


def labour_agency(random: Random) -> Story:
    """A dispatched worker was sent back; agency and user firm point at each other. The agreement is a draft."""
    worker = draw_worker(random, job="分拣员", wage_yuan=(4200, 5600))
    agency = draw_firm(random, trade="人力资源服务")
    user_firm = draw_firm(random, trade="物流")
    unpaid = months("2026-07", 1)
    claims = (wages(worker, unpaid), severance(worker, 1))
    agreed = _day(random, date(2026, 9, 1), 12)
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
            f"2025 年 7 月与 {agency.name} 签订派遣合同,被派往 {user_firm.name} 工作。"
            "2026 年 7 月底被退回,派遣公司未安排新岗位,当月工资未发。"
        ),
        unpaid_months=unpaid,
        settlement=Settlement(
            number="(2026)岚劳调字第0044号",
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            payments=in_instalments(total, agreed + timedelta(days=15)),
            waivers=("不再要求补发 2025 年高温津贴",),
            signed=False,
        ),
    )


def overtime(random: Random) -> Story:
    """A guard worked twelve-hour shifts without overtime pay. Legal aid for arbitration."""
    worker = draw_worker(random, job="保安员", wage_yuan=(2600, 3400), migrant=False)
    firm = draw_firm(random, trade="物业服务")
    sum_fen = random.randrange(9_000, 24_000) * 100
    return Story(
        key="overtime",
        kind="legal_aid",
        dispute_type="D4a",
        channel="12348",
        received_on=_day(random, date(2026, 8, 3), 20),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="overtime", amount_fen=sum_fen, detail="2025年8月至2026年7月延时加班工资"),),),
        facts="两班倒,每班 12 小时,全年无休,单位称工资已包含加班费,未提供工资条。",
        chat=(
            ("老板", "这个月值班表发群里了,大家照着上。"),
            ("我", "队长,我这个月又是 30 个 12 小时。"),
            ("老板", "都一样,工资里都包了。"),
        ),
    )


def rider(random: Random) -> Story:
    """A delivery rider without a contract asks that the employment relation be found. Legal aid."""
    worker = draw_worker(random, job="外卖骑手", wage_yuan=(5200, 7800))
    firm = draw_firm(random, trade="餐饮管理")
    begun = _day(random, date(2025, 9, 1), 60)
    return Story(
        key="rider",
        kind="legal_aid",
        dispute_type="D1",
        channel="app",
        received_on=_day(random, date(2026, 7, 14), 25),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="labour_relation", amount_fen=None, detail=f"确认自{begun.isoformat()}起存在劳动关系"),),),
        facts=(
            f"{begun.isoformat()} 起由站长排班送餐,按月发薪,须打卡并服从考核,未签合同。"
            "2026 年 7 月受伤后站点称双方是合作关系。"
        ),
        chat=(
            ("老板", "明早九点前到站点开早会,不来扣 50。"),
            ("我", "收到。上个月请假那天也扣了 100。"),
            ("老板", "规矩都一样,专送必须服从排班。"),
        ),
    )


def dismissal(random: Random) -> Story:
    """Dismissed while pregnant; the firm settles for part of the damages, in two instalments, none due yet paid."""
    worker = draw_worker(random, job="客服", wage_yuan=(4000, 5400), migrant=False)
    firm = draw_firm(random, trade="电商")
    years = random.randrange(2, 5)
    claimed = 2 * years * worker.monthly_wage_fen
    agreed = _day(random, date(2026, 8, 17), 12)
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
        facts=f"工作满 {years} 年。单位以“岗位撤销”为由口头通知不用再来,未提前三十日通知,也未说明依据。",
        chat=(
            ("老板", "岗位撤了,明天不用来了,工资结到今天。"),
            ("我", "没有书面通知吗?凭什么辞退我?"),
        ),
        settlement=Settlement(
            number="(2026)岚劳调字第0041号",
            agreed_on=agreed,
            mediator=random.choice(OFFICIALS),
            employment_ends_on=agreed - timedelta(days=30),
            payments=in_instalments(settled, agreed + timedelta(days=14), agreed + timedelta(days=45)),
            waivers=(f"放弃其余赔偿金 {render_figures(claimed - settled)} 元",),
        ),
    )


def no_contract(random: Random) -> Story:
    """No written contract for more than a month: double wages are asked for. Mediation has only begun."""
    worker = draw_worker(random, job="茶艺师", wage_yuan=(3800, 5000))
    firm = draw_firm(random, trade="茶业")
    due = months("2026-02", 5)
    return Story(
        key="no-contract",
        kind="mediation",
        dispute_type="D2",
        channel="street_centre",
        received_on=_day(random, date(2026, 7, 20), 15),
        workers=(worker,),
        firms=(firm,),
        claims=(
            (
                Claim(
                    kind="double_wage",
                    amount_fen=worker.monthly_wage_fen * len(due),
                    detail=f"{month_range(due)}未签书面劳动合同二倍工资差额",
                ),
            ),
        ),
        facts="2025 年 12 月 28 日入职,多次要求签合同,单位均以“试用合格再签”推脱。",
    )


def phone_question(random: Random) -> Story:
    """A telephone consultation: what can be done about a month's unpaid wage. Nothing further yet."""
    worker = draw_worker(random, job="服务员", wage_yuan=(3200, 4200))
    firm = draw_firm(random, trade="餐饮管理", suffix="有限责任公司")
    unpaid = months("2026-08", 1)
    return Story(
        key="phone-question",
        kind="consultation",
        dispute_type="D5a",
        channel="12351",
        received_on=_day(random, date(2026, 9, 10), 8),
        workers=(worker,),
        firms=(firm,),
        claims=((wages(worker, unpaid),),),
        facts="电话咨询:饭店转让,8 月工资没有发,新老板说与他无关。已告知可申请调解或向劳动监察投诉。",
    )


def training_fee(random: Random) -> Story:
    """The employer applies: a trained worker left before the agreed service period ended (劳动合同法 第二十二条)."""
    worker = draw_worker(random, job="数控技师", wage_yuan=(7000, 9800), migrant=False)
    firm = draw_firm(random, trade="钢构")
    fee_fen = random.randrange(60, 180) * 100_00
    return Story(
        key="training-fee",
        kind="mediation",
        dispute_type="D3",
        channel="window",
        received_on=_day(random, date(2026, 8, 24), 15),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="other", amount_fen=fee_fen, detail="服务期未满,按比例返还专项培训费用"),),),
        facts=f"双方约定服务期三年,单位出资送外培训。{worker.name} 满一年后提出辞职,对应返还的数额有争议。",
        firm_applies=True,
    )


STORIES: tuple[Callable[[Random], Story], ...] = (
    rope_net,
    work_injury,
    workshop_closed,
    social_insurance,
    building_site,
    labour_agency,
    overtime,
    rider,
    dismissal,
    no_contract,
    phone_question,
    training_fee,
)
