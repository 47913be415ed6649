"""`python -m ledger.cli`."""

from ledger.cli import main

if __name__ == "__main__":
    main()
