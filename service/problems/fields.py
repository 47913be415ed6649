"""From pydantic's findings to ours: JSON pointers, permanent codes, no input repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from service.inputs import FieldError
from service.problems.words import FIELDS

_CODES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "required",
        "extra_forbidden": "unknown_field",
        "literal_error": "not_in_list",
        "string_too_short": "too_short",
        "string_too_long": "too_long",
        "too_short": "too_short",
        "too_long": "too_long",
        "greater_than": "too_small",
        "greater_than_equal": "too_small",
        "less_than": "too_large",
        "less_than_equal": "too_large",
        "string_pattern_mismatch": "not_of_form",
        "value_error": "not_of_form",
        "string_unicode": "forbidden_character",
    }
)
_EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "text",
        "int_type": "integer",
        "int_parsing": "integer",
        "int_from_float": "integer",
        "bool_type": "true / false",
        "bool_parsing": "true / false",
        "tuple_type": "array",
        "list_type": "array",
        "dict_type": "object",
        "model_type": "object",
        "model_attributes_type": "object",
    }
)
_LIMITS = ("max_length", "min_length", "ge", "le", "gt", "lt")
_PLACES = frozenset({"body", "query", "path", "header", "form"})


def field_errors(found: Iterable[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """What pydantic found, in our words. `loc` may begin with the part of the request that the field came in."""
    return tuple(_field_error(item) for item in found)


def _field_error(item: Mapping[str, Any]) -> FieldError:
    kind, context = str(item["type"]), dict(item.get("ctx") or {})
    path = list(item["loc"])
    if path and path[0] in _PLACES:
        path = path[1:]
    pointer = render_pointer(path) + str(context.pop("pointer", ""))
    if kind in _EXPECTED:
        return FieldError(pointer=pointer, code="wrong_type", facts={"expected": _EXPECTED[kind]})
    code = _CODES.get(kind, kind)
    facts: dict[str, str | int] = {
        name: value for name, value in context.items() if isinstance(value, str | int) and name != "error"
    }
    for name in _LIMITS:
        if name in facts:
            facts = {"limit": facts[name]}
            break
    return FieldError(pointer=pointer, code=code if code in FIELDS else "not_of_any_use", facts=facts)


def render_pointer(path: Sequence[str | int]) -> str:
    """An RFC 6901 JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
