"""Names as they are shown to whoever holds a paper: enough to recognise one's own, too little to learn another's.

There is one rule, and every place that masks a name uses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

STAR = "*"
FIRM_HEAD, FIRM_TAIL = 2, 4
"""Of a firm the place it begins with and its legal form stay, as in 日照****有限公司."""
LONGEST_PERSON = 7
"""Symbols of a person's name in Chinese characters alone; a longer one in one word is a firm's."""
PARTS_A_PERSONS_NAME = frozenset(" ·•‧.")
"""Between the parts of names of minorities and of foreigners, which may be long."""


def mask_name(name: str) -> str:
    """`周小满` → `周*满`, `李示` → `李*`, `日照示例绳网有限公司` → `日照****有限公司`.

    As many stars as symbols are hidden: the length helps its owner, and says nothing to others.
    """
    if len(name) > LONGEST_PERSON and not PARTS_A_PERSONS_NAME & set(name):
        head, tail = FIRM_HEAD, FIRM_TAIL
    else:
        head, tail = int(len(name) > 1), int(len(name) > 2)  # noqa: PLR2004 - something between first and last
    return name[:head] + STAR * (len(name) - head - tail) + name[len(name) - tail :]


def mask_names_in(text: str, names: Iterable[str]) -> str:
    """A text in which each of these names is masked where it stands, longer names first."""
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        text = text.replace(name, mask_name(name))
    return text


def mask_all(texts: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Several texts, each as `mask_names_in` shows it."""
    return tuple(mask_names_in(text, names) for text in texts)
