"""A home that is set up once and copied for each test, and a client for the service over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.store.database import Database
from service.accounts import SYSTEM, Passwords, add_institution, add_user
from service.app import create_app
from service.edge.runtime import Runtime
from service.home.opening import serving
from service.home.setup import SetUpHome, Wanted, database_url
from service.home.layout import Layout
from service.inputs import InstitutionInput, UserInput
from service.recording import Recorder
from service.settings import Settings
from ledger.keys import load_secret
from tests.clock import FixedClock
from tests.process import SHORT_CASE

PASSWORD = "correct horse battery staple"
OFFICE = InstitutionInput(code="LS-UNION", name="岚山区示例总工会", kind="union")
OTHER_OFFICE = InstitutionInput(code="LS-COMMITTEE", name="岚山区示例人民调解委员会", kind="mediation_committee")
ROLES = ("admin", "lawyer", "mediator", "department", "auditor")


def settings_of(home: Path, **changed: Any) -> Settings:
    """Settings of a test: this home, an impatient anchorer, nothing from the tester's environment."""
    return Settings(_env_file=None, **{"home": home, "anchor_interval": 0.05, "min_free_bytes": 0, **changed})


@pytest.fixture(scope="session")
def fresh_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A production home with two offices and one account of each role in the first; `other` works in the second."""
    home = tmp_path_factory.mktemp("home") / "var"
    settings, clock = settings_of(home), FixedClock()
    SetUpHome(settings=settings, tell=lambda _line: None, clock=clock).run(Wanted(mark="production", institution=OFFICE))
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
    return home


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

    def sign_in(self, username: str) -> dict[str, str]:
        """The headers of a signed-in user."""
        answer = self.client.post("/api/v1/token", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}


StartService = Callable[..., Service]


@pytest.fixture
def start_service(home: Path, clock: FixedClock) -> Iterator[StartService]:
    """Start a service with changed settings; ended after the test."""
    with ExitStack() as stack:

        def start(**changed: Any) -> Service:
            settings = settings_of(home, **changed)
            app = create_app(settings, open_runtime=lambda: serving(settings, mark="production", clock=clock))
            client = stack.enter_context(TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000)))
            return Service(client=client, runtime=app.state.runtime, home=home, clock=clock)

        yield start


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
def case(client: TestClient, lawyer: dict[str, str]) -> dict[str, Any]:
    """A registered case, as answered."""
    answer = client.post("/api/v1/cases", json=SHORT_CASE, headers=lawyer)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body
