"""The verifying commands.

`verify`, `lookup`, `redact`, `offline-verifier`, `audit`, `replay`, `join`, `mirror`, `witness-key`.

They run where the service was never installed. Each command imports what it needs when it runs. Results go to stdout,
progress to stderr; exit codes are those of the table of verdicts, and of audit and replay: 0 all agrees, 1 findings, 40
could not be checked.
"""

from __future__ import annotations

import os
import sys
from typing import Final, NoReturn

import typer

from ledger.cli.audit import audit
from ledger.cli.join import join
from ledger.cli.lookup import lookup
from ledger.cli.mirror import mirror, witness_key
from ledger.cli.offline_verifier import offline_verifier
from ledger.cli.redact import redact
from ledger.cli.replay import replay
from ledger.cli.verify import verify
from ledger.errors import LedgerError, Malformed, Unavailable, WrongChain
from ledger.mirror import Alarm
from ledger.verdict import Verdict

FAILED: Final = 1

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for command in (verify, lookup, redact, offline_verifier, audit, replay, join, mirror, witness_key):
    app.command()(command)


def main() -> NoReturn:
    """Run the verifying commands alone; a fault that has a name is one sentence and an exit code."""
    try:
        app()
    except LedgerError as error:
        typer.echo(f"legal-ledger: {error}", err=True)
        sys.exit(exit_code_of(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing left to say
        sys.exit(FAILED)
    sys.exit(0)


def exit_code_of(error: LedgerError) -> int:
    """The exit code for a command that ends in this error."""
    match error:
        case Alarm():
            return Verdict.LEDGER_MISMATCH.exit_code
        case Unavailable():
            return Verdict.CHAIN_UNREACHABLE.exit_code
        case WrongChain():
            return Verdict.WRONG_CHAIN.exit_code
        case Malformed():
            return Verdict.BAD_INPUT.exit_code
        case _:
            return FAILED
