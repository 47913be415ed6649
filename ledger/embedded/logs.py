"""Searching logs: the bloom of every block in the range first, receipts only where it says "perhaps"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.canonical import JsonValue
from ledger.embedded.answers import bloom_bits, render_logs
from ledger.embedded.evm import Evm
from ledger.embedded.params import (
    INVALID_PARAMS,
    SERVER_ERROR,
    RpcError,
    parse_address,
    parse_hash,
    parse_number,
)

MAX_TOPICS: Final = 4
MAX_ALTERNATIVES: Final = 1000
"""Addresses, or topics of one place, in one filter: as in geth."""

_MEMBERS: Final = frozenset({"address", "blockHash", "fromBlock", "toBlock", "topics"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """A filter of `eth_getLogs` over blocks `first` … `last`, both included.

    An empty set of addresses, or of topics of a place, matches all.
    """

    first: int
    last: int
    addresses: frozenset[bytes]
    topics: tuple[frozenset[bytes], ...]


def parse_log_filter(evm: Evm, value: JsonValue) -> LogFilter:
    """Read a filter; raises RpcError."""
    if not isinstance(value, Mapping):
        raise RpcError(INVALID_PARAMS, "the filter is not an object")
    if unknown := set(value) - _MEMBERS:
        raise RpcError(INVALID_PARAMS, f"unknown member of the filter: {min(unknown)}")
    first, last = _range(evm, value)
    topics = value.get("topics") or []
    if not isinstance(topics, list) or len(topics) > MAX_TOPICS:
        raise RpcError(INVALID_PARAMS, f"topics is a list of at most {MAX_TOPICS}")
    return LogFilter(
        first=first,
        last=last,
        addresses=_alternatives(value.get("address"), parse_address),
        topics=tuple(_alternatives(topic, parse_hash) for topic in topics),
    )


def find_logs(evm: Evm, wanted: LogFilter) -> Iterator[JsonValue]:
    """All logs that the filter matches, in the order of the chain."""
    for number in _candidates(evm, wanted):
        yield from _logs_of(evm, wanted, number)


def _range(evm: Evm, value: Mapping[str, JsonValue]) -> tuple[int, int]:
    if "blockHash" in value:
        if "fromBlock" in value or "toBlock" in value:
            raise RpcError(INVALID_PARAMS, "blockHash excludes fromBlock and toBlock")
        header = evm.header_by_hash(parse_hash(value["blockHash"]))
        if header is None:
            raise RpcError(SERVER_ERROR, "unknown block")
        return header.block_number, header.block_number
    newest = evm.head().block_number
    first, last = (parse_number(value.get(name), newest=newest) for name in ("fromBlock", "toBlock"))
    if first > last:
        raise RpcError(INVALID_PARAMS, "fromBlock is after toBlock")
    return first, min(last, newest)


def _alternatives(value: JsonValue, parse: Callable[[JsonValue], bytes]) -> frozenset[bytes]:
    if value is None:
        return frozenset()
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_ALTERNATIVES:
        raise RpcError(INVALID_PARAMS, f"at most {MAX_ALTERNATIVES} alternatives")
    return frozenset(parse(item) for item in values)


def _candidates(evm: Evm, wanted: LogFilter) -> Iterator[int]:
    # A bloom errs on one side only: what it rules out is not there.
    masks = [[bloom_bits(value) for value in group] for group in (wanted.addresses, *wanted.topics) if group]
    for number in range(wanted.first, wanted.last + 1):
        bloom = evm.bloom(number)
        if bloom and all(any(mask & bloom == mask for mask in group) for group in masks):
            yield number


def _logs_of(evm: Evm, wanted: LogFilter, number: int) -> Iterator[JsonValue]:
    header = evm.header(number)
    mined = None if header is None else evm.mined_in(header)
    if mined is None:
        return
    for log, shown in zip(mined.receipt.logs, render_logs(mined), strict=True):
        topics = [topic.to_bytes(32) for topic in log.topics]
        fits = len(topics) >= len(wanted.topics) and all(
            not group or topic in group for group, topic in zip(wanted.topics, topics, strict=False)
        )
        if fits and (not wanted.addresses or log.address in wanted.addresses):
            yield shown
