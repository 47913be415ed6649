"""A node that is not well: whatever it answers, callers get Unavailable, never None, zero or a traceback."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor import Finality
from ledger.canonical import JsonValue
from ledger.chain import HttpProvider, LogHistory, LogWriter, Node, RpcRefusal, connect, node_name
from ledger.chain.rpc import MAX_ANSWER_SIZE, Rpc
from ledger.embedded import EmbeddedChain
from ledger.errors import Unavailable
from tests.anchored import INSTANT, INTERFACE, AnchoredLog, commitments, set_up
from tests.chains import OPERATOR, new_chain

pytestmark = [pytest.mark.server, pytest.mark.longer(one_in=2)]

SHORT = timedelta(seconds=0.3)
LONG = timedelta(seconds=20)


class Faults:
    """How the stub behaves: `respond` answers a call. Unless told to, it only pretends to take transactions."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self.chain = chain
        self.takes_transactions = False
        self.respond: Callable[[Stub, dict[str, Any]], None] = well
        self.released = threading.Event()


class Stub(BaseHTTPRequestHandler):
    """A node over the embedded chain that answers as well as it is told to."""

    faults: ClassVar[Faults]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.faults.respond(self, call)

    def log_message(self, *_: object) -> None:
        pass

    def give(
        self, body: bytes, *, status: int = 200, length: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def true_answer(self, call: dict[str, Any]) -> dict[str, Any]:
        method, params = call["method"], call["params"]
        if method == "eth_sendRawTransaction" and not self.faults.takes_transactions:
            return {"jsonrpc": "2.0", "id": call["id"], "result": "0x" + keccak(bytes.fromhex(params[0][2:])).hex()}
        return {"jsonrpc": "2.0", "id": call["id"], **self.faults.chain.request(method, params)}


def well(stub: Stub, call: dict[str, Any]) -> None:
    stub.give(json.dumps(stub.true_answer(call)).encode())


def changed(**members: Any) -> Callable[[Stub, dict[str, Any]], None]:
    """The true answer with members changed; None as a value leaves a member out."""

    def respond(stub: Stub, call: dict[str, Any]) -> None:
        answer = {**stub.true_answer(call), **members}
        stub.give(json.dumps({name: value for name, value in answer.items() if value is not ...}).encode())

    return respond


def silent(stub: Stub, _: dict[str, Any]) -> None:
    stub.faults.released.wait()
    stub.close_connection = True


def hang_up(stub: Stub, _: dict[str, Any]) -> None:
    stub.close_connection = True


def drip(stub: Stub, _: dict[str, Any]) -> None:
    """A byte at a time, each well within the time-out of a single read."""
    stub.send_response(200)
    stub.send_header("Content-Length", "1000")
    stub.end_headers()
    try:
        for _byte in range(1000):
            stub.wfile.write(b" ")
            stub.wfile.flush()
            if stub.faults.released.wait(0.05):
                break
    except OSError:
        pass  # the client has had enough, as it should
    stub.close_connection = True


def flood(stub: Stub, _: dict[str, Any]) -> None:
    """More than anybody asked for."""
    stub.send_response(200)
    stub.send_header("Content-Length", str(4 * MAX_ANSWER_SIZE))
    stub.end_headers()
    try:
        for _piece in range(64):
            stub.wfile.write(b" " * (MAX_ANSWER_SIZE // 16))
    except OSError:
        pass  # the client has had enough, as it should
    stub.close_connection = True


def bomb(stub: Stub, _: dict[str, Any]) -> None:
    stub.give(gzip.compress(b" " * (MAX_ANSWER_SIZE + 1)), headers={"Content-Encoding": "gzip"})


def cut(stub: Stub, call: dict[str, Any]) -> None:
    stub.give(b"{", length=500)
    hang_up(stub, call)


def redirect(stub: Stub, _: dict[str, Any]) -> None:
    stub.give(b"", status=307, headers={"Location": f"http://127.0.0.1:{stub.connection.getsockname()[1]}/elsewhere"})


def body(content: bytes, *, status: int = 200) -> Callable[[Stub, dict[str, Any]], None]:
    return lambda stub, _: stub.give(content, status=status)


HTML = b"<!doctype html><title>502 Bad Gateway</title>"

FAULTS = {
    "429": body(b'{"jsonrpc":"2.0","id":0,"result":null}', status=429),
    "500": body(b'{"jsonrpc":"2.0","id":0,"result":"0x0"}', status=500),
    "502 in HTML": body(HTML, status=502),
    "204": body(b"", status=204),
    "redirect": redirect,
    "HTML": body(HTML),
    "nothing": body(b""),
    "no UTF-8": body(b"\xff\xfe"),
    "JSON cut": lambda stub, call: stub.give(json.dumps(stub.true_answer(call)).encode()[:-1]),
    "body cut": cut,
    "deep JSON": body(b"[" * 500_000),
    "a list": body(b"[]"),
    "a number": body(b"7"),
    "null": body(b"null"),
    "another id": changed(id=10**9),
    "id as text": lambda stub, call: changed(id=str(call["id"]))(stub, call),
    "no id": changed(id=...),
    "id true": changed(id=True),
    "no version": changed(jsonrpc=...),
    "version 1": changed(jsonrpc="1.0"),
    "neither result nor error": lambda stub, call: stub.give(json.dumps({"jsonrpc": "2.0", "id": call["id"]}).encode()),
    "error as text": changed(error="busy"),
    "error without code": changed(error={"message": "busy"}),
    "error of a busy node": changed(error={"code": -32005, "message": "rate limited"}, result=...),
    "hangs up": hang_up,
    "floods": flood,
    "gzip bomb": bomb,
}

RESULTS: dict[str, JsonValue] = {
    "null": None,
    "true": True,
    "a number": 5,
    "text": "busy",
    "empty text": "",
    "bare prefix": "0x",
    "odd digits": "0xabc",
    "no hexadecimal": "0xzz",
    "a list": [],
    "an object": {},
    "a list of nothing": [None],
    "a list of objects": [{}],
    "a long quantity": "0x" + "1" * 65,
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedChain]:
    with new_chain(tmp_path_factory.mktemp("chain")) as chain:
        yield chain


@pytest.fixture(scope="module")
def log(chain: EmbeddedChain) -> AnchoredLog:
    """A log of three entries, which no test of this file extends."""
    node = connect(chain)
    log = AnchoredLog(node=node, set_up=set_up(node))
    log.append(0, 3)
    return log


@pytest.fixture
def faults(chain: EmbeddedChain) -> Iterator[Faults]:
    faults = Faults(chain)
    yield faults
    faults.released.set()


@pytest.fixture
def url(faults: Faults) -> Iterator[str]:
    handler = type("ThisStub", (Stub,), {"faults": faults})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/secret-key"
        faults.released.set()
        server.shutdown()
        thread.join()


def readings(log: AnchoredLog, node: Node) -> dict[str, Callable[[], object]]:
    """Everything that asks the node, by name."""
    history: LogHistory = log.history(node=node)
    tagged = log.history(node=node, finality=Finality(kind="tag"))
    writer = LogWriter(node, INTERFACE, OPERATOR, identity=log.identity, finality=INSTANT)
    signed = log.sign_append(3, 5)
    return {
        "identity": history.identity,
        "head": history.head,
        "checkpoint": lambda: history.checkpoint(log.tree.root(3)),
        "revocation": lambda: history.revocation(commitments(1)[0]),
        "is_final": lambda: history.is_final(1),
        "is_final by tag": lambda: tagged.is_final(1),
        "operator": history.operator,
        "verify_entry": lambda: history.verify_entry(
            root=log.tree.root(3),
            commitment=commitments(1)[0],
            leaf_index=0,
            proof=tuple(log.tree.inclusion(0, 3)),
        ),
        "checkpoints": history.checkpoints,
        "log_opened": history.log_opened,
        "events": lambda: list(history.events()),
        "revocations": history.revocations,
        "mined": lambda: history.mined(log.set_up.transactions[0].hash),
        "head_block": history.head_block,
        "all_transactions": lambda: list(history.all_transactions()),
        "next_nonce": writer.next_nonce,
        "balance": writer.balance,
        "sign_append": lambda: sign(writer),
        "send": lambda: writer.send(signed.raw),
        "observe": lambda: writer.observe(signed),
        "why_refused": lambda: writer.why_refused("append", 3, 5, b"\x01" * 32, ()),
    }


def sign(writer: LogWriter) -> object:
    return writer.sign_append(nonce=0, old_size=3, new_size=5, new_root=b"\x01" * 32, proof=())


NAMES = [
    "identity",
    "head",
    "checkpoint",
    "revocation",
    "is_final",
    "is_final by tag",
    "operator",
    "verify_entry",
    "checkpoints",
    "log_opened",
    "events",
    "revocations",
    "mined",
    "head_block",
    "all_transactions",
    "next_nonce",
    "balance",
    "sign_append",
    "send",
    "observe",
    "why_refused",
]


def test_healthy_node_over_http_answers_everything(log: AnchoredLog, url: str) -> None:
    over_http = readings(log, connect(url, timeout=LONG))
    in_process = readings(log, log.node)
    assert sorted(over_http) == sorted(NAMES)
    over_http["send"]()
    for name in set(NAMES) - {"send"}:
        assert repr(over_http[name]()) == repr(in_process[name]()), name


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_makes_every_reading_unavailable(log: AnchoredLog, url: str, faults: Faults, fault: str) -> None:
    asked = readings(log, connect(url, timeout=LONG))
    faults.respond = FAULTS[fault]
    # A flood takes its time, and one reading shows what it does to all.
    for name in ["head"] if fault in {"floods", "gzip bomb"} else NAMES:
        with pytest.raises(Unavailable):
            asked[name]()


# Where such a result is a good answer: no logs are [], nothing known is null, "0x" is no output, 0xabc is a number.
HONEST = {
    ("events", "a list"),
    ("revocations", "a list"),
    ("mined", "null"),
    ("why_refused", "bare prefix"),
    ("is_final", "odd digits"),
    ("next_nonce", "odd digits"),
    ("balance", "odd digits"),
}


@pytest.mark.parametrize(
    ("name", "result"), [(name, result) for name in NAMES for result in RESULTS if (name, result) not in HONEST]
)
def test_result_of_another_form_is_unavailable(
    log: AnchoredLog, url: str, faults: Faults, name: str, result: str
) -> None:
    asked = readings(log, connect(url, timeout=LONG))
    faults.respond = changed(result=RESULTS[result], error=...)
    with pytest.raises(Unavailable):
        asked[name]()


def test_answer_about_another_block_is_unavailable_and_not_another_chain(
    log: AnchoredLog, url: str, faults: Faults
) -> None:
    newest = log.node.expect_block(log.node.head_number())

    def cached(stub: Stub, call: dict[str, Any]) -> None:
        if call["method"] == "eth_getBlockByNumber":
            call = {**call, "params": [hex(newest.number), False]}
        well(stub, call)

    faults.respond = cached
    with pytest.raises(Unavailable, match="asked for block 0"):
        log.history(node=connect(url, timeout=LONG)).identity()


def test_result_with_more_bytes_than_its_values_is_unavailable(log: AnchoredLog, url: str, faults: Faults) -> None:
    def longer(stub: Stub, call: dict[str, Any]) -> None:
        changed(result=stub.true_answer(call)["result"] + "00" * 32)(stub, call)

    faults.respond = longer
    with pytest.raises(Unavailable, match="more bytes"):
        log.history(node=connect(url, timeout=LONG)).head()


@pytest.mark.parametrize("fault", [silent, drip])
def test_node_that_takes_too_long_is_unavailable(
    log: AnchoredLog, url: str, faults: Faults, fault: Callable[[Stub, dict[str, Any]], None]
) -> None:
    faults.respond = fault
    with pytest.raises(Unavailable):
        log.history(node=connect(url, timeout=SHORT)).head()


def test_node_that_is_not_there_is_unavailable(log: AnchoredLog) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    with pytest.raises(Unavailable, match=f"node 127.0.0.1:{free}: ConnectionError"):
        log.history(node=connect(f"http://127.0.0.1:{free}/secret-key")).head()


def test_node_of_no_known_name_is_unavailable(log: AnchoredLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unavailable, match=r"node chain\.example: ConnectionError"):
        log.history(node=connect("https://chain.example/secret-key", timeout=SHORT)).head()


def test_words_of_a_node_are_cut_and_cleaned(log: AnchoredLog, url: str, faults: Faults) -> None:
    faults.respond = changed(error={"code": -32000, "message": "\x1b[31mno\n" + "x" * 100_000}, result=...)
    with pytest.raises(Unavailable) as outage:
        log.history(node=connect(url, timeout=LONG)).head()
    assert str(outage.value).isprintable()
    assert len(str(outage.value)) < 400


@pytest.mark.parametrize("fault", ["429", "HTML", "hangs up", "JSON cut"])
def test_errors_do_not_show_the_path_of_the_node(log: AnchoredLog, url: str, faults: Faults, fault: str) -> None:
    faults.respond = FAULTS[fault]
    with pytest.raises(Unavailable) as outage:
        log.history(node=connect(url, timeout=LONG)).head()
    assert "secret-key" not in str(outage.value)
    assert outage.value.__cause__ is None or "secret-key" not in str(outage.value.__cause__)


def test_node_name_is_host_and_port_alone() -> None:
    assert node_name("https://user:word@chain.example:8545/v3/secret?key=1") == "node chain.example:8545"
    assert node_name("https://chain.example/v3/secret") == "node chain.example"


def test_node_that_recovers_is_asked_anew(log: AnchoredLog, url: str, faults: Faults) -> None:
    reader = log.history(node=connect(url, timeout=LONG))
    faults.respond = FAULTS["hangs up"]
    with pytest.raises(Unavailable):
        reader.head()
    faults.respond = well
    assert reader.head().size == 3


def test_node_is_asked_once_and_never_again(log: AnchoredLog, url: str, faults: Faults) -> None:
    asked: list[str] = []

    def count(stub: Stub, call: dict[str, Any]) -> None:
        asked.append(call["method"])
        hang_up(stub, call)

    faults.respond = count
    with pytest.raises(Unavailable):
        log.history(node=connect(url, timeout=LONG)).head()
    assert asked == ["eth_call"]


def test_transaction_that_arrived_although_the_answer_was_lost_is_found(
    url: str, faults: Faults, tmp_path: Path
) -> None:
    def lose(stub: Stub, call: dict[str, Any]) -> None:
        stub.true_answer(call)
        hang_up(stub, call)

    with new_chain(tmp_path) as faults.chain:
        faults.takes_transactions = True
        node = connect(url, timeout=LONG)
        log = AnchoredLog(node=node, set_up=set_up(node))
        signed = log.sign_append(0, 5)
        faults.respond = lose
        with pytest.raises(Unavailable):
            log.writer().send(signed.raw)
        faults.respond = well
        assert log.included(signed).succeeded
        assert log.history().head().size == 5


def test_node_may_be_asked_by_many_threads(log: AnchoredLog, url: str) -> None:
    reader = log.history(node=connect(url, timeout=LONG))
    heads: list[object] = []
    threads = [threading.Thread(target=lambda: heads.extend(reader.head() for _ in range(5))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heads == [log.history().head()] * 30


def test_error_answer_with_a_null_result_beside_it_is_an_error(log: AnchoredLog, url: str, faults: Faults) -> None:
    faults.respond = changed(error={"code": -32000, "message": "no"}, result=None)
    rpc = Rpc(HttpProvider(url, timeout=LONG), "node")
    with pytest.raises(RpcRefusal) as refusal:
        rpc.call("eth_chainId")
    assert (refusal.value.code, refusal.value.message, refusal.value.data) == (-32000, "no", None)
    assert log.node.head_number() == 3


@pytest.mark.parametrize(
    "data", ["0xabcd", {"data": "0xabcd", "message": "reverted"}, "Reverted 0xabcd"], ids=["flat", "nested", "named"]
)
def test_revert_data_is_found_wherever_nodes_put_it(url: str, faults: Faults, data: Any) -> None:
    faults.respond = changed(error={"code": 3, "message": "execution reverted", "data": data}, result=...)
    with pytest.raises(RpcRefusal) as refusal:
        Rpc(HttpProvider(url, timeout=LONG), "node").call("eth_call")
    assert refusal.value.data == bytes.fromhex("abcd")


@pytest.mark.parametrize("data", [None, 5, "0xabc", "no", [], {"data": None}])
def test_revert_data_of_another_form_is_none(url: str, faults: Faults, data: Any) -> None:
    faults.respond = changed(error={"code": 3, "message": "execution reverted", "data": data}, result=...)
    with pytest.raises(RpcRefusal) as refusal:
        Rpc(HttpProvider(url, timeout=LONG), "node").call("eth_call")
    assert refusal.value.data is None


@pytest.mark.parametrize("target", ["ws://127.0.0.1", "file:///etc/passwd", "127.0.0.1:8545", ""])
def test_address_of_another_kind_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="http"):
        connect(target)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["0x", "0x1", "0x" + "11" * 32]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


class Anything:
    """A node that answers every question with the same thing."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def request(self, method: str, params: JsonValue) -> Any:
        return {"result": self._answer}


@given(answer=JSON, name=st.sampled_from(NAMES))
def test_any_answer_is_believed_or_unavailable(log: AnchoredLog, answer: Any, name: str) -> None:
    asked = readings(log, connect(Anything(answer)))
    try:
        asked[name]()
    except Unavailable:
        return
    assert name in {
        "events",
        "revocations",
        "mined",
        "why_refused",
        "balance",
        "next_nonce",
        "is_final",
        "is_final by tag",
    }
