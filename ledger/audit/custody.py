"""Who held the log: its operators one after the other, and its witnesses with what each has cosigned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.audit.findings import ABSENT, Code, Custody, Finding, Layer, Operator, Record, Witness
from ledger.audit.sink import Sink
from ledger.audit.sources import AuditedChain, LogEvent
from ledger.errors import Unavailable

OPENED = "LogOpened"
OPERATOR_CHANGED = "OperatorChanged"
WITNESS_CHANGED = "WitnessChanged"
COSIGNED = "CheckpointCosigned"


@dataclass(slots=True)
class Holders:
    """Gathers who held the log from its events, oldest first. What an event says of a cosignature storage confirms."""

    chain: AuditedChain
    sink: Sink
    _operators: list[Operator] = field(default_factory=list)
    _named: dict[str, bool] = field(default_factory=dict)
    _cosigned: dict[str, list[int]] = field(default_factory=dict)

    def add(self, event: LogEvent, *, checkpoints: int) -> None:
        """Take the next event; `checkpoints` is how many the log had by then. Raises Unavailable."""
        if event.name in {OPENED, OPERATOR_CHANGED}:
            address = _address(event, "operator" if event.name == OPENED else "current")
            self._operators.append(Operator(address=address, from_index=checkpoints))
        elif event.name == WITNESS_CHANGED:
            self._named[_address(event, "witness")] = event.arguments.get("named") is True
        elif event.name == COSIGNED:
            self._cosign(_address(event, "witness"), event.arguments)

    def custody(self) -> Custody:
        """What was gathered."""
        addresses = sorted({*self._named, *self._cosigned})
        return Custody(
            operators=tuple(self._operators), witnesses=tuple(self._witness(address) for address in addresses)
        )

    def _cosign(self, witness: str, arguments: Mapping[str, object]) -> None:
        index = arguments.get("index")
        if not isinstance(index, int):
            raise Unavailable("chain", f"a cosignature of {witness} cannot be read")
        if self.chain.has_cosigned(index=index, witness=witness):
            self._cosigned.setdefault(witness, []).append(index)
            return
        self.sink.add(
            Finding(
                code=Code.COSIGNATURE_MISMATCH,
                layer=Layer.CHAIN,
                record=Record(kind="cosignature", number=f"{index}/{witness}"),
                field="hasCosigned",
                expected=ABSENT,
                found=witness,
            )
        )

    def _witness(self, address: str) -> Witness:
        indexes = self._cosigned.get(address, [])
        return Witness(
            address=address,
            named=self._named.get(address, False),
            cosigned=len(indexes),
            newest=max(indexes, default=None),
        )


def _address(event: LogEvent, name: str) -> str:
    address = event.arguments.get(name)
    if not isinstance(address, str):
        raise Unavailable("chain", f"the event of {event.transaction_hash} cannot be read")
    return address
