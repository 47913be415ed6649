"""The command line: setting up, serving, accounts, export and a look at everything; the checks come from `ledger.cli`.

Results go to stdout, progress to stderr. What a command cannot do it says in one sentence, with an exit code of the
table of verdicts: 40 for a chain or database that cannot be reached, 41 for another chain, 64 for what cannot be read.
"""

from __future__ import annotations

import getpass
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NoReturn

import typer

from ledger.cli import FAILED, exit_code_of
from ledger.cli import app as ledger_app
from ledger.errors import LedgerError
from ledger.verdict import Verdict
from service.cli.live import live_ledger
from service.cli.operator import operator_app
from service.cli.restore import restore

if TYPE_CHECKING:
    from pydantic import ValidationError

    from ledger.store.database import Database
    from service.home.layout import Mark
    from service.inputs import Refused
    from service.recording import Recorder
    from service.settings import Settings

PRIVATE_UMASK = 0o077
"""Nothing that is written here is for other users of this machine."""
GRACE_S = 10
"""Seconds that requests under way get when the server is asked to end."""
WILDCARD_HOSTS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
institution_app = typer.Typer(no_args_is_help=True, help="Offices that record.")
user_app = typer.Typer(no_args_is_help=True, help="Accounts.")
witness_app = typer.Typer(no_args_is_help=True, help="Institutions that mirror the log and cosign checkpoints.")
app.add_typer(ledger_app)
app.command()(restore)
app.add_typer(operator_app, name="operator")
app.add_typer(institution_app, name="institution")
app.add_typer(user_app, name="user")
app.add_typer(witness_app, name="witness")


def main() -> NoReturn:
    """Run the command line; never returns, and never shows a traceback for a fault that has a name."""
    from pydantic import ValidationError

    from service.inputs import Refused

    os.umask(PRIVATE_UMASK)
    try:
        app(obj=live_ledger)
    except Refused as error:
        _fail(_refusal(error), FAILED)
    except LedgerError as error:
        _fail(str(error), exit_code_of(error))
    except ValidationError as error:
        _fail(_faults(error), Verdict.BAD_INPUT.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone: nothing left to say
        sys.exit(FAILED)
    sys.exit(0)


@app.command()
def init(
    origin: Annotated[str | None, typer.Option(help="The log's name, for good; drawn when left out.")] = None,
    institution: Annotated[str, typer.Option(help="Code of the first institution.")] = "LS-UNION",
    name: Annotated[str, typer.Option(help="Its name.")] = "岚山区总工会法律援助站",
    kind: Annotated[str, typer.Option(help="What it is: union, legal_aid_centre, court, …")] = "union",
    phone: Annotated[str | None, typer.Option(help="Its telephone number, shown to whoever checks a paper.")] = None,
) -> None:
    """Set up the home: keys, database, chain, contract, first institution. Safe to run again."""
    from service.home.setup import SetUpHome, Wanted
    from service.inputs import InstitutionInput

    settings = _settings()
    office = InstitutionInput(code=institution, name=name, kind=kind, phone=phone)
    made = SetUpHome(settings=settings, tell=_tell).run(Wanted(mark="production", institution=office, origin=origin))
    typer.echo(f"{settings.home}: log {made.origin} is ready")
    typer.echo(f"Give {settings.home / 'trust.json'} to everyone who is to check receipts, by another way than those.")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    demo: Annotated[bool, typer.Option("--demo", help="Serve the demo, with sample cases, on 127.0.0.1.")] = False,
) -> None:
    """Serve the home until SIGTERM or Ctrl-C."""
    settings = _settings()
    if demo:
        _serve_demo(settings, host, port)
    else:
        _run_server(settings, host, port, mark="production")


@institution_app.command("add")
def add_office(
    code: Annotated[str, typer.Argument(help="Short code, for example LS-COURT.")],
    name: Annotated[str, typer.Option(help="Full name.")],
    kind: Annotated[str, typer.Option(help="What it is: union, court, legal_aid_centre, …")],
    phone: Annotated[str | None, typer.Option(help="Its telephone number, shown to whoever checks a paper.")] = None,
) -> None:
    """Add an institution."""
    from service.accounts import SYSTEM, add_institution
    from service.inputs import InstitutionInput

    new = InstitutionInput(code=code, name=name, kind=kind, phone=phone)
    with _database_and_recorder() as (database, recorder), database.write() as session:
        added = add_institution(session, recorder, new, entered_by=SYSTEM)
    typer.echo(f"institution {added.code}: {added.name}")


@institution_app.command("phone")
def change_phone(
    code: Annotated[str, typer.Argument(help="Code of the institution.")],
    phone: Annotated[str, typer.Argument(help="Its telephone number from now on.")],
) -> None:
    """Say under which number an institution is called by whoever checks a paper of it."""
    from service.accounts import SYSTEM, set_institution_phone
    from service.inputs import PhoneInput

    number = PhoneInput(phone=phone).phone
    with _database_and_recorder() as (database, recorder), database.write() as session:
        changed = set_institution_phone(session, recorder, code, phone=number, entered_by=SYSTEM)
    typer.echo(f"institution {changed.code}: {changed.phone}")


@user_app.command("add")
def add_account(
    role: Annotated[str, typer.Option(help="admin, lawyer, mediator, department or auditor.")],
    username: Annotated[str, typer.Option(help="Name to sign in with.")],
    institution: Annotated[str | None, typer.Option(help="Code; without it the first institution.")] = None,
    name: Annotated[str | None, typer.Option(help="Name to show; without it the user name.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read one line from stdin.")] = False,
) -> None:
    """Add an account. The password is asked for, or read from stdin; it is never an argument."""
    from service.accounts import SYSTEM, Passwords, add_user
    from service.inputs import UserInput

    password = _password(stdin=password_stdin)
    new = UserInput(username=username, display_name=name or username, role=role, password=password)
    with _database_and_recorder() as (database, recorder), database.write() as session:
        added = add_user(session, recorder, new, institution=institution, passwords=Passwords(), entered_by=SYSTEM)
    typer.echo(f"{added.role} {added.username} of {added.institution_code}")


@user_app.command("password")
def change_password(
    username: Annotated[str, typer.Option(help="Name of the account.")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read one line from stdin.")] = False,
) -> None:
    """Give an account another password, and sign it out everywhere. After `restore` no account has one."""
    from service.accounts import Passwords, set_password
    from service.inputs import PasswordInput

    new = PasswordInput(password=_password(stdin=password_stdin))
    with _database_and_recorder() as (database, _), database.write() as session:
        set_password(session, Passwords(), username=username, password=new.password)
    typer.echo(f"{username} has a new password")


@witness_app.command("add")
def add_witness(
    address: Annotated[str, typer.Argument(help="What `witness-key` printed at that institution.")],
    key: Annotated[Path | None, typer.Option(help="Owner's key file; by default the one in the home.")] = None,
) -> None:
    """Name a witness of this log in the contract."""
    _name_witness(address, key, named=True)


@witness_app.command("remove")
def remove_witness(
    address: Annotated[str, typer.Argument(help="Its address.")],
    key: Annotated[Path | None, typer.Option(help="Owner's key file; by default the one in the home.")] = None,
) -> None:
    """End a witness's naming. What it has cosigned stays."""
    _name_witness(address, key, named=False)


@witness_app.command("list")
def show_witnesses() -> None:
    """Show who was named, who still is, and how many checkpoints each has cosigned."""
    from service.home.opening import opened
    from service.home.witnesses import list_witnesses

    with opened(_settings()) as home:
        for witness in list_witnesses(home):
            state = "witness" if witness.named else "removed"
            typer.echo(f"{witness.address}  {state}  {witness.cosigned} cosigned")


@app.command()
def export(
    bundle: Annotated[Path, typer.Argument(help="File to write; must not be there yet.")],
    redacted: Annotated[bool, typer.Option("--redacted", help="Leave out whatever names anybody.")] = False,
    since: Annotated[int, typer.Option(min=0, help="Only what came after this anchored size, to be joined.")] = 0,
) -> None:
    """Write the whole ledger into one bundle. Unless redacted it holds personal data: keep it as the database."""
    from ledger.export import Scope
    from service.home.export import export_ledger
    from service.home.opening import opened

    with opened(_settings()) as home, _new_file(bundle) as file:
        try:
            export_ledger(file, home, Scope(redacted=redacted, since=since))
        except BaseException:
            bundle.unlink()
            raise
    typer.echo(str(bundle))


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="Folder for a web server or CDN; made when missing.")],
) -> None:
    """Write the public log as static files, as /log serves it (C2SP tlog-tiles). Run it again to go on."""
    from ledger.log_folder import LogFolder
    from service.home.opening import opened
    from service.publication import publish_log

    with opened(_settings()) as home, home.database.read() as session:
        done = publish_log(session, LogFolder(folder), origin=home.log.origin)
    typer.echo(f"{folder}: {done.size} statements, {done.added} files added")


@app.command()
def doctor() -> None:
    """Look at everything and say what is wrong; exit 1 when something is."""
    from service.doctor import examine

    settings = _settings()
    findings = examine(settings)
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.healthy else 'FAIL'}  {finding.what}: {finding.detail}")
        if finding.remedy:
            typer.echo(f"      {finding.remedy}")
    if not all(finding.healthy for finding in findings):
        raise typer.Exit(FAILED)


def _serve_demo(settings: Settings, host: str, port: int) -> None:
    from service.demo import demo_settings, load_when_ready, set_up_demo

    if host != "127.0.0.1":
        _fail("the demo has known kinds of accounts and is served on 127.0.0.1 alone", Verdict.BAD_INPUT.exit_code)
    settings = demo_settings(settings)
    passwords = set_up_demo(settings, _tell)

    def load(url: str) -> None:
        try:
            load_when_ready(url, settings, passwords, _tell)
        except LedgerError as error:
            _tell(f"the samples could not be loaded: {error}; start again to go on")
            return
        accounts = "\n".join(f"  {name:<11} {password}" for name, password in passwords.items())
        typer.echo(f"\nReady: {url}\n\n{accounts}\n\nAccounts are kept in {settings.home / 'accounts.txt'}.")
        typer.echo("测试网络，无外部证明力 · test network, no outside evidence value. Ctrl-C ends it.")

    _run_server(settings, host, port, mark="demo", then=load)


def _run_server(
    settings: Settings, host: str, port: int, *, mark: Mark, then: Callable[[str], None] | None = None
) -> None:
    import uvicorn

    from service.app import create_app
    from service.edge.observing import configure_logging
    from service.home.opening import serving

    configure_logging(settings.log_level)
    shown_host = "127.0.0.1" if host in WILDCARD_HOSTS else f"[{host}]" if ":" in host else host
    url = f"http://{shown_host}:{port}"
    with serving(settings, mark=mark, url=url) as runtime:
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(settings, open_runtime=lambda: nullcontext(runtime)),
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        if then is not None:
            threading.Thread(target=then, args=(url,), name="samples", daemon=True).start()
        _tell(f"serving {settings.home} on {url}")
        with _signals_for_the_server():
            server.run()
    if not server.started:
        _fail(f"cannot listen on {host} port {port}: is it in use?", FAILED)


@contextmanager
def _signals_for_the_server() -> Iterator[None]:
    """Let the server have SIGTERM and SIGINT; it raises them again when it has ended, and then they must do nothing."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _settings() -> Settings:
    from service.settings import Settings

    return Settings()


@contextmanager
def _database_and_recorder() -> Iterator[tuple[Database, Recorder]]:
    """The database of a home and what records in it, beside a server that may be running."""
    from service.home.layout import Layout, require_home
    from service.home.setup import open_records

    settings = _settings()
    layout = Layout(root=settings.home)
    require_home(layout)
    with open_records(settings, layout) as opened:
        yield opened


def _name_witness(address: str, key: Path | None, *, named: bool) -> None:
    from ledger.keys import load_chain_key
    from service.home.opening import changing
    from service.home.witnesses import name_witness

    with changing(_settings()) as home:
        changed = name_witness(home, address, load_chain_key(key or home.layout.keys / "owner.key"), named=named)
    said = "is a witness of this log" if named else "is no witness of this log any more"
    typer.echo(f"{address} {said}{'' if changed else ' (nothing to do)'}")


def _password(*, stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\r\n") if stdin else getpass.getpass("Password: ")


def _new_file(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except OSError as error:
        _fail(f"{path} cannot be written: {error.strerror}", Verdict.BAD_INPUT.exit_code)


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"legal-ledger: {sentence}", err=True)
    sys.exit(code)


def _refusal(error: Refused) -> str:
    from service.language import Language
    from service.problems import problem_of, render_problem

    return str(render_problem(problem_of(error), language=Language.EN, request_id=None)["title"])


def _faults(error: ValidationError) -> str:
    """Which inputs or settings are refused and what is taken; never what was entered, which may be a password."""
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in found)
