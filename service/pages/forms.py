"""A form as it was filled in, and what is wrong with it.

Fields are named as in the API (`applicant.name`, `claims.0.amount_fen`), so that an error which points into a body
points at a field. Whatever goes wrong, every value that was typed comes back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from ledger.canonical import normalise_text
from ledger.errors import Malformed
from service.formats import FEN_PER_YUAN
from service.problems import MalformedRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


MAX_FIELDS = 1500
"""The longest registration by form (fifty workers with a claim each) has about 1,100."""
MAX_FORM_BYTES = 512 << 10
"""A registration with the longest facts, every Chinese character as nine bytes of percent-encoding, has 200 KiB."""
ROW_DIGITS = 3
"""Of the number of a repeated row."""
WHOLE_NUMBERS = frozenset({"instalment", "party", "position"})
"""Fields, by the last part of their name, that the API takes as numbers."""
AS_TYPED = frozenset({"password"})
"""Fields that are not tidied up."""
AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormError:
    """What is wrong, in the reader's language; `field` is empty when it is about no single field."""

    field: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Values by field name, as text, and errors in the order in which they are shown."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[FormError, ...] = ()

    def value(self, name: str) -> str:
        """What was typed, or nothing."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """The first error of a field."""
        return next((error.message for error in self.errors if error.field == name), None)

    def with_errors(self, errors: Iterable[FormError]) -> Form:
        """The same values, with these errors instead."""
        return Form(values=self.values, errors=tuple(errors))


def parse_form(body: bytes) -> Form:
    """Read an `application/x-www-form-urlencoded` body; raises MalformedRequest for what no browser sends.

    Of a field that comes twice the last one counts.
    """
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise MalformedRequest("not a form as browsers send it") from error
    return make_form(dict(pairs))


def make_form(values: Mapping[str, str]) -> Form:
    """The form of these fields, trimmed and normalised; what cannot be text is refused with MalformedRequest."""
    return Form(values={name: value if name in AS_TYPED else _clean(value) for name, value in values.items()})


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1, "c.0.d": 2}` → `{"a": {"b": 1}, "c": [{"d": 2}]}`; raises Malformed when a name is also a prefix.

    Numbered parts become lists in the order of their numbers; `renumber` makes those numbers the list's own.
    """
    root: dict[str, Any] = {}
    for name, value in values.items():
        *path, last = name.split(".")
        place = root
        for part in path:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise Malformed("form", f"{name} is a field and a group")
        if isinstance(place.get(last), dict):
            raise Malformed("form", f"{name} is a field and a group")
        place[last] = value
    closed = _close(root)
    return closed if isinstance(closed, dict) else {}


def renumber(values: Mapping[str, str], group: str) -> dict[str, str]:
    """Close up the rows of `group` (`claims.0.…`, `claims.1.…`): rows without any value go, the others count from 0."""
    rows = sorted({int(name.split(".")[1]) for name, value in values.items() if value and _is_row(name, group)})
    place = {old: new for new, old in enumerate(rows)}
    kept: dict[str, str] = {}
    for name, value in values.items():
        if not _is_row(name, group):
            kept[name] = value
        elif (old := int(name.split(".")[1])) in place:
            kept[".".join((group, str(place[old]), *name.split(".")[2:]))] = value
    return kept


def row_count(values: Mapping[str, str], group: str) -> int:
    """How many rows of `group` there are, counting up to the last one with a field in the form."""
    return max((int(name.split(".")[1]) + 1 for name in values if _is_row(name, group)), default=0)


def chosen(values: Mapping[str, str], group: str) -> tuple[str, ...]:
    """The codes ticked in a group of checkboxes, which are named `group.code`."""
    return tuple(
        name.removeprefix(f"{group}.") for name, value in values.items() if name.startswith(f"{group}.") and value
    )


def filled(values: Mapping[str, str]) -> dict[str, str]:
    """The values that are not empty."""
    return {name: value for name, value in values.items() if value}


def body_of(form: Form, *, without: frozenset[str]) -> dict[str, Any]:
    """The form as the API takes it: empty fields left out, yuan as fen, places as numbers, names as a tree.

    What is no amount or number stays text, so that the field itself refuses it.
    """
    values: dict[str, Any] = {}
    for name, text in filled(form.values).items():
        last = name.rpartition(".")[2]
        if name in without:
            continue
        if last.endswith("_fen"):
            amount = parse_amount(text)
            values[name] = text if amount is None else amount
        elif last in WHOLE_NUMBERS and text.isascii() and text.isdigit():
            values[name] = int(text[:9])
        else:
            values[name] = text
    return nest(values)


def parse_amount(text: str) -> int | None:
    """Yuan as people type them (`18,640`, `18640.5`, `¥18 640.50 元`, full-width digits) in fen; None otherwise."""
    plain = _DECORATION.sub("", text.translate(_FULL_WIDTH))
    if not AMOUNT.fullmatch(plain):
        return None
    try:
        return int(Decimal(plain) * FEN_PER_YUAN)
    except InvalidOperation:
        return None


def render_amount(amount_fen: int) -> str:
    """Fen as `parse_amount` reads them, for a field that is filled in again."""
    return f"{amount_fen // FEN_PER_YUAN}.{amount_fen % FEN_PER_YUAN:02d}"


_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_DECORATION = re.compile(r"[\s,元¥￥]")


def _clean(value: str) -> str:
    return normalise_text(value).replace("\r\n", "\n").strip()


def _is_row(name: str, group: str) -> bool:
    parts = name.split(".")
    return (
        len(parts) > 1 + 1
        and parts[0] == group
        and parts[1].isascii()
        and parts[1].isdigit()
        and len(parts[1]) <= ROW_DIGITS
    )


def _close(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(name.isdigit() for name in node):
        return [_close(node[name]) for name in sorted(node, key=int)]
    return {name: _close(value) for name, value in node.items()}
