"""A JSON-RPC node over HTTP that answers from a table, as badly as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ledger.chain import InProcessNode
from tests.table_node import SELECTOR, Table, key_of

Answer = Mapping[str, Any]
Fault = Callable[["Handler", Answer], None]


class Handler(BaseHTTPRequestHandler):
    """One request. Any page may ask, as at the service's own `/rpc`."""

    node: FaultyNode
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_OPTIONS(self) -> None:
        self.give(b"", status=204)

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = key_of(call["method"], call["params"])
        answer = {"jsonrpc": "2.0", "id": call["id"], **self.node.answer(key, call)}
        if self.node.fault is not None and self.node.hits(key):
            self.node.fault(self, answer)
        else:
            self.give(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass

    def give(self, body: bytes, *, status: int = 200, length: int = -1, header: tuple[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "content-type")
        if header is not None:
            self.send_header(*header)
        self.send_header("Content-Length", str(len(body) if length < 0 else length))
        self.end_headers()
        self.wfile.write(body)


@dataclass(slots=True)
class FaultyNode:
    """`fault` spoils answers to questions whose key begins with `hit`; `torn` answers those about the log's head.

    A `chain`, where there is one, answers in place of the table.
    """

    table: Table
    chain: InProcessNode | None = None
    url: str = ""
    fault: Fault | None = None
    hit: str = ""
    torn: Table | None = None
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, key: str, call: Mapping[str, Any]) -> Answer:
        if self.chain is not None:
            return self.chain.request(call["method"], call["params"])
        table = self.torn if self.torn is not None and key.startswith(HEAD) else self.table
        return table.get(key) or table[key[:SELECTOR]]

    def hits(self, key: str) -> bool:
        return key.startswith(self.hit)


HEAD = "eth_call 0xf339e3b2"
CHECKPOINT = "eth_call 0x34cfb82f"
REVOCATION = "eth_call 0xfe330ab1"
QUESTIONS = ("", "eth_chainId", "eth_getCode", "eth_getBlockByNumber", "eth_blockNumber", CHECKPOINT, REVOCATION)
"""All that is asked about a receipt that is anchored; the first one is everything."""


@contextmanager
def faulty_node(table: Table) -> Iterator[FaultyNode]:
    """A running node on a free port of 127.0.0.1."""
    node = FaultyNode(table)
    handler = type("ThisHandler", (Handler,), {"node": node})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        node.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield node
        node.released.set()
        server.shutdown()
        thread.join()


def _body(content: bytes, *, status: int = 200, header: tuple[str, str] | None = None) -> Fault:
    return lambda handler, _: handler.give(content, status=status, header=header)


def _changed(**members: Any) -> Fault:
    def respond(handler: Handler, answer: Answer) -> None:
        changed = {name: value for name, value in {**answer, **members}.items() if value is not ...}
        handler.give(json.dumps(changed).encode())

    return respond


def _cut(handler: Handler, answer: Answer) -> None:
    body = json.dumps(answer).encode()
    handler.give(body[: len(body) // 2], length=len(body))
    handler.close_connection = True


def _hang_up(handler: Handler, _: Answer) -> None:
    handler.close_connection = True


def silent(handler: Handler, _: Answer) -> None:
    """No answer until the node is released."""
    handler.node.released.wait()
    handler.close_connection = True


HTML = b"<!doctype html><title>502 Bad Gateway</title>"

FAULTS: Mapping[str, Fault] = {
    "429": _body(b'{"jsonrpc":"2.0","id":0,"result":null}', status=429, header=("Retry-After", "1")),
    "429 with an answer": lambda handler, answer: handler.give(json.dumps(answer).encode(), status=429),
    "403": _body(b"no", status=403),
    "500": _body(b'{"jsonrpc":"2.0","id":0,"result":"0x0"}', status=500),
    "502 in HTML": _body(HTML, status=502),
    "204": _body(b"", status=204),
    "redirect": _body(b"", status=307, header=("Location", "/elsewhere")),
    "HTML": _body(HTML, header=("Content-Type", "text/html")),
    "nothing": _body(b""),
    "no UTF-8": _body(b"\xff\xfe"),
    "JSON cut": lambda handler, answer: handler.give(json.dumps(answer).encode()[:-1]),
    "two answers": lambda handler, answer: handler.give(json.dumps(answer).encode() * 2),
    "member twice": lambda handler, answer: handler.give(b'{"result":"0x",' + json.dumps(answer).encode()[1:]),
    "body cut": _cut,
    "a list": _body(b"[]"),
    "null": _body(b"null"),
    "another id": _changed(id=10**9),
    "id as text": lambda handler, answer: _changed(id=str(answer["id"]))(handler, answer),
    "no id": _changed(id=...),
    "no version": _changed(jsonrpc=...),
    "neither result nor error": _changed(result=...),
    "error as text": _changed(error="busy"),
    "error of a busy node": _changed(error={"code": -32005, "message": "rate limited"}, result=...),
    "error without code": _changed(error={"message": "busy"}),
    "empty result": _changed(result=""),
    "null result": _changed(result=None),
    "bare prefix": _changed(result="0x"),
    "odd digits": _changed(result="0xabz"),
    "a long quantity": _changed(result="0x" + "1" * 65),
    "more words than asked for": _changed(result="0x" + "00" * 32 * 9),
    "an object": _changed(result={}),
    "a number": _changed(result=5),
    "gzip that is none": _body(b"not gzip", header=("Content-Encoding", "gzip")),
    "hangs up": _hang_up,
}

NO_OUTAGE = frozenset({("bare prefix", "eth_getCode"), ("more words than asked for", "eth_getCode")})
"""Clear answers that no or other code stands at the address: that is another chain, and red."""
