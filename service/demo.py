"""The demo: a home of its own, one account for each role, and the sample cases filed over HTTP."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

from sqlmodel import select

from ledger.durable import replace_file
from ledger.errors import Malformed, Unavailable
from ledger.keys import create_key_file
from ledger.store.database import Database
from service.access import Role
from service.accounts import SYSTEM, Passwords, add_user
from service.home.layout import Layout
from service.home.setup import SetUpHome, Wanted, open_records
from service.inputs import InstitutionInput, UserInput
from service.publication import read_sizes
from service.recording import Recorder
from service.sample import SEED, Account, PlainClient, load_samples, make_samples
from service.settings import Settings
from service.tables import User

FOLDER = "demo"
"""The demo's home, inside the home of the settings."""
OFFICE = InstitutionInput(code="LS-UNION", name="岚山区示例工会", kind="union")
NAMES: Mapping[Role, str] = {
    Role.ADMIN: "管理员示例",
    Role.LAWYER: "陈示例",
    Role.MEDIATOR: "王示例",
    Role.DEPARTMENT: "人社示例",
    Role.AUDITOR: "审计示例",
}
PASSWORD_BYTES = 12
PAIR = 2
"""User name and password on a line of the accounts file."""
READY_WITHIN = timedelta(minutes=2)
FINAL_WITHIN = timedelta(minutes=5)
LOOK_EVERY_S = 0.25
LOOK_TIMEOUT_S = 5

Tell = Callable[[str], None]


def demo_settings(settings: Settings) -> Settings:
    """The settings with the demo's home; a home that already is the demo's stays.

    Unless asked for, requests are not logged: the terminal is there for the accounts.
    """
    home = settings.home if settings.home.name == FOLDER else settings.home / FOLDER
    log_level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    return settings.model_copy(update={"home": home, "log_level": log_level})


def set_up_demo(settings: Settings, tell: Tell) -> dict[str, str]:
    """Make the demo's home and accounts, or finish what was begun; returns the passwords by user name."""
    SetUpHome(settings=settings, tell=tell).run(Wanted(mark="demo", institution=OFFICE))
    layout = Layout(root=settings.home)
    passwords = _passwords(layout.accounts)
    with open_records(settings, layout) as (database, recorder):
        _add_users(database, recorder, passwords)
    return passwords


def load_when_ready(url: str, settings: Settings, passwords: Mapping[str, str], tell: Tell) -> None:
    """Wait for the server, file the samples as lawyer and mediator, and wait until all of it is final.

    Samples are filed once in the life of a demo: the keys by which a repeated filing is known are not kept for ever.
    Raises Unavailable when the server does not get ready, or the records do not become final in time.
    """
    _wait(lambda: _is_ready(url), READY_WITHIN, "the server is not ready")
    layout = Layout(root=settings.home)
    if not layout.samples.exists():
        lawyer, mediator = (Account(username=role, password=passwords[role]) for role in (Role.LAWYER, Role.MEDIATOR))
        load_samples(
            PlainClient(url),
            make_samples(SEED),
            lawyer=lawyer,
            mediator=mediator,
            progress=lambda key: tell(f"sample case {key}"),
        )
        replace_file(layout.samples, f"seed {SEED}\n".encode())
    tell("waiting until everything is final on the chain")
    with open_records(settings, layout) as (database, _):
        _wait(lambda: _is_final(database), FINAL_WITHIN, "not everything is final yet")


def _passwords(path: Path) -> dict[str, str]:
    """The demo's passwords: what an earlier start wrote down, or new ones, written down before they are used."""
    if not path.exists():
        lines = [f"{role} {secrets.token_urlsafe(PASSWORD_BYTES)}\n" for role in Role]
        create_key_file(path, "".join(lines).encode())
    pairs = [line.split() for line in path.read_text("utf-8").splitlines()]
    if sorted(pair[0] for pair in pairs if len(pair) == PAIR) != sorted(Role):
        raise Malformed(path.name, "expected a line for each role; remove the demo's home to begin again")
    return {pair[0]: pair[1] for pair in pairs}


def _add_users(database: Database, recorder: Recorder, passwords: Mapping[str, str]) -> None:
    hashing = Passwords()
    for role in Role:
        with database.write() as session:
            if session.exec(select(User).where(User.username == role)).first() is None:
                new = UserInput(username=role, display_name=NAMES[role], role=role, password=passwords[role])
                add_user(session, recorder, new, institution=None, passwords=hashing, entered_by=SYSTEM)


def _is_ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/health/ready", timeout=LOOK_TIMEOUT_S) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _is_final(database: Database) -> bool:
    with database.read() as session:
        sizes = read_sizes(session)
    return sizes.final == sizes.recorded


def _wait(until: Callable[[], bool], within: timedelta, otherwise: str) -> None:
    deadline = time.monotonic() + within.total_seconds()
    while not until():
        if time.monotonic() > deadline:
            raise Unavailable("demo", otherwise)
        time.sleep(LOOK_EVERY_S)
