"""Workers and firms drawn in numbers, with names as common as they are in life, so that chance likenesses happen.

Nobody could be any of them: ID numbers and credit codes are of counties 379000 to 379999, which do not exist
(GB/T 2260), and telephone numbers have the area code 000.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

Party = dict[str, Any]

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜"
SURNAME_WEIGHTS = tuple(100 // (1 + place // 3) for place in range(len(SURNAMES)))
GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰涛明超兰霞平刚桂英华玉梅红建国志海燕春晓小宝成龙雪峰婷宁辉鹏飞云凤荣玲珍立新永生庆"

PLACES = ("日照", "日照市", "山东", "岚山", "日照岚山")
BRANDS = tuple(
    first + second for first in "海恒鑫盛宏瑞金泰德润华安东晟顺" for second in "通源达辉洋丰利诚远信隆和嘉跃航"
)
TRADES = (
    "物流", "建材", "建筑工程", "劳务", "人力资源", "食品", "水产", "绳网", "纺织", "机械制造", "港口装卸",
    "电子科技", "餐饮管理", "物业服务", "钢铁", "木业", "汽车运输", "商贸", "茶业", "海洋工程",
)  # fmt: skip
ROADS = ("海滨一路", "安东卫街道", "圣岚路", "虎山镇", "碑廓镇", "巨峰镇", "岚山头街道")


def id_number(birth_date: date, county: int) -> str:
    """A number with the serial 000 and its right check symbol (GB 11643-1999)."""
    body = f"379{county:03d}{birth_date:%Y%m%d}000"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11]


def credit_code(county: int, serial: int) -> str:
    """A code with its right check symbol (GB 32100-2015)."""
    body = f"91379{county:03d}MA0{serial:06d}"
    total = sum(CREDIT_SYMBOLS.index(symbol) * pow(3, place, 31) for place, symbol in enumerate(body))
    return body + CREDIT_SYMBOLS[-total % 31]


def draw_name(random: Random, *, surname: str | None = None) -> str:
    """A surname and one or two more characters; the second form is the commoner one."""
    (drawn,) = random.choices(SURNAMES, SURNAME_WEIGHTS)
    given = random.sample(GIVEN, 1 if random.random() < 0.3 else 2)
    return (surname or drawn) + "".join(given)


def draw_worker(random: Random, *, name: str | None = None) -> Party:
    """A worker as an office writes one down that asked for everything."""
    born = date(1962, 1, 1) + timedelta(days=random.randrange(42 * 365))
    return {
        "role": "applicant",
        "kind": "worker",
        "name": name or draw_name(random),
        "gender": random.choice(("female", "male")),
        "birth_date": born.isoformat(),
        "id_number": id_number(born, random.randrange(1000)),
        "phone": f"000-{random.randrange(10**8):08d}",
        "address": f"岚山区{random.choice(ROADS)}{random.randrange(1, 400)}号",
        "category": "migrant_worker",
    }


def firm_name(random: Random, *, brand: str | None = None, trade: str | None = None) -> str:
    """Place, brand, trade and form, as the register writes them."""
    return random.choice(PLACES) + (brand or random.choice(BRANDS)) + (trade or random.choice(TRADES)) + "有限公司"


def draw_firm(random: Random, *, kind: str = "employer", name: str | None = None) -> Party:
    """A firm as an office writes one down that had the licence before it."""
    return {
        "role": "respondent",
        "kind": kind,
        "name": name or firm_name(random),
        "credit_code": credit_code(random.randrange(1000), random.randrange(10**6)),
        "representative": draw_name(random),
        "phone": f"000-{random.randrange(10**8):08d}",
        "address": f"岚山区{random.choice(ROADS)}{random.randrange(1, 400)}号",
    }
