"""Filing the sample cases through the HTTP API, as a user's program would; nothing else is touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ledger.errors import LedgerError
from service.sample.bodies import Body
from service.sample.cases import SampleCase
from service.sample.filing import SampleFile

API = "/api/v1"
HTTP_OK_BELOW = 300


class Response(Protocol):
    """What is read of an answer; the responses of requests and httpx have it."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def text(self) -> str:
        """The body as text."""

    def json(self) -> Any:
        """The body's JSON."""


class Client(Protocol):
    """An HTTP client bound to one server: `url` is a path. It does not retry; an answer of any status is returned."""

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request: `data` as a form, with `files` (name, bytes, media type) as a multipart one."""


class SampleRefused(LedgerError):
    """The service did not take a sample; `path`, `status` and the answer's `text` say what happened."""

    code = "sample_refused"

    def __init__(self, path: str, status: int, text: str) -> None:
        super().__init__(f"{path} answered {status}: {text}")
        self.path, self.status, self.text = path, status, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who files: a mediator or a lawyer of the office."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class _Desk:
    """One signed-in person at work."""

    client: Client
    token: str

    def send(self, path: str, key: str, *, body: Body | None = None, file: SampleFile | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        if file is None:
            response = self.client.post(API + path, json=body, headers=headers)
        else:
            words = {"doc_type": file.doc_type, "title": file.title, "source": file.source}
            upload = {"file": (file.name, file.content, file.media_type)}
            response = self.client.post(API + path, data=words, files=upload, headers=headers)
        return _answer(path, response)


def _answer(path: str, response: Response) -> Any:
    if response.status_code >= HTTP_OK_BELOW:
        raise SampleRefused(path, response.status_code, response.text)
    return response.json()


def _sign_in(client: Client, account: Account) -> _Desk:
    words = {"grant_type": "password", "username": account.username, "password": account.password}
    answer = _answer("/token", client.post(f"{API}/token", data=words))
    return _Desk(client, answer["access_token"])


def _file_case(desk: _Desk, sample: SampleCase, prefix: str) -> str:
    case_id: str = desk.send("/cases", f"{prefix}/case", body=sample.body)["id"]
    for number, file in enumerate(sample.files):
        desk.send(f"/cases/{case_id}/documents", f"{prefix}/document/{number}", file=file)
    for number, body in enumerate(sample.steps):
        desk.send(f"/cases/{case_id}/steps", f"{prefix}/step/{number}", body=body)
    if sample.agreement:
        path = f"/cases/{case_id}/agreements"
        agreement_id = desk.send(path, f"{prefix}/agreement", body=sample.agreement.body)["id"]
        for number, body in enumerate(sample.agreement.signatures):
            desk.send(f"/agreements/{agreement_id}/signatures", f"{prefix}/signature/{number}", body=body)
        desk.send(f"/cases/{case_id}/documents", f"{prefix}/paper", file=sample.agreement.paper)
        for number, body in enumerate(sample.agreement.payments):
            desk.send(f"/agreements/{agreement_id}/instalments", f"{prefix}/payment/{number}", body=body)
        if sample.agreement.ending:
            desk.send(f"/agreements/{agreement_id}/endings", f"{prefix}/ending", body=sample.agreement.ending)
    return case_id


def load_samples(
    client: Client,
    samples: Iterable[SampleCase],
    *,
    lawyer: Account,
    mediator: Account,
    progress: Callable[[str], None] = lambda _key: None,
) -> list[str]:
    """File the samples and return the ids of their cases, in order; `progress` hears each key when it is done.

    Legal aid is filed by the lawyer, everything else by the mediator. Every write carries an idempotency key made of
    the sample's key, so that a load that broke off can be run again. Raises SampleRefused at the first refusal.
    """
    desks = {"legal_aid": _sign_in(client, lawyer)}
    others = _sign_in(client, mediator)
    filed = []
    for sample in samples:
        desk = desks.get(str(sample.body["kind"]), others)
        filed.append(_file_case(desk, sample, f"sample/{sample.key}"))
        progress(sample.key)
    return filed
