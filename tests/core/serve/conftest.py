"""A server in this process, and a client that sends it requests."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from small_plugins import HALVED

from indicia_serve import Source
from indicia_serve.app import Server, Workspaces, application
from indicia_serve.jobs import Job, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia_serve.choices import Answer

PORT, TOKEN = 8123, "secret-token"
INDEX = """\
# The index of three cities.
name = "Cities"

[data]
path = "cities.csv"   # relative
unit = "city"

[dimensions]
wealth = { name = "Wealth" }

[indicators]
income = { direction = "benefit", dimension = "wealth" }
rooms = { direction = "benefit", dimension = "wealth" }
co2 = { direction = "cost" }

[methodology]
normalisation = "min_max"
weighting = "equal"

[variants.soft]  # words that differ
weighting = "entropy"
"""
CITIES = "city,income,rooms,co2\nLima,3,1,2\nOslo,9,3,8\nPune,1,2,1.5\nRome,4,2.5,5\nKyoto,7,1.5,3\n"


class Here:
    """Computes answers in this process, in place of workers."""

    async def answer(self, job: Job, has_left: object = None) -> Answer:
        return answer(job)


@dataclass
class Reply:
    """A response."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def errors(self) -> list[dict[str, str | None]]:
        return list(self.json["errors"])


class Client:
    """Sends requests as the page does, unless a test says otherwise."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._app = application(server, token=TOKEN, port=PORT)
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def send(
        self,
        method: str,
        address: str,
        body: bytes = b"",
        *,
        host: str | None = f"127.0.0.1:{PORT}",
        origin: str | None = f"http://127.0.0.1:{PORT}",
        cookie: str | None = f"indicia_{PORT}={TOKEN}",
        chunks: int = 1,
        **headers: str,
    ) -> Reply:
        path, _, query = address.partition("?")
        named = {"host": host, "origin": origin, "cookie": cookie}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items() if value is not None],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("127.0.0.1", 9),
            "server": ("127.0.0.1", PORT),
        }
        size = -(-len(body) // chunks) or 1
        parts = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
        messages = [
            {"type": "http.request", "body": part, "more_body": number < len(parts)}
            for number, part in enumerate(parts, start=1)
        ]
        reply = Reply()

        async def receive() -> dict[str, Any]:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def respond(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            else:
                reply.body += message.get("body", b"")

        self._loop.run_until_complete(self._app(scope, receive, respond))
        return reply

    def get(self, address: str, **options: Any) -> Reply:
        return self.send("GET", address, **options)

    def post(self, address: str, words: object, **options: Any) -> Reply:
        return self.send("POST", address, json.dumps(words).encode(), **{"content_type": "application/json"} | options)

    def score(self, **words: Any) -> Reply:
        return self.post("/api/score", words)

    def upload(self, name: str, content: bytes, **options: Any) -> Reply:
        return self.send("POST", f"/api/upload?name={name}", content, **options)


@pytest.fixture
def index_file(tmp_path: Path) -> Path:
    """The index file of five cities, beside its table."""
    (tmp_path / "cities.csv").write_text(CITIES)
    path = tmp_path / "index.toml"
    path.write_text(INDEX)
    return path


@pytest.fixture
def client(index_file: Path) -> Iterator[Client]:
    """A client of a server of five cities; an upload may have 20,000 bytes."""
    yield from _client(Source(index_file))


@pytest.fixture
def client_without_index() -> Iterator[Client]:
    """A client of a server that waits for an upload."""
    yield from _client(None)


@pytest.fixture
def client_with_plugin(index_file: Path, tmp_path: Path) -> Iterator[Client]:
    """A client of a server with the methods of a plugin file."""
    plugin = tmp_path / "halver.py"
    plugin.write_text(HALVED)
    yield from _client(Source(index_file, (plugin,)))


def _client(source: Source | None) -> Iterator[Client]:
    workspaces = Workspaces(source)
    client = Client(Server(workspaces, Here(), 20_000))
    yield client
    client.close()
    workspaces.close()
