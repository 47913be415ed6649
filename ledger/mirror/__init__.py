"""An institution's own copy of a log, verified at each step, and its word for what it verified.

What it is for: `ledger/docs/mirrors.md`. `folder` is the copy on disk, `alarm` the proof of a contradiction, `round`
one look at the log and the chain.
"""

from ledger.mirror.alarm import Alarm, AlarmKind, Rejected
from ledger.mirror.download import PublishedLog
from ledger.mirror.folder import MirrorFolder
from ledger.mirror.round import Cosigner, Mirror, MirroredChain, Round

__all__ = [
    "Alarm",
    "AlarmKind",
    "Cosigner",
    "Mirror",
    "MirrorFolder",
    "MirroredChain",
    "PublishedLog",
    "Rejected",
    "Round",
]
