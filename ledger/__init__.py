"""The ledger: statements, an RFC 9162 log, its anchor in a contract, and the checks anyone can run alone.

Knows nothing of law, HTTP or pages. Floors, and who may import whom: `ledger/README.md`.
"""
