"""Names of people and firms brought to one form, and how they sound."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC
from pypinyin.pinyin_dict import pinyin_dict

_NOISE = re.compile(r"[\s·•・.,，。、\-—_'\"“”‘’《》<>:：;；/\\|*＊]+")
_BRACKETED = re.compile(r"[(\[〔【{<](?P<inside>[^)\]〕】}>]*)[)\]〕】}>]")
_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团公司|总公司|公司|合伙企业|个人独资企业|集团)$")
_BRANCH = re.compile(
    r"(?<=.)(?P<at>(第[一二三四五六七八九十\d]+)|([^公司]{1,6}?))?(分公司|分厂|分店|分部|项目经理部|项目部|办事处|经营部|营业部)$"
)
_PLACE = re.compile(
    r"^(中国|山东省?|日照市?|岚山区?|东港区|莒县|五莲县|[\u4e00-\u9fff]{2,3}省|[\u4e00-\u9fff]{2}市|[\u4e00-\u9fff]{2}[区县])"
)
_TONES = re.compile(r"[\u0300\u0301\u0304\u030c]")
MIN_CORE = 2
"""Characters that must be left of a firm's name after its place is taken off."""


@cache
def _simplified() -> OpenCC:
    return OpenCC("t2s")


def plain(text: str) -> str:
    """One form of what two keyboards write: half width, simplified, without spaces, dots and dashes; idempotent."""
    once = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())
    return _NOISE.sub("", str(_simplified().convert(once))).casefold()


def normal_name(text: str) -> str:
    """A person's name: `plain`, without what stands in brackets behind it (曾用名…, a nickname)."""
    return _BRACKETED.sub("", plain(text)) or plain(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmName:
    """A firm's name: `core` is brand and trade; `is_branch` tells that a branch or site of it was named."""

    core: str
    is_branch: bool


def normal_firm(text: str) -> FirmName:
    """Take place, legal form and branch off a firm's name; what is left is what tells firms apart.

    `日照（岚山）恒通物流有限责任公司第一分公司` and `恒通物流` have the same core. A name that is nothing but a place
    or a form stays as it is.
    """
    name = plain(text)
    opened = _BRACKETED.sub(lambda found: "" if _is_place(found["inside"]) else found["inside"], name)
    bare, branches = _BRANCH.subn("", opened) if "公司" in opened[:-3] else (opened, 0)
    bare, more = (_BRANCH.subn("", bare)) if not branches else (bare, branches)
    core = _without_place(_FORMS.sub("", bare))
    return FirmName(core=core or name, is_branch=bool(branches or more))


def sound(text: str) -> tuple[frozenset[str], ...]:
    """How each character may sound, without tones; what is no Chinese character sounds like itself."""
    return tuple(_readings(sign) for sign in text)


def first_sound(text: str) -> str:
    """The commonest reading of each character, joined."""
    return "-".join(_first_reading(sign) for sign in text)


def sounds_alike(one: str, other: str) -> bool:
    """Whether two texts may be read the same, character by character."""
    return len(one) == len(other) and all(a & b for a, b in zip(sound(one), sound(other), strict=True))


@cache
def _readings(sign: str) -> frozenset[str]:
    written = pinyin_dict.get(ord(sign))
    return frozenset(map(_toneless, written.split(","))) if written else frozenset({sign})


@cache
def _first_reading(sign: str) -> str:
    written = pinyin_dict.get(ord(sign))
    return _toneless(written.split(",")[0]) if written else sign


def _toneless(reading: str) -> str:
    return _TONES.sub("", unicodedata.normalize("NFD", reading))


def _is_place(text: str) -> bool:
    return (
        not text
        or not _without_place(text, keep=0)
        or bool(_FORMS.fullmatch(text))
        or bool(_BRANCH.fullmatch("x" + text))
    )


def _without_place(text: str, *, keep: int = MIN_CORE) -> str:
    while (found := _PLACE.match(text)) and len(text) - found.end() >= keep:
        text = text[found.end() :]
    return text
