"""A server on this machine that answers as a web server and as an object store of S3."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlparse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the files below a folder; the first folder of a path is the bucket. Yield the address of the server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None:
            """Print nothing."""

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, with_body: bool) -> None:
            url = urlparse(self.path)
            path, query = folder / unquote(url.path).lstrip("/"), parse_qs(url.query)
            if "list-type" in query:
                self._send(200, _listing(path, query.get("prefix", [""])[0]), with_body)
            elif not path.is_file():
                self._send(404, b"<Error><Code>NoSuchKey</Code></Error>", with_body)
            else:
                self._send_file(path.read_bytes(), with_body)

        def _send_file(self, content: bytes, with_body: bool) -> None:
            size = len(content)
            if asked := re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "")):
                start = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
                end = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
                self._send(206, content[start : end + 1], with_body, ("Content-Range", f"bytes {start}-{end}/{size}"))
            else:
                self._send(200, content, with_body)

        def _send(self, status: int, content: bytes, with_body: bool, *headers: tuple[str, str]) -> None:
            self.send_response(status)
            facts = [("Content-Length", str(len(content))), ("ETag", '"1"'), ("Accept-Ranges", "bytes")]
            for name, value in (*facts, ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"), *headers):
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _listing(bucket: Path, prefix: str) -> bytes:
    """Return the answer of S3 to the request for the objects whose names begin with a prefix."""
    files = {path.relative_to(bucket).as_posix(): path for path in sorted(bucket.rglob("*")) if path.is_file()}
    objects = (
        f"<Contents><Key>{name}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>1</ETag>"
        f"<Size>{path.stat().st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for name, path in files.items()
        if name.startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(objects)}</ListBucketResult>".encode()
