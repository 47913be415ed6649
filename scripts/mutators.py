"""What a mutant changes: one node of the Solidity compiler's syntax tree, replaced in the text.

Operators are exchanged, conditions made constant, statements left out, numbers moved by one, arguments of one type
swapped, modifiers dropped; the same within assembly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Node = dict[str, Any]

EXCHANGES = {
    "==": ["!="],
    "!=": ["=="],
    "<": ["<=", ">="],
    ">": [">=", "<="],
    "<=": ["<", ">"],
    ">=": [">", "<"],
    "+": ["-"],
    "-": ["+"],
    "*": ["+"],
    "**": ["*"],
    "&": ["|"],
    "|": ["&"],
    ">>": ["<<"],
    "&&": ["||"],
    "||": ["&&"],
}
YUL_EXCHANGES = {
    "and": ["or"],
    "eq": ["lt", "gt"],
    "add": ["sub"],
    "mstore": ["mstore8"],
    "staticcall": ["delegatecall"],
}
MEMBER_EXCHANGES = {"block.timestamp": "block.number", "block.number": "block.timestamp", "msg.sender": "tx.origin"}
LEFT_OUT = ("ExpressionStatement", "EmitStatement", "RevertStatement", "Continue", "Break", "YulExpressionStatement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change to one file."""

    file: str
    name: str
    source: str


def mutants_of(file: str, text: str, tree: Node) -> list[Mutant]:
    """Every mutant of a file, each once, in the order of the text."""
    data = text.encode()
    seen: set[bytes] = set()
    made: list[Mutant] = []
    for start, end, new in sorted(_changes(data, tree)):
        source = data[:start] + new.encode() + data[end:]
        if source == data or source in seen:
            continue
        seen.add(source)
        line = data.count(b"\n", 0, start) + 1
        old = " ".join(data[start:end].decode().split())
        name = f"{file}:{line}: `{old}` becomes `{' '.join(new.split())}`"
        number = sum(mutant.name.partition(" #")[0] == name for mutant in made)
        made.append(Mutant(file=file, name=f"{name} #{number + 1}" if number else name, source=source.decode()))
    return made


def _changes(data: bytes, tree: Node) -> Iterator[tuple[int, int, str]]:
    for node in _nodes(tree):
        start, end = _span(node)
        text = data[start:end].decode()
        kind = node["nodeType"]
        if kind in LEFT_OUT:
            # in Solidity the span ends before the semicolon
            yield start, end + (data[end : end + 1] == b";"), "{}"
        yield from ((start, end, new) for new in _replacements(data, node, text))


def _replacements(data: bytes, node: Node, text: str) -> Iterator[str]:  # noqa: C901, PLR0912 - one branch for each kind
    match node["nodeType"]:
        case "BinaryOperation":
            left, right = (_text(data, node[side]) for side in ("leftExpression", "rightExpression"))
            yield from (f"{left} {new} {right}" for new in EXCHANGES.get(node["operator"], []))
            if node["operator"] in {"&&", "||"}:
                yield from (left, right)
        case "Assignment" if node["operator"] in {">>=", "&=", "+="}:
            left, right = _text(data, node["leftHandSide"]), _text(data, node["rightHandSide"])
            yield f"{left} = {right}"
        case "UnaryOperation":
            inner = _text(data, node["subExpression"])
            if node["operator"] == "!":
                yield inner
            elif node["operator"] == "++":
                yield inner
                yield text.replace("++", "--")
        case "Literal" if node["kind"] == "number":
            number = int(node["value"].replace("_", ""), 0)
            yield from (str(other) for other in (number + 1, number - 1) if other >= 0)
        case "Literal" if node["kind"] == "bool":
            yield "false" if node["value"] == "true" else "true"
        case "Conditional":
            condition, yes, no = (
                _text(data, node[part]) for part in ("condition", "trueExpression", "falseExpression")
            )
            yield f"{condition} ? {no} : {yes}"
            yield from (yes, no)
        case "IfStatement" | "ForStatement" if node.get("condition"):
            condition = node["condition"]
            begin, end = (edge - _span(node)[0] for edge in _span(condition))
            raw = data[slice(*_span(node))]
            yield from ((raw[:begin] + new + raw[end:]).decode() for new in (b"true", b"false"))
        case "Return" if node.get("expression"):
            yield from ("return true", "return false", "return 0")
        case "FunctionCall":
            yield from _swapped(node, text)
        case "ModifierInvocation":
            yield ""
        case "MemberAccess" | "Identifier" if text in MEMBER_EXCHANGES:
            yield MEMBER_EXCHANGES[text]
        case "YulFunctionCall":
            name = node["functionName"]["name"]
            yield from (new + text[len(name) :] for new in YUL_EXCHANGES.get(name, []))
        case "YulLiteral" if node["kind"] == "number":
            number = int(node["value"], 0)
            yield from (hex(other) for other in (number + 1, number - 1) if other >= 0)


def _swapped(node: Node, text: str) -> Iterator[str]:
    """Exchange two neighbouring arguments of the same type."""
    arguments = node["arguments"]
    for first, second in pairwise(arguments):
        types = {argument["typeDescriptions"]["typeString"] for argument in (first, second)}
        if len(types) > 1:
            continue
        origin = _span(node)[0]
        a, b = ((start - origin, end - origin) for start, end in (_span(first), _span(second)))
        raw = text.encode()
        yield (raw[: a[0]] + raw[b[0] : b[1]] + raw[a[1] : b[0]] + raw[a[0] : a[1]] + raw[b[1] :]).decode()


def _nodes(node: Any) -> Iterator[Node]:
    if isinstance(node, list):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, dict):
        # imports, declarations of errors and the like hold nothing that runs
        if "nodeType" in node and "src" in node:
            yield node
        for key, value in node.items():
            if key not in {"documentation", "typeDescriptions", "baseContracts", "typeName", "overrides"}:
                yield from _nodes(value)


def _span(node: Node) -> tuple[int, int]:
    start, length, _ = node["src"].split(":")
    return int(start), int(start) + int(length)


def _text(data: bytes, node: Node) -> str:
    start, end = _span(node)
    return data[start:end].decode()
