"""People and firms that nobody could be, drawn from a seed.

Workers are named after the twenty-four solar terms, firms are called 示例 ("example"). Numbers carry right check
digits, because the door refuses wrong ones, but cannot belong to anybody: counties 379000 to 379999 do not exist
(GB/T 2260), ID numbers have the serial 000, credit codes the body MA0000000, telephone numbers the area code 000.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK_DIGITS = "10X98765432"

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

SURNAMES = "周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛"
GIVEN_NAMES = (
    "立春", "雨水", "惊蛰", "春分", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒",
)  # fmt: skip
UNUSUAL_NAMES = ("古丽·示例", "赵䶮", "欧阳㛃", "买买提·示例", "钱犇犇", "司马芒种")
"""Names that systems get wrong: a middle dot, characters outside the common sets, two-character surnames."""

OFFICIALS = ("王示例", "刘示例", "孙示例", "高示例", "马示例", "徐示例")
VILLAGES = ("示例街道", "示例镇示例村", "示例街道示例社区", "示例镇示例路9号")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A person who works. `monthly_wage_fen` is what was agreed."""

    name: str
    female: bool
    birth_date: date
    id_number: str
    phone: str
    address: str
    job: str
    monthly_wage_fen: int
    migrant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """A firm, as the kind of party that it is (`service.law.PARTY_KINDS`), with the person who represents it."""

    kind: str = "employer"
    name: str
    credit_code: str
    address: str
    representative: str
    phone: str


def draw_county(random: Random) -> str:
    """Draw a county code of Shandong that does not exist."""
    return f"379{random.randrange(1000):03d}"


def id_number(*, birth_date: date, county: str) -> str:
    """Return an 18-character resident ID number with the serial 000 and its check digit (GB 11643-1999)."""
    body = f"{county}{birth_date:%Y%m%d}000"
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return body + ID_CHECK_DIGITS[total % 11]


def credit_code(county: str) -> str:
    """Return an 18-character unified social credit code with the body MA0000000 and its check (GB 32100-2015)."""
    body = f"91{county}MA0000000"
    total = sum(CREDIT_ALPHABET.index(symbol) * weight for symbol, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return body + CREDIT_ALPHABET[-total % len(CREDIT_ALPHABET)]


def phone(random: Random) -> str:
    """Return a telephone number with the area code 000, which does not exist."""
    return f"000-{random.randrange(10**8):08d}"


def draw_worker(random: Random, *, job: str, wage_yuan: tuple[int, int], migrant: bool = True) -> Worker:
    """Draw a worker with a monthly wage in whole tens of yuan within these bounds."""
    female = random.random() < 0.45  # noqa: PLR2004 - a little under half
    birth_date = date(1962, 1, 1) + timedelta(days=random.randrange(40 * 365))
    unusual = random.random() < 0.12  # noqa: PLR2004 - one in eight
    name = random.choice(UNUSUAL_NAMES) if unusual else random.choice(SURNAMES) + random.choice(GIVEN_NAMES)
    low, high = wage_yuan
    return Worker(
        name=name,
        female=female,
        birth_date=birth_date,
        id_number=id_number(birth_date=birth_date, county=draw_county(random)),
        phone=phone(random),
        address=f"岚山区{random.choice(VILLAGES)}",
        job=job,
        monthly_wage_fen=random.randrange(low // 10, high // 10 + 1) * 1000,
        migrant=migrant,
    )


def draw_firm(random: Random, *, trade: str, kind: str = "employer", suffix: str = "有限公司") -> Firm:
    """Draw a firm of this trade."""
    return Firm(
        kind=kind,
        name=f"日照示例{trade}{suffix}",
        credit_code=credit_code(draw_county(random)),
        address=f"岚山区示例路{random.randrange(2, 200)}号",
        representative=random.choice(OFFICIALS),
        phone=phone(random),
    )
