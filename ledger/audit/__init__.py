"""The audit: rows, disclosures, statements, leaves, roots and chain, each recomputed and compared with the next.

`ledger.audit.sources` says what is read, `ledger.audit.findings` what can be found, `ledger.audit.run` runs it.
"""
