"""A browser without a browser: cookies, forms and their hidden fields, against a service in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from service.accounts import load_actor, open_web_session
from service.tables import User
from tests.service.conftest import Service

ORIGIN = "http://127.0.0.1:8000"
COOKIE = "legal_ledger_session"

REGISTRATION: Mapping[str, str] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "12351",
    "received_on": "2026-07-08",
    "applicant.name": "周小满",
    "applicant.gender": "female",
    "applicant.birth_date": "1979-05-20",
    "applicant.id_number": "371103197905200009",
    "applicant.phone": "000-00000000",
    "applicant.address": "岚山区示例街道",
    "applicant.category": "migrant_worker",
    "employer.name": "日照示例绳网有限公司",
    "employer.credit_code": "91371103MA0000000L",
    "employer.address": "岚山区示例路1号",
    "employer.representative": "李示例",
    "employer.phone": "000-00000001",
    "claims.0.kind": "wages",
    "claims.0.amount_fen": "18,640.00",
    "claims.0.detail": "2026年3月至6月工资",
    "claims.1.kind": "severance",
    "claims.1.amount_fen": "9320",
    "claims.1.detail": "经济补偿",
    "facts": "2026-03 至 2026-06 欠发工资。",
}
"""The published example of a registration, as somebody types it."""


class _Fields(HTMLParser):
    """Collects the named fields of a page, as a browser would send them, and the text that people see."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.seen: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if tag in {"script", "style", "template", "head"}:
            self._hidden += 1
        elif tag == "input" and name and (kind not in {"radio", "checkbox", "file"} or "checked" in given):
            self.values[name] = given.get("value") or ""
        elif tag == "textarea" and name:
            self._area, self.values[name] = name, ""
        elif tag == "select" and name:
            self._select, self.values[name] = name, ""
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "template", "head"}:
            self._hidden -= 1
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data
        if not self._hidden and data.strip():
            self.seen.append(" ".join(data.split()))


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer and what is on it."""

    answer: Response
    fields: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def location(self) -> str:
        return self.answer.headers["location"]


class Visitor:
    """Somebody at a browser. `language` is what the browser asks for."""

    def __init__(self, service: Service, *, language: str = "zh-CN") -> None:
        self.service = service
        self.client = TestClient(service.client.app, base_url=ORIGIN, client=("127.0.0.1", 40000))
        self.client.headers["Accept-Language"] = language

    def sign_in(self, username: str = "lawyer") -> Visitor:
        """Open a session without the password, whose check is slow on purpose."""
        runtime = self.service.runtime
        with runtime.database.write() as session:
            user = session.exec(select(User).where(User.username == username)).one()
            opened = open_web_session(
                session,
                load_actor(session, user.id),
                language="en" if self.client.headers["Accept-Language"].startswith("en") else "zh",
                now=self.service.clock(),
                lifetime=runtime.settings.session_lifetime,
            )
        self.client.cookies.set(COOKIE, opened.token, domain="127.0.0.1")
        return self

    def get(self, path: str, **request: Any) -> Shown:
        return _shown(self.client.get(path, follow_redirects=False, **request))

    def post(self, path: str, values: Mapping[str, str], **request: Any) -> Shown:
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **request.pop("headers", {})}
        return _shown(self.client.post(path, data=dict(values), headers=headers, follow_redirects=False, **request))

    def fill(self, path: str, values: Mapping[str, str], *, to: str | None = None, **request: Any) -> Shown:
        """Open the page at `path`, fill its form in and send it."""
        page = self.get(path)
        assert page.status == 200, page.seen
        return self.post(to or urlsplit(path).path, {**page.fields, **values}, **request)

    def register(self) -> str:
        """Register the published case and return its id."""
        apart = {"decision": "separate", "separate_reason": "另一笔工资"}
        done = self.fill("/cases/new", {**REGISTRATION, **apart, "step": "register"})
        assert done.status == 303, done.seen
        return urlsplit(done.location).path.removeprefix("/cases/")


def _shown(answer: Response) -> Shown:
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return Shown(answer=answer)
    page = _Fields()
    page.feed(answer.text)
    return Shown(answer=answer, fields=page.values, seen=" ".join(page.seen))
