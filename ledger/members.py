"""Members of a strict JSON object, each read as what it must be. A wrong one raises Malformed and is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ledger.canonical import JsonValue
from ledger.errors import Malformed


@dataclass(frozen=True, slots=True)
class Members:
    """An object of a format. `what` names the format in errors."""

    what: str
    values: Mapping[str, JsonValue]

    def __getitem__(self, name: str) -> JsonValue:
        return self.values[name]

    def text(self, name: str) -> str:
        """A text."""
        return self._text(name, self.values[name])

    def text_or_none(self, name: str) -> str | None:
        """A text, or null."""
        return None if self.values[name] is None else self.text(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """An array of texts."""
        return tuple(self._text(name, element) for element in self.array(name))

    def integer(self, name: str) -> int:
        """An integer, which a boolean is not."""
        value = self.values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.malformed(f"{name} is not an integer")
        return value

    def integer_or_none(self, name: str) -> int | None:
        """An integer, or null."""
        return None if self.values[name] is None else self.integer(name)

    def array(self, name: str) -> list[JsonValue]:
        """An array of anything."""
        value = self.values[name]
        if not isinstance(value, list):
            raise self.malformed(f"{name} is not an array")
        return value

    def mapping(self, name: str) -> Mapping[str, JsonValue]:
        """An object with any members."""
        value = self.values[name]
        if not isinstance(value, Mapping):
            raise self.malformed(f"{name} is not an object")
        return value

    def objects(self, name: str, names: AbstractSet[str]) -> Iterator[Members]:
        """An array of objects, each with exactly the members `names`."""
        return (exactly(element, names, what=self.what, where=f"an element of {name}") for element in self.array(name))

    def malformed(self, reason: str) -> Malformed:
        """The error that says what is wrong with this object."""
        return Malformed(self.what, reason)

    def _text(self, name: str, value: JsonValue) -> str:
        if not isinstance(value, str):
            raise self.malformed(f"{name} is not text")
        return value


def exactly(value: JsonValue, names: AbstractSet[str], *, what: str, where: str = "the file") -> Members:
    """Take `value` as an object with exactly the members `names`; raises Malformed naming `what` and `where`."""
    if not isinstance(value, Mapping) or value.keys() != names:
        raise Malformed(what, f"{where} is not an object with exactly the members {', '.join(sorted(names))}")
    return Members(what, value)
