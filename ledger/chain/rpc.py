"""JSON-RPC to a node: bounded, strict, without retries; whatever goes wrong is Unavailable, whose words name no secret.

A node is not trusted to be well: proxies answer with HTML, gateways cut bodies, overloaded nodes drip bytes. None of
that may reach a caller as None or zero.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError
from web3.providers.base import BaseProvider, JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.canonical import JsonValue, parse_json
from ledger.errors import Malformed, Unavailable
from ledger.web import Sessions, read_body

MAX_ANSWER_SIZE: Final = 32 * 1024 * 1024
"""Bytes. Logs of 10,000 blocks take some eight million; a longer answer is no answer to our questions."""

MAX_MESSAGE_LENGTH: Final = 200
"""Characters of a node's own words that go into ours, without control characters: they end up in logs."""

HTTP_OK: Final = 200


class InProcessNode(Protocol):
    """A chain in this process: `ledger.embedded.EmbeddedChain`."""

    def request(self, method: str, params: JsonValue) -> Mapping[str, JsonValue]:
        """Answer as a node does: `{"result": …}` or `{"error": {"code", "message", "data"?}}`. Thread-safe."""
        ...


class RpcRefusal(Exception):
    """The node's own `error`: it is reachable and refuses. `data` holds revert data where the node gives any."""

    def __init__(self, method: str, code: int, message: str, data: bytes | None) -> None:
        super().__init__(f"{method}: {message} ({code})")
        self.method = method
        self.code = code
        self.message = message
        self.data = data


class Rpc:
    """Calls to one node. May be used from several threads."""

    def __init__(self, provider: BaseProvider, name: str) -> None:
        self._provider = provider
        self.name = name

    def call(self, method: str, *params: JsonValue) -> JsonValue:
        """The result of a call; raises RpcRefusal for an error answer, Unavailable for everything else."""
        answer = self._provider.make_request(RPCEndpoint(method), list(params))
        error = answer.get("error")
        if error is None:
            return cast("JsonValue", answer["result"])
        raise _refusal(self.name, method, error)

    def ask(self, method: str, *params: JsonValue) -> JsonValue:
        """As `call`, for questions that a healthy node does not refuse: an error answer is Unavailable too."""
        try:
            return self.call(method, *params)
        except RpcRefusal as refusal:
            raise Unavailable(self.name, str(refusal)) from refusal


class InProcessProvider(BaseProvider):
    """A web3 provider over a chain in this process."""

    def __init__(self, node: InProcessNode) -> None:
        super().__init__()
        self._node = node

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Pass the call on."""
        return cast("RPCResponse", {"jsonrpc": "2.0", "id": 0, **self._node.request(method, list(params))})

    def is_connected(self, show_traceback: bool = False) -> bool:  # noqa: ARG002, FBT001, FBT002 - web3's signature
        """True: it is in this process."""
        return True


class HttpProvider(JSONBaseProvider):
    """A web3 provider over HTTP that keeps to a deadline and a size, follows no redirect and never tries twice."""

    def __init__(self, url: str, *, timeout: timedelta, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._url = url
        self._name = node_name(url)
        self._timeout = timeout.total_seconds()
        self._now = now
        self._sessions = Sessions()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """Ask once; raises Unavailable unless a well-formed JSON-RPC answer with our id comes in time."""
        call_id = next(self.request_counter)
        request = {"jsonrpc": "2.0", "id": call_id, "method": method, "params": params}
        return cast("RPCResponse", self._answer(self._post(request), call_id))

    def _post(self, request: Mapping[str, Any]) -> bytes:
        deadline = self._now() + self._timeout
        try:
            with self._sessions.here().post(
                self._url, json=request, timeout=self._timeout, stream=True, allow_redirects=False
            ) as response:
                if response.status_code != HTTP_OK:
                    raise Unavailable(self._name, f"HTTP status {response.status_code}")
                return read_body(
                    response,
                    most=MAX_ANSWER_SIZE,
                    name=self._name,
                    timeout=self._timeout,
                    deadline=deadline,
                    now=self._now,
                )
        except (requests.RequestException, HTTPError, OSError) as error:
            # Only the kind of the fault: its text can hold the address with its key.
            raise Unavailable(self._name, type(error).__name__) from None

    def _answer(self, body: bytes, call_id: int) -> Mapping[str, JsonValue]:
        try:
            answer = parse_json(body, max_bytes=MAX_ANSWER_SIZE)
        except Malformed as error:
            raise Unavailable(self._name, f"the answer is not JSON: {error.reason}") from error
        if not isinstance(answer, Mapping) or answer.get("jsonrpc") != "2.0":
            raise Unavailable(self._name, "the answer is not JSON-RPC 2.0")
        if answer.get("id") != call_id or type(answer["id"]) is not int:
            raise Unavailable(self._name, "the answer is to another question")
        if answer.get("error") is None and "result" not in answer:
            raise Unavailable(self._name, "the answer holds neither result nor error")
        return answer


def node_name(url: str) -> str:
    """What errors call a node: host and port, never the path or the password, which may be a key."""
    parts = urlsplit(url)
    return f"node {parts.hostname}:{parts.port}" if parts.port else f"node {parts.hostname}"


def _refusal(name: str, method: str, error: Any) -> Exception:
    match error:
        case {"code": int(code), "message": str(message)}:
            words = "".join(sign if sign.isprintable() else "?" for sign in message[:MAX_MESSAGE_LENGTH])
            return RpcRefusal(method, code, words, _revert_data(error.get("data")))
    return Unavailable(name, f"{method}: an error answer without code and message")


def _revert_data(data: JsonValue) -> bytes | None:
    text = data.get("data") if isinstance(data, Mapping) else data  # older nodes nest it
    if not isinstance(text, str):
        return None
    try:
        return bytes.fromhex(text.removeprefix("Reverted ").removeprefix("0x"))
    except ValueError:
        return None
