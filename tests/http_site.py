"""A small web server for tests: a folder as it is, or answers that a test makes up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[[BaseHTTPRequestHandler], None]
"""Writes the answer to one GET."""


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1 and yield the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def give(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200, **headers: str) -> None:
    """A whole answer; `_` in a header's name stands for `-`."""
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def files_below(root: Path) -> Answer:
    """What any web server does with a folder."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        path = root / handler.path.lstrip("/")
        if path.is_file():
            give(handler, path.read_bytes())
        else:
            give(handler, b"", status=404)

    return answer
