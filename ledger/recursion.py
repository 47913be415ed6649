"""Keeps a limit that the chain libraries would lift for the whole process.

py_ecc (which eth_account, web3 and py-evm load) sets Python's recursion limit to 100,000 when it is imported, and
leaves it there. A JSON text of a hundred thousand opening brackets then overruns the C stack inside the standard
library's parser and kills the process: one request from anybody would stop the service. With the limit as it was, the
same text is an ordinary RecursionError.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Put the recursion limit back after the imports in the block; every import of such a library stands in one."""
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
