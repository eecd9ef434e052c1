"""The addresses of the server, the guard of its token, and its workspaces."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from contextlib import aclosing
from dataclasses import dataclass, replace
from html import escape
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlencode

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia.messages.catalogue import CORE
from indicia_serve.choices import HTML, JSON, Answer, answer_error, answer_json
from indicia_serve.drafting import INDEX, UPLOADS, safe_name
from indicia_serve.jobs import Job
from indicia_serve.reports import Reports
from indicia_serve.sources import Source

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send


MAIN = "main"
"""The name of the index that the server was started with."""


@dataclass(frozen=True)
class Workspace:
    """An index that is served."""

    source: Source
    folder: TemporaryDirectory[str] | None = None
    """The folder of an uploaded table, which ends with the server."""
    recognised: Mapping[str, Any] | None = None
    """The roles, directions and observations that were recognised in a table; None for an index file of the user."""


class Workspaces:
    """The indices by their names; of the uploaded ones, the latest few."""

    def __init__(self, source: Source | None, recognised: Mapping[str, Any] | None = None, *, uploads: int = 5) -> None:
        self._uploads = uploads
        self._entries: dict[str, Workspace] = {}
        if source is not None:
            self._entries[MAIN] = Workspace(source, recognised=recognised)
        self._parent = TemporaryDirectory(prefix="indicia-serve-")

    @property
    def has_main(self) -> bool:
        """True if the server was started with an index."""
        return MAIN in self._entries

    def holds(self, folder: TemporaryDirectory[str]) -> bool:
        """Return True if the folder belongs to an index that is kept."""
        return any(workspace.folder is folder for workspace in self._entries.values())

    def find(self, name: str) -> Workspace:
        """Return the index of a name.

        Raises
        ------
        IndiciaError
            If there is none, or none any more.
        """
        if name in self._entries:
            return self._entries[name]
        if name == MAIN:
            raise IndiciaError("the server was started without an index", remedy="upload a table")
        raise IndiciaError("this upload is not kept any more", remedy="upload the table again")

    def new_folder(self) -> TemporaryDirectory[str]:
        """Return a folder for an upload."""
        return TemporaryDirectory(prefix="upload-", dir=self._parent.name)

    def add(self, workspace: Workspace) -> str:
        """Keep an uploaded index, drop the oldest beyond the limit, and return its name."""
        uploads = [name for name in self._entries if name != MAIN]
        for name in uploads[: max(0, len(uploads) + 1 - self._uploads)]:
            folder = self._entries.pop(name).folder
            if folder is not None:
                folder.cleanup()
        name = secrets.token_urlsafe(9)
        self._entries[name] = workspace
        return name

    def close(self) -> None:
        """Remove the folders of all uploads."""
        for workspace in self._entries.values():
            if workspace.folder is not None:
                workspace.folder.cleanup()
        self._parent.cleanup()


def path_in(folder: TemporaryDirectory[str], name: str) -> Path:
    """Return the path of a file in the folder of an upload."""
    return Path(folder.name) / name


HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
)
POLICY = f"{_POLICY}frame-ancestors 'none'"
"""The policy of all responses but those below and the report, which states its own in its head."""
POLICY_OF_PAGE = f"{POLICY}; frame-src 'self'"
"""The policy of the page, which shows the report in a frame."""
POLICY_IN_FRAME = f"{_POLICY}frame-ancestors 'self'"
"""The policy of a page that stands in a frame in place of a report."""


class Guard:
    """Middleware for a server on this machine.

    Any page that a browser shows, and any process of this machine, can send requests to it. A request must have

    - the name of this server as its host: a foreign name that resolves to 127.0.0.1 is refused (DNS rebinding);
    - the token, in the address or in the cookie that the first page sets;
    - no other site as its origin. A POST without an origin is refused, since browsers always state it.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self.app = app
        self._token = token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"indicia_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        has_token = self._has_token_in_address(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("X-Frame-Options", "DENY")
                headers.setdefault("Content-Security-Policy", POLICY)
                if has_token:
                    headers.append("Set-Cookie", f"{self._cookie}={self._token}; HttpOnly; SameSite=Strict; Path=/")
            await send(message)

        problem = self._problem(scope, has_token)
        if problem is None:
            await self.app(scope, receive, send_with_headers)
        else:
            has_token = False
            await _refuse(send_with_headers, *problem)

    def _problem(self, scope: Scope, has_token: bool) -> tuple[int, str, str] | None:
        """Return the status, the reason and a remedy for a request that is refused; None for others."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 403, "the request is for another host", "open the address that indicia serve printed"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, f"the server takes no {scope['method'][:20]}", "GET and POST are known"
        if not (has_token or self._has_cookie(headers)):
            return 403, "the token is missing or wrong", "open the address that indicia serve printed, with its token"
        if scope["method"] == "POST" and headers.get("origin", "").lower() != f"http://{hosts[0].lower()}":
            return 403, "the request comes from another site", "send it from a page of this server"
        # a page on another port of this machine is the same site for a cookie, and another one here
        if not has_token and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "the request comes from another site", "open the address that indicia serve printed"
        return None

    def _has_token_in_address(self, scope: Scope) -> bool:
        tokens = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [])
        return len(tokens) == 1 and self._is_token(tokens[0])

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return morsel is not None and self._is_token(morsel.value)

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())


async def _refuse(send: Send, status: int, what: str, remedy: str) -> None:
    body = json.dumps({"errors": [{"what": what, "where": None, "remedy": remedy, "place": None}]}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


MAX_REQUEST = 256 * 1024
"""The most bytes of a request in JSON."""
MAX_UPLOAD = 20 * 1024 * 1024
"""The most bytes of an uploaded table."""
SECONDS_OF_BODY = 60
"""The longest time in which a request may send its body."""
_MEDIA = {".html": HTML, ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_REPORT_POLICY = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; connect-src 'none'"
"""The report has a stricter policy in its head, with the hashes of its script and its styles."""


class Answers(Protocol):
    """Computes the answers to requests; see `Workers`."""

    async def answer(self, job: Job, has_left: Callable[[], Awaitable[bool]] | None = None) -> Answer:
        """Return the answer to a request, which may be given up if nobody waits for it."""
        ...


class RequestTooLarge(IndiciaError):
    """The body of a request has too many bytes."""


@dataclass(frozen=True)
class _WantedReport:
    """The report that a request asks for."""

    workspace: str
    choices: Any
    language: str | None

    @property
    def query(self) -> str:
        """The words of its address, which are the same for the same report."""
        language = {"lang": self.language} if self.language else {}
        return urlencode({"workspace": self.workspace, **language, "choices": json.dumps(self.choices)})


@dataclass
class Server:
    """The handlers of the addresses."""

    workspaces: Workspaces
    workers: Answers
    max_upload: int = MAX_UPLOAD

    def __post_init__(self) -> None:
        self._saving = asyncio.Lock()
        self._reports = Reports()

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/", _page),
            Route("/w/{workspace}", _page),
            Route("/page/{name}", _static),
            Route("/report", _guarded(self.report, as_page=True)),
            Route("/api/index", _guarded(self.index)),
            Route("/api/index.toml", _guarded(self.index_file)),
            Route("/api/score", _guarded(self.score), methods=["POST"]),
            Route("/api/report", _guarded(self.make_report), methods=["POST"]),
            Route("/api/variant", _guarded(self.variant), methods=["POST"]),
            Route("/api/upload", _guarded(self.upload), methods=["POST"]),
        ]

    async def index(self, request: Request) -> Answer:
        """Return the description of an index, or that the server has none yet."""
        name = request.query_params.get("workspace", MAIN)
        limits = {"max_upload": self.max_upload, "uploads": UPLOADS}
        if name == MAIN and not self.workspaces.has_main:
            return answer_json({"index": None, **limits})
        workspace = self.workspaces.find(name)
        answer = await self.workers.answer(Job("describe", (workspace.source,)), request.is_disconnected)
        if answer.status != 200:
            return answer
        described = {
            "index": json.loads(answer.content),
            "recognised": workspace.recognised,
            **limits,
        }
        return answer_json(described)

    async def index_file(self, request: Request) -> Answer:
        """Return the text of an index file, for a download."""
        source = self.workspaces.find(request.query_params.get("workspace", MAIN)).source
        return Answer(source.path.read_bytes(), "text/plain; charset=utf-8", name=INDEX)

    async def score(self, request: Request) -> Answer:
        """Return the ranking by chosen methods."""
        name, choices = await self._words(request)
        job = Job("score", (self.workspaces.find(name).source, choices))
        return await self.workers.answer(job, request.is_disconnected)

    async def variant(self, request: Request) -> Answer:
        """Save chosen methods as a variant in the index file."""
        workspace, choices = await self._words(request)
        job = Job("save", (self.workspaces.find(workspace).source, choices, choices.pop("name", None)))
        async with self._saving:  # two variants that are saved at once would lose one of them
            return await self.workers.answer(job)

    async def make_report(self, request: Request) -> Answer:
        """Make the report of the index with chosen methods, and return its address."""
        name, choices = await self._words(request)
        wanted = _WantedReport(name, choices, choices.pop("lang", None))
        answer = self._reports.take(wanted.query) or await self._make(wanted, request)
        if answer.status != 200:
            return answer
        self._reports.keep(wanted.query, answer)
        return answer_json({"address": f"/report?{wanted.query}"})

    async def report(self, request: Request) -> Answer:
        """Return the report of the index with chosen methods."""
        query = request.query_params
        choices = _json(query.get("choices", "{}").encode())
        wanted = _WantedReport(query.get("workspace", MAIN), choices, query.get("lang"))
        if made := self._reports.open(wanted.query):
            return made
        answer = await self._make(wanted, request)
        if answer.files is not None:
            self._reports.keep(wanted.query, answer)
        return answer

    async def _make(self, wanted: _WantedReport, request: Request) -> Answer:
        source = self.workspaces.find(wanted.workspace).source
        job = Job("report", (source, wanted.choices, wanted.language))
        return await self.workers.answer(job, request.is_disconnected)

    async def upload(self, request: Request) -> Answer:
        """Write an index file for an uploaded table, and return the name of its workspace."""
        name = safe_name(request.query_params.get("name", ""))
        content = await _body(request, self.max_upload)
        if not content:
            raise DataError(f"{name} is empty", remedy="upload a table with a header and rows")
        folder = self.workspaces.new_folder()
        try:
            table = path_in(folder, name)
            table.write_bytes(content)
            answer = await self.workers.answer(Job("draft", (table, request.query_params.get("sheet") or None)))
            if answer.status != 200:
                return answer
            drafted = json.loads(answer.content)
            workspace = Workspace(Source(path_in(folder, INDEX)), folder, drafted)
            return answer_json({"workspace": self.workspaces.add(workspace), **drafted})
        finally:
            if not self.workspaces.holds(folder):
                folder.cleanup()

    async def _words(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Return the name of the workspace of a request in JSON, and its other words."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
            raise DefinitionError("the request is not JSON", remedy=f"send it with Content-Type: {JSON}")
        words = _json(await _body(request, MAX_REQUEST))
        if not isinstance(words, dict):
            raise DefinitionError("the request is not an object of JSON", remedy='send {"methods": {…}}')
        return str(words.pop("workspace", MAIN)), words


def application(server: Server, *, token: str, port: int) -> Starlette:
    """Return the application of a server on a port, which takes requests with the token only."""
    app = Starlette(
        routes=server.routes(),
        middleware=[Middleware(Guard, token=token, port=port)],
        exception_handlers={HTTPException: _http_error, Exception: _bug},
    )
    app.router.redirect_slashes = False
    return app


def _guarded(
    handler: Callable[[Request], Awaitable[Answer]], *, as_page: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler that turns answers and errors into responses; `as_page` shows errors to a reader."""

    async def respond(request: Request) -> Response:
        try:
            answer = await handler(request)
        except RequestTooLarge as error:
            answer = answer_error(error, 413)
        except IndiciaError as error:
            answer = answer_error(error)
        if as_page and answer.status != 200:
            return _response(_error_page(answer), POLICY_IN_FRAME, is_framed=True)
        return _response(answer, _REPORT_POLICY, is_framed=True) if as_page else _response(answer)

    return respond


def _response(answer: Answer, policy: str = POLICY, *, is_framed: bool = False) -> Response:
    headers = {"Content-Security-Policy": policy}
    if is_framed:
        headers["X-Frame-Options"] = "SAMEORIGIN"
    if answer.name:
        headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
    return Response(answer.content, answer.status, headers, answer.media)


def _error_page(answer: Answer) -> Answer:
    """Return an answer with errors as a small page."""
    errors = json.loads(answer.content)["errors"]
    lines = [f"<p>{escape(error[word])}</p>" for error in errors for word in ("what", "where", "remedy") if error[word]]
    content = f'<!doctype html><html lang="en"><title>Indicia</title><h1>No report</h1>{"".join(lines)}'
    return replace(answer, content=content.encode(), media=HTML)


def _page(_: Request) -> Response:
    page = _file("index.html")
    page.headers["Content-Security-Policy"] = POLICY_OF_PAGE
    return page


def _static(request: Request) -> Response:
    return _file(request.path_params["name"])


def _file(name: str) -> Response:
    """Return a file of the folder of the page, or messages; names with folders do not match the address."""
    if name.endswith(".json"):
        return _messages(name.removesuffix(".json"))
    names = {entry.name: entry for entry in (files(__package__) / "page").iterdir() if entry.is_file()}
    media = _MEDIA.get("." + name.rpartition(".")[2])
    if name not in names or media is None:
        raise HTTPException(404)
    return Response(names[name].read_bytes(), media_type=media)


def _messages(language: str) -> Response:
    """Return the messages of the page in a language; in English in a language that Indicia lacks."""
    spoken = language if language in CORE.languages() else "en"
    keys = [key for key in CORE.messages("en") if key.startswith("serve.")]
    content = {
        "language": spoken,
        "languages": {known: CORE.message("language.name", known) for known in CORE.languages()},
        "messages": {
            key.removeprefix("serve."): CORE.messages(spoken).get(key, CORE.messages("en")[key]) for key in keys
        },
    }
    return Response(json.dumps(content, ensure_ascii=False).encode(), media_type=JSON)


async def _body(request: Request, limit: int) -> bytes:
    """Return the body of a request; it is read no further than the limit."""
    stated = request.headers.get("content-length", "0")
    too_large = RequestTooLarge(
        f"the request has more than {limit:,} bytes",
        remedy="upload fewer rows or columns, or a Parquet file, which is smaller",
    )
    if stated.isdecimal() and int(stated) > limit:
        raise too_large
    content = bytearray()
    try:
        # closed at once where it is left early: an abandoned generator outlives its event loop
        async with asyncio.timeout(SECONDS_OF_BODY), aclosing(request.stream()) as parts:
            async for part in parts:
                content += part
                if len(content) > limit:
                    raise too_large
    except TimeoutError as error:
        raise DataError("the request did not arrive in time", remedy="send it again") from error
    except ClientDisconnect as error:
        raise DataError("the request broke off", remedy="send it again") from error
    return bytes(content)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DefinitionError("the request is not JSON", remedy='send {"methods": {…}}') from error


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = "there is no such address" if status == 404 else "the address does not take this request"
    return _response(answer_error(IndiciaError(what, remedy="begin at the address of indicia serve"), status))


async def _bug(_: Request, error: Exception) -> Response:
    what = f"this is a bug in Indicia: {type(error).__name__}"
    return _response(answer_error(IndiciaError(what, remedy="please report the lines in the terminal"), 500))
