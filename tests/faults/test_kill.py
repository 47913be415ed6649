"""The server killed with registrations in flight: what it acknowledged is there, becomes final, and is there once."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx2
import pytest

from tests.process import SHORT_CASE, Home, Server, wait_until_final
from tests.service.conftest import make_home

pytestmark = pytest.mark.server

CLIENTS = 3
LONGEST_LIFE_S = 1.5
"""Seconds between the first request and the kill, at most: long enough for several anchors, drawn anew each time."""


@dataclass(slots=True)
class Registrar:
    """A client that registers cases until its server dies, and remembers every answer it was given."""

    server: Server
    asked: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Idempotency key → (case, statement)."""

    def run(self, client: httpx2.Client) -> None:
        try:
            while True:
                key = str(uuid.uuid4())
                self.asked[key] = key
                answer = client.post(
                    "/cases", json=SHORT_CASE | {"facts": f"第 {key} 号"}, headers={"Idempotency-Key": key}
                )
                if answer.status_code == httpx2.codes.CREATED:
                    body = answer.json()
                    self.acknowledged[key] = (body["id"], body["statement"]["id"])
        except httpx2.TransportError:
            return  # the server was killed: whatever was not answered is not acknowledged


def _kill_in_flight(server: Server, random: Random) -> list[Registrar]:
    registrars = [Registrar(server) for _ in range(CLIENTS)]
    clients = [server.client() for _ in registrars]
    threads = [
        threading.Thread(target=registrar.run, args=(client,))
        for registrar, client in zip(registrars, clients, strict=True)
    ]
    for thread in threads:
        thread.start()
    threading.Event().wait(random.uniform(0, LONGEST_LIFE_S))
    server.kill()
    for thread in threads:
        thread.join(timeout=60)
    for client in clients:
        client.close()
    return registrars


def _every_case(client: httpx2.Client) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = client.get("/cases", params={"limit": 100} | ({"cursor": cursor} if cursor else {})).raise_for_status()
        found += [item["id"] for item in page.json()["items"]]
        cursor = page.json()["next"]
        if not cursor:
            return found


@pytest.mark.longer
@pytest.mark.scaled(quick=1, ci=2, full=20)
def test_acknowledged_registrations_survive_kills_and_become_final_once(tmp_path: Path, scale: int, seed: int) -> None:
    random = Random(seed)
    home = Home(tmp_path / "home")
    make_home(home.path)
    server = Server(home)
    acknowledged: dict[str, tuple[str, str]] = {}
    asked: set[str] = set()
    for _ in range(scale):
        server.start()
        for registrar in _kill_in_flight(server, random):
            acknowledged |= registrar.acknowledged
            asked |= registrar.asked.keys()

    with server, server.client() as client:
        wait_until_final(client, [statement for _, statement in acknowledged.values()])
        cases = _every_case(client)
        for case, _ in acknowledged.values():
            assert client.get(f"/cases/{case}").status_code == httpx2.codes.OK

    assert set(Counter(cases).values()) <= {1}
    assert {case for case, _ in acknowledged.values()} <= set(cases)
    assert len(cases) <= len(asked)
    audit = home.run("audit")
    assert audit.returncode == 0, audit.stdout + audit.stderr


@pytest.mark.longer
def test_repeated_request_after_a_kill_gets_the_same_case(tmp_path: Path, seed: int) -> None:
    home = Home(tmp_path / "home")
    make_home(home.path)
    server = Server(home)
    server.start()
    registrars = _kill_in_flight(server, Random(seed))
    keys = [key for registrar in registrars for key in registrar.asked]

    with server, server.client() as client:
        for key in keys:
            body = SHORT_CASE | {"facts": f"第 {key} 号"}
            first = client.post("/cases", json=body, headers={"Idempotency-Key": key}).raise_for_status().json()
            second = client.post("/cases", json=body, headers={"Idempotency-Key": key}).raise_for_status().json()
            assert first["id"] == second["id"]
        assert len(_every_case(client)) == len(keys)
    for registrar in registrars:
        assert set(registrar.acknowledged) <= set(keys)
