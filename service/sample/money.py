"""Money as Chinese papers write it: in figures, and in capital characters that one more stroke cannot alter."""

from __future__ import annotations

FEN_PER_YUAN = 100
MAX_FEN = 10**14 - 1
"""Below a trillion yuan: the largest sum that four groups of four digits are needed for never comes up here."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


def render_figures(amount_fen: int) -> str:
    """`1864000` → `18,640.00`."""
    yuan, fen = divmod(amount_fen, FEN_PER_YUAN)
    return f"{yuan:,}.{fen:02d}"


def _render_group(number: int) -> str:
    """Return up to four digits in capitals, with one 零 for each gap inside."""
    text, gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + PLACES[place]
        gap = not digit
    return text


def render_capitals(amount_fen: int) -> str:
    """`1864000` → `壹万捌仟陆佰肆拾元整` (正确填写票据和结算凭证的基本规定). Raises ValueError outside 0 … MAX_FEN."""
    if not 0 <= amount_fen <= MAX_FEN:
        raise ValueError(amount_fen)
    yuan, rest = divmod(amount_fen, FEN_PER_YUAN)
    jiao, fen = divmod(rest, 10)
    text, owed_zero = "", False
    for index in reversed(range(len(GROUPS))):
        group = yuan // 10_000**index % 10_000
        if group:
            needs_zero = bool(text) and (owed_zero or group < 1000)  # noqa: PLR2004 - its first digit is 0
            text += ("零" if needs_zero else "") + _render_group(group) + GROUPS[index]
            owed_zero = False
        else:
            owed_zero = bool(text)
    text += "元" if text else ""
    if not rest:
        return (text or "零元") + "整"
    text += DIGITS[jiao] + "角" if jiao else ("零" if text else "")
    return text + (DIGITS[fen] + "分" if fen else "整")
