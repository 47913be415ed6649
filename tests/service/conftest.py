"""A home that is set up once and copied for each test, and a client for the service over it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from ledger.errors import Unavailable
from ledger.keys import load_secret
from ledger.store.database import Database
from ledger.store.revocations import waiting_revocations
from service.access import Actor
from service.accounts import SYSTEM, Passwords, add_institution, add_user, load_actor
from service.app import create_app
from service.edge.observing import configure_logging
from service.edge.runtime import Runtime
from service.home.layout import Layout
from service.home.opening import serving
from service.home.setup import SetUpHome, Wanted, database_url
from service.inputs import InstitutionInput, UserInput
from service.publication import read_sizes
from service.recording import Recorder
from service.settings import Settings
from service.tables import User
from tests.clock import FixedClock
from tests.process import SHORT_CASE

FINAL_WITHIN_S = 30
PATIENCE_S = 3600
PASSWORD = "correct horse battery staple"
OFFICE = InstitutionInput(code="LS-UNION", name="岚山区示例总工会", kind="union")
OTHER_OFFICE = InstitutionInput(code="LS-COMMITTEE", name="岚山区示例人民调解委员会", kind="mediation_committee")
ROLES = ("admin", "lawyer", "mediator", "department", "auditor")


def settings_of(home: Path, **changed: Any) -> Settings:
    """Settings of a test: this home, an impatient anchorer, nothing from the tester's environment."""
    return Settings(_env_file=None, **{"home": home, "anchor_interval": 0.05, "min_free_bytes": 0, **changed})


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Log as the service does, and only what is wrong."""
    configure_logging("error")


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that `make_home` makes, to be copied."""
    home = tmp_path_factory.mktemp("home") / "var"
    make_home(home)
    return home


@pytest.fixture(scope="session")
def filled_home(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with records of every kind, everything final, to be copied."""
    from tests.service.audited_home import fill

    home = tmp_path_factory.mktemp("filled") / "var"
    shutil.copytree(fresh_home, home)
    fill(home)
    return home


def make_home(home: Path, **changed: Any) -> None:
    """A production home with two offices and one account of each role in the first; `other` works in the second.

    What is recorded of them is final: to anchor it anew for every test takes longer than most tests.
    """
    set_up_home(home, **changed)
    with running(home, FixedClock(), **changed) as service:
        service.wait_until_final()


def set_up_home(home: Path, **changed: Any) -> None:
    """The same home before anything of it is anchored."""
    settings, clock = settings_of(home, **changed), FixedClock()
    SetUpHome(settings=settings, tell=lambda _line: None, clock=clock).run(
        Wanted(mark="production", institution=OFFICE)
    )
    layout = Layout(root=home)
    database = Database(database_url(settings, layout))
    recorder = Recorder(wrapping_key=load_secret(layout.keys / "wrap.key"), clock=clock)
    passwords = Passwords()
    with database.write() as session:
        add_institution(session, recorder, OTHER_OFFICE, entered_by=SYSTEM)
        people = [(role, role, OFFICE.code) for role in ROLES] + [("other", "mediator", OTHER_OFFICE.code)]
        for username, role, office in people:
            new = UserInput(username=username, display_name=f"{username} 示例", role=role, password=PASSWORD)
            add_user(session, recorder, new, institution=office, passwords=passwords, entered_by=SYSTEM)
    database.close()


@pytest.fixture
def home(fresh_home: Path, tmp_path: Path) -> Path:
    """A copy of the home for this test alone."""
    return Path(shutil.copytree(fresh_home, tmp_path / "var"))


@dataclass(slots=True)
class Service:
    """A service over a home, in this process."""

    client: TestClient
    runtime: Runtime
    home: Path
    clock: FixedClock
    wake: Callable[[], None]

    def actor(self, username: str) -> Actor:
        """A user as the use cases know them."""
        with self.runtime.read() as session:
            user = session.exec(select(User).where(User.username == username)).one()
            return load_actor(session, user.id)

    def sign_in(self, username: str) -> dict[str, str]:
        """The headers of a signed-in user; made without the password, whose check is slow on purpose."""
        token = self.runtime.tokens.issue(self.actor(username), self.clock())
        return {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, username: str = "lawyer", **request: Any) -> Response:
        """The answer to a request of a signed-in user."""
        headers = {**self.sign_in(username), **request.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **request)

    def register(self, body: Mapping[str, Any] = SHORT_CASE, *, username: str = "lawyer") -> dict[str, Any]:
        """A new case, as answered."""
        answer = self.ask("POST", "/api/v1/cases", username, json=body)
        assert answer.status_code == 201, answer.text
        registered: dict[str, Any] = answer.json()
        return registered

    def cut_off_chain(self) -> None:
        """From now on the chain does not answer this service."""
        node: Any = self.runtime.reader._node  # type: ignore[attr-defined]
        node.chain_id = node.block = node.head_number = _no_answer

    def wait_until_final(self) -> None:
        """Return when everything recorded is final in the contract, and everything taken back is revoked there."""
        deadline = time.monotonic() + FINAL_WITHIN_S
        while True:
            self.wake()
            with self.runtime.read() as session:
                sizes, pending = read_sizes(session), waiting_revocations(session)
            if sizes.final == sizes.recorded and not pending:
                return
            assert time.monotonic() < deadline, f"{sizes}, {self.runtime.anchoring()}"
            time.sleep(0.01)


def _no_answer(*_: object) -> NoReturn:
    raise Unavailable("chain", "it does not answer")


class _Restartable:
    """An application that serves one home after the other: to build one takes longer than most tests."""

    def __init__(self, settings: Settings) -> None:
        self.opens: Callable[[], AbstractContextManager[Runtime]]
        self.app: FastAPI = create_app(settings, open_runtime=self._open)

    def _open(self) -> AbstractContextManager[Runtime]:
        return self.opens()


_idle: dict[bool, list[_Restartable]] = {False: [], True: []}
"""Applications that wait for the next test, by the one setting that is built into them: `secure_cookies`."""


@contextmanager
def running(home: Path, clock: FixedClock, *, patient: bool = True, **changed: Any) -> Iterator[Service]:
    """A service over `home`, with changed settings.

    A `patient` one anchors when a test waits for it: to anchor each recording takes longer than most tests.
    """
    changed = {"anchor_interval": PATIENCE_S} | changed if patient else changed
    settings = settings_of(home, **changed)
    idle = _idle[settings.secure_cookies]
    started = idle.pop() if idle else _Restartable(settings)
    started.opens = lambda: serving(settings, mark="production", clock=clock)
    with TestClient(started.app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000)) as client:
        runtime: Runtime = started.app.state.runtime
        wake = runtime.wake
        if patient:
            started.app.state.runtime = runtime = replace(runtime, wake=lambda: None)
        yield Service(client=client, runtime=runtime, home=home, clock=clock, wake=wake)
    idle.append(started)


StartService = Callable[..., Service]


@pytest.fixture
def start_service(home: Path, clock: FixedClock) -> Iterator[StartService]:
    """Start a service with changed settings; ended after the test."""
    with ExitStack() as stack:
        yield lambda **changed: stack.enter_context(running(home, clock, **changed))


@pytest.fixture
def service(start_service: StartService) -> Service:
    """A running service."""
    return start_service()


@pytest.fixture
def client(service: Service) -> TestClient:
    """A client of nobody."""
    return service.client


@pytest.fixture
def lawyer(service: Service) -> dict[str, str]:
    """The headers of the first office's lawyer."""
    return service.sign_in("lawyer")


@pytest.fixture
def case(service: Service) -> dict[str, Any]:
    """A registered case, as answered."""
    return service.register()


@pytest.fixture(scope="session")
def shared(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests that only read or are refused: they leave nothing that another one would notice."""
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("shared") / "var"))
    with running(home, FixedClock()) as service:
        yield service


@pytest.fixture(scope="session")
def shared_case(shared: Service) -> dict[str, Any]:
    """A case of the shared service, at version 1 for ever."""
    return shared.register()
