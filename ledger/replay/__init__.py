"""Replay: a ledger's own transactions, executed once more on a fresh chain, and everything they did compared.

*Exact*: the original signed transactions run in their original order and at their original times. Equal must be hash,
sender, nonce, status, gas used, created contract, events and time of each; what the contract then shows; and on an
embedded chain made from the same genesis the block hashes and the state root too.

*Anew*: where the original bytes cannot be used, a local key anchors the checkpoints once more. That shows that they
follow from each other and from the statements, and nothing about who anchored them, or when.

Replay speaks protocols alone; adapters start the chains.
"""

from ledger.replay.anew import FreshLog, Head, anchor_anew
from ledger.replay.exact import execute_again
from ledger.replay.forms import (
    Difference,
    Mode,
    Original,
    Outcome,
    Replaced,
    ReplayChain,
    ReplayReport,
    report,
)

__all__ = [
    "Difference",
    "FreshLog",
    "Head",
    "Mode",
    "Original",
    "Outcome",
    "Replaced",
    "ReplayChain",
    "ReplayReport",
    "anchor_anew",
    "execute_again",
    "report",
]
