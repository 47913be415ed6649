"""Reading a published log over HTTP: whatever a server does, the answer is the bytes, nothing there, or an outage."""

from __future__ import annotations

import gzip
import itertools
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from ledger.errors import Malformed, Unavailable
from ledger.log_folder import MAX_FILE_BYTES
from ledger.tiles import EntriesId, TileId
from ledger.web import HttpLog
from tests.http_site import give, serving
from tests.process import free_port

pytestmark = pytest.mark.server


def test_file_is_what_the_server_has_below_the_prefix() -> None:
    with serving(lambda handler: give(handler, handler.path.encode())) as url:
        log = HttpLog(f"{url}/some/log/")

        assert log.checkpoint() == b"/some/log/checkpoint"
        assert log.get(TileId(level=1, index=1_234, width=5)) == b"/some/log/tile/1/x001/234.p/5"
        assert log.get(EntriesId(index=3)) == b"/some/log/tile/entries/003"


def test_compressed_answer_is_unpacked() -> None:
    with serving(lambda handler: give(handler, gzip.compress(b"tile"), Content_Encoding="gzip")) as url:
        assert HttpLog(url).get(TileId(level=0, index=0)) == b"tile"


@pytest.mark.parametrize("status", [404, 410])
def test_file_that_is_not_there_is_none(status: int) -> None:
    with serving(lambda handler: give(handler, b"no", status=status)) as url:
        assert HttpLog(url).get(TileId(level=0, index=0)) is None


def test_log_without_a_checkpoint_is_an_outage() -> None:
    with serving(lambda handler: give(handler, b"no", status=404)) as url, pytest.raises(Unavailable):
        HttpLog(url).checkpoint()


@pytest.mark.parametrize("status", [204, 302, 403, 429, 500, 503])
def test_other_status_is_an_outage(status: int) -> None:
    answer = serving(lambda handler: give(handler, b"", status=status, Location="/elsewhere"))

    with answer as url, pytest.raises(Unavailable, match=f"HTTP status {status}"):
        HttpLog(url).get(TileId(level=0, index=0))


def test_server_that_nobody_runs_is_an_outage() -> None:
    with pytest.raises(Unavailable, match="ConnectionError"):
        HttpLog(f"http://127.0.0.1:{free_port()}").checkpoint()


def test_endless_answer_is_cut() -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(bytes(1 << 16))
        except OSError:
            return

    with serving(endless) as url, pytest.raises(Unavailable, match=f"more than {MAX_FILE_BYTES}"):
        HttpLog(url).get(TileId(level=0, index=0))


def test_bomb_is_cut() -> None:
    bomb = gzip.compress(bytes(100 << 20))

    answer = serving(lambda handler: give(handler, bomb, Content_Encoding="gzip"))

    with answer as url, pytest.raises(Unavailable, match=f"more than {MAX_FILE_BYTES}"):
        HttpLog(url).get(TileId(level=0, index=0))


def test_server_that_drips_is_left_at_the_deadline() -> None:
    ticks = itertools.count(0, 15)

    with serving(lambda handler: give(handler, b"tile")) as url:
        log = HttpLog(url, timeout=timedelta(seconds=10), now=lambda: next(ticks))
        with pytest.raises(Unavailable, match="not whole after 10 s"):
            log.get(TileId(level=0, index=0))


def test_answer_that_is_cut_short_is_an_outage() -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"tile")

    with serving(cut) as url, pytest.raises(Unavailable):
        HttpLog(url).get(TileId(level=0, index=0))


def test_no_error_shows_a_password_in_the_address() -> None:
    with pytest.raises(Unavailable) as outage:
        HttpLog(f"http://office:geheim@127.0.0.1:{free_port()}/log").checkpoint()

    assert "geheim" not in str(outage.value)


@pytest.mark.parametrize("prefix", ["ftp://a/log", "ledger.example/log", "http://", "http://a/log?x=1", "http://a/#x"])
def test_address_of_another_kind_is_malformed(prefix: str) -> None:
    with pytest.raises(Malformed):
        HttpLog(prefix)
