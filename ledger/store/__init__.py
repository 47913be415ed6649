"""The log's tables and what reads and writes them: the only SQL in `ledger`."""
