"""The log's tables and what reads and writes them: SQL lives here and in the service's tables, nowhere else in `ledger`."""
