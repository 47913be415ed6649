"""Disputes without an agreement: legal aid under way, mediation just begun, a question on the telephone."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from service.sample.money import render_figures
from service.sample.people import draw_firm, draw_worker
from service.sample.story import GRANTED, TALKS, Claim, Move, Story, month_range, months, office_day, wages


def work_injury(random: Random) -> Story:
    """A machine operator's hand was crushed; the firm pays neither treatment nor wages. Legal aid, still open."""
    worker = draw_worker(random, job="冲压工", wage_yuan=(4600, 6200))
    firm = draw_firm(random, trade="机械制造")
    injured = office_day(random, date(2026, 4, 7), 20)
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
                Claim(kind="medical", amount_fen=treatment_fen, detail="工伤医疗费"),
                Claim(
                    kind="wages",
                    amount_fen=worker.monthly_wage_fen * len(unpaid),
                    detail=f"停工留薪期工资({month_range(unpaid)})",
                ),
            ),
        ),
        facts=(
            f"{injured.isoformat()} 上班期间右手被冲床压伤，住院17天，自付医疗费 {render_figures(treatment_fen)} 元。"
            f"{decided.isoformat()} 认定为工伤。单位未支付医疗费，停工期间未发工资。"
        ),
        unpaid_months=unpaid,
        finding=(
            f"经查，{worker.name} 于 {injured.isoformat()} 在 {firm.name} 车间操作冲床时受伤，符合《工伤保险条例》"
            f"第十四条第(一)项之规定，认定为工伤。认定日期：{decided.isoformat()}。"
        ),
        moves=GRANTED,
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
        received_on=office_day(random, date(2026, 6, 1), 40),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="social_insurance", amount_fen=None, detail="补缴2024年1月至2026年5月养老保险"),),),
        facts="2024 年 1 月入职，签有劳动合同，单位一直未缴纳养老保险，称已折算在工资里。",
        chat=(
            ("我", "我去社保大厅查了，一个月都没有交。"),
            ("老板", "每月多给你的三百就是保险钱。"),
            ("我", "工作人员说不能用钱代替，要补缴。"),
        ),
        moves=(
            *TALKS,
            Move(after_days=14, step="fail", ground="differences", note="对补缴年限分歧较大，已告知可申请仲裁。"),
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
        received_on=office_day(random, date(2026, 8, 3), 20),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="overtime", amount_fen=sum_fen, detail="2025年8月至2026年7月延时加班工资"),),),
        facts="两班倒，每班 12 小时，全年无休，单位称工资已包含加班费，未提供工资条。",
        chat=(
            ("老板", "这个月值班表发群里了，大家照着上。"),
            ("我", "队长，我这个月又是 30 个 12 小时。"),
            ("老板", "都一样，工资里都包了。"),
        ),
        moves=(
            Move(after_days=2, step="ask_for_material", note="请补交身份证复印件和值班表。"),
            Move(after_days=4, step="supply_material"),
            Move(after_days=6, step="grant"),
            Move(after_days=8, step="assign"),
        ),
    )


def rider(random: Random) -> Story:
    """A delivery rider without a contract asks that the employment relation be found. Legal aid."""
    worker = draw_worker(random, job="外卖骑手", wage_yuan=(5200, 7800))
    firm = draw_firm(random, trade="餐饮管理")
    begun = office_day(random, date(2025, 9, 1), 60)
    return Story(
        key="rider",
        kind="legal_aid",
        dispute_type="D1",
        channel="app",
        received_on=office_day(random, date(2026, 7, 14), 25),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="confirm_relation", amount_fen=None, detail=f"确认自{begun.isoformat()}起存在劳动关系"),),),
        facts=(
            f"{begun.isoformat()} 起由站长排班送餐，按月发薪，须打卡并服从考核，未签合同。"
            "2026 年 7 月受伤后站点称双方是合作关系。"
        ),
        chat=(
            ("老板", "明早九点前到站点开早会，不来扣 50。"),
            ("我", "收到。上个月请假那天也扣了 100。"),
            ("老板", "规矩都一样，专送必须服从排班。"),
        ),
        moves=(*GRANTED, Move(after_days=40, step="complete"), Move(after_days=55, step="submit_file")),
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
        received_on=office_day(random, date(2026, 7, 20), 15),
        workers=(worker,),
        firms=(firm,),
        claims=(
            (
                Claim(
                    kind="double_wages",
                    amount_fen=worker.monthly_wage_fen * len(due),
                    detail=f"{month_range(due)}未签书面劳动合同二倍工资差额",
                ),
            ),
        ),
        facts="2025 年 12 月 28 日入职，多次要求签合同，单位均以“试用合格再签”推脱。",
        moves=TALKS,
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
        received_on=office_day(random, date(2026, 9, 10), 8),
        workers=(worker,),
        firms=(firm,),
        claims=((wages(worker, unpaid),),),
        facts="电话咨询：饭店转让，8 月工资没有发，新老板说与他无关。已告知可申请调解或向劳动监察投诉。",
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
        received_on=office_day(random, date(2026, 8, 24), 15),
        workers=(worker,),
        firms=(firm,),
        claims=((Claim(kind="other", amount_fen=fee_fen, detail="服务期未满，按比例返还专项培训费用"),),),
        facts=f"双方约定服务期三年，单位出资送外培训。{worker.name} 满一年后提出辞职，对应返还的数额有争议。",
        firm_applies=True,
        moves=TALKS[:1],
    )
