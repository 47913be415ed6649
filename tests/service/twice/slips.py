"""How one and the same name or number comes out of two keyboards."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from opencc import OpenCC

HOMOPHONES = (
    "张章", "王汪", "李黎理", "刘留", "陈晨", "徐许", "于余俞", "程成", "吴武", "曹操", "梁良", "郑正", "姜江", "萧肖",
    "伟玮炜维", "芳方", "娜那", "敏闽", "静敬靖婧", "秀绣", "丽莉利立", "强墙", "磊垒", "军君钧均", "洋阳杨", "勇永咏",
    "艳燕雁", "杰洁捷", "涛滔", "明鸣铭", "超朝", "兰岚", "霞侠", "平萍苹", "刚钢岗", "英瑛莹", "华桦", "玉郁", "梅玫",
    "红洪宏鸿", "建健剑", "国帼", "志智", "春椿", "晓小筱", "宝保", "成诚城", "龙隆", "雪血", "峰锋丰", "宁凝",
    "辉晖徽", "鹏朋", "飞非", "云芸", "凤奉", "荣蓉容", "玲铃灵", "珍真贞", "新欣鑫心", "生声升", "庆磬",
    "海亥", "恒衡", "盛胜圣", "瑞锐", "金今", "泰太", "德得", "润闰", "安氨", "东冬", "晟胜", "顺舜", "通同", "源缘元",
    "达答", "信芯", "和合", "嘉佳家", "航杭", "远圆",
)  # fmt: skip
_SIMPLIFIED = OpenCC("t2s")
_TRADITIONAL = OpenCC("s2t")
_SOUNDS_LIKE = {
    one: [other for other in group if other != one] for group in HOMOPHONES for one in group if len(group) > 1
}
BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"), ("〔", "〕"), ("【", "】"))


def full_width(text: str, random: Random) -> str:
    """ASCII as a Chinese keyboard in full width writes it."""
    del random
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def spaced(text: str, random: Random) -> str:
    """A space or two where none belongs, of whatever width."""
    place = random.randrange(1, max(2, len(text)))
    return random.choice(("", " ")) + text[:place] + random.choice((" ", "\u3000", "  ")) + text[place:]


def traditional(text: str, random: Random) -> str:
    """In traditional characters."""
    del random
    return str(_TRADITIONAL.convert(text))


def sounding_alike(text: str, random: Random) -> str:
    """One character as another one that sounds the same; the text itself where none of them does."""
    places = [place for place, sign in enumerate(text) if sign in _SOUNDS_LIKE]
    if not places:
        return text
    place = random.choice(places)
    return text[:place] + random.choice(_SOUNDS_LIKE[text[place]]) + text[place + 1 :]


def swapped(text: str, random: Random) -> str:
    """Two different neighbours the other way round."""
    places = [place for place in range(len(text) - 1) if text[place] != text[place + 1]]
    place = random.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def without_one(text: str, random: Random) -> str:
    """One sign is missing."""
    place = random.randrange(len(text))
    return text[:place] + text[place + 1 :]


def mistyped(text: str, random: Random) -> str:
    """One digit is another one."""
    place = random.choice([place for place, sign in enumerate(text) if sign.isdigit()])
    return text[:place] + random.choice([digit for digit in "0123456789" if digit != text[place]]) + text[place + 1 :]


NUMBER_SLIPS: tuple[Callable[[str, Random], str], ...] = (swapped, without_one, mistyped)


def other_suffix(name: str, random: Random) -> str:
    """The legal form written another way, the place added or left off."""
    core = name.removesuffix("有限公司")
    if random.random() < 0.4:
        core = core.removeprefix("日照市").removeprefix("日照").removeprefix("山东")
    elif random.random() < 0.3:
        core = "山东省" + core.removeprefix("山东")
    return core + random.choice(("有限责任公司", "公司", "（有限公司）", ""))


def branch(name: str, random: Random) -> str:
    """A branch or site of the firm."""
    return name + random.choice(
        ("岚山分公司", "日照分公司", "第一分公司", "岚山港项目部", "（岚山分公司）", "碑廓分厂")
    )


def bracketed(name: str, random: Random) -> str:
    """The place in brackets, behind the brand or at the end, of any of the five kinds."""
    left, right = random.choice(BRACKETS)
    for place in ("日照市", "日照岚山", "日照", "岚山", "山东"):
        if name.startswith(place):
            rest = name.removeprefix(place)
            return rest[:2] + left + place + right + rest[2:]
    return name


def short_name(name: str, random: Random) -> str:
    """What people call the firm: brand and trade."""
    core = name.removesuffix("有限公司")
    for place in ("日照市", "日照岚山", "日照", "岚山", "山东"):
        core = core.removeprefix(place) if random.random() < 0.8 else core
    return core


def is_simplified(text: str) -> bool:
    """Whether a text has no traditional form of its own."""
    return str(_SIMPLIFIED.convert(text)) == text
