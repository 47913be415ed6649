"""Sums in Chinese capitals (大写), as a settlement names them beside the figures so that no digit can be added later.

Rules: 中国人民银行《支付结算办法》附件一（正确填写票据和结算凭证的基本规定）第一条至第三条。
"""

from __future__ import annotations

from typing import Final

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
PLACES: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿", "万亿")
GROUP: Final = 10_000
MAX_FEN: Final = GROUP ** len(GROUPS) * 100 - 1
"""The largest sum that the four groups name."""


def render_capital_amount(amount_fen: int) -> str:
    """`2796000` → `人民币贰万柒仟玖佰陆拾元整`. Raises ValueError below nothing and above `MAX_FEN`.

    Zeros within a number are one 零; a sum without fen ends in 整.
    """
    if not 0 <= amount_fen <= MAX_FEN:
        raise ValueError(f"{amount_fen} fen have no capital form here")
    yuan, rest = divmod(amount_fen, 100)
    jiao, fen = divmod(rest, 10)
    text = "人民币"
    if yuan or not rest:
        text += (_whole(yuan) or DIGITS[0]) + "元"
    if jiao:
        text += DIGITS[jiao] + "角"
    elif fen and yuan:
        text += DIGITS[0]
    return text + (DIGITS[fen] + "分" if fen else "整")


def _whole(number: int) -> str:
    """A whole number without its unit; nothing for nothing."""
    groups: list[int] = []
    while number:
        number, group = divmod(number, GROUP)
        groups.append(group)
    text, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < GROUP // 10):
            text += DIGITS[0]
        text, gap = text + _group(group) + GROUPS[place], False
    return text


def _group(number: int) -> str:
    """1 to 9999 in capitals."""
    text, gap = "", False
    for place in reversed(range(len(PLACES))):
        digit = number // 10**place % 10
        if digit:
            text += (DIGITS[0] if gap and text else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return text
