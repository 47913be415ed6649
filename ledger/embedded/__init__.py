"""The embedded chain: a persistent Ethereum chain inside the process, for a first day without any infrastructure.

    genesis = new_genesis(funded=[owner, operator], timestamp=now, extra_data=secrets.token_bytes(32))
    chain = EmbeddedChain.create(folder, genesis=genesis, clock=clock)
    chain.send(raw_transaction)                         # mined and on the disk when it returns
    chain.request("eth_getBlockByNumber", ["latest"])   # what any Ethereum node answers

Whoever runs this process owns the chain: on its own it is evidence to nobody.
"""

from ledger.recursion import recursion_limit_kept

with recursion_limit_kept():
    from ledger.embedded.chain import GENESIS_FILE, STATE_FILE, Clock, EmbeddedChain, load_genesis
    from ledger.embedded.evm import Refused, genesis_hash
    from ledger.embedded.genesis import CHAIN_ID, FUNDS_WEI, Genesis, new_genesis, parse_genesis, render_genesis
    from ledger.embedded.public import MAX_BODY_SIZE, allowed_rpc

__all__ = [
    "CHAIN_ID",
    "FUNDS_WEI",
    "GENESIS_FILE",
    "MAX_BODY_SIZE",
    "STATE_FILE",
    "Clock",
    "EmbeddedChain",
    "Genesis",
    "Refused",
    "allowed_rpc",
    "genesis_hash",
    "load_genesis",
    "new_genesis",
    "parse_genesis",
    "render_genesis",
]
